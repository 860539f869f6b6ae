"""The cells of an xls are counted by its records, over all its sheets."""

from __future__ import annotations

import struct

import pytest

from sources.reading.files import limits, read_sheets
from sources.reading.files.records import check_records
from sources.refusal import RefusedError
from tests.unit.sources.builder import xls_file

BOF, NUMBER, SEVERAL, BLANK, DIMENSIONS = 0x0809, 0x0203, 0x00BD, 0x0201, 0x0200


def _record(kind: int, *numbers: int) -> bytes:
    body = struct.pack(f"<{len(numbers)}H", *numbers)
    return struct.pack("<HH", kind, len(body)) + body


def _cell(row: int, column: int, kind: int = NUMBER) -> bytes:
    return _record(kind, row, column, 0, 0)


def _several(row: int, first: int, last: int) -> bytes:
    return _record(SEVERAL, row, first, *[0] * 3 * (last - first + 1), last)


@pytest.mark.parametrize(
    ("records", "cells"),
    [
        (_record(BOF, 0), 0),
        (_cell(4, 1), 10),
        (_cell(0, 9) + _cell(9, 0), 100),
        (_cell(4, 1) + _record(BOF, 0) + _cell(0, 3), 14),
        (_several(1, 2, 4), 10),
        (_cell(99, 99, BLANK), 0),
        (_cell(4, 1) + b"\x03", 10),
        (_cell(4, 1)[:-2], 10),
        (struct.pack("<HH", SEVERAL, 60_000) + bytes(40), 0),
    ],
)
def test_every_sheet_counts_as_the_rectangle_of_its_filled_cells(
    records: bytes, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_CELLS", cells)
    check_records(records)
    monkeypatch.setattr(limits, "MAX_CELLS", cells - 1)
    with pytest.raises(RefusedError, match=f"有{cells}个单元格"):
        check_records(records)


@pytest.mark.parametrize("record", [_cell(0, 256), _several(0, 250, 256), _cell(5, 65_535)])
def test_a_column_that_does_not_exist_is_damage(record: bytes) -> None:
    with pytest.raises(RefusedError, match="已损坏"):
        check_records(record)


def test_more_texts_than_bytes_are_damage() -> None:
    check_records(_record(0x00FC, 9, 0, 3, 0, 0, 0, 0, 0))
    with pytest.raises(RefusedError, match="已损坏"):
        check_records(_record(0x00FC, 9, 0, 300, 0, 0, 0, 0, 0))


@pytest.mark.parametrize("numbers", [(0, 0, 0, 1, 0, 256, 0), (0, 0, 1, 0, 0, 256, 0), (0, 65_535, 0, 256, 0)])
def test_the_largest_sheet_has_its_dimensions(numbers: tuple[int, ...]) -> None:
    check_records(_record(DIMENSIONS, *numbers))


@pytest.mark.parametrize(
    "numbers",
    [
        *[(0, 0, 1, 1, 0, 256, 0), (0, 0, 9, 0, 0, 257, 0), (0, 9, 0, 257, 0)],
        *[(5, 0, 4, 0, 0, 2, 0), (0, 0, 4, 0, 3, 2, 0), (5, 4, 0, 2, 0), (0, 4, 3, 2, 0)],
    ],
)
def test_dimensions_that_no_sheet_has_are_damage(numbers: tuple[int, ...]) -> None:
    with pytest.raises(RefusedError, match="已损坏"):
        check_records(_record(DIMENSIONS, *numbers))


def test_the_last_column_exists() -> None:
    assert read_sheets(xls_file({"表": [[None] * 255 + ["x"]]}))[0].cells.width == 256


def test_a_workbook_that_was_damaged_so_is_refused() -> None:
    content = bytearray(xls_file({"表": [["a"], [7]]}))
    at = content.find(struct.pack("<HHHH", 0x027E, 10, 1, 0))
    assert at > 0
    content[at + 6 : at + 8] = b"\xff\xff"
    with pytest.raises(RefusedError, match="已损坏"):
        read_sheets(bytes(content))
