"""Say in one Chinese sentence why a command stopped.

Belongs here: errors that reach the command line. Does not belong here: errors within a run (``runtime.failures``).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from io import TextIOWrapper
from typing import Any, NoReturn

import typer
from rich.console import Console
from typer.exceptions import TyperException

from orchestration.commands.app import literal, load_settings
from orchestration.commands.help_text import speak_chinese
from orchestration.runtime.errors import ShouwangError, cause

_INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended, as typer gives it."""


def run_command(application: typer.Typer, name: str) -> NoReturn:
    """Run the command that the command line names; what went wrong is one Chinese sentence, not a traceback.

    That sentence is for standard error: standard output may be read by a program.
    """
    _show_any_text()
    speak_chinese()
    try:
        # Not standalone: typer would describe a wrong command line in English.
        code = application(prog_name=name, standalone_mode=False) or 0
        if code == _INTERRUPTED:
            _say("已中断,没有完成。")
        sys.stdout.flush()
        raise SystemExit(code)
    except Exception as error:
        _say(sentence(error))
        _abandon_output()
        raise SystemExit(exit_code(error)) from None


def _show_any_text() -> None:
    """Show ? for what the encoding of the terminal lacks, such as GBK of a pipe on Windows, instead of stopping."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _say(text: str) -> None:
    """Print an error; where standard error takes nothing either, the exit code must do."""
    with suppress(OSError):
        Console(file=sys.stderr).print("[red]错误[/]", literal(text), soft_wrap=True)


def _abandon_output() -> None:
    """Drop the output that cannot be written: Python would try again at its end, and change the exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        sys.stdout = None


def sentence(error: Exception) -> str:
    """Say why a command stopped, with the path; details of an unexpected error go to ``restricted/errors``."""
    if isinstance(error, ShouwangError):
        return str(error)
    if isinstance(error, TyperException):
        return _wrong_usage(error)
    if isinstance(error, typer.Abort):
        return "已中断,没有完成。"
    if why := cause(error):
        place = getattr(error, "filename", None) or f"数据目录 {load_settings().home}"
        return f"{place}:{why}。请检查路径、属主、权限和磁盘空间后重试;shouwang doctor 可逐项检查。"
    return f"程序出错({type(error).__name__}),{_where_kept(error)}"


def exit_code(error: Exception) -> int:
    """Return the exit code of a command that stopped: 2 for a wrong command line, else the error's own or 1."""
    if isinstance(error, TyperException):
        return 2
    return error.exit_code if isinstance(error, ShouwangError) else 1


def _wrong_usage(error: Any) -> str:
    """Say what is wrong with the command line; typer has no public names for the kinds of its errors."""
    kind, context = type(error).__name__, getattr(error, "ctx", None)
    name = getattr(error, "param_hint", None) or max(getattr(getattr(error, "param", None), "opts", [""]), key=len)
    name = name if name.startswith("-") else name.upper()
    if kind == "MissingParameter":
        said = f"缺少参数 {name}"
    elif kind == "BadParameter":
        # A message of ours is Chinese.
        said = f"参数 {name} 的值有误:{_value_in_words(error.message)}"
    elif kind == "NoSuchOption":
        said = f"没有选项 {error.option_name}{_nearest(error.option_name, _options(context))}"
    elif kind == "BadOptionUsage":
        todo = "后面不能写值" if "does not take" in error.message else "后面要写值"
        said = f"选项 {error.option_name} {todo}"
    elif kind == "NoArgsIsHelpError":
        said = f"没有写命令;可用的有:{'、'.join(error.ctx.command.commands)}"
    elif commands := getattr(getattr(context, "command", None), "commands", None):
        typed = re.search(r"'(.*?)'", error.message)
        said = f"没有这个命令{_nearest(typed[1] if typed else '', commands)};可用的有:{'、'.join(commands)}"
    else:
        said = "参数多了或不完整"
    return f"{said}。用法见 {context.command_path if context else 'shouwang'} --help。"


def _value_in_words(message: str) -> str:
    """Say what a value must be; a message of ours is Chinese already."""
    if re.search(r"[\u4e00-\u9fff]", message):
        return message
    if limit := re.search(r"(greater|less) than or equal to (\S+)$", message):
        return f"应不{'小' if limit[1] == 'greater' else '大'}于 {limit[2]}"
    if choices := re.search(r"is not one of (.+?)\.?$", message):
        return f"应为 {choices[1].replace(', ', '、')} 之一"
    return "应为整数" if "valid int" in message else "不合要求"


def _options(context: Any) -> list[str]:
    return [name for parameter in context.command.params for name in parameter.opts] if context else []


def _nearest(typed: str, names: Iterable[str]) -> str:
    """Name the nearest of the names; nothing if none is near."""
    near = get_close_matches(typed, names, 1)
    return f",是不是 {near[0]}" if near else ""


def _where_kept(error: Exception) -> str:
    from orchestration.runtime.failures import keep_privately

    try:
        home = load_settings().paths
        home.prepare()
        return f"详情见 {home.root / keep_privately(home, error)}(可能含个人信息,只给维护人员)。"
    except (ShouwangError, OSError):
        return "详情无法写入数据目录;请执行 shouwang doctor 检查。"
