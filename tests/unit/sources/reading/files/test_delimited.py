"""CSV files: encodings, quotes, widths."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.reading.files.delimited import decode, read_delimited
from sources.reading.files.sheet import MAX_COLUMNS
from sources.refusal import RefusedError

RARE = "石𬒔村"  # outside GB2312, as five real village names here are


@pytest.mark.parametrize(
    "content",
    [
        RARE.encode(),
        codecs.BOM_UTF8 + RARE.encode(),
        codecs.BOM_UTF16_LE + RARE.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + RARE.encode("utf-16-be"),
        RARE.encode("gb18030"),
    ],
)
def test_text_is_decoded_by_mark_then_utf8_then_gb18030(content: bytes) -> None:
    assert decode(content) == RARE


@pytest.mark.parametrize("content", [b"\x80\xff\xfe", b"\xef\xbb\xbf\xff", b"\xff\xfe\x00\xd8\x00", b"\xff\xfea"])
def test_what_no_encoding_fits_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError, match="文字编码无法识别"):
        decode(content)


def test_binary_that_happens_to_decode_is_refused() -> None:
    with pytest.raises(RefusedError, match="不是文本文件"):
        read_delimited(b"a\x00b,c\n")


def _rows(text: str) -> list[tuple[str | None, ...]]:
    (sheet,) = read_delimited(text.encode())
    return sheet.cells.rows()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2\n", [("a", "b"), ("1", "2")]),
        ("a,b\r\n1,2\r\n", [("a", "b"), ("1", "2")]),
        ("a,b\r1,2", [("a", "b"), ("1", "2")]),
        ("标题\na,b,c\n1\n", [("标题", None, None), ("a", "b", "c"), ("1", None, None)]),
        ("\n\na,b\n\n1,2\n\n", [(None, None), (None, None), ("a", "b"), (None, None), ("1", "2"), (None, None)]),
        ('a,b\n"x\ny",2\n3,4\n', [("a", "b"), ("x\ny", "2"), ("3", "4")]),
        ('\n"x\r\n\r\ny",2\n3,4\n', [(None, None), ("x\n\ny", "2"), ("3", "4")]),
        ('a,b\n"x, ""y""",2\n', [("a", "b"), ('x, "y"', "2")]),
        ("a\tb\n1,000\t2\n", [("a", "b"), ("1,000", "2")]),
        ("a,b\n\t441802,2\n", [("a", "b"), ("\t441802", "2")]),
        ('a,b\n5"管,2\n6"管,3\n', [("a", "b"), ('5"管', "2"), ('6"管', "3")]),
        ('a,b\n"x" ,2\n', [("a", "b"), ("x ", "2")]),
    ],
)
def test_rows_are_those_a_spreadsheet_shows(text: str, rows: list[tuple[str | None, ...]]) -> None:
    assert _rows(text) == rows


TWO = [("甲", "1,5", "丙"), ("2", None, "x;y")]


@pytest.mark.parametrize(
    "text",
    [
        '甲;1,5;丙\n2;;"x;y"\n',
        'sep=;\n甲;1,5;丙\n2;;"x;y"\n',
        '"sep=;"\r\n甲;1,5;丙\r\n2;;"x;y"\r\n',
        "SEP=\t\n甲\t1,5\t丙\n2\t\tx;y\n",
        "甲\t1,5\t丙\n2\t\tx;y\n",
        "甲|1,5|丙\n2||x;y\n",
        '甲,"1,5",丙\n2,,x;y\n',
        '"甲","1,5","丙"\n"2","","x;y"\n',
        'sep=,\n甲,"1,5",丙\n2,,x;y\n',
    ],
)
def test_the_separator_is_the_one_that_splits_the_lines_alike(text: str) -> None:
    assert _rows(text) == TWO


@pytest.mark.parametrize(
    "text",
    [
        "a\t,b\t,c\t\n1\t,2\t,3\t\n",
        '"a\t","b\t","c\t"\n"1\t","2\t","3\t"\n',
        '"a"\t,"b"\t,"c"\t\r\n"1"\t,"2"\t,"3"\t\r\n',
        "a\t;b\t;c\t\n1\t;2\t;3\t\n",
        "a,b,c\n1\t,2\t,3\n",
        "a\t\t,b,c\t\t\n1\t\t,2\t\t,3",
    ],
)
def test_a_tab_behind_a_cell_is_no_separator(text: str) -> None:
    rows = [[cell and cell.strip("\t") for cell in row] for row in _rows(text)]
    assert rows == [["a", "b", "c"], ["1", "2", "3"]]


@pytest.mark.parametrize(
    "text",
    [
        '"a"\t"b"\t"c"\n"1"\t"2"\t"3"\n',
        '"a"\t"b"\t"c"\r\n1\t2\t3\r\n',
        'a\t"b"\tc\n1\t"2"\t3\n',
        "\ta,\tb,\tc\n\t1,\t2,\t3\n",
        "a\t ,b\t ,c\t \n1\t ,2\t ,3\t \n",
        "\ta\t,\tb\t,\tc\t\n\t1\t,\t2\t,\t3\t\n",
        "a|\tb|\tc\n1|\t2|\t3\n",
    ],
)
def test_tabs_separate_or_decorate_in_quoted_files_too(text: str) -> None:
    assert [[cell and cell.strip("\t ") for cell in row][:3] for row in _rows(text)] == [
        ["a", "b", "c"],
        ["1", "2", "3"],
    ]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_quoted_cells_between_tabs_in_utf16(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    (sheet,) = read_delimited(mark + '"甲"\t"乙"\r\n"1"\t"2"\r\n'.encode(encoding))
    assert sheet.cells.rows() == [("甲", "乙"), ("1", "2")]


def test_a_comma_in_every_line_of_a_sparse_table_of_tabs_is_no_separator() -> None:
    rows = ["甲\t乙\t丙\t丁", "1\t一组,3号\t\t", "2\t一组,4号\t5\t", "3\t二组,1号\t\t6", "4\t二组,2号\t\t"]
    assert _rows("\n".join(rows))[1] == ("1", "一组,3号", None, None)


def test_empty_cells_at_the_end_of_tabbed_lines_are_cells() -> None:
    assert _rows("a\tb\tc\n1\t\t\n2\t3\t\n") == [("a", "b", "c"), ("1", None, None), ("2", "3", None)]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('="44180219800615105X"', "44180219800615105X"),
        ('"=""44180219800615105X"""', "44180219800615105X"),
        ('="0012"\t', "0012"),
        ('=""', None),
        ('"=""甲,乙"""', "甲,乙"),
        ("=1+1", "=1+1"),
        ('="a"&"b"', '="a"&"b"'),
    ],
)
def test_a_text_that_is_written_as_a_formula_is_the_text(cell: str, shown: str | None) -> None:
    assert _rows(f"a,b\n{cell},2\n") == [("a", "b"), (shown, "2")]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('=T("0012")', "0012"),
        ('="0012"&""', "0012"),
        ('\t="0012"', "0012"),
        (' ="0012" ', "0012"),
        ("=0012", "0012"),
        ("=(0012)", "0012"),
        ("='0012'", "0012"),
        ("=\u201c0012\u201d", "0012"),
        ('\uff1d"0012"', "0012"),
        ("'0012'", "0012"),
        ("`0012`", "0012"),
        ("\u201c0012\u201d", "0012"),
        ("\u20180012\u2019", "0012"),
        ("'张三'", "张三"),
        ("'0012", "'0012"),
        ("0012'", "0012'"),
        ("=A1", "=A1"),
        ("=12+3", "=12+3"),
        ("=VLOOKUP(A1)", "=VLOOKUP(A1)"),
        ("\u201c甲\u201d和\u201c乙\u201d", "\u201c甲\u201d和\u201c乙\u201d"),
        ("x='1'", "x='1'"),
    ],
)
def test_formulas_and_pairs_of_other_quotes_around_a_whole_cell_are_off(cell: str, shown: str) -> None:
    assert _rows(f"a,b\n{cell},2\n")[1] == (shown, "2")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2\n\x1a3,4\n\x1a", [("a", "b"), ("1", "2"), ("3", "4")]),
        ("a,b\n1,2\n\x1a\n3,4\n", [("a", "b"), ("1", "2"), (None, None), ("3", "4")]),
        ("a,b\n1,2\n\x1a,\n", [("a", "b"), ("1", "2"), (None, None)]),
        ('a,b\n1,2\n"\x1a"\n', [("a", "b"), ("1", "2"), (None, None)]),
        ("a,b\n1,2\n" + "\x00" * 50, [("a", "b"), ("1", "2")]),
        ("a,b\n1,2\n\x1a\x00\x00\x1a", [("a", "b"), ("1", "2")]),
        ("a,b\n1\x1a0,2\n", [("a", "b"), ("1\x1a0", "2")]),
    ],
)
def test_the_end_of_file_of_dos_stays_in_files_that_were_joined(text: str, rows: list[tuple[str | None, ...]]) -> None:
    assert _rows(text) == rows


@pytest.mark.parametrize("sign", ["\uff0c", "\uff1b", ";", "|", "^", "~"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_any_separator_may_be_named(sign: str, quote: str) -> None:
    assert _rows(f"sep={sign}\n甲{sign}{quote}乙{quote}\n1{sign}2\n") == [("甲", "乙"), ("1", "2")]


@pytest.mark.parametrize("sign", ["\uff0c", "\uff1b"])
def test_a_separator_of_full_width_is_found(sign: str) -> None:
    assert _rows(f"甲{sign}乙{sign}丙\n1{sign}2{sign}3,5\n") == [("甲", "乙", "丙"), ("1", "2", "3,5")]
    assert _rows(f"甲,乙\n一{sign}二,2\n三{sign}四,5\n")[1] == (f"一{sign}二", "2")


def test_a_separator_that_is_named_but_not_used_is_not_believed() -> None:
    assert _rows("sep=;\n甲,乙\n1,2\n") == [("甲", "乙"), ("1", "2")]


@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a", "\x1a\x1a\x1a", "\x1a" + "\x00" * 99, "\x1a\r\n"])
def test_the_end_of_file_of_dos_is_no_row(end: str) -> None:
    assert _rows(f"a,b\r\n1,2{end}")[:2] == [("a", "b"), ("1", "2")]
    assert all(cell is None for row in _rows(f"a,b\r\n1,2{end}")[2:] for cell in row)


LONG = "姓名,村\n" + "张三,石𬒔村\n" * 20


@pytest.mark.parametrize(
    "content",
    [
        LONG.encode("gb18030") + "李".encode("gb18030")[:1] + ",甲村\n".encode("gb18030"),
        LONG.encode("gb18030") + ",甲村\n".encode("gb18030") + "李".encode("gb18030")[:1],
        LONG.encode("utf-8") + "李".encode()[:2] + ",甲村\n".encode(),
        codecs.BOM_UTF8 + LONG.encode("utf-8") + "李".encode()[:1] + ",甲村\n".encode(),
        LONG.encode("utf-8") + "李".encode()[1:] + ",甲村\n".encode(),
    ],
)
def test_a_character_that_was_cut_in_half_damages_its_cell_only(content: bytes) -> None:
    rows = read_delimited(content)[0].cells.rows()
    assert rows[:21] == [("姓名", "村")] + [("张三", "石𬒔村")] * 20
    damaged = [row for row in rows if any("\ufffd" in (cell or "") for cell in row)]
    assert len(damaged) == 1
    assert {cell for row in rows[21:] for cell in row if cell and "\ufffd" not in cell} == {"甲村"}
    with pytest.raises(RefusedError, match="文字编码无法识别"):
        decode(content)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_few_cut_characters_damage_their_cells_only(encoding: str, cut: int) -> None:
    lines = ["姓名,村庄", *["张三丰收,石板村民委员会"] * 8]
    content = [line.encode(encoding) for line in lines]
    for row in range(1, 1 + cut):
        content[2 * row] = "张三丰收".encode(encoding)[:-1] + ",石板村民委员会".encode(encoding)
    rows = read_delimited(b"\n".join(content))[0].cells.rows()
    damaged = [i for i, row in enumerate(rows) if any("\ufffd" in (cell or "") for cell in row)]
    assert damaged == [2 * row for row in range(1, 1 + cut)]
    assert {row[1] for row in rows[1:]} == {"石板村民委员会"}


def test_more_cut_characters_are_expected_of_a_longer_list_only() -> None:
    whole, half = (
        "张三丰,石板村民委员会\n".encode("gb18030"),
        "李".encode("gb18030")[:1] + ",石板村民委员会\n".encode("gb18030"),
    )
    assert read_delimited(whole * 200 + half * 9)[0].cells.height == 209
    with pytest.raises(RefusedError, match="文字编码无法识别"):
        read_delimited(whole * 50 + half * 4)


@pytest.mark.parametrize("name", ["甲".encode("gb18030")[:1], b"\x80", b"\xff"])
def test_a_file_of_damaged_characters_is_in_another_encoding(name: bytes) -> None:
    with pytest.raises(RefusedError, match="文字编码无法识别"):
        read_delimited("姓名,村\n".encode() + (name + b"," + name + b"\n") * 20)


def test_chinese_that_was_lost_is_not_a_matter_of_encoding() -> None:
    with pytest.raises(RefusedError, match="都变成了问号"):
        read_delimited(b"??,?????\r\n??,441802198006151017\r\n")
    assert _rows("姓名,问题\n张三,??\n李四,??\n")[1] == ("张三", "??")


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n", "\ufeff"])
def test_a_file_without_text_has_no_cells(text: str) -> None:
    assert all(cell is None or not cell.strip("\ufeff \t") for row in _rows(text) for cell in row)


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n"张三,2\n李四,3\n王五,4\n',
        'a,b\n"张三,2\n李四,3\n"王五",4\n',
        'a,b,c\n"张三,1,2\n李四,3,4\n王五,5,6",7,8\n',
        'a,b\n"' + "x" * 200_000 + '",2\n',
    ],
)
def test_a_stray_quote_never_swallows_rows(text: str) -> None:
    with pytest.raises(RefusedError, match="引号"):
        read_delimited(text.encode())


def test_lines_formatted_to_the_right_edge_are_cut_off() -> None:
    assert _rows("a,b" + "," * 16_382 + "\n1,2" + "," * 16_382 + "\n") == [("a", "b"), ("1", "2")]
    quoted = _rows('"a",b' + "," * 16_382 + "\n1,2" + "," * 16_382 + "\n")
    assert quoted == [("a", "b"), ("1", "2")]


def test_separators_before_a_last_cell_are_counted_in_no_time() -> None:
    with pytest.raises(RefusedError, match="超过512列"):
        read_delimited(b"," * 500_000 + b"x\n")


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_row_that_is_filled_too_far_is_refused(quote: str) -> None:
    cells = ",".join([f"{quote}x{quote}"] * (MAX_COLUMNS + 1))
    with pytest.raises(RefusedError, match="超过512列"):
        read_delimited(cells.encode())


ALTERED = "\x00\r\t\x1a='`\uff1d\u2018\u2019\u201c\u201d"
"""Signs that have a meaning of their own around a cell; the tests above are about them."""
CELL = st.text(st.characters(codec="utf-8", exclude_characters=ALTERED, exclude_categories=["Cs"]), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6))
def test_well_formed_files_come_back_as_they_were_written(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    try:
        (sheet,) = read_delimited(out.getvalue().encode("utf-8"))
    except RefusedError:
        # A cell that holds a line like a row of its own is taken for two stray quotes.
        assert any(line.count(",") >= 2 for row in rows for cell in row for line in cell.split("\n")[1:-1])
        return
    assert [[cell or "" for cell in row] for row in sheet.cells.rows()] == rows
