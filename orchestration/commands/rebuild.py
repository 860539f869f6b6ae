"""Rebuild the warehouse from the accepted rows, month by month, and publish once.

Belongs here: which months and assets, the old warehouse until the new one is done.
Does not belong here: running a month (``run``), what is published (``publishing``).

A rebuild that dies publishes nothing: a version that lacks a published month is refused. Rebuild again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orchestration.commands.run import RunReport, run_month
from orchestration.runtime import instance, locks
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources.acceptance.provenance import accepted_months
from sources.contracts.model import Contracts, load_contracts

NOT_REBUILT = ("landing", "outbox")
"""Groups that a rebuild leaves alone: what departments deliver, and what they were told."""
LAST_ONLY = ("published",)
"""Groups that run with the last month only: one version for all months."""


def rebuild(settings: Settings, from_archive: bool, run: Callable[..., RunReport] = run_month) -> list[RunReport]:
    """Build every accepted month into a new warehouse, in order, and publish with the last one.

    ``from_archive`` takes the tables in from the archived originals first. Stops at the first month that fails; the
    old warehouse is kept then. Raises ShouwangError if no month was accepted, HomeBusyError if another
    process uses the home.
    """
    contracts = load_contracts()
    core = next(d for d in contracts.datasets if d.is_core)
    months = accepted_months(settings.paths, core)
    if not months:
        raise ShouwangError(f"还没有接收过{core.label},没有可以重建的月份。")
    instance.prepare(settings)
    with locks.holding(settings.home, "shouwang rebuild"):
        old = _set_aside(settings.warehouse_file)
        reports = []
        for month in months:
            selection = _selection(contracts, is_last=month == months[-1], from_archive=from_archive)
            reports.append(run(settings, month, selection=selection))
            if not reports[-1].success:
                return reports
        old.unlink(missing_ok=True)
    return reports


def _set_aside(warehouse: Path) -> Path:
    """Rename the warehouse; one that an interrupted rebuild set aside stays, the half-built one goes."""
    old = warehouse.with_name(f"{warehouse.name}.before-rebuild")
    if warehouse.exists():
        warehouse.unlink() if old.exists() else warehouse.rename(old)
    return old


def _selection(contracts: Contracts, is_last: bool, from_archive: bool) -> list[str]:
    from orchestration.definitions import defs

    left_out = {*NOT_REBUILT, *(() if is_last else LAST_ONLY), *(() if from_archive else contracts)}
    graph = defs.resolve_asset_graph()
    return sorted("/".join(k.path) for k in graph.get_all_asset_keys() if graph.get(k).group_name not in left_out)
