"""dbt's message about a table says its rows, and they are read from there."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.dbt.parsed import _rows
from orchestration.dbt.row_counts import ROWS, ROWS_OF_MONTH, counts_in


@pytest.mark.parametrize(
    ("columns", "month", "counts"),
    [
        ("range as n", "2021-06", {ROWS: 5}),
        ("cast(date '2021-05-01' + to_months(range) as date) as month", "2021-06", {ROWS: 5, ROWS_OF_MONTH: 1}),
        ("cast(date '2021-05-01' + to_months(range) as date) as month", None, {ROWS: 5}),
        ("range :: text as month", "2021-06", {ROWS: 5}),
    ],
)
def test_the_rows_of_a_table_and_those_of_the_month(columns: str, month: str | None, counts: dict[str, int]) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"create table t as select {columns} from range(5)")
        said = _rows(connection.cursor(), "t", month)
    assert counts_in({"data": {"status": said}}) == counts
    assert counts_in({"data": {"status": "INSERT", "result_message": said}}) == counts


@pytest.mark.parametrize("data", [{}, {"status": "OK"}, {"status": None}, {"status": "CREATE VIEW"}])
def test_other_messages_have_no_counts(data: dict[str, str]) -> None:
    assert counts_in({"data": data}) == {}
