"""Rebuild the warehouse from the accepted rows, month by month, and publish once.

Belongs here: what must hold before anything is touched, which months and assets, the old warehouse until the new one is
done. Does not belong here: running a month (``run``), what is published (``publishing``).

A rebuild that dies publishes nothing: a version that lacks a published month is refused. Rebuild again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from orchestration.commands import verify_intake
from orchestration.commands.run import RunReport, assets_in, run_month
from orchestration.dbt import stored
from orchestration.runtime import instance, layout, locks
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources import audit
from sources.acceptance.provenance import accepted_months
from sources.contracts.model import Contracts, load_contracts
from sources.home import Home
from sources.landing.archive import DeliveryLog
from sources.landing.taken_in import TakenIn
from sources.months import Month

NOT_REBUILT = ("landing", "workbooks", "served")
"""Groups that a rebuild leaves alone: what departments deliver, what they were told, and copies of the published
version, which the command makes once the rebuild is done."""
LAST_ONLY = ("published",)
"""Groups that run with the last month only: one version for all months."""


def rebuild(settings: Settings, from_archive: bool, run: Callable[..., RunReport] = run_month) -> list[RunReport]:
    """Build every accepted month into a new warehouse, in order, and publish with the last one.

    ``from_archive`` takes the tables in from the archived originals first, and so does a home whose accepted rows are
    of an earlier program. A month of which a rule removed originals is built from its accepted rows. Stops at the first
    month that fails; the old warehouse is kept then. Raises ShouwangError if the home lacks something that the rebuild
    needs, before anything is changed, HomeBusyError if another process uses the home.
    """
    contracts, home = load_contracts(), settings.paths
    layout.require_not_newer(home)
    months = accepted_register(home, contracts)
    with locks.holding(settings.home, "shouwang rebuild"):
        require_complete(settings, contracts, months, from_archive)
        if not from_archive and needs_archive(home, contracts):
            from_archive = True
            require_complete(settings, contracts, months, from_archive)
        instance.prepare(settings)
        audit.record(home, "rebuild", months="、".join(map(str, months)), from_archive=int(from_archive))
        old = _set_aside(settings.warehouse_file)
        with layout.rebuilding(home):
            reports = build_months(settings, months, from_archive, run)
        if reports[-1].success:
            old.unlink(missing_ok=True)
            layout.keep_layout(home)
    return reports


def build_months(
    settings: Settings, months: Sequence[Month], from_archive: bool, run: Callable[..., RunReport] = run_month
) -> list[RunReport]:
    """Run the months in order until one fails, and publish with the last one.

    From the archive, months between them without a register are taken in as well: later ones look back on their rows.
    """
    contracts, reports = load_contracts(), []
    sealed = sealed_months(settings.paths, contracts)
    landed = landed_months(settings.paths, contracts) if from_archive else []
    others = {*landed} - {*months} - sealed
    for month in sorted({*months, *others}):
        selection = _selection(contracts, month, months, from_archive and month not in sealed)
        reports.append(run(settings, month, selection=selection))
        if not reports[-1].success:
            break
    return reports


def accepted_register(home: Home, contracts: Contracts) -> list[Month]:
    """List the months with accepted rows of the core register, in order. Raises ShouwangError if there is none."""
    core = next(d for d in contracts.datasets if d.is_core)
    if months := accepted_months(home, core):
        return months
    raise ShouwangError(f"还没有接收过{core.label},没有可以重建的月份。")


def landed_months(home: Home, contracts: Contracts) -> list[Month]:
    """List the months in which a department has delivered, in order."""
    return sorted({month for department in contracts for month in DeliveryLog.months(home, department)})


def needs_archive(home: Home, contracts: Contracts) -> bool:
    """Return True if tables must be taken in again.

    Their rows or records are of an earlier program, or something has landed that was not taken in: a month with such a
    table is refused.
    """
    is_older = layout.kept_layout(home) < layout.LAYOUT or bool(stored.rows_problem(home, contracts))
    return is_older or any(
        TakenIn(home, department, month).landed != DeliveryLog(home, department, month).digest
        for department in contracts
        for month in DeliveryLog.months(home, department)
    )


def require_complete(settings: Settings, contracts: Contracts, months: Sequence[Month], from_archive: bool) -> None:
    """Raise ShouwangError, with the way back, if the home lacks something that a rebuild of the months needs.

    From the archive: every original with the bytes of its hash. Otherwise: all accepted rows, with their ledgers.
    """
    from orchestration.partitions import MONTHS

    home = settings.paths
    if strange := [str(month) for month in months if not MONTHS.has_partition_key(str(month))]:
        raise ShouwangError(f"{'、'.join(strange)} 不能运行,没有开始重建;请核对系统时间。")
    areas = [verify_intake.secret(settings, contracts), verify_intake.delivery_log(home, contracts)]
    if from_archive:
        areas.append(verify_intake.originals(home, contracts, deep=True))
    else:
        areas.append(verify_intake.accepted_rows(home, contracts, deep=False))
    if problems := [problem for area in areas for problem in area.problems]:
        more = f"(共 {len(problems)} 处,全部见 shouwang verify --deep)" if len(problems) > 1 else ""
        raise ShouwangError(f"没有开始重建,数据没有改动:{problems[0]}{more}")


def sealed_months(home: Home, contracts: Contracts) -> set[Month]:
    """Return the months that cannot be taken in again, because a rule removed originals."""
    return {
        month
        for department in contracts
        for month in DeliveryLog.months(home, department)
        if DeliveryLog(home, department, month).is_sealed
    }


def _set_aside(warehouse: Path) -> Path:
    """Rename the warehouse; one that an interrupted rebuild set aside stays, the half-built one goes."""
    old = warehouse.with_name(f"{warehouse.name}.before-rebuild")
    if warehouse.exists():
        warehouse.unlink() if old.exists() else warehouse.rename(old)
    return old


def _selection(contracts: Contracts, month: Month, months: Sequence[Month], from_archive: bool) -> list[str]:
    """List the assets of a month; only its tables if the month is not one of ``months``."""
    left_out = {*NOT_REBUILT, *(() if month == months[-1] else LAST_ONLY), *(() if from_archive else contracts)}
    return assets_in(lambda group: group not in left_out if month in months else group in contracts)
