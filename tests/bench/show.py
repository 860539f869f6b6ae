"""Print the figures of ``make bench`` as tables.

Belongs here: derived figures and tables. Does not belong here: measuring (``run``, ``month``, ``floor``).
"""

from __future__ import annotations

import os
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.month import REST, START_UP

Figures = dict[str, Any]
WIDTH = 110
TABLES_SHOWN = 5


def total(figures: Figures) -> float:
    """Sum the seconds from the start of the process to the published month."""
    return float(sum(stage["seconds"] for stage in figures["stages"].values()))


def _number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}" if value else "–"


def _rate(rows: int, seconds: float) -> str:
    return _number(rows / seconds) if seconds > 0.05 else "–"


def stages(figures: Figures, fixed: Figures) -> Table:
    """Build the table of one size by stage, with the fixed cost of any month separate from the cost of rows."""
    title = f"{figures['households']:,} households, {figures['rows']:,} rows in files"
    shown = Table(title=title, title_justify="left")
    shown.add_column("stage")
    for header in ("seconds", "of which fixed", "by rows", "rows/s beyond fixed", "peak MiB"):
        shown.add_column(header, justify="right")

    def row(name: str, seconds: float, of_any: float, peak: float, last: bool = False) -> None:
        beyond = max(seconds - of_any, 0.0)
        rate = _rate(figures["rows"], beyond)
        shown.add_row(name, f"{seconds:.1f}", f"{of_any:.1f}", f"{beyond:.1f}", rate, _number(peak), end_section=last)

    for name, stage in figures["stages"].items():
        row(name, stage["seconds"], fixed["stages"][name]["seconds"], stage["peak_mib"], last=name == REST)
    row("in all", total(figures), total(fixed), figures["peak_mib"], last=True)
    floor = figures["floor"]
    shown.add_row("floor: reading", f"{floor['read_seconds']:.1f}", "", "", _rate(floor["rows"], floor["read_seconds"]))
    shown.add_row(
        "floor: in all", f"{floor['seconds']:.1f}", "", "", _rate(floor["rows"], floor["seconds"]),
        _number(floor["peak_mib"]),
    )  # fmt: skip
    return shown


def comparison(measured: list[Figures], fixed: Figures) -> Table:
    """Build the table that compares every size with the floor, and the growth of time with that of rows."""
    shown = Table(title="Beside the floor", title_justify="left")
    shown.add_column("")
    for figures in measured:
        shown.add_column(f"{figures['households']:,}", justify="right")

    def row(name: str, values: list[float], digits: int = 1) -> None:
        shown.add_row(name, *[_number(v, digits) for v in values])

    without_start = [total(f) - f["stages"][START_UP]["seconds"] for f in measured]
    by_rows = [max(total(f) - total(fixed), 0.0) for f in measured]
    floors = [f["floor"]["seconds"] for f in measured]
    row("month, s", [total(f) for f in measured])
    row("floor, s", floors)
    row("times the floor, without start-up", [t / f for t, f in zip(without_start, floors, strict=True)])
    row("times the floor, without the fixed cost", [t / f for t, f in zip(by_rows, floors, strict=True)])
    rows = [f["rows"] - fixed["rows"] for f in measured]
    row("microseconds per row beyond the fixed cost", [t / r * 1e6 for t, r in zip(by_rows, rows, strict=True)])
    return shown


def flags(figures: Figures) -> str:
    """Compare the flags: equal on accepted rows; on all rows the floor also counts quarantined rows."""
    published, floor = figures["published"], figures["floor"]["flags"]
    differing = {rule: (n, floor.get(rule, 0)) for rule, n in published.items() if floor.get(rule, 0) != n}
    others = ", ".join(f"{rule} {there} instead of {here}" for rule, (here, there) in differing.items()) or "none"
    return (
        f"{figures['households']:,}: {sum(published.values()):,} flags of {len(published)} rules, the same by rule in "
        f"pipeline and floor on the accepted rows; with the rows that the gate's cleaning leaves out: {others}"
    )


def slowest(figures: Figures) -> str:
    """List the tables with the longest intake."""
    ranked = sorted(figures["datasets"].items(), key=lambda item: -item[1])[:TABLES_SHOWN]
    return f"{figures['households']:,}: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in ranked)


def show(month: str, fixed: Figures, measured: list[Figures]) -> None:
    """Print all tables."""
    console = Console(width=WIDTH, highlight=False)
    console.print(f"One month ({month}) from files to published marts, {os.cpu_count()} cores.")
    console.print(
        f"Fixed: what a month of {fixed['households']} households costs, {fixed['rows']:,} rows; start-up: imports and"
        " definitions. Peak memory: this process and dbt together.\n"
    )
    for figures in measured:
        console.print(stages(figures, fixed))
    console.print(comparison(measured, fixed))
    console.print("Flags:", *[f"  {flags(f)}" for f in measured], sep="\n")
    console.print("Tables that take longest:", *[f"  {slowest(f)}" for f in measured], sep="\n")
