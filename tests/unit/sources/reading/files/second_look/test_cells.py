"""Cells of a workbook are read as a person sees them, whichever program wrote it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from sources.reading.files import Sheet, read_sheets
from sources.reading.files.second_look import found_cells
from sources.reading.files.sheet import DATE, NUMBER, OTHER, SCALED, TEXT, UNCLEAR, UNCOMPUTED
from sources.refusal import RefusedError
from tests.unit.sources.builder import only_sheet, xlsx_file, zip_file

Found = list[list[tuple[str | None, int]]]
UNKNOWN = {"docProps/app.xml": b"<Properties/>"}
STYLES = b"""<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.00,"/></numFmts>
<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"""


def _found(content: bytes) -> Found:
    return _cells(only_sheet(content))


def _cells(sheet: Sheet) -> Found:
    types = [sheet.type_of(c) for c in range(sheet.cells.width)]
    return [[(t, int(types[c][r])) for c, t in enumerate(row)] for r, row in enumerate(sheet.cells.rows())]


def _by_xlsxwriter(cells: dict[str, tuple[Any, ...]], **options: object) -> bytes:
    """Cells by reference: value, number format, result of a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet()
        for place, (value, code, *result) in cells.items():
            sheet.write(place, value, book.add_format({"num_format": code}), *result)
    return out.getvalue()


def _by_openpyxl(cells: dict[str, tuple[Any, ...]]) -> bytes:
    book = openpyxl.Workbook()
    for place, (value, code) in cells.items():
        book.active[place], book.active[place].number_format = value, code
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _by_xlwt(cells: list[list[tuple[Any, str]]], has_1904_dates: bool = False) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = has_1904_dates
    sheet = book.add_sheet("表")
    for r, row in enumerate(cells):
        for c, (value, code) in enumerate(row):
            sheet.write(r, c, value, xlwt.easyxf(num_format_str=code))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _by_hand(cells: bytes, parts: dict[str, bytes], has_prefix: bool = False) -> bytes:
    """Cells as XML, with other parts than xlsxwriter writes; without those that are empty."""
    sheet = b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>"
    if has_prefix:
        sheet = sheet.replace(b"</", b"[/x:").replace(b"<", b"<x:").replace(b"[", b"<")
        sheet = sheet.replace(b"<x:worksheet>", b'<x:worksheet xmlns:x="m">')
    parts = {"xl/styles.xml": STYLES, "xl/worksheets/sheet1.xml": sheet} | parts
    with zipfile.ZipFile(io.BytesIO(xlsx_file({"表": [["x"]]}))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    return zip_file({name: part for name, part in (members | parts).items() if part})


FORMATS = [
    (12013.5, "0!.0000", ("1.20135", SCALED)),
    (12345, "0.00,", ("12.345", SCALED)),
    (0.125, "0.00%", ("12.5%", SCALED)),
    (12.5, '0.00"万元"', ("12.5万元", SCALED)),
    (125000, '[>=10000]0!.0,"万";0', ("12.5万", SCALED)),
    (999, '[>=10000]0!.0,"万";0', ("999", NUMBER)),
    (1234, "000000", ("001234", NUMBER)),
    (20180101, r"0000\.00\.00", ("2018.01.01", TEXT)),
    (20180101, '0000"."00"."00', ("2018.01.01", TEXT)),
    (20180101, r"0\.00\.00", ("20180101", UNCLEAR)),
    (5, ";;;", ("5", UNCLEAR)),
    (0, "0;-0;;@", ("0", NUMBER)),
    (12345, "#,##0.00", ("12345", NUMBER)),
    ("大塘", '@"村"', ("大塘村", TEXT)),
    (44317, "yyyy-mm-dd", ("2021-05-01", DATE)),
]


@pytest.mark.parametrize(("value", "code", "cell"), FORMATS)
def test_formats_show_the_same_from_every_program(value: Any, code: str, cell: tuple[str, int]) -> None:
    cells = {"A1": ("x", "General"), "C2": (value, code)}
    for content in (_by_xlsxwriter(cells), _by_openpyxl(cells)):
        assert _found(content)[1][2] == cell
    nothing = ("", "General")
    assert _found(_by_xlwt([[nothing] * 3, [nothing, nothing, (value, code)]]))[1][2] == cell


FORMULAS = [
    ("=A1*12", "General", ("150", NUMBER)),
    ("=SUM(A1:B1)", "0.00", ("16.5", NUMBER)),
    ("=ROUND(A1/3,2)", "General", ("4.17", NUMBER)),
    ('=IF(A1>10,"是","否")', "General", ("是", TEXT)),
    ("=A1*10000", '0!.0,"万元"', ("12.5万元", SCALED)),
    ("=B1+44313", "yyyy-mm-dd", ("2021-05-01", DATE)),
    ("=Z9", "yyyy-mm-dd", ("00:00:00", OTHER)),
    ("=E1+1", "yyyy-mm-dd", ("2021-05-02", DATE)),
    ("=VLOOKUP(A1,A1:B3,2,0)", "General", ("=VLOOKUP(A1,A1:B3,2,0)", UNCOMPUTED)),
    ("=A1/0", "General", ("=A1/0", UNCOMPUTED)),
]


@pytest.mark.parametrize(("formula", "code", "cell"), FORMULAS)
def test_formulas_without_a_result_are_computed_or_named(formula: str, code: str, cell: tuple[str, int]) -> None:
    cells: dict[str, tuple[Any, ...]] = {"A1": (12.5, "0"), "B1": (4, "0"), "D3": (formula, code)}
    cells["E1"] = (44317.25, "yyyy-mm-dd hh:mm")
    assert _found(_by_openpyxl(cells))[2][3] == cell
    assert _found(_by_xlsxwriter(cells))[2][3] == cell, "written with the result 0, to be computed on load"
    row = [(12.5, "0"), (4, "0"), (xlwt.Formula(formula[1:]), code), ("", "0"), (44317.25, "yyyy-mm-dd hh:mm")]
    text, kind = _found(_by_xlwt([row]))[0][2]
    assert kind == cell[1]
    assert text == cell[0] or kind == UNCOMPUTED


def test_formulas_that_need_each_other_are_computed_in_any_order() -> None:
    cells = {f"A{row}": (f"=A{row + 1}+1", "0") for row in range(1, 20)} | {"A20": (1, "0")}
    cells |= {"B1": ("=B2", "0"), "B2": ("=B1", "0"), "C1": ("=SUM(A1:A20)", "0")}
    found = _found(_by_openpyxl(cells))
    assert [row[0][0] for row in found] == [str(21 - row) for row in range(1, 21)]
    assert [found[0][1], found[1][1], found[0][2]] == [("=B2", UNCOMPUTED), ("=B1", UNCOMPUTED), ("210", NUMBER)]


def test_a_long_chain_is_computed_downwards() -> None:
    cells: dict[str, tuple[Any, ...]] = {"A1": (1, "0")} | {f"A{row}": (f"=A{row - 1}+1", "0") for row in range(2, 500)}
    assert _found(_by_openpyxl(cells))[-1] == [("499", NUMBER)]


def test_other_sheets_are_looked_up_unless_they_are_hidden() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = "=底表!A1*2", "=隐藏!A1"
    book.create_sheet("底表")["A1"] = 7
    hidden = book.create_sheet("隐藏")
    hidden["A1"], hidden.sheet_state = 5, "hidden"
    out = io.BytesIO()
    book.save(out)
    assert _cells(read_sheets(out.getvalue())[0]) == [[("14", NUMBER), ("=隐藏!A1", UNCOMPUTED)]]


def test_a_row_of_formulas_without_results_below_and_beside_all_others_is_there() -> None:
    cells = {"A1": ("x", "General"), "C5": ("=VLOOKUP(1,A1:B2,2)", "General")}
    found = _found(_by_openpyxl(cells))
    assert len(found) == 5
    assert found[4][2][1] == UNCOMPUTED


def test_results_of_a_program_that_computes_stay_also_0_and_empty() -> None:
    formulas = b'<c r="A1"><f>VLOOKUP(1,B1:C2,2)</f><v>0</v></c><c r="B1" t="str"><f>IF(Z1="","",1)</f><v></v></c>'
    one = b'<c r="C1"><f>Y1+1</f><v>5</v></c>'
    content = _by_hand(b'<row r="1">' + formulas + b"</row>", {})
    assert _found(content)[0][0] == ("0", NUMBER)
    assert _found(_by_hand(b'<row r="1">' + formulas + one + b"</row>", UNKNOWN))[0] == [
        ("0", NUMBER), (None, TEXT), ("5", NUMBER),
    ]  # fmt: skip


def test_zeros_of_an_unknown_program_that_has_no_other_result_are_not_trusted() -> None:
    row = b'<row r="1"><c r="A1"><f>1+1</f><v>0</v></c><c r="B1"><f>VLOOKUP(1,D1:E2,2)</f><v>0</v></c></row>'
    assert _found(_by_hand(row, UNKNOWN))[0] == [("2", NUMBER), ("=VLOOKUP(1,D1:E2,2)", UNCOMPUTED)]
    titles = b"<Properties><Application>a</Application><TitlesOfParts><lpstr>Excel</lpstr></TitlesOfParts></Properties>"
    assert _found(_by_hand(row, {"docProps/app.xml": titles}))[0][1][1] == UNCOMPUTED
    assert _found(_by_hand(row, {}))[0] == [("0", NUMBER)] * 2, "written by Excel"


ZERO = b'<row r="1"><c r="A1"><f>1+1</f><v>0</v></c></row>'


@pytest.mark.parametrize(
    ("program", "is_trusted"),
    [
        ("Microsoft Excel", True),
        ("Microsoft Macintosh Excel", True),
        ("WPS Office_12.1.0.16929_F1E327BC", True),
        ("WPS 表格", True),
        ("LibreOffice/7.3.7.2$Linux_X86_64", True),
        ("EasyExcel", False),
        ("Go Excelize", False),
        ("MyNumbersTool", False),
        ("Apache POI", False),
    ],
)
def test_only_programs_that_compute_are_trusted(program: str, is_trusted: bool) -> None:
    parts = {"docProps/app.xml": f"<Properties><Application>{program}</Application></Properties>".encode()}
    assert _found(_by_hand(ZERO, parts))[0] == [("0" if is_trusted else "2", NUMBER)]


@pytest.mark.parametrize("attribute", [b"fullCalcOnLoad", b"forceFullCalc"])
def test_zeros_that_are_to_be_computed_on_load_are_not_trusted(attribute: bytes) -> None:
    content = _by_hand(ZERO, {})
    assert _found(content)[0] == [("0", NUMBER)]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(b"<calcPr ", b"<calcPr " + attribute + b'="1" ')
    assert _found(zip_file(members))[0] == [("2", NUMBER)]


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="1"><c r="A1" s="1"><v>12345</v></c><c r="B1"><f>1+1</f></c><c r="C1" t="e"><v>#REF!</v></c></row>',
        b"<row r='1'><c r='A1' s='1'><v>12345</v></c><c r='B1'><f>1+1</f></c><c r='C1' t='e'><v>#REF!</v></c></row>",
        b'<row><c s="1"><v>12345</v></c><c><f>1+1</f><v/></c><c t="e"><v>#REF!</v></c></row>',
        b'<row r="1"><c r="A1" s="1" t="n"><v>12345</v></c><c r="B1"><f>1+1</f><v></v></c>'
        b'<c r="C1" t="e"><f>X</f><v>#REF!</v></c></row>',
        b'<row r="1"><c s="1" r="A1"><v>12345.0</v></c><c r="B1"><f ca="1">1+1</f></c>'
        b'<c t="e" r="C1"><v>#REF!</v></c></row>',
    ],
)
def test_xml_that_other_programs_write_is_looked_at_too(row: bytes) -> None:
    seen = [("12.345", SCALED), ("2", NUMBER), ("#REF!", TEXT)]
    assert _found(_by_hand(row, UNKNOWN))[0] == seen
    assert _found(_by_hand(row, UNKNOWN, has_prefix=True))[0] == seen


def test_shared_and_array_formulas_without_results_are_named() -> None:
    row = (
        b'<row r="1"><c r="A1"><f t="shared" ref="A1:B1" si="0">1+1</f></c><c r="B1"><f t="shared" si="0"/></c>'
        b'<c r="C1"><f t="array" ref="C1:D1">1+1</f></c></row>'
    )
    assert [kind for _, kind in _found(_by_hand(row, UNKNOWN))[0]] == [NUMBER, UNCOMPUTED, UNCOMPUTED]


@pytest.mark.parametrize(
    ("code", "error"),
    [(0, "#NULL!"), (7, "#DIV/0!"), (15, "#VALUE!"), (23, "#REF!"), (29, "#NAME?"), (36, "#NUM!"), (42, "#N/A")],
)
def test_errors_have_their_name(code: int, error: str) -> None:
    assert _found(_by_xlsxwriter({"A1": ("=NA()", "0", error), "B1": (1, "0")}))[0][0] == (error, TEXT)
    book = xlwt.Workbook()
    book.add_sheet("表").row(0).set_cell_error(0, code)
    out = io.BytesIO()
    book.save(out)
    assert _found(out.getvalue()) == [[(error, TEXT)]]


def test_the_first_day_of_serial_numbers_is_known() -> None:
    cells: dict[str, tuple[Any, ...]] = {"A1": (42855, "General"), "B1": (42855, "yyyy-mm-dd")}
    for has_1904_dates, day in ((False, "2017-04-30"), (True, "2021-05-01")):
        rows = [[(42855, "General"), (42855, "yyyy-mm-dd")]]
        for content in (_by_xlsxwriter(cells, date_1904=has_1904_dates), _by_xlwt(rows, has_1904_dates)):
            sheet = only_sheet(content)
            assert sheet.has_1904_dates == has_1904_dates
            assert _cells(sheet) == [[("42855", NUMBER), (day, DATE)]]
    formula = {"A1": (42855, "General"), "B1": ("=A1+1", "yyyy-mm-dd")}
    assert _found(_by_xlsxwriter(formula, date_1904=True))[0][1] == ("2021-05-02", DATE)


def test_too_many_cells_to_correct_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_cells, "MOST", 3)
    cells = {f"A{row}": (row, "0.0,") for row in range(1, 6)}
    for content in (_by_openpyxl(cells), _by_xlwt([[(row, "0.0,")] for row in range(5)])):
        with pytest.raises(RefusedError, match="粘贴为数值"):
            read_sheets(content)


def test_a_clean_sheet_is_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.reading.files.second_look.xlsx_cells.WalkedCells", None)
    rows = [["编号", "#金额", "f"], ["a'b", 1.5, True], ["<f>", 2, None]]
    assert only_sheet(xlsx_file({"表": rows})).cells.height == 3


def test_results_that_are_there_are_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.reading.files.second_look.xlsx_cells.WalkedCells", None)
    row = (
        b'<row r="1"><c r="A1"><f t="shared" ref="A1:B1" si="0">1+1</f><v>2</v></c>'
        b'<c r="B1"><f t="shared" si="0"/><v>2</v></c><c r="C1" t="str"><f>"a"</f><v>a</v></c></row>'
    )
    assert _found(_by_hand(row, {})) == [[("2", NUMBER), ("2", NUMBER), ("a", TEXT)]]


def test_a_workbook_without_styles_is_read() -> None:
    row = b'<row r="1"><c r="A1" s="7"><f>1+1</f></c></row>'
    assert _found(_by_hand(row, {"xl/styles.xml": b""})) == [[("2", NUMBER)]]
