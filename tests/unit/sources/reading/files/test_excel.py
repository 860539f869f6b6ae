"""xlsx and xls cells: text, type, dates by format, merged ranges, hidden and far-reaching sheets."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter
import xlwt
import xlwt.CompoundDoc
from openpyxl import load_workbook

from sources.reading.files import Sheet, extent, read_sheets
from sources.reading.files.second_look.formats import general
from sources.reading.files.sheet import DATE, NUMBER, OTHER, TEXT
from sources.refusal import RefusedError
from tests.unit.sources.builder import only_sheet, xls_file, xlsx_file


def _cells(sheet: Sheet, row: int = 0) -> list[tuple[str | None, int]]:
    return [(text, int(sheet.type_of(i)[row])) for i, text in enumerate(sheet.cells.row(row))]


@pytest.mark.parametrize("write", [xlsx_file, xls_file])
def test_cells_keep_their_text_and_their_type(write) -> None:
    content = write({"表": [[" 文 字 ", 12, 1.5, dt.date(2021, 5, 1), True, "", None, "x"]]})
    assert _cells(only_sheet(content)) == [
        (" 文 字 ", TEXT),
        ("12", NUMBER),
        ("1.5", NUMBER),
        ("2021-05-01", DATE),
        ("true", OTHER),
        (None, TEXT),
        (None, TEXT),
        ("x", TEXT),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1234567.9000000001, "1234567.9"),
        (-0.5, "-0.5"),
        (100.0, "100"),
        (-3.0, "-3"),
        (1e15, "1000000000000000"),
        (9007199254740993.0, "9007199254740992"),
        (1e20, "100000000000000000000"),
        (1.5e-7, "0.00000015"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
    ],
)
def test_numbers_are_what_excel_shows_and_never_scientific(value: float, text: str) -> None:
    assert general(value) == text


def _formatted(cell: float, pattern: str) -> tuple[str | None, int]:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_number(0, 0, cell, book.add_format({"num_format": pattern}))
    sheet.write_string(0, 1, "x")
    book.close()
    return _cells(only_sheet(out.getvalue()))[0]


@pytest.mark.parametrize(
    ("cell", "pattern", "found"),
    [
        (44317, "yyyy-mm-dd", ("2021-05-01", DATE)),
        (44317, 'yyyy"年"m"月"', ("2021-05-01", DATE)),
        (44317.5, "yyyy-mm-dd", ("2021-05-01 12:00:00", DATE)),
        (1, "yyyy-mm-dd", ("1900-01-01", DATE)),
        (59, "yyyy-mm-dd", ("1900-02-28", DATE)),
        (61, "yyyy-mm-dd", ("1900-03-01", DATE)),
        (0.5, "hh:mm", ("12:00:00", OTHER)),
        (1.5, "[h]:mm", ("1 day, 12:00:00", OTHER)),
        (7, "00000", ("00007", NUMBER)),
    ],
)
def test_dates_are_told_by_the_format_of_the_cell(cell: float, pattern: str, found: tuple[str, int]) -> None:
    assert _formatted(cell, pattern) == found


@pytest.mark.parametrize("write", [xlsx_file, xls_file])
def test_row_numbers_are_the_spreadsheets_own_whatever_is_empty_above_and_left(write) -> None:
    sheet = only_sheet(write({"表": [[], [], [None, None, "a", "b"]]}))
    assert sheet.cells.rows()[2] == (None, None, "a", "b")


def test_merged_ranges_are_given_in_both_formats() -> None:
    rows = [["a", "b"], ["x", "1"], [None, "2"], [None, "3"]]
    for content in (xlsx_file({"表": rows}, {"表": [(1, 0, 3, 0)]}), xls_file({"表": rows}, [(1, 0, 3, 0)])):
        assert only_sheet(content).merges.tolist() == [[1, 0, 3, 0]]


@pytest.mark.parametrize("write", [xlsx_file, xls_file])
def test_hidden_sheets_are_listed_without_their_cells(write) -> None:
    sheets = read_sheets(write({"甲": [["a", "b"]], "乙": [["c", "d"]]}, hidden=["乙"]))
    assert [(s.number, s.is_hidden, s.cells.shape) for s in sheets] == [(1, False, (1, 2)), (2, True, (0, 0))]


def test_very_hidden_sheets_are_hidden_too() -> None:
    book = load_workbook(io.BytesIO(xlsx_file({"甲": [["a", "b"]], "乙": [["c", "d"]]})))
    book["乙"].sheet_state = "veryHidden"
    out = io.BytesIO()
    book.save(out)
    assert [s.is_hidden for s in read_sheets(out.getvalue())] == [False, True]


def test_a_workbook_with_chart_sheets_numbers_the_worksheets_as_they_stand() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("甲").write_row(0, 0, ["a", "b"])
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=甲!$A$1:$A$2"})
    book.add_chartsheet("图").set_chart(chart)
    book.add_worksheet("乙").write_row(0, 0, ["c", "d"])
    book.close()
    sheets = read_sheets(out.getvalue())
    assert [(s.name, s.number, s.cells.row(0)) for s in sheets] == [("甲", 1, ("a", "b")), ("乙", 3, ("c", "d"))]


def test_empty_workbooks_have_empty_sheets() -> None:
    assert [s.cells.shape for s in read_sheets(xlsx_file({"甲": []}))] == [(0, 0)]
    assert [s.cells.shape for s in read_sheets(xls_file({"甲": []}))] == [(0, 0)]


def test_formulas_give_their_value_and_errors_their_name() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_formula(0, 0, "=1+1", None, 2)
    sheet.write_formula(0, 1, '="甲"', None, "甲")
    sheet.write_formula(0, 2, "=1/0", None, "#DIV/0!")
    sheet.write_string(0, 3, "x")
    book.close()
    assert _cells(only_sheet(out.getvalue())) == [("2", NUMBER), ("甲", TEXT), ("#DIV/0!", TEXT), ("x", TEXT)]


def _replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with one text for another in all parts."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as read,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written,
    ):
        for name in read.namelist():
            written.writestr(name, read.read(name).replace(old, new))
    return out.getvalue()


def _with_more_rows(content: bytes, xml: str) -> bytes:
    """The workbook with more XML behind the rows of its only sheet."""
    return _replaced(content, b"</sheetData>", f"{xml}</sheetData>".encode())


def _renamed(content: bytes, part: str, target: str) -> bytes:
    """The workbook with its only sheet in another part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).replace(b"worksheets/sheet1.xml", target.encode())
            new.writestr(part if name == "xl/worksheets/sheet1.xml" else name, text)
    return out.getvalue()


PARTS = [("xl/worksheets/deep/one.xml", "worksheets/deep/one.xml"), ("xl/a.dat", "a.dat"), ("b.xml", "/b.xml")]


@pytest.mark.parametrize(("part", "target"), PARTS)
def test_a_sheet_is_measured_wherever_the_package_keeps_it(part: str, target: str) -> None:
    near, far = xlsx_file({"表": [["a", "b"]]}), '<row r="2"><c r="ZZZ2"><v>1</v></c></row>'
    assert only_sheet(_renamed(near, part, target)).cells.rows() == [("a", "b")]
    with pytest.raises(RefusedError, match="延伸到"):
        read_sheets(_renamed(_with_more_rows(near, far), part, target))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("<row><c><v>1</v></c>" + '<c r="SQ2"><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row>', "第513列"),
        ('<row r="9999999"><c><v>1</v></c></row>', "第9999999行"),
        ('<row r="1048576"><c s="0"><v>1</v></c></row><row><c><v>1</v></c></row>', "第1048577行"),
        ('<row r="1048576"><c\tr = "AZ1048576"><v>1</v></c></row>', "第1048576行"),
        ('<x:row xmlns:x="u" r="2"><x:c r="ZZZ2"><x:v>1</x:v></x:c></x:row>', "列"),
    ],
)
def test_cells_that_are_placed_by_their_neighbours_are_measured(rows: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        read_sheets(_with_more_rows(xlsx_file({"表": [["a", "b"]]}), rows))


@pytest.mark.parametrize("declared", [b"utf8", b"gbk", b"unknown"])
def test_a_sheet_is_measured_as_it_is_read_whatever_encoding_it_declares(declared: bytes) -> None:
    content = _with_more_rows(xlsx_file({"表": [["a"]]}), "<row><c><v>1</v></c></row>")
    other = _replaced(content, b'encoding="UTF-8"', b'encoding="' + declared + b'"')
    assert only_sheet(other).cells.rows() == [("a",), ("1",)]
    with pytest.raises(RefusedError, match="第9999999行"):
        read_sheets(_replaced(other, b"<row><c>", b'<row r="9999999"><c>'))


@pytest.mark.parametrize("part", [b'<sst count="5" uniqueCount="100000000">', b"<cellXfs count='4294967295'>"])
def test_a_count_that_no_file_holds_is_damage(part: bytes) -> None:
    extent._refuse_impossible_count(part.replace(b"000", b"").replace(b"429", b""))
    with pytest.raises(RefusedError, match="已损坏"):
        extent._refuse_impossible_count(part)


def test_cells_without_references_are_read_as_they_follow() -> None:
    content = _with_more_rows(xlsx_file({"表": [["a"]]}), "<row><c><v>1</v></c><c><v>2</v></c></row><row><c/></row>")
    assert only_sheet(content).cells.rows() == [("a", None), ("1", "2")]


def test_merged_ranges_from_one_cell_count_once() -> None:
    content = xlsx_file({"表": [["a", "b"], ["x", "1"], [None, "2"]]}, {"表": [(1, 0, 2, 0)]})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            more = "".join(f'<mergeCell ref="A2:B{r}"/>' for r in range(4, 2000)).encode()
            new.writestr(name, old.read(name).replace(b"</mergeCells>", more + b"</mergeCells>"))
    assert only_sheet(out.getvalue()).merges.tolist() == [[1, 0, 2, 0]]


def test_a_sheet_of_many_blocks_of_rows_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.reading.files.excel._BLOCK", 2)
    rows = [[], [None, "a", "b"], [None, "c", "d"], [None, "e", 5], [None, 6, None]]
    for write in (xlsx_file, xls_file):
        sheet = only_sheet(write({"表": rows}))
        assert sheet.cells.rows()[1:] == [(None, "a", "b"), (None, "c", "d"), (None, "e", "5"), (None, "6", None)]
        assert [sheet.type_of(i).tolist() for i in range(3)] == [[0] * 5, [0, 0, 0, 0, 1], [0, 0, 0, 1, 0]]


def test_formatted_cells_without_content_take_no_room() -> None:
    content = xlsx_file({"表": [["a", "b"]]})
    down = "".join(f'<row r="{r}"><c r="A{r}" s="0"/></row>' for r in range(2, 1_048_577))
    right = "".join(f'<c r="{_letters(c)}2" s="0"></c>' for c in range(1, 16_385))
    assert only_sheet(_with_more_rows(content, down)).cells.shape == (1, 2)
    assert only_sheet(_with_more_rows(content, f'<row r="2">{right}</row>')).cells.shape == (1, 2)


def _letters(column: int) -> str:
    return (_letters((column - 1) // 26) if column > 26 else "") + chr(ord("A") + (column - 1) % 26)


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>',
        '<row r="2"><c s="0" r="A9999999" t="n"><v>1</v></c></row>',
        "<row r='2'><c r='ZZZ2'><v>1</v></c></row>",
        '<row r="2"><c r="zzz2"><f>1</f><v>1</v></c></row>',
    ],
)
def test_a_reference_made_up_to_break_the_reader_is_refused(cell: str) -> None:
    with pytest.raises(RefusedError, match="延伸到"):
        read_sheets(_with_more_rows(xlsx_file({"表": [["a", "b"]]}), cell))


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [(5, 16_383, "第16384列"), (1_048_575, 300, "第1048576行"), (5, 702, "第703列"), (5, 512, "第513列")],
)
def test_a_stray_cell_far_away_is_refused_before_room_is_made_for_it(row: int, column: int, message: str) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "a")
    sheet.write_string(row, column, "x")
    book.close()
    with pytest.raises(RefusedError, match=message):
        read_sheets(out.getvalue())


def test_a_wide_sheet_that_fits_is_read() -> None:
    sheet = only_sheet(xlsx_file({"表": [[str(i) for i in range(512)]]}))
    assert sheet.cells.width == 512


def test_an_encrypted_xls_says_so() -> None:
    book = xlwt.Workbook()
    book.add_sheet("表").write(0, 0, "a")
    stream = book.get_biff_data()
    first = 4 + int.from_bytes(stream[2:4], "little")  # the FILEPASS record stands behind the first record
    filepass = b"\x2f\x00\x36\x00" + b"\x01\x00\x01\x00\x01\x00" + bytes(48)
    out = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(out, stream[:first] + filepass + stream[first:])
    with pytest.raises(RefusedError, match="已加密"):
        read_sheets(out.getvalue())
