"""Every kind of weird cell in every column of every table: the conformed rows beside the oracle's.

Belongs here: cell by cell agreement on errors and typed values. Does not belong here: what follows from the rows.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from sources.conforming.context import Context
from sources.conforming.delivery import DeliveredFile, conform_delivery
from sources.contracts.model import load_contracts
from sources.divisions import vintage_of
from sources.months import Month
from tests.district import DIVISIONS
from tests.oracle import catalogue
from tests.oracle.reading.delivered import File, Row, read_file
from tests.worlds.weird.cells import MONTH, rows
from tests.worlds.weird.rules import is_ruled, rule_rows
from tests.worlds.write import Grid, csv_bytes, grid, xlsx_bytes


def _conformed(name: str, data: bytes) -> list[dict[str, Any]]:
    month = Month.parse(MONTH)
    context = Context(month, vintage_of(DIVISIONS, month))
    part = DeliveredFile(1, "file", "0" * 64, "2021-06-01 00:00:00", lambda: data)
    conformed = conform_delivery(1, "replace_all", [part], load_contracts().dataset(name), context)
    assert conformed.files[0].refusal is None
    return conformed.rows.sort("row_number").to_dicts()


def _computed(name: str, file_name: str, data: bytes) -> list[Row]:
    file = File(file_name, "0" * 64, datetime(2021, 6, 1), data, file_name)
    read_file(file, catalogue.datasets()[name], MONTH)
    return file.rows


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, tuple):  # a certificate
        wanted = "".join(map(str, wanted))
    if isinstance(wanted, Decimal) and found is not None:
        return wanted == Decimal(str(found))
    return bool(wanted == found)


def _different(name: str, table: Grid, wanted: list[Row], found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Rows and cells of which the two readers say different things."""
    different: list[tuple[Any, ...]] = []
    for cells, ours, theirs in zip(table[1:], wanted, found, strict=True):
        if ours.error != (theirs["row_error"] if theirs["is_bad"] else None):
            different.append((cells, ours.error, theirs["row_error"]))
        for column, cell in zip(catalogue.datasets()[name].columns, cells, strict=True):
            if not _same(ours[column.name], theirs.get(column.name)):
                different.append((column.name, cell, ours[column.name], theirs.get(column.name)))
    return different


@pytest.mark.parametrize("file_name", ["file.csv", "file.xlsx"])
@pytest.mark.parametrize("name", sorted(catalogue.datasets()))
def test_conformed_cells_are_the_oracles(name: str, file_name: str) -> None:
    dataset = catalogue.datasets()[name]
    is_text = file_name.endswith(".csv")
    table = grid(name, rows(dataset, text_only=is_text))
    data = csv_bytes(table) if is_text else xlsx_bytes([("Sheet1", table, [], False)])
    wanted, found = _computed(name, file_name, data), _conformed(name, data)
    assert len(wanted) == len(found) > 50
    assert not _different(name, table, wanted, found)


@pytest.mark.parametrize("name", sorted(n for n, d in catalogue.datasets().items() if is_ruled(d)))
def test_rules_of_rows_are_the_oracles(name: str) -> None:
    table = grid(name, rule_rows(catalogue.datasets()[name]))
    wanted, found = _computed(name, "file.csv", csv_bytes(table)), _conformed(name, csv_bytes(table))
    assert any(row.errors for row in wanted)
    assert not _different(name, table, wanted, found)
