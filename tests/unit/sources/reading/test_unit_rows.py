"""Units in group heads, in rows of their own and in filling notes; columns of something else; heads of two years."""

from __future__ import annotations

from typing import Any

import pytest

from sources.conforming.file import FileResult
from tests.unit.sources.builder import CONTRACTS, Merge, conform, csv_file, header_of, xlsx_file
from tests.unit.sources.builder import row as a_row

INCOME = CONTRACTS.dataset("household_income")
SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
LABELS = [c.label for c in INCOME.required]
LEAVES = [text.removeprefix("近12个月") for text in LABELS[1:]]
AMOUNTS = [c.name for c in INCOME.required[1:]]
DATA = ["H1", "1.2", "1", "1", "1", "1"]
NUMBERS = list("123456")
UNITS = ["万元"] * 5
E = [""] * 4


def _files(rows: list[list[str]], merges: list[Merge]) -> list[bytes]:
    """The same table as a workbook and as a CSV file."""
    return [xlsx_file({"表": [[c or None for c in r] for r in rows]}, {"表": merges}), csv_file(rows)]


def _amounts(content: bytes) -> tuple[FileResult, list[float]]:
    delivery = conform(INCOME, content)
    part = delivery.files[0]
    rows = delivery.rows.filter(delivery.rows["row_state"] == "accepted") if part.refusal is None else None
    return part, [float(x) for x in rows.select(AMOUNTS).row(0)] if rows is not None else []


@pytest.mark.parametrize(
    ("header", "merges"),
    [
        ([["户编号", "收入情况(万元)", *E], ["", *LABELS[1:]]], [(0, 0, 1, 0), (0, 1, 0, 5)]),
        ([["户编号", "收入情况(单位:万元)", *E], LABELS], [(0, 1, 0, 5)]),
        ([["", "收入情况(万元)", *E], LABELS], [(0, 1, 0, 5)]),
        ([["户编号", "收入情况/万元", *E], ["", *LABELS[1:]]], []),
        ([["户编号", "万元", *E], ["", *LABELS[1:]]], [(0, 0, 1, 0), (0, 1, 0, 5)]),
        ([["户编号", "近12个月(万元)", *E], ["", *LEAVES]], [(0, 0, 1, 0), (0, 1, 0, 5)]),
        (
            [["户编号", "收入情况(万元)", *E], ["", "近12个月", *E], ["", *LEAVES]],
            [(0, 0, 2, 0), (0, 1, 0, 5), (1, 1, 1, 5)],
        ),
        ([["户编号", "近12个月", *E], ["", *LEAVES], ["", *UNITS]], [(0, 0, 2, 0), (0, 1, 0, 5)]),
        ([["户编号", "近12个月", *E], ["", *LEAVES], ["单位", *UNITS]], [(0, 0, 1, 0), (0, 1, 0, 5)]),
        ([["户编号", "近12个月", *E], ["", *LEAVES], NUMBERS, ["", *UNITS]], [(0, 0, 1, 0), (0, 1, 0, 5)]),
        ([LABELS, ["单位", *UNITS]], []),
        ([LABELS, ["-", *["(万元)"] * 5]], []),
        ([LABELS, ["", "万元", *E]], [(1, 1, 1, 5)]),
        ([LABELS, NUMBERS, ["", *UNITS]], []),
        ([LABELS, NUMBERS, ["计量单位", *UNITS]], []),
        ([LABELS, ["", *UNITS], NUMBERS], []),
        ([LABELS, list("abcdef"), ["", *UNITS]], []),
        ([LABELS, ["必填", *["填写万元"] * 5]], []),
        ([LABELS, ["如:1802000001", *["如:1.2万元"] * 5]], []),
        ([LABELS, ["", *["填写万元"] * 5]], [(0, 0, 1, 0)]),
    ],
)
def test_a_unit_counts_for_all_columns_that_it_is_about(header: list[list[str]], merges: list[Merge]) -> None:
    for content in _files([*header, DATA], merges):
        part, amounts = _amounts(content)
        assert (part.refusal, amounts) == (None, [12000, 10000, 10000, 10000, 10000])


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ([["户编号", "收入情况(元/月)", *E], ["", *LABELS[1:]]], "元/月"),
        ([["户编号", "收入情况(美元)", *E], ["", *LABELS[1:]]], "美元"),
        ([LABELS, NUMBERS, ["", "美元", *UNITS[1:]]], "美元"),
        ([LABELS, ["必填", "请填上年数", *["必填"] * 4]], "请填上年数"),
        ([LABELS, ["必填", "填写月均数", *["必填"] * 4]], "填写月均数"),
        ([[LABELS[0], f"{LABELS[1]}(元)", *LABELS[2:]], NUMBERS, ["", *UNITS]], "元、万元"),
    ],
)
def test_a_row_or_a_head_with_another_unit_refuses_the_column_by_name(header: list[list[str]], words: str) -> None:
    merges: list[Merge] = [(0, 1, 0, 5)] if "" in header[0] else []
    for content in _files([*header, DATA], merges):
        part, _ = _amounts(content)
        assert f"“{LABELS[1]}”的单位“{words}”" in str(part.refusal)
        assert "无法换算" in str(part.refusal)


@pytest.mark.parametrize(
    ("header", "merges"),
    [
        ([["农户收入监测表(单位:万元)", "", *E], LABELS], [(0, 0, 0, 5)]),
        ([["", "农户收入监测表(单位:万元)", *E], LABELS], [(0, 1, 0, 5)]),
        ([["", "", "", "", "单位:万元", ""], LABELS], [(0, 4, 0, 5)]),
        ([["户编号", "收入情况(万元)", *E], ["", *(f"{t}(元)" for t in LABELS[1:])]], [(0, 0, 1, 0), (0, 1, 0, 5)]),
        ([["户编号", "共3人", *E], ["", *LABELS[1:]]], [(0, 0, 1, 0), (0, 1, 0, 5)]),
    ],
)
def test_titles_and_heads_above_other_units_convert_nothing(header: list[list[str]], merges: list[Merge]) -> None:
    for content in _files([*header, DATA], merges):
        part, amounts = _amounts(content)
        assert (part.refusal, amounts) == (None, [1.2, 1, 1, 1, 1])


@pytest.mark.parametrize("row", [["H0", *UNITS], ["不详", "一万元", "", "", "", ""], ["H0", "无", "", "", "", ""]])
def test_a_row_with_a_key_is_no_row_of_units(row: list[str]) -> None:
    part, amounts = _amounts(csv_file([LABELS, row, DATA, *[["H" + str(i), *DATA[1:]] for i in range(2, 40)]]))
    assert (part.refusal, amounts) == (None, [1.2, 1, 1, 1, 1])
    assert sum(f.height for f in part.frames) == 40


def _subsistence(extra: str, cell: str, place: int) -> tuple[FileResult, dict[str, Any]]:
    rows = [[c.label for c in SUBSISTENCE.columns], [a_row(SUBSISTENCE)[c.name] for c in SUBSISTENCE.columns]]
    rows[0].insert(place, extra)
    rows[1].insert(place, cell)
    delivery = conform(SUBSISTENCE, csv_file(rows))
    part = delivery.files[0]
    return part, delivery.rows.row(0, named=True) if part.refusal is None else {}


@pytest.mark.parametrize("place", [0, 11])
@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("姓名(请填监护人)", "王某"),
        ("姓名(填写代领人)", "王某"),
        ("身份证号(填写代领人)", "王某"),
        ("批准时间(填报时间)", "2021-06-30"),
        ("月保障金(请填上年数)", "9"),
        ("月保障金(2020年)", "9"),
        ("月保障金(累计)", "9"),
    ],
)
def test_a_column_of_something_else_never_beats_the_one_of_that_name(text: str, cell: str, place: int) -> None:
    part, found = _subsistence(text, cell, place)
    _, expected = _subsistence("备注", "", place)
    assert part.refusal is None
    assert found == expected
    assert part.unknown_headers


@pytest.mark.parametrize(
    "note", ["填写监护人身份证号", "请填代领人", "如无填户主身份证号", "填写配偶的", "没有的填母亲"]
)
def test_a_note_below_the_header_that_somebody_elses_id_belongs_here_refuses_the_sheet(note: str) -> None:
    labels = [c.label for c in SUBSISTENCE.columns]
    notes = [note if c.name == "resident_id" else "必填" for c in SUBSISTENCE.columns]
    cells = [a_row(SUBSISTENCE)[c.name] for c in SUBSISTENCE.columns]
    part = conform(SUBSISTENCE, csv_file([labels, notes, cells])).files[0]
    assert "缺少必填列“身份证号”" in str(part.refusal)


@pytest.mark.parametrize(
    ("left", "right"),
    [("2020年", "2021年"), ("上年", "本年"), ("上年度", "本年度"), ("去年", "今年"), ("2020", "2021")],
)
def test_figures_of_two_years_are_refused_with_both_cells(left: str, right: str) -> None:
    header = [["户编号", left, *E, right, *E], ["", *LABELS[1:], *LABELS[1:]]]
    rows = [[f"H{i}", *"1234567890"] for i in range(3)]
    for content in _files([*header, *rows], [(0, 0, 1, 0), (0, 1, 0, 5), (0, 6, 0, 10)]):
        part, _ = _amounts(content)
        assert f"B2“{LABELS[1]}”和G2“{LABELS[1]}”都是" in str(part.refusal)
        assert part.rows_refused == 3


TOP = ["镇(街道)", "村(社区)", "户主", "", "保障对象", "", *(c.label for c in SUBSISTENCE.columns[6:])]
LOW = ["", "", "姓名", "身份证号", "姓名", "身份证号", *[""] * 5]


@pytest.mark.parametrize(
    "header",
    [
        [TOP, LOW],
        [["花名册"], TOP, LOW],
        [["", "", *TOP[2:6], *[""] * 5], [low or top for top, low in zip(TOP, LOW, strict=True)]],
        [[*TOP[:4], *(c.label for c in SUBSISTENCE.columns[4:])], [*LOW[:4], *[""] * 7]],
        [[*TOP[:2], "人员信息", "", "", "", *TOP[6:]], ["", "", *TOP[2:6], *[""] * 5], LOW],
    ],
)
def test_group_heads_centred_across_a_selection_reach_over_the_empty_cells(header: list[list[str]]) -> None:
    rows = [[cell or None for cell in cells] for cells in header]
    found = header_of(xlsx_file({"表": [*rows, ["源潭镇"]]}), SUBSISTENCE)
    assert found.columns == {c.name: i for i, c in enumerate(SUBSISTENCE.columns)}


@pytest.mark.parametrize("about", ["", "信息", "情况", "资料", "基本信息", "基本情况"])
def test_words_at_the_end_of_a_group_head_say_nothing(about: str) -> None:
    dataset = CONTRACTS.dataset("subsistence_allowance")
    labels = [c.label for c in dataset.columns]
    head, person = labels.index("户主姓名"), labels.index("姓名")
    upper = [""] * len(labels)
    upper[head : head + 2], upper[person : person + 2] = [f"户主{about}", ""], [f"人员{about}", ""]
    lower = [label.removeprefix("户主") for label in labels]
    cells = a_row(dataset, head_name="甲")
    merges = [(0, at, 0, at + 1) for at in (head, person)]
    found = conform(dataset, xlsx_file({"表": [upper, lower, list(cells.values())]}, {"表": merges}))
    assert found.files[0].refusal is None
    assert found.rows.select("head_name", "person_name").rows() == [("甲", cells["person_name"])]
