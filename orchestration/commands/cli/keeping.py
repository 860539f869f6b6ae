"""Commands for who keeps a data home: examine, verify, back up, restore, tidy, erase a person.

Belongs here: arguments and exit codes. Does not belong here: the work.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.app import load_settings, month_of, terminal
from orchestration.runtime.errors import ShouwangError
from sources.months import Month

commands = typer.Typer()


@commands.command(
    help="检查一个月能否在这里运行:数据目录、权限、密钥、锁、版本、应报数据和农户名册;写出各部门的文件放在哪里,"
    "没有的收件文件夹会新建。退出码 0 表示可以运行,1 表示不能运行或身份信息对他人开放。"
)
def doctor(
    month: Annotated[Month | None, typer.Argument(metavar="[MONTH]", help="默认上个月", parser=month_of)] = None,
    sources: Annotated[
        bool, typer.Option("--sources", help="只试各部门的取数位置:连接、登录、列目录、试读;不取回任何文件")
    ] = False,
) -> None:
    """Look whether a month can run here, or whether its data can be fetched."""
    from orchestration.commands import doctor, try_sources
    from orchestration.commands.console import show_answers, show_verdict

    month, console = month or doctor.last_month(), terminal()
    examine = try_sources.examine if sources else doctor.examine
    is_healthy = show_answers(console, examine(load_settings(), month))
    if not sources:
        show_verdict(console, month, is_healthy)
    raise typer.Exit(0 if is_healthy else 1)


@commands.command(
    help="核对数据目录里保存的一切:原件、登记、接收的行、身份对照、数据仓库、版本、运行记录;逐项写出修复办法。"
)
def verify(
    deep: Annotated[bool, typer.Option("--deep", help="核对每个字节和每个代码,不只是存在、大小和格式")] = False,
) -> None:
    """Verify what the data home keeps; exit code 1 if there is a problem."""
    from orchestration.commands.console import show_areas
    from orchestration.commands.verify import examine_all
    from orchestration.runtime import locks

    settings = load_settings()
    if not settings.home.exists():
        raise ShouwangError(f"没有数据目录 {settings.home}。")
    with locks.holding(settings.home, "shouwang verify"):
        raise typer.Exit(0 if show_areas(terminal(), examine_all(settings, deep)) else 1)


@commands.command(
    help="备份数据目录:只写入新的内容,写后逐个核对;可以在运行的同时备份。备份含个人信息,请加密、妥善保管。"
)
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="备份目录,可反复使用;每次备份都是完整的")],
    keep: Annotated[int | None, typer.Option(min=1, help="只保留最近几次备份,其余删除")] = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="先在设置 backup_key_file 的文件中生成密钥")] = False,
) -> None:
    """Back up the data home."""
    from orchestration.commands.backup import back_up_home

    back_up_home(terminal(), load_settings(), folder.absolute(), keep, new_key)


@commands.command(help="从备份恢复到空的数据目录:逐个文件核对无误后才换入,否则什么也不改。")
def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="备份目录")],
    snapshot: Annotated[str | None, typer.Option(help="备份的时间,见 --list;默认最近一次")] = None,
    list_only: Annotated[bool, typer.Option("--list", help="只列出有哪些备份")] = False,
) -> None:
    """Restore the data home from a backup."""
    from orchestration.commands.backup import list_backups, restore_home

    if list_only:
        list_backups(terminal(), load_settings(), folder.absolute())
    else:
        restore_home(terminal(), load_settings(), folder.absolute(), snapshot)


@commands.command(help="按设置的保留期限删除过期的原件、隔离行原文和错误详情;默认永久保留。逐个记入审计日志。")
def tidy(dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示会删除什么")] = False) -> None:
    """Remove what the rules of retention no longer keep."""
    from orchestration.commands.tidy import tidy_home

    tidy_home(terminal(), load_settings(), dry_run)


@commands.command(
    help="依法删除一个人:原件、接收和隔离的行、身份对照、反馈和集市;按提示输入身份证号,或从标准输入读取。"
)
def erase(
    person: Annotated[
        str | None, typer.Argument(metavar="[PERSON_KEY]", help="人员代码(person_key);不写则询问身份证号")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示会删除什么")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问;从标准输入读取时必须写明")] = False,
) -> None:
    """Erase a person."""
    from orchestration.commands.erase import ask_person, erase_person
    from orchestration.commands.running import quiet_output

    settings, text, console = load_settings(), ask_person(person), terminal()
    if not (yes or dry_run or sys.stdin.isatty()):
        raise ShouwangError("从标准输入读取时须写明 --yes;先用 --dry-run 查看会删除什么。")
    with quiet_output(settings):
        # Standard output is redirected.
        is_done = erase_person(
            console, settings, text, dry_run, lambda: yes or typer.confirm("删除后不能恢复,继续吗?", err=True)
        )
    raise typer.Exit(0 if is_done else 1)
