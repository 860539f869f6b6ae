"""Commands for the operators of months: run, fetch, rebuild, change the secret, roll back, publish.

Belongs here: arguments and exit codes. Does not belong here: the work.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from orchestration.commands.app import MonthArgument, MonthsArgument, Verbose, load_settings, terminal

commands = typer.Typer()


class Server(StrEnum):
    """Servers that published versions are copied to."""

    POSTGRES = "postgres"


@commands.command(
    help="运行一个月或依次运行几个月:收取、检查、接收、计算、发布;数据有变时依次重算其后已发布的月份。"
    "退出码 0 表示都已发布且没有出错。"
)
def run(month: MonthsArgument, verbose: Verbose = False) -> None:
    """Run months, the earliest first."""
    from orchestration.commands.running import run_months

    raise typer.Exit(0 if run_months(terminal(), load_settings(), sorted(set(month)), verbose) else 1)


@commands.command(
    help="写一个带说明的设置文件 settings.toml 供修改;在终端上会询问各部门的文件放在哪里。"
    "写明区县代码的,还写该区县的文件夹 county,并列出镇街和缺少的参数。不覆盖已有的文件。"
)
def init(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="6 位区县代码,例如 441823")] = None,
) -> None:
    """Write a settings file, and a county's folder, to start from."""
    from orchestration.commands.init import write_settings
    from orchestration.runtime.settings import SETTINGS_FILE

    if code is not None:
        from orchestration.commands.county import write_county

        write_county(terminal(), load_settings(), code)
        if (load_settings().home / SETTINGS_FILE).exists():
            return
    ask = (lambda question: str(typer.prompt(question, default="", show_default=False))) if sys.stdin.isatty() else None
    write_settings(terminal(), load_settings(), ask)


@commands.command(
    help="从设置的位置取回一个月的新数据并收取,不运行该月。退出码 0 表示每个位置都已取到,1 表示有位置没有取到。"
)
def pull(
    month: MonthArgument,
    department: Annotated[
        str | None, typer.Option(metavar="DEPARTMENT", help="只取一个部门,例如 health 或 民政局")
    ] = None,
) -> None:
    """Fetch a month from the departments' locations and land it."""
    from orchestration.commands.departments import department_named
    from orchestration.commands.pull import pull_month
    from orchestration.runtime.county import contracts_here

    settings = load_settings()
    chosen = department_named(department, contracts_here(settings.home)) if department else None
    raise typer.Exit(0 if pull_month(terminal(), settings, month, chosen) else 1)


@commands.command(help="用已接收的数据按月重建数据仓库,最后发布一次;结果没有变化时不产生新版本。退出码 0 表示完成。")
def rebuild(
    from_archive: Annotated[bool, typer.Option("--from-archive", help="先用归档的原文件重新接收各表")] = False,
) -> None:
    """Build the warehouse again, month by month."""
    from orchestration.commands.running import rebuild_home

    raise typer.Exit(0 if rebuild_home(terminal(), load_settings(), from_archive) else 1)


@commands.command(
    name="rotate-key",
    help="换密钥:用新密钥从归档的原件重建一切,核对除代码外逐格相同后一次切换;旧线索编号的反馈仍能对上。",
)
def rotate_key() -> None:
    """Change the secret behind the pseudonyms."""
    from orchestration.commands.running import rotate_secret

    raise typer.Exit(0 if rotate_secret(terminal(), load_settings()) else 1)


@commands.command(help="让数据集市退回到以前的版本(默认上一个);下一次运行会重新发布最新结果。")
def rollback(
    version: Annotated[int | None, typer.Argument(metavar="[VERSION]", min=1, help="版本号,默认上一个版本")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="只列出保留的版本,不切换")] = False,
) -> None:
    """Let BI tools read an earlier published version again."""
    from orchestration.commands.workbooks import list_versions, roll_back_marts

    if only_list:
        list_versions(terminal(), load_settings())
    else:
        raise typer.Exit(0 if roll_back_marts(terminal(), load_settings(), version) else 1)


@commands.command(
    help="把现在发布的版本复制到设置 [postgres] 的数据库;平时每次运行后自动复制。已是该版本时什么也不做。"
    "退出码 0 表示数据库里已是现在的版本。"
)
def publish(
    to: Annotated[Server, typer.Option("--to", help="复制到哪里,目前只有 postgres")],
    again: Annotated[bool, typer.Option("--again", help="重新复制全部的行,不论数据库里有什么")] = False,
) -> None:
    """Copy the published version to a server."""
    from orchestration.commands.publish import publish_to_postgres

    publish_to_postgres(terminal(), load_settings(), again)
