"""Commands that need no data home of an office: check files before delivery, try the invented district.

Belongs here: arguments and exit codes. Does not belong here: the work.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands import check
from orchestration.commands.app import Verbose, load_settings, month_of, terminal

commands = typer.Typer()


commands.command(name="check", help=check.HELP)(check.check)


@commands.command(help="写一个虚构的样例区:各部门各种格式的文件;身份证号有效但不属于任何人。")
def sample(
    out: Annotated[Path, typer.Option(help="写到哪个目录;其下为 部门/月份,可直接作为收件目录 inbox")],
    months: Annotated[list[str], typer.Option(help="月份,可写多个", metavar="MONTH...")],
    more_months: Annotated[list[str] | None, typer.Argument(hidden=True, metavar="[MONTH]...")] = None,
    households: Annotated[int, typer.Option(min=1, help="户数")] = 300,
    seed: Annotated[int, typer.Option(help="随机种子;相同种子写出相同文件")] = 1,
) -> None:
    """Write the files of an invented district."""
    from orchestration.commands.demo import write_sample

    wanted = {month_of(text, "--months") for text in (*months, *(more_months or ()))}
    write_sample(terminal(), out, households, sorted(wanted), seed, load_settings().home)


@commands.command(help="样例区三个月,从文件到发布。")
def demo(
    households: Annotated[int, typer.Option(min=1, help="户数")] = 300,
    verbose: Verbose = False,
) -> None:
    """Three months of the sample, from files to published marts."""
    from orchestration.commands.demo import DEMO_MONTHS, prepare_demo

    # The demo has just written these files itself: there is nobody to wait for.
    os.environ.setdefault("SHOUWANG_SETTLE_SECONDS", "0")
    prepare_demo(terminal(), load_settings(), households)
    # The months that can run are those of the home when the definitions load.
    from orchestration.commands.running import run_months

    raise typer.Exit(0 if run_months(terminal(), load_settings(), DEMO_MONTHS, verbose) else 1)


@commands.command(help="显示一张表的检查项:分组、Great Expectations 类和参数、严重程度、中文说明。不需要数据。")
def expectations(
    table: Annotated[
        str,
        typer.Argument(metavar="TABLE", help="表名、中文表名或 部门/表名,例如 household_register 或 农户基础信息名册"),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="写成 Great Expectations 的 suite JSON")] = False,
) -> None:
    """Show the expectation suite of a table."""
    from orchestration.commands.expectations import dataset_named, show_suite, suite_json

    dataset = dataset_named(table)
    if as_json:
        typer.echo(suite_json(dataset), nl=False)
    else:
        show_suite(terminal(), dataset)
