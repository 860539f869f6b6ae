"""Fetch a month from the locations of the settings and land it, without running the month.

Belongs here: the lock, what is said. Does not belong here: pulling and landing (``sources.landing``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from rich.console import Console
from rich.table import Table

from orchestration.commands.app import literal
from orchestration.commands.console import spinner, titled_table
from orchestration.month_range import why_never
from orchestration.runtime import instance, layout, locks
from orchestration.runtime.county import contracts_here
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.failures import in_public
from orchestration.runtime.pulls import Pulls
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.contracts.model import Department
from sources.landing.land import land
from sources.landing.places import UnknownLocationError, places_of
from sources.landing.pull import PullResult, pulled_locations
from sources.months import Month

LOCK_WAIT_SECONDS = 60.0
NOWHERE = "设置中没有要去取数的位置(locations)。写法见 docs/locations.md,或执行 shouwang init。"


def pull_month(console: Console, settings: Settings, month: Month, department: Department | None = None) -> bool:
    """Pull and land a month of one department, or of all that have a location; return True if every location answered.

    Raises ShouwangError if the month is not over, nothing is to be pulled, or the home is of another program or in use.
    """
    home, contracts = settings.paths, contracts_here(settings.home)
    if refusal := why_never(settings, month, datetime.now(ZONE).date()):
        raise ShouwangError(refusal)
    layout.require_same(home)
    try:
        places = places_of(home, contracts, settings.locations)
    except UnknownLocationError as error:
        raise ShouwangError(str(error)) from None
    chosen = [d for d in ([department] if department else contracts.values()) if _has_location(settings, d)]
    if not chosen:
        raise ShouwangError(f"{department.label}:{NOWHERE}" if department else NOWHERE)
    instance.prepare(settings)
    table, results = _table(month), list[PullResult]()
    with locks.holding(settings.home, f"shouwang pull {month}", LOCK_WAIT_SECONDS, console.print):
        for one in chosen:
            pulls = Pulls(settings, one, month)
            with spinner(console, f"{month} {one.label}") as progress:
                pulls.run(partial(_wait, progress))
                landed = land(home, one.name, places, month, settings.settle_seconds)
            if landed.fault:
                raise ShouwangError(in_public(home, landed.fault, f"收取{one.label}的文件"))
            results += pulls.results
            _add(table, one, pulls.results)
    _tell(console, table, results, month)
    return not any(result.problem for result in results)


def _wait(progress: Callable[[str], None], seconds: float) -> None:
    progress(f"等刚放入的文件传完(最多 {seconds:.0f} 秒)")


def _has_location(settings: Settings, department: Department) -> bool:
    return bool(pulled_locations(settings.paths, department, settings.locations))


def _table(month: Month) -> Table:
    table = titled_table(f"{month} 取数")
    for name in ("部门", "数据表", "位置"):
        table.add_column(name, overflow="fold")
    for name in ("对方有", "取回", "行数", "字节", "新批次"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("结果", no_wrap=True)
    return table


def _add(table: Table, department: Department, results: Sequence[PullResult]) -> None:
    for result in results:
        name = result.pulled.table
        rows = "-" if result.rows is None else f"{result.rows:,}"
        state = "[green]有新数据[/]" if result.new_deliveries else "没有变化"
        table.add_row(
            department.label.split("(")[0],
            department[name].label if name else "全部",
            literal(result.shown),
            *[f"{n:,}" for n in (result.offered, result.fetched)],
            rows,
            f"{result.bytes:,}",
            str(result.new_deliveries),
            "[red]没有取到[/]" if result.problem else state,
        )


def _tell(console: Console, table: Table, results: Sequence[PullResult], month: Month) -> None:
    """Print the table, what was left out without its names, and every problem as a sentence."""
    console.print(table)
    for reason in dict.fromkeys(reason for result in results for _, reason in result.left_out):
        count = sum(r == reason for result in results for _, r in result.left_out)
        console.print("[yellow]提示[/]", literal(f"{count} 项{reason}"), soft_wrap=True)
    for result in results:
        if result.problem:
            console.print("[red]错误[/]", literal(result.problem), soft_wrap=True)
    if any(result.new_deliveries for result in results):
        console.print(f"已收取,还没有处理;请执行 shouwang run {month}。", soft_wrap=True)
