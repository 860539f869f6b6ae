"""Commands for the home of a city: begin it, look at its counties, unite months.

Belongs here: arguments and exit codes. Does not belong here: the work.
"""

from __future__ import annotations

import typer

from orchestration.commands.app import MonthsArgument, Verbose, load_settings, terminal

city = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="市(或省):在自己的数据目录中汇总各区县已发布的版本。只有一个区县时不用。",
)


@city.command(help="写一个待填写的 city.toml:区县的代码、名称和发布文件夹。不覆盖已有的文件。")
def init() -> None:
    """Write a file of counties to start from."""
    from orchestration.commands.city import write_city

    write_city(terminal(), load_settings())


@city.command(help="看各区县的版本能否汇总:取得并核对最新发布的版本,不汇总。退出码 0 表示每个区县都取到了。")
def counties() -> None:
    """Take the counties' versions and say what is wrong with them."""
    from orchestration.commands.city import look_at_counties

    raise typer.Exit(0 if look_at_counties(terminal(), load_settings()) else 1)


@city.command(
    help="汇总一个月或几个月:取得各区县已发布的版本、汇总、计算市级指标、发布。一个区县有问题不影响其他区县。"
    "退出码 0 表示已发布且每个区县都有这个月。"
)
def run(month: MonthsArgument, verbose: Verbose = False) -> None:
    """Unite months, the earliest first."""
    from orchestration.commands.city import run_city

    raise typer.Exit(0 if run_city(terminal(), load_settings(), sorted(set(month)), verbose) else 1)
