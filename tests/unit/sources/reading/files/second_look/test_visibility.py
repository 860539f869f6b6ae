"""What Excel hides or strikes through, in workbooks of several programs."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from sources.reading.files import Sheet, extent, read_sheets
from sources.reading.files.second_look import signs
from sources.refusal import RefusedError
from tests.unit.sources.builder import only_sheet, xls_file, xlsx_file

ROWS = [["甲", "乙", "丙", "丁"], *([f"{c}{r}" for c in "abcd"] for r in range(1, 8))]


def _written(**options: Any) -> bytes:
    """A sheet by xlsxwriter: hidden rows and columns, rows and cells in a struck font."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    sheet, struck = book.add_worksheet(), book.add_format({"font_strikeout": True})
    for r, row in enumerate(ROWS):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell, struck if r == 6 or (r, c) == (5, 1) else None)
    sheet.write_rich_string(4, 0, struck, "旧", book.add_format({"bold": True}), "新")
    for hidden in (2, 3):
        sheet.set_row(hidden, None, None, {"hidden": True})
    sheet.set_column(1, 1, 9, None, {"hidden": True})
    sheet.set_column(3, 3, 9, None, {"level": 1, "hidden": True})
    book.close()
    return out.getvalue()


def _by_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    for cell in (*sheet[7], sheet["B6"]):
        cell.font = Font(strike=True)
    sheet["A5"] = CellRichText("新", TextBlock(InlineFont(strike=True), "旧"))
    sheet.auto_filter.ref = "A1:D8"
    sheet.auto_filter.add_filter_column(0, ["a1"])
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.column_dimensions.group("D", "D", hidden=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _by_xlwt() -> bytes:
    book = xlwt.Workbook()
    sheet, struck, plain = book.add_sheet("表"), xlwt.easyxf("font: struck_out on"), xlwt.XFStyle()
    old = xlwt.Font()
    old.struck_out = True
    for r, row in enumerate(ROWS):
        for c, cell in enumerate(row):
            if (r, c) != (4, 0):
                sheet.write(r, c, cell, struck if r == 6 or (r, c) == (5, 1) else plain)
    sheet.write_rich_text(4, 0, [("旧", old), "新"])
    sheet.row(2).hidden = True
    sheet.row(3).height, sheet.row(3).height_mismatch = 5, True
    sheet.col(1).hidden = True
    sheet.col(3).width = 100
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _parts(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def _replacing(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda _, part: part.replace(old, new)


def _other_xml(content: bytes) -> bytes:
    """The same with attributes as other programs write them: in words, in single quotes, spread over lines."""

    def change(name: str, part: bytes) -> bytes:
        part = part.replace(b'hidden="1"', b"hidden = 'true'").replace(b"<strike/>", b"<strike\n val='true' />")
        part = re.sub(rb'<row r="(\d+)" spans="1:4">', rb"<row spans='1:4'\n r='\1' hidden='false'>", part)
        part = re.sub(rb'<col min="4"(.*?)width="[0-9.]+" hidden = \'true\'', rb'<col min="4"\1width="0.1"', part)
        return re.sub(rb'<row r="4" spans="1:4" hidden = \'true\'', b'<row r="4" ht="0.5" customHeight="1"', part)

    return _parts(content, change)


def _with_prefix(content: bytes) -> bytes:
    """The same with a prefix before the names of elements, and rows and cells that do not say where they are."""

    def change(name: str, part: bytes) -> bytes:
        if not name.startswith("xl/worksheets/"):
            return part
        part = part.replace(b'<worksheet xmlns="', b'<worksheet xmlns:x="')
        part = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", part)
        return re.sub(rb'(<x:(?:row|c)) r="[A-Z]*[0-9]+"', rb"\1", part)

    return _parts(content, change)


PROGRAMS = {
    "xlsxwriter": _written(),
    "xlsxwriter with texts in the cells": _written(constant_memory=True),
    "openpyxl": _by_openpyxl(),
    "xlwt": _by_xlwt(),
    "other XML": _other_xml(_written()),
    "prefixed XML without places": _with_prefix(_written()),
}


@pytest.mark.parametrize("content", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_hidden_rows_and_columns_and_struck_texts_are_found(content: bytes) -> None:
    sheet = only_sheet(content)
    assert sheet.cells.height == 8
    assert sheet.hidden_rows.tolist() == [2, 3]
    assert sheet.hidden_columns.tolist() == [1, 3]
    assert sorted(sheet.struck_cells.tolist()) == [[5, 1], [6, 0], [6, 1], [6, 2], [6, 3]]
    assert sheet.partly_struck_cells.tolist() == [[4, 0]]


def _is_untouched(sheet: Sheet) -> bool:
    return not any(
        len(a) for a in (sheet.hidden_rows, sheet.hidden_columns, sheet.struck_cells, sheet.partly_struck_cells)
    )


@pytest.mark.parametrize(
    "content",
    [
        xlsx_file({"表": ROWS}),
        xls_file({"表": ROWS}),
        _parts(xlsx_file({"表": ROWS}), _replacing(b"<row ", b'<row hidden="false" ht="0.75" ')),
        _parts(
            _written(), lambda _, p: p.replace(b'hidden="1"', b'hidden="0"').replace(b"<strike/>", b'<strike val="0"/>')
        ),
    ],
    ids=["xlsx", "xls", "visible rows that say so", "attributes that are off"],
)
def test_a_workbook_that_hides_nothing_is_as_it_was(content: bytes) -> None:
    assert _is_untouched(only_sheet(content))


def test_styles_that_no_cell_has_cost_no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    content = _parts(xlsx_file({"表": ROWS}), lambda name, p: _with_struck_style(p) if name == "xl/styles.xml" else p)
    found = signs.Signs()
    extent.check_extent(content, found.watch)
    assert found.of("xl/styles.xml") == {signs.STRIKING}
    assert not found.of("xl/worksheets/sheet1.xml")
    monkeypatch.setattr("sources.reading.files.second_look.struck._Cells", None)
    assert _is_untouched(only_sheet(content))


def _with_struck_style(styles: bytes) -> bytes:
    styles = styles.replace(b"</fonts>", b"<font><strike/></font></fonts>")
    return styles.replace(b"</cellXfs>", b'<xf fontId="1"/></cellXfs>')


def test_the_second_sheet_and_hidden_sheets_keep_their_numbers() -> None:
    for hide in (_xlsx_of_three, _xls_of_three):
        first, second, third = read_sheets(hide())
        assert _is_untouched(first)
        assert second.is_hidden
        assert third.hidden_rows.tolist() == [1]
        assert third.struck_cells.tolist() == [[2, 0]]


def _xlsx_of_three() -> bytes:
    book = openpyxl.Workbook()
    for name in ("二", "三"):
        book.create_sheet(name)
    for sheet in book.worksheets:
        for row in ROWS:
            sheet.append(row)
    book.worksheets[1].sheet_state = "hidden"
    for sheet in book.worksheets[1:]:
        sheet.row_dimensions[2].hidden = True
        sheet["A3"].font = Font(strike=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xls_of_three() -> bytes:
    book, struck = xlwt.Workbook(), xlwt.easyxf("font: struck_out on")
    for number in range(3):
        sheet = book.add_sheet(f"{number}")
        sheet.visibility = int(number == 1)
        for r, row in enumerate(ROWS):
            for c, cell in enumerate(row):
                sheet.write(r, c, cell, *([struck] if number and (r, c) == (2, 0) else []))
        if number:
            sheet.row(1).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_numbers_of_an_xls_that_share_a_record_are_told_apart() -> None:
    book, struck = xlwt.Workbook(), xlwt.easyxf("font: struck_out on")
    sheet = book.add_sheet("表")
    for column in range(6):
        sheet.write(1, column, column + 1, *([struck] if column in (2, 3) else []))
    out = io.BytesIO()
    book.save(out)
    assert struct.pack("<H", 0x00BD) in out.getvalue()
    assert only_sheet(out.getvalue()).struck_cells.tolist() == [[1, 2], [1, 3]]


def test_shared_texts_of_an_xls_go_on_from_record_to_record() -> None:
    book, old = xlwt.Workbook(), xlwt.Font()
    old.struck_out = True
    sheet = book.add_sheet("表")
    for row in range(400):
        sheet.write(row, 0, f"{'长' * (row % 97)}{row}" * 3)
    for row in (3, 250, 399):
        sheet.write_rich_text(row, 1, [("旧" * row, old), *(["新"] if row == 250 else [])])
    out = io.BytesIO()
    book.save(out)
    found = only_sheet(out.getvalue())
    assert found.struck_cells.tolist() == [[3, 1], [399, 1]]
    assert found.partly_struck_cells.tolist() == [[250, 1]]


@pytest.mark.parametrize(
    "damage",
    [
        lambda p: p.replace(b'r="3"', b'r="' + b"9" * 5000 + b'"'),
        lambda p: p.replace(b' s="1"', b' s="' + b"9" * 5000 + b'"'),
        lambda p: p.replace(b'max="2"', b'max="999999999"'),
        lambda p: p[: len(p) // 2],
    ],
    ids=["a row without end", "a style without end", "a column without end", "half of a part"],
)
def test_made_up_numbers_and_broken_parts_raise_nothing_unforeseen(damage: Callable[[bytes], bytes]) -> None:
    read = read_sheets.__wrapped__  # type: ignore[attr-defined]
    content = _parts(_written(), lambda name, p: damage(p) if name.startswith("xl/worksheets/") else p)
    with suppress(RefusedError):
        assert read(content)
