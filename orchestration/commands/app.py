"""Define the application ``shouwang``, and what its commands share: the terminal, months, a home that is not whole.

Belongs here: nothing that only one command needs. Does not belong here: the commands (``cli``).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from sources.months import Month

if TYPE_CHECKING:
    from orchestration.runtime.settings import Settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="守望:县级防返贫监测数据整合。",
    rich_markup_mode=None,
)


_LEAVES_KEPT_DATA = ("doctor", "verify", "template", "sample", "expectations", "check", "alerts", "docs")

_UNITES = "不收取部门数据;请用 shouwang city run 汇总,每次都从各区县的版本重新汇总"
_IN_COUNTY = "这要用区县收到的数据;请在该区县的数据目录执行"
_FOR_COUNTIES = {
    "run": _UNITES,
    "pull": _UNITES,
    "rebuild": _UNITES,
    "demo": "样例是一个区县的;请另选数据目录(SHOUWANG_HOME)",
    "doctor": "请用 shouwang city counties 看各区县的版本,用 shouwang verify 核对这里保存的一切",
    "rotate-key": "这里没有密钥,代码都是各区县自己的;请在该区县的数据目录执行,发布后重新汇总",
    "erase": "请在该区县的数据目录执行,由该区县发布后重新汇总(docs/city.md)",
    "tidy": "这里没有原件和隔离的行,没有按期限删除的内容",
    "worklist": _IN_COUNTY,
    "publicity": _IN_COUNTY,
    "workbook": _IN_COUNTY,
    "extract": _IN_COUNTY,
    "report": _IN_COUNTY,
    "trace": _IN_COUNTY,
    "publish": "市级集市不复制到 PostgreSQL;请直接打开 published 中的数据库或 Parquet 文件",
}
"""Why a command is refused in the home of a city, and what to do: by command, in Chinese."""

_WAITS = {
    "run": "准备运行",
    "rebuild": "准备重建数据仓库,各月依次进行",
    "rotate-key": "准备换密钥,用归档的原件重建一切",
    "publish": "准备复制已发布的版本",
    "rollback": "查看已发布的版本",
    "worklist": "写核查清单",
    "publicity": "写公示名单",
    "report": "写月报",
    "trace": "查找依据",
    "template": "写模板",
    "check": "检查文件",
    "expectations": "载入检查项",
    "demo": "准备样例",
    "pull": "准备取数",
    "verify": "核对数据目录",
    "backup": "备份数据目录",
    "restore": "查看备份",
    "tidy": "查找过期的文件",
    "erase": "载入程序",
    "city": "准备汇总各区县",
}
"""What a command that takes more than a second does first."""


@app.callback()
def _before(context: typer.Context) -> None:
    """Say what a slow command does; carry on with a rotation of the secret that was interrupted, before its work."""
    command = context.invoked_subcommand or ""
    # Standard output may be read by a program, and a log needs no word of patience.
    if command in _WAITS and "--help" not in sys.argv and sys.stderr.isatty():
        print(f"{_WAITS[command]},请稍候……", file=sys.stderr, flush=True)
    if context.resilient_parsing or "--help" in sys.argv:
        return
    if command in _FOR_COUNTIES:
        from orchestration.runtime.city import refuse_city

        refuse_city(load_settings().home, _FOR_COUNTIES[command])
    if command in _LEAVES_KEPT_DATA:
        return
    settings = load_settings()
    if finish_rotation(settings):
        from orchestration.commands.publish import follow_rotation

        is_followed = follow_rotation(terminal(), settings)
        if command == "rotate-key":
            raise typer.Exit(0 if is_followed else 1)


def load_settings() -> Settings:
    """Load the settings. Raises SettingsError in the words of ``settings.toml``."""
    # The module imports pydantic and the kinds of locations, which ``--help`` does not wait for.
    from orchestration.runtime.settings import Settings

    return Settings()


def finish_rotation(settings: Settings) -> bool:
    """Carry on with an interrupted rotation of the secret and say so; return True if it was finished."""
    if settings.paths.rotation.exists():
        from orchestration.publishing import rotation

        if told := rotation.resume(settings.paths):
            terminal().print("[yellow]提示[/]", told, soft_wrap=True)
            return told == rotation.FINISHED
    return False


def terminal() -> Console:
    """Open the terminal as it is now, also while the output of others is redirected."""
    return Console(file=sys.stdout, highlight=False)


def literal(text: str) -> Text:
    """Show a text of others as it is: no markup, no signs that control the terminal."""
    # The module imports polars, which ``--help`` does not wait for.
    from sources.text import printable

    return Text(printable(text))


def month_of(text: str, parameter: str | None = None) -> Month:
    """Parse a month of the command line.

    Raises BadParameter, in Chinese, which names ``parameter`` if typer does not know it.
    """
    try:
        return Month.parse(text)
    except ValueError as error:
        raise typer.BadParameter(f"不是月份:{text},应写作 YYYY-MM,例如 2021-06", param_hint=parameter) from error


MonthArgument = Annotated[Month, typer.Argument(metavar="MONTH", help="月份,例如 2021-06", parser=month_of)]
MonthsArgument = Annotated[
    list[Month], typer.Argument(metavar="MONTH", help="月份,例如 2021-06;可以写几个", parser=month_of)
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="显示各步骤的日志")]
