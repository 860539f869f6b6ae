"""Sheets of another month or year, and sheets that show how to fill in the others."""

from __future__ import annotations

import pytest

from sources.conforming.file import FileResult
from sources.conforming.periods import Period, period_in
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, xls_file, xlsx_file

LIST = CONTRACTS.dataset("subsistence_allowance")
DEATHS = CONTRACTS.dataset("deaths")
Cells = list[list[str]]


def _cells(first: int, last: int, title: str = "", dataset=LIST) -> Cells:
    titles = [[title]] if title else []
    return [*titles, *table(dataset, [row(dataset, n) for n in range(first, last + 1)])]


def _read(sheets: dict[str, Cells], dataset=LIST) -> tuple[FileResult, int]:
    found = [conform(dataset, write(sheets)) for write in (xlsx_file, xls_file)]
    assert found[0].files[0].refusal == found[1].files[0].refusal
    return found[0].files[0], found[0].rows.height


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("5月", Period(None, 5, 5)),
        ("5月份", Period(None, 5, 5)),
        ("05月", Period(None, 5, 5)),
        ("五月份", Period(None, 5, 5)),
        ("十二月", Period(None, 12, 12)),
        ("低保5月", Period(None, 5, 5)),
        ("2021年5月", Period(2021, 5, 5)),
        ("2021.5", Period(2021, 5, 5)),
        ("2021-05", Period(2021, 5, 5)),
        ("202105", Period(2021, 5, 5)),
        ("清城区2020年6月农村低保对象花名册", Period(2020, 6, 6)),
        ("1-6月", Period(None, 1, 6)),
        ("2021年1月至6月", Period(2021, 1, 6)),
        ("2021年1-5月发放表", Period(2021, 1, 5)),
        ("第二季度", Period(None, 4, 6)),
        ("2021年第1季度", Period(2021, 1, 3)),
        ("2021年上半年", Period(2021, 1, 6)),
        ("三月村", None),
        ("二月田", None),
        ("6月5日", None),
        ("2021年7月5日", None),
        ("2021.6.30", None),
        ("填报时间:2021年7月", None),
        ("5月新增", None),
        ("2020年5月以来", None),
        ("Sheet1", None),
        ("源潭镇2", None),
        ("13月", None),
        ("441802202105", None),
        ("20210630", None),
    ],
)
def test_months_in_names_and_titles(text: str, period: Period | None) -> None:
    assert period_in(text) == period


@pytest.mark.parametrize(
    ("names", "titles"),
    [
        (("5月", "6月"), ("", "")),
        (("6月", "五月份"), ("", "")),
        (("Sheet1", "2021年5月"), ("", "")),
        (("2020年", "2021年"), ("", "")),
        (("202106", "202006"), ("", "")),
        (("一", "二"), ("2021年6月农村低保名册", "2020年6月农村低保名册")),
        (("一", "二"), ("2021年农村低保名册", "2020年农村低保名册")),
        (("一", "二"), ("农村低保名册", "2021年5月农村低保名册")),
        (("4月", "5月"), ("", "")),
        (("第一季度", "第二季度"), ("", "")),
    ],
)
def test_sheets_of_several_times_are_refused_with_both(names: tuple[str, str], titles: tuple[str, str]) -> None:
    part, rows = _read({name: _cells(n, n + 2, titles[n]) for n, name in enumerate(names)})
    assert "第1个工作表" in str(part.refusal)
    assert "第2个工作表" in str(part.refusal)
    assert "这次报送的是2021年6月" in str(part.refusal)
    assert (part.rows_refused, rows) == (6, 0)


def test_tables_of_several_times_on_one_sheet_are_refused() -> None:
    first, second = _cells(1, 2, "2021年6月名册"), _cells(3, 4, "2020年6月名册")
    order = [1, 0, *range(2, len(LIST.columns))]
    second = [second[0], *[[r[i] for i in order] for r in second[1:]]]
    part, _ = _read({"表": [*first, *second]})
    assert "第4行起的表写明是2020年6月的" in str(part.refusal) or "第5行起的表写明是2020年6月的" in str(part.refusal)


@pytest.mark.parametrize(
    ("names", "titles"),
    [
        (("6月", "Sheet2"), ("", "")),
        (("6月", "6月(续)"), ("", "")),
        (("1-6月", "6月"), ("", "")),
        (("2021年", "第二季度"), ("", "")),
        (("三月村", "六合村"), ("", "")),
        (("源潭镇", "龙塘镇"), ("2021年6月名册", "填报时间:2021年7月")),
        (("源潭镇", "龙塘镇"), ("2021年7月", "2021年6月名册")),
        (("源潭镇", "龙塘镇"), ("名册", "2014年建档立卡户名册")),
        (("5月新增", "原有"), ("", "")),
    ],
)
def test_sheets_of_the_month_are_read(names: tuple[str, str], titles: tuple[str, str]) -> None:
    part, rows = _read({name: _cells(3 * n, 3 * n + 2, titles[n]) for n, name in enumerate(names)})
    assert part.refusal is None
    assert rows == 6


def test_one_list_of_another_month_is_a_warning() -> None:
    for sheets in (
        {"5月": _cells(1, 2)},
        {"表": _cells(1, 2, "2021年5月名册")},
        {"表": _cells(1, 2, "2020年低保名册")},
    ):
        part, rows = _read(sheets)
        assert (part.refusal, rows) == (None, 2)
        assert ["请核对有没有放错" in text for text in part.warnings] == [True]


def test_a_sheet_of_another_month_without_rows_does_no_harm() -> None:
    part, rows = _read({"5月": _cells(1, 0), "6月": _cells(1, 2)})
    assert (part.refusal, rows, part.warnings) == (None, 2, [])


def test_events_may_be_reported_late() -> None:
    part, rows = _read({"补报5月": _cells(1, 2, dataset=DEATHS), "6月": _cells(3, 4, dataset=DEATHS)}, DEATHS)
    assert (part.refusal, rows) == (None, 4)
    assert len(part.warnings) == 1


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("填写示例", ""),
        ("样表", ""),
        ("Sheet2", "农村低保对象花名册(样表)"),
        ("Sheet2", "花名册示例"),
        ("范例", "花名册"),
    ],
)
def test_a_sample_beside_the_list_is_skipped_and_listed(name: str, title: str) -> None:
    for names in ((name, "名册"), ("名册", name)):
        part, rows = _read({n: _cells(9, 9, title) if n == name else _cells(1, 3) for n in names})
        assert (part.refusal, rows) == (None, 3)
        assert [f"第{names.index(name) + 1}个工作表是示例(样表),已跳过"] == part.skipped


@pytest.mark.parametrize(
    "sheets",
    [
        {"样表": _cells(1, 2)},
        {"样表": _cells(1, 2), "说明": [["请照样表填写"]]},
        {"模板": _cells(1, 1), "名册": _cells(2, 2)},
        {"一": _cells(1, 1, "名册(样表)"), "二": _cells(2, 2, "名册(样表)")},
        {"一": _cells(1, 1, "名册(请参照示例填写)"), "二": _cells(2, 2)},
    ],
)
def test_a_list_that_is_filled_in_is_read(sheets: dict[str, Cells]) -> None:
    part, rows = _read(sheets)
    assert (part.refusal, rows) == (None, 2)


def test_a_sample_of_many_rows_is_refused() -> None:
    part, _ = _read({"样表": _cells(1, 11), "名册": _cells(12, 13)})
    assert "第1个工作表写明是示例(样表),却有11行" in str(part.refusal)


def test_a_csv_with_the_month_in_its_title_is_read() -> None:
    cells = _cells(1, 2)
    part = conform(LIST, csv_file([["2021年6月名册", *[""] * (len(cells[0]) - 1)], *cells])).files[0]
    assert (part.refusal, part.warnings) == (None, [])
