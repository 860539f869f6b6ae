"""The original rows of a file, each behind the header texts of its own table."""

from __future__ import annotations

import polars as pl

from sources.reading.files import read_sheets
from tests.unit.sources.builder import CONTRACTS, row, table, xlsx_file
from workbooks.trace.originals import original_rows

DEATHS = CONTRACTS.dataset("deaths")


def test_rows_of_later_tables_and_sheets_have_the_headers_they_were_read_under() -> None:
    first, second = (table(DEATHS, [row(DEATHS, n)]) for n in (1, 2))
    content = xlsx_file({"一": [*first, ["二"], *[r[::-1] for r in second]], "二": [r[::-1] for r in second[1:]]})
    rows = pl.DataFrame(
        {"sheet_no": [1, 1, 2], "row_number": [2, 5, 1]}, schema={"sheet_no": pl.Int32, "row_number": pl.Int32}
    )
    found = original_rows(read_sheets(content), DEATHS, rows)
    assert found.select("sheet_no", "row_number").rows() == [(1, 2), (1, 5), (2, 1)]
    ids = [f"{DEATHS['resident_id'].label}:{row(DEATHS, n)['resident_id']}" for n in (1, 2, 2)]
    assert all(number in text for number, text in zip(ids, found["original"], strict=True))
