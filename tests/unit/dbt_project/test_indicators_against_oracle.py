"""The dbt models beside the oracle, cell by cell, over random districts that hold the edges of the definitions.

The rows behind every indicator add up to its figure, in every division of every month.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from tests.dbt_fixture import DbtFixture
from tests.oracle.differences import differences
from tests.oracle.indicators.table import MONTHLY, indicator_marts
from tests.unit.dbt_project.test_catalogues import seed
from tests.worlds.random.indicators import accepted_rows, built, random_world
from workbooks.trace.indicators import OF_LEADS, view_rows

RUN = ["2020-06", "2025-01", "2025-12", "2026-01"]
"""Before any parameter is valid, and on both sides of 2026-01-01, where categories are renamed and rules begin."""
ORDER = ["2026-01", "2020-06", "2025-01", "2025-12", "2026-01"]
"""Earlier months run later: every order must end in the same tables."""
DELIVERED = ["2024-03", "2024-06", "2024-09", "2024-11", "2025-07", "2025-09", "2025-10", "2025-11", *RUN]
SELECTED = [f"+{mart}" for mart in MONTHLY]
_NOT_SUMMED = """
with places as (
    select
        indicator_code,
        counted_in,
        cast(sum(numerator) as decimal(28, 10)) as n,
        cast(sum(denominator) as decimal(28, 10)) as d
    from entered
    group by indicator_code, counted_in, town_code, division_code
),
sums as (
    select indicator_code, counted_in, cast(sum(n) as double) as n, cast(sum(d) as double) as d
    from places
    group by indicator_code, counted_in
)
select figures.indicator_code, figures.division_code, figures.numerator, sums.n, figures.denominator, sums.d
from marts.rural_indicators as figures
left join sums on figures.indicator_code = sums.indicator_code and figures.division_code = sums.counted_in
where
    strftime(figures.month, '%Y-%m') = ?
    and not list_contains(?, figures.indicator_code)
    and figures.numerator is not null
    and (figures.numerator <> coalesce(sums.n, 0) or coalesce(figures.denominator, 0) <> coalesce(sums.d, 0))
"""
_TWICE = """
select indicator_code, dataset, month, row_number
from intermediate.int_indicator_rows
where delivery_no is not null
group by indicator_code, department, dataset, month, delivery_no, file_no, sheet_no, row_number
having count(*) > 1
"""
_WITHOUT_ROWS = """
select indicator_code from marts.rural_indicators
where strftime(month, '%Y-%m') = ? and not list_contains(?, indicator_code) and (numerator > 0 or denominator > 0)
except
select indicator_code from intermediate.int_indicator_rows
"""
_COUNTED = "select distinct indicator_code from intermediate.int_indicator_rows where delivery_no is not null"
ABOUT_TABLES = {"burden.forms_due", "burden.repeated_columns_rate"}
"""Indicators that count tables, not their rows."""
COMPLETE = 17
"""The world that delivers rows of every indicator; others leave a few out."""
SEEDS = [int(s) for s in os.environ.get("SHOUWANG_TEST_WORLDS", str(COMPLETE)).split(",")]


@pytest.mark.parametrize("number", SEEDS)
def test_every_cell_equals_the_oracle(number: int, tmp_path: Path) -> None:
    world = random_world(number, RUN, DELIVERED)
    wanted = indicator_marts(built(world, RUN))
    statuses = {r["status"] for r in wanted["rural_indicators"]}
    assert statuses == {"computed", "not_computable", "not_applicable", "stale"}, "this world shows too little"

    fixture = DbtFixture(tmp_path)
    for (dataset, month), rows in world.items():
        fixture.deliver(dataset, month, accepted_rows(dataset, rows))
    counted: set[str] = set()
    for month in ORDER:
        fixture.build(month, "--exclude-resource-type", "test", "--select", *SELECTED)
        counted |= _indicators_with_proven_rows(fixture, month)
    if number == COMPLETE:
        missing = {row["code"] for row in seed("indicators")} - counted
        assert missing == ABOUT_TABLES | OF_LEADS, "the rows of an indicator were never looked at"

    for mart in MONTHLY:
        assert wanted[mart], f"this world has no {mart}"
        lines = differences(mart, wanted[mart], fixture.records(mart))
        assert not lines, "\n".join([f"{len(lines)} cells differ", *lines[:30]])


def _indicators_with_proven_rows(fixture: DbtFixture, month: str) -> set[str]:
    """Compare the rows of the month with all its figures; return the indicators that have delivered rows."""
    with duckdb.connect(str(fixture.home.warehouse / "warehouse.duckdb"), read_only=True) as connection:
        view_rows(connection)
        assert connection.execute(_NOT_SUMMED, [month, [*OF_LEADS]]).fetchall() == []
        assert connection.execute(_WITHOUT_ROWS, [month, [*OF_LEADS]]).fetchall() == []
        assert connection.execute(_TWICE).fetchall() == []
        return {code for (code,) in connection.execute(_COUNTED).fetchall()}
