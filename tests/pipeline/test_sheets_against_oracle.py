"""Odd sheets: which rows the production code takes from them, beside the oracle.

Belongs here: refusals, rows, printed totals. Does not belong here: cells (``test_cells_against_oracle``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from sources.conforming.context import Context
from sources.conforming.delivery import DeliveredFile, conform_delivery
from sources.contracts.model import load_contracts
from sources.divisions import vintage_of
from sources.months import Month
from tests.district import DIVISIONS
from tests.oracle.catalogue import datasets
from tests.oracle.reading.delivered import File, mark_duplicates, read_file
from tests.worlds.weird.sheets import files

MONTH = "2021-05"
FILES = files()


def _plain(value: Any) -> Any:
    return Decimal(str(value)).normalize() if isinstance(value, int | Decimal) and value is not True else value


def _rows(name: str, rows: list[Mapping[str, Any]], states: list[tuple[str, str | None]]) -> list[Any]:
    columns = [c.name for c in datasets()[name].columns]
    return [(*state, *[_plain(r[c]) for c in columns]) for r, state in zip(rows, states, strict=True)]


def _conformed(name: str, data: bytes) -> dict[str, Any]:
    month = Month.parse(MONTH)
    context = Context(month, vintage_of(DIVISIONS, month))
    part = DeliveredFile(1, "file", "0" * 64, "2021-06-01 00:00:00", lambda: data)
    done = conform_delivery(1, "replace_all", [part], load_contracts().dataset(name), context)
    result = done.files[0]
    if result.refusal:
        return {"refused": True, "rows": result.rows_refused}
    frame = done.rows if done.rows.height else pl.DataFrame({"row_state": [], "row_error": []})
    rows = frame.to_dicts()
    states = [(r["row_state"], r["row_error"] if r["row_state"] == "quarantined" else None) for r in rows]
    return {"refused": False, "totals": result.printed_totals, "rows": _rows(name, rows, states)}


def _computed(name: str, file_name: str, data: bytes) -> dict[str, Any]:
    file = File(file_name, "0" * 64, datetime(2021, 6, 1), data, file_name)
    read_file(file, datasets()[name], MONTH)
    if file.is_refused:
        return {"refused": True, "rows": len(file.rows)}
    mark_duplicates(file.rows, datasets()[name])
    states = [(r.state, r.error) for r in file.rows]
    rows = _rows(name, [r.values for r in file.rows], states)
    return {"refused": False, "totals": file.printed_total_rows, "rows": rows}


@pytest.mark.parametrize("oddity", sorted(FILES))
def test_rows_of_odd_sheets_are_the_oracles(oddity: str) -> None:
    name, file_name, data = FILES[oddity]
    assert _conformed(name, data) == _computed(name, file_name, data)
