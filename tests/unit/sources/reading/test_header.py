"""The header of a sheet: where it stands, units, two rows, merged cells, drift that is named."""

from __future__ import annotations

import pytest

from sources.contracts.model import Dataset
from sources.reading.header import Header, find_header, missing_message, shown
from sources.reading.labels import label_of
from sources.text import plain
from tests.unit.sources.builder import CONTRACTS, csv_file, header_of, only_sheet, table, wide, xls_file, xlsx_file

INCOME = CONTRACTS.dataset("household_income")
REGISTER = CONTRACTS.dataset("household_register")
SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
LABELS = [c.label for c in INCOME.required]
NAMES = [c.name for c in INCOME.required]
DATA = ["H1", "1", "2", "3", "4", "5"]


def _found(rows: list[list[str | None]], dataset: Dataset = INCOME) -> Header:
    return header_of(csv_file([[c or "" for c in row] for row in rows]), dataset)


@pytest.mark.parametrize("dataset", list(CONTRACTS.datasets), ids=lambda d: d.name)
def test_every_label_and_every_synonym_of_every_table_is_known(dataset: Dataset) -> None:
    for column in dataset.columns:
        for text in column.headers:
            found = label_of(text, dataset)
            assert found is not None
            assert found.column is column
            assert found.unit is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("镇(街道)", "town_name"),
        (" 镇 \n(街 道) ", "town_name"),
        (wide("镇(街道)"), "town_name"),
        ("\u200b身份\r\n证号码", "resident_id"),
        ("姓 名", "person_name"),
    ],
)
def test_white_space_and_full_width_forms_do_not_matter(text: str, name: str) -> None:
    rows = table(REGISTER, [])
    rows[0][REGISTER.columns.index(REGISTER[name])] = text
    assert header_of(csv_file(rows), REGISTER).columns[name] == REGISTER.columns.index(REGISTER[name])


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("近12个月工资性收入(元)", "元"),
        ("近12个月工资性收入(单位:万元)", "万元"),
        (wide("近12个月工资性收入(千元)"), "千元"),
        (wide("近12个月工资性收入(单位:万元)"), "万元"),
        ("近12个月工资性收入(美元)", "美元"),
    ],
)
def test_a_trailing_bracket_holds_a_unit(text: str, unit: str) -> None:
    found = _found([[LABELS[0], text, *LABELS[2:]], DATA])
    assert found.units == {"wage_income": unit}


def test_brackets_that_belong_to_the_name_are_no_unit() -> None:
    cleaning = CONTRACTS.dataset("cleaning_fund")
    found = label_of("镇(街道)补助(万元)", cleaning)
    assert found is not None
    assert (found.column.name, found.unit) == ("town_paid", "万元")
    assert label_of("镇(街道)(元)", cleaning) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("近12个月工资性收入/元", "元"),
        ("近12个月工资性收入:万元", "万元"),
        (wide("近12个月工资性收入:元"), "元"),
        ("近12个月工资性收入,元", "元"),
        ("近12个月工资性收入、千元", "千元"),
        ("近12个月工资性收入 元", "元"),
        ("近12个月工资性收入\n单位:元", "元"),
        ("近12个月工资性收入【元】", "元"),
        ("近12个月工资性收入［万元］", "万元"),
        ("近12个月工资性收入〔元〕", "元"),
        ("近12个月工资性收入(单位元)", "元"),
        ("近12个月工资性收入(人民币元)", "元"),
        ("近12个月工资性收入(元人民币)", "元"),
        ("近12个月工资性收入(元/年)", "元"),
        ("近12个月工资性收入(万元/年)", "万元"),
        ("近12个月工资性收入(万)", "万元"),
        ("近12个月工资性收入(千)", "千元"),
        ("*近12个月工资性收入(元)(必填)", "元"),
        ("近12个月工资性收入(元,保留两位小数)", "元"),
        ("近12个月工资性收入(元/月)", "元/月"),
        ("近12个月工资性收入(元/人)", "元/人"),
    ],
)
def test_a_unit_is_known_however_it_is_attached(text: str, unit: str) -> None:
    found = label_of(plain(text), INCOME)
    assert found is not None
    assert (found.column.name, found.unit) == ("wage_income", unit)


@pytest.mark.parametrize(
    "text", ["月保障金(元/月)", "月保障金/元每月", "月保障金(月元)", "月保障金(元·月)", "月保障金(元/年)"]
)
def test_a_period_is_left_out_only_if_it_is_the_columns_own(text: str) -> None:
    found = label_of(plain(text), SUBSISTENCE)
    assert found is None or found.column.name == "monthly_amount"
    others = {"月保障金(元·月)": "元·月", "月保障金(元/年)": "元/年"}
    assert (found.unit if found else None) == others.get(text, "元")


@pytest.mark.parametrize(
    "text",
    [
        "*身份证号",
        "身份证号*",
        wide("*身份证号"),
        "★身份证号",
        "身份证号(必填)",
        wide("身份证号(必填)"),
        "身份证号【必填项】",
        "*身份证号(18位)",
        "身份证号(必填,18位)",
        "身份证号(18位号码、文本格式)",
        "身份证号(文本)(必填)",
        "身份证号(例如441802197503120014)",
        "身份证号\n(请填写18位号码)",
    ],
)
def test_marks_and_notes_about_filling_in_are_no_part_of_a_name(text: str) -> None:
    found = label_of(plain(text), REGISTER)
    assert found is not None
    assert (found.column.name, found.unit) == ("resident_id", None)


@pytest.mark.parametrize(
    "text", ["身份证号(户主)", "身份证号(旧)", "身份证号(监护人,18位)", "身份证号(备用)", "身份证号1"]
)
def test_a_bracket_that_tells_two_columns_apart_stays(text: str) -> None:
    assert label_of(plain(text), REGISTER) is None


@pytest.mark.parametrize("text", ["户编号(元)", "户编号()", "近12个月工资性收入()", "收入(元)"])
def test_a_bracket_on_anything_else_is_an_unknown_header(text: str) -> None:
    assert label_of(text, INCOME) is None


def test_units_that_do_not_convert_are_named() -> None:
    found = _found([[LABELS[0], f"{LABELS[1]}(美元)", f"{LABELS[2]}(公里)", f"{LABELS[3]}(万元)", *LABELS[4:]], DATA])
    wrong = found.wrong_units(INCOME)
    assert len(wrong) == 2
    assert "“美元”" in wrong[0]
    assert "“公里”" in wrong[1]


@pytest.mark.parametrize("name", ["次", "座", "户", "个", "人次"])
def test_the_contracts_own_unit_is_always_known(name: str) -> None:
    columns = [(d, c) for d in CONTRACTS.datasets for c in d.columns if c.unit == name]
    assert columns
    for dataset, column in columns:
        rows = [[f"{c.label}({name})" if c is column else c.label for c in dataset.columns]]
        found = header_of(csv_file(rows), dataset)
        assert found.units == {column.name: name}
        assert found.wrong_units(dataset) == []


@pytest.mark.parametrize("above", [0, 1, 18, 19])
def test_the_header_is_found_in_the_first_twenty_rows(above: int) -> None:
    found = _found([*[[f"标题{i}"] for i in range(above)], LABELS, DATA])
    assert (found.first_row, found.last_row) == (above, above)
    assert found.columns == {name: i for i, name in enumerate(NAMES)}


def test_the_header_is_not_looked_for_further_down() -> None:
    sheet = only_sheet(csv_file([*[[f"标题{i}"] for i in range(20)], LABELS, DATA]))
    assert find_header(sheet, INCOME) is None


def test_a_two_row_header_ends_within_the_first_twenty_rows() -> None:
    upper = [LABELS[0], *([None] * 5)]
    lower = [None, *LABELS[1:]]
    above = [["标题"]] * 18
    assert _found([*above, upper, lower, DATA]).last_row == 19
    lower[0] = LABELS[0]
    assert _found([*above, ["x"], lower, DATA]).last_row == 19
    assert find_header(only_sheet(csv_file([*above, ["x"], upper, [c or "" for c in lower], DATA])), INCOME) is None


def test_of_equal_rows_the_first_counts() -> None:
    assert _found([LABELS, DATA, LABELS, DATA]).last_row == 0


def test_a_title_merged_over_all_columns_and_beyond_does_not_disturb() -> None:
    rows = [["清城区农户收入监测表"], LABELS, DATA]
    for content in (xlsx_file({"表": rows}, {"表": [(0, 0, 0, 25)]}), xls_file({"表": rows}, [(0, 0, 0, 25)])):
        found = header_of(content, INCOME)
        assert (found.first_row, found.last_row) == (1, 1)
        assert found.columns == {name: i for i, name in enumerate(NAMES)}


GROUPED_UPPER = [
    "镇(街道)",
    "村(社区)",
    "户主",
    None,
    "保障对象",
    None,
    "与户主关系",
    "保障类别",
    "月保障金",
    "变动类型",
]
GROUPED_LOWER = [None, None, "姓名", "身份证号", "姓名", "身份证号", None, None, None, None]
GROUPED = {
    "town_name": 0, "village_name": 1, "head_name": 2, "head_resident_id": 3, "person_name": 4, "resident_id": 5,
    "relation_to_head": 6, "allowance_class": 7, "monthly_amount": 8, "change_type": 9,
}  # fmt: skip
GROUPED_MERGES = [(1, 2, 1, 3), (1, 4, 1, 5), *[(1, c, 2, c) for c in (0, 1, 6, 7, 8, 9)]]


def test_a_merged_group_head_joins_the_cell_below_or_leaves_it_alone() -> None:
    rows = [["标题"], GROUPED_UPPER, GROUPED_LOWER, ["源潭镇"]]
    for content in (xlsx_file({"表": rows}, {"表": GROUPED_MERGES}), xls_file({"表": rows}, GROUPED_MERGES)):
        found = header_of(content, SUBSISTENCE)
        assert found.columns == GROUPED
        assert (found.first_row, found.last_row) == (1, 2)


def test_in_csv_a_group_head_reaches_over_the_empty_cells_right_of_it() -> None:
    found = _found([["标题"], GROUPED_UPPER, GROUPED_LOWER, ["源潭镇"]], SUBSISTENCE)
    assert found.columns == GROUPED
    assert found.last_row == 2


def test_headers_that_stand_low_are_found_too() -> None:
    upper = [None, None, "户主", None, "保障对象", *[None] * 5]
    lower = [t or u for t, u in zip(GROUPED_LOWER, GROUPED_UPPER, strict=True)]
    found = header_of(xlsx_file({"表": [upper, lower, ["源潭镇"]]}, {"表": [(0, 2, 0, 3), (0, 4, 0, 5)]}), SUBSISTENCE)
    assert found.columns == GROUPED


def test_header_cells_merged_downwards_belong_to_the_header_even_if_one_row_says_all() -> None:
    upper = [*LABELS, "其他收入", None]
    lower = [*[None] * 6, "租金", "利息"]
    merges = [*[(0, c, 1, c) for c in range(6)], (0, 6, 0, 7)]
    found = header_of(xlsx_file({"表": [upper, lower, DATA]}, {"表": merges}), INCOME)
    assert (found.first_row, found.last_row) == (0, 1)
    assert found.columns == {name: i for i, name in enumerate(NAMES)}


@pytest.mark.parametrize("merges", [[], [(0, 0, 1, 0)]])
def test_units_in_a_row_of_their_own_below_the_names_belong_to_the_header(
    merges: list[tuple[int, int, int, int]],
) -> None:
    below = [None, "(千元)", wide("(元)"), "(单位:万元)", None, "(元)"]
    for content in (xlsx_file({"表": [LABELS, below, DATA]}, {"表": merges}), csv_file([LABELS, below, DATA])):
        found = header_of(content, INCOME)
        assert (found.first_row, found.last_row) == (0, 1)
        assert [found.units.get(name) for name in NAMES] == [None, "千元", "元", "万元", None, "元"]


GROUPED_TOP = ["镇(街道)", "村(社区)", "人员信息", *[None] * 3, *GROUPED_UPPER[6:]]
GROUPED_MIDDLE = [None, None, "户主", None, "保障对象", *[None] * 5]
TOP_MERGES = [(1, 2, 1, 5), (2, 2, 2, 3), (2, 4, 2, 5), *[(1, c, 3, c) for c in (0, 1, 6, 7, 8, 9)]]


@pytest.mark.parametrize("title", [[], [["花名册"]]])
def test_a_header_of_three_rows_is_joined(title: list[list[str | None]]) -> None:
    rows = [*title, GROUPED_TOP, GROUPED_MIDDLE, GROUPED_LOWER, ["源潭镇"]]
    down = len(title) - 1
    merges = [(top + down, left, bottom + down, right) for top, left, bottom, right in TOP_MERGES]
    for content in (xlsx_file({"表": rows}, {"表": merges}), xls_file({"表": rows}, merges)):
        found = header_of(content, SUBSISTENCE)
        assert found.columns == GROUPED
        assert (found.first_row, found.last_row) == (len(title), len(title) + 2)
    found = _found(rows, SUBSISTENCE)
    assert (found.columns, found.last_row) == (GROUPED, len(title) + 2)


def test_names_at_any_of_three_levels_are_found() -> None:
    middle = ["镇(街道)", "村(社区)", "户主", None, "保障对象", None, *GROUPED_UPPER[6:]]
    rows = [["花名册"], [None, None, "人员信息", *[None] * 7], middle, GROUPED_LOWER]
    assert header_of(xlsx_file({"表": rows}, {"表": TOP_MERGES[:3]}), SUBSISTENCE).columns == GROUPED


def test_a_header_with_units_further_down_does_not_go_before_the_first_one() -> None:
    again = [LABELS[0], *(f"{text}(元)" for text in LABELS[1:])]
    found = _found([LABELS, DATA, again, DATA])
    assert (found.first_row, found.last_row, found.units) == (0, 0, {})


def test_a_header_cell_merged_over_the_whole_column_takes_no_data() -> None:
    rows = [LABELS, *([DATA] * 30)]
    assert header_of(xlsx_file({"表": rows}, {"表": [(0, 0, 30, 0)]}), INCOME).last_row == 0


def test_too_few_columns_are_no_header() -> None:
    assert find_header(only_sheet(csv_file([["户编号", "近12个月财产性收入", "备注"], DATA[:3]])), INCOME) is None
    assert find_header(only_sheet(csv_file([LABELS[:3], DATA[:3]])), INCOME) is not None


def test_missing_columns_are_named_with_what_was_found_and_what_comes_near() -> None:
    found = _found([[LABELS[0], "近12月工资性收入", *LABELS[2:], "4418021980061512345"], DATA])
    message = missing_message(found, INCOME)
    assert "缺少必填列“近12个月工资性收入”(最接近的表头:近12月工资性收入" in message
    assert "现有表头:户编号、近12月工资性收入" in message
    assert "441802" not in message


def test_unknown_headers_are_drift_and_show_no_number() -> None:
    found = _found([[*LABELS, "联系电话13800138000", "x" * 60], DATA])
    assert [shown(text) for _, text in found.unknown()] == ["联系电话***", "x" * 24]
    assert found.missing(INCOME) == []
