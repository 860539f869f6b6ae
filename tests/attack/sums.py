"""Find suppressed counts from totals, neighbours, other marts and other months of an open database.

The attacker knows every row of the open marts, the totals of the district also where no mart shows them, and how many
cases have no place. What is true comes from the full database, to judge whether a small count was found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from tests.attack.linear import System
from tests.paths import SEEDS

Cell = tuple[str, str]
"""Division and which count of it: n, d, or a risk level."""
Figure = dict[Cell, tuple[float, bool]]
"""The true count of each cell, and whether the open database shows it."""

INDICATORS = """
    select t.month::varchar || ' ' || t.indicator_code, t.division_code, c.form = 'ratio', t.numerator, t.denominator,
        o.numerator is not null
    from full_marts.marts.rural_indicators t
    join catalogue c on t.indicator_code = c.code
    join shown.marts.rural_indicators o using (month, indicator_code, division_code)
    where t.level <> 'district' and t.numerator is not null and c.form in ('count', 'ratio') and c.about = 'persons'
"""
SCREENING = """
    select t.month::varchar || ' ' || rule_code, town_code, false, t.flagged_households, t.screened_households,
        o.flagged_households is not null
    from full_marts.marts.risk_screening t join shown.marts.risk_screening o using (month, rule_code, town_code)
    where t.status = 'screened'
"""
CLOSINGS = """
    with closings as (
        select month, monitoring_category, base, town_code, t.closing as n, o.closing is not null as is_shown
        from full_marts.marts.monitored_roll_forward t
        join shown.marts.monitored_roll_forward o using (month, monitoring_category, base, town_code)
        union all
        select month - interval 1 month, monitoring_category, base, town_code, t.opening, o.opening is not null
        from full_marts.marts.monitored_roll_forward t
        join shown.marts.monitored_roll_forward o using (month, monitoring_category, base, town_code)
        union all
        select month, name_zh, 'households', division_code, t.numerator, o.numerator is not null
        from full_marts.marts.rural_indicators t
        join full_marts.marts.dim_indicator using (indicator_code)
        join shown.marts.rural_indicators o using (month, indicator_code, division_code)
        where domain = 'monitoring' and form = 'count' and t.level <> 'district' and t.numerator is not null
    )
    select month::date::varchar || ' ' || monitoring_category || ' ' || base, town_code, false, any_value(n), null,
        bool_or(is_shown)
    from closings group by all
"""
OVERVIEW = """
    with truth as (
        select month, town_code, count(*) as households_screened, count(risk_level) as households_flagged,
            count(*) filter (where risk_level = 'red') as red,
            count(*) filter (where risk_level = 'orange') as orange,
            count(*) filter (where risk_level = 'yellow') as yellow
        from full_marts.marts.household_month
        left join full_marts.marts.household_risk using (month, household_key, town_code)
        where living_members > 0 group by all
    )
    select o.month::varchar, o.town_code, {counts}
    from shown.marts.risk_overview o left join truth t using (month, town_code) where o.town_code is not null
"""
LEVELS = ("red", "orange", "yellow")


def _connect(published: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, file in (("full_marts", "marts.duckdb"), ("shown", "open.duckdb")):
        connection.execute(f"attach '{published / file}' as {name} (read_only)")
    connection.execute(f"create table catalogue as from read_csv('{SEEDS / 'indicators.csv'}', all_varchar = true)")
    return connection


def _figures(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, bool, Figure]]:
    found: dict[str, tuple[bool, Figure]] = {}
    for query in (INDICATORS, SCREENING, CLOSINGS):
        for figure, division, is_ratio, n, d, is_shown in connection.execute(query).fetchall():
            cells = found.setdefault(figure, (is_ratio, {}))[1]
            cells[division, "n"] = (float(n), is_shown)
            if d is not None:
                cells[division, "d"] = (float(d), is_shown)
    yield from ((figure, is_ratio, cells) for figure, (is_ratio, cells) in found.items())
    names = ("households_screened", "households_flagged", *LEVELS)
    counts = ", ".join(f"coalesce(t.{n}, 0), o.{n} is not null" for n in names)
    of_month: dict[str, Figure] = defaultdict(dict)
    for month, town, *values in connection.execute(OVERVIEW.format(counts=counts)).fetchall():
        for at, name in enumerate(names):
            of_month[month][town, name] = (float(values[2 * at]), values[2 * at + 1])
    yield from ((f"{month} overview", False, cells) for month, cells in of_month.items())


def _system(cells: Figure) -> System:
    """What the attacker knows of one figure: the sums over towns, and over the villages of each town."""
    system = System()
    for kind in sorted({kind for _, kind in cells}):
        truth = {code: value for (code, k), (value, _) in cells.items() if k == kind}
        shown = {code: value if cells[code, kind][1] else None for code, value in truth.items()}
        towns = [code for code in truth if len(code) == 9]
        system.add({(t, kind): shown[t] for t in towns}, sum(truth[t] for t in towns))
        for town in towns:
            villages = {(v, kind): shown[v] for v in truth if len(v) == 12 and v.startswith(town)}
            if villages:
                # The cases of the town without a village are known; the town itself may not be.
                unplaced = truth[town] - sum(truth[v] for v, _ in villages)
                _equate(system, (town, kind), shown[town], villages, unplaced)
    for division, kind in cells:
        if kind == "d" and not cells[division, "d"][1]:
            system.limit((division, "n"), (division, "d"))
        if kind == "red":
            levels = {(division, level): _known(cells, (division, level)) for level in LEVELS}
            _equate(
                system, (division, "households_flagged"), _known(cells, (division, "households_flagged")), levels, 0
            )
    return system


def _known(cells: Figure, cell: Cell) -> float | None:
    value, is_shown = cells[cell]
    return value if is_shown else None


def _equate(system: System, whole: Cell, total: float | None, parts: dict[Cell, float | None], known: float) -> None:
    """Add that a count is the sum of its parts and of what is known besides."""
    if total is not None:
        system.add(parts, total - known)
        return
    terms = {name: 1.0 for name, value in parts.items() if value is None} | {whole: -1.0}
    system._named(terms)
    system.equations.append((terms, -known - sum(v for v in parts.values() if v is not None)))


def revealed(published: Path, month: str = "", k: int = 5) -> tuple[list[str], int]:
    """Describe every small count that the attacker finds out, or knows to be small; also count those that were tried.

    ``month`` (YYYY-MM) leaves out the figures of other months.
    """
    found, tried = [], 0
    with _connect(published) as connection:
        for figure, is_ratio, cells in _figures(connection):
            if not figure.startswith(month):
                continue
            found += [f"{figure} {text}" for text in found_out(cells, is_ratio, k)]
            tried += sum(1 for _ in _small(cells, is_ratio, k))
    return found, tried


def found_out(cells: Figure, is_ratio: bool, k: int) -> Iterator[str]:
    """Describe the small counts of one figure that are shown, exact, or known to be under ``k``.

    If the whole district has fewer than ``k``, every part of it is known to be.
    """
    system = _system(cells)
    for name, terms, value, total in _small(cells, is_ratio, k):
        if terms is None:
            yield f"{name}: {value:.0f} is shown"
            continue
        low, high = system.range_of(terms)
        if high - low < 1 or (high < k - 0.001 and total >= k):
            yield f"{name}: {value:.0f} is between {low:.0f} and {high:.0f}"


def _small(cells: Figure, is_ratio: bool, k: int) -> Iterator[tuple[str, dict[Any, float] | None, float, float]]:
    """Every count that must not be known: name, unknowns that make it up (None: shown), value, total of the towns."""
    totals: dict[str, float] = defaultdict(float)
    for (division, kind), (value, _) in cells.items():
        totals[kind] += value if len(division) == 9 else 0
    for (division, kind), (value, is_shown) in cells.items():
        if 0 < value < k:
            yield f"{kind} of {division}", None if is_shown else {(division, kind): 1.0}, value, totals[kind]
        if is_ratio and kind == "n" and 0 < (rest := cells[division, "d"][0] - value) < k:
            terms = None if is_shown else {(division, "d"): 1.0, (division, "n"): -1.0}
            yield f"d-n of {division}", terms, rest, totals["d"] - totals["n"]
