"""Count the households that a reader can tell apart, and look for columns that name or trace somebody."""

from __future__ import annotations

from pathlib import Path

import duckdb

TRACES = ("household_key", "person_key", "lead_id", "conflict_id", "subject", "evidence", "detail", "ref", "row_number",
          "sheet_no", "file_name", "file_sha256", "row_order")  # fmt: skip
NO_TRACES = (("month_notices", "subject"), ("policy_instruments", "subject"))
"""Subjects that are a parameter, a list, or what a document is about."""
ALIKE = """
    with groups as (select {columns}, count(*) as alike from marts.{mart} group by all)
    select
        sum(alike),
        coalesce(sum(alike) filter (where alike = 1), 0),
        coalesce(sum(alike) filter (where alike < 5), 0)
    from groups
"""
EXACT = ALIKE.format(mart="household_month", columns="* exclude (household_key)")
BANDS = ALIKE.format(mart="household_bands", columns="* exclude (row_no, risk_level)")
"""Groups of what a neighbour may know; the level of risk is what the reader is told of them."""


def _ask(file: Path, query: str) -> list[tuple[int, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def told_apart(published: Path) -> dict[str, tuple[int, ...]]:
    """Households and months, of them unique, of them in groups under 5: in the full and in the open database."""
    (before,), (after,) = _ask(published / "marts.duckdb", EXACT), _ask(published / "open.duckdb", BANDS)
    return {"household_month": before, "household_bands": after}


def traces(published: Path) -> list[tuple[int, ...]]:
    """Columns of the open database that name a household or person, or lead to a delivered row."""
    return _ask(
        published / "open.duckdb",
        "select table_name, column_name from duckdb_columns()"
        f" where column_name in {TRACES} and (table_name, column_name) not in {NO_TRACES}",
    )
