"""Lines of a list that are no data: totals in words, notes, signatures, headings, rows about the columns."""

from __future__ import annotations

import pytest

from sources.contracts.model import Dataset
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, wide, xlsx_file

INCOME = CONTRACTS.dataset("household_income")
SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
AMOUNTS = ["2", "4", "6", "8", "10"]
Rows = list[list[str]]


def _lists(dataset: Dataset, *lines: list[str]) -> tuple[list[int], list[str], str]:
    """The numbers of the data rows, what was skipped, and the printed totals of two rows with lines below."""
    cells = table(dataset, [row(dataset, 1), row(dataset, 2)])
    padded = [[*line, *[""] * (len(cells[0]) - len(line))] for line in lines]
    results = [conform(dataset, write([*cells, *padded])) for write in (csv_file, lambda r: xlsx_file({"表": r}))]
    assert results[0].rows.equals(results[1].rows)
    (file,) = results[0].files
    assert file.refusal is None
    return results[0].rows["row_number"].to_list(), file.skipped, file.printed_totals


def _income(*lines: list[str]) -> tuple[list[int], str]:
    amounts = [[str(i * n) for n in range(1, 6)] for i in (1, 2)]
    cells = [[c.label for c in INCOME.columns], *([f"180200000{i}", *a] for i, a in enumerate(amounts, 1)), *lines]
    found = conform(INCOME, csv_file(cells))
    (file,) = found.files
    assert file.refusal is None
    return found.rows["row_number"].to_list(), file.printed_totals


TOTAL = ["3", "6", "9", "12", "15"]


@pytest.mark.parametrize(
    "label",
    [
        *[
            "全区合计",
            "全县总计",
            "全镇合计",
            "全街道合计",
            "全村合计",
            "本表合计",
            "以上合计",
            "累计总计",
            "共计",
            "总和",
        ],
        *["合计2户", "合计(2户)", wide("合计:2户"), "共计2户、5人", "总计:2", "合计金额", "合计人数:", "共2户5人"],
        *[
            "本页合计",
            "本页小计",
            "源潭镇合计",
            "源潭镇小计",
            "小计:源潭镇",
            "小计(源潭镇)",
            "凤城街道小计",
            "黄洞村委会小计2户",
            "源潭合计",
        ],
    ],
)
def test_totals_in_other_words_are_left_out_and_checked(label: str) -> None:
    assert _income([label, *TOTAL]) == ([2, 3], "passed")
    assert _income([label, *TOTAL[:4], "16"]) == ([2, 3], "failed")


def test_a_total_of_a_part_is_of_the_rows_since_the_last_one() -> None:
    more = ["1802000003", "1", "1", "1", "1", "1"]
    first, second = ["源潭镇小计", *TOTAL], ["石角镇小计", *["1"] * 5]
    assert _income(first, more, second, ["全区合计", "4", "7", "10", "13", "16"]) == ([2, 3, 5], "passed")


@pytest.mark.parametrize(
    "label", ["合计村一组", "小计算", "总计划办", "共青团路1号", "合计户", "全合计", "源潭的合计表"]
)
def test_a_text_with_a_word_for_totals_is_data(label: str) -> None:
    assert _income([label, *AMOUNTS])[0] == [2, 3, 4]


def test_a_row_with_another_key_is_no_total() -> None:
    full = row(SUBSISTENCE, 3, town_name="源潭镇小计")
    cells = table(SUBSISTENCE, [row(SUBSISTENCE, 1), full])
    assert conform(SUBSISTENCE, csv_file(cells)).rows["row_number"].to_list() == [2, 3]


@pytest.mark.parametrize(
    "line",
    [
        ["注:1.本表由各镇(街道)民政办填报。"],
        ["2.每月5日前报送。"],
        ["(3)数据截至月末。"],
        ["一、本表一式两份。"],
        ["单位负责人:", "", "", "", "联系电话:"],
        ["单位负责人:张三", "", "填表人:李四", "", "联系电话:0763-3360000"],
        ["填报日期:2021年6月30日"],
        ["分管领导(签字):", "", "", "日期:"],
        ["(盖章)"],
        ["说明:变动类型按文件填写"],
        ["附:名册"],
        ["源潭镇"],
        ["一、A类保障对象"],
        ["", "黄洞村委会"],
    ],
)
def test_notes_signatures_and_headings_are_left_out_and_listed(line: list[str]) -> None:
    numbers, skipped, _ = _lists(SUBSISTENCE, line)
    assert numbers == [2, 3]
    (said,) = skipped
    assert "第4行是说明、签字或分组标题" in said


def test_many_notes_are_listed_in_short() -> None:
    _, (said,), _ = _lists(SUBSISTENCE, *[["说明:略"]] * 25)
    assert "第4、5、6、" in said
    assert "、23等25行" in said


@pytest.mark.parametrize("name", ["person_name", "head_name"])
def test_a_name_alone_is_a_person_whose_row_was_not_filled_in(name: str) -> None:
    line = [""] * len(SUBSISTENCE.columns)
    line[[c.name for c in SUBSISTENCE.columns].index(name)] = "张三"
    assert _lists(SUBSISTENCE, line)[:2] == ([2, 3, 4], [])


@pytest.mark.parametrize("number", ["2.5", "12.", "(3)"])
def test_a_number_alone_is_no_heading(number: str) -> None:
    assert _lists(INCOME, ["", "", "", "", "", number])[:2] == ([2, 3, 4], [])


def test_a_row_with_more_than_a_heading_is_data() -> None:
    assert _lists(SUBSISTENCE, ["源潭镇", "黄洞村委会"])[0] == [2, 3, 4]
    assert _lists(SUBSISTENCE, ["源潭镇", "", "张三:"])[0] == [2, 3, 4]


def _below_the_header(*lines: list[str]) -> list[int]:
    cells = table(INCOME, [row(INCOME, 1)])
    return conform(INCOME, csv_file([cells[0], *lines, *cells[1:]])).rows["row_number"].to_list()


@pytest.mark.parametrize(
    "line",
    [
        ["1", "2", "3", "4", "5", "6"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        list("①②③④⑤⑥"),
        ["0", "1", "2", "3", "4", "5"],
        ["甲", "1", "2", "3", "4", "5"],
        ["栏次", "1", "2", "3", "4", "5"],
        ["household_code", "wage", "operating", "property", "transfer", "expense"],
        ["A01", "A02", "A03", "A04", "A05", "A06"],
        ["必填", "必填", "必填", "必填", "必填", "选填"],
        ["文本格式", "保留两位小数", "数字", "数字", "数字", "数值"],
    ],
)
def test_rows_about_the_columns_are_left_out(line: list[str]) -> None:
    assert _below_the_header(line) == [3]
    assert _below_the_header([*line], ["1802000009", *AMOUNTS]) == [3, 4]


def test_a_row_of_each_kind_about_the_columns_is_left_out() -> None:
    assert _below_the_header(["必填"] * 6, ["1", "2", "3", "4", "5", "6"]) == [4]


@pytest.mark.parametrize(
    "line", [["1", "2", "3", "4", "5", "7"], ["2", "3", "4", "5", "6", "7"], ["1", "2", "3", "4", "5", ""]]
)
def test_a_row_of_figures_below_the_header_is_data(line: list[str]) -> None:
    assert _below_the_header(line) == [2, 3]


def test_a_row_that_numbers_the_columns_further_down_is_data() -> None:
    cells = [[c.label for c in INCOME.columns], ["1802000001", *AMOUNTS], ["1", "2", "3", "4", "5", "6"]]
    assert conform(INCOME, csv_file(cells)).rows["row_number"].to_list() == [2, 3]
