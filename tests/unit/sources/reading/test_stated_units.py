"""Units that rows outside the header state: they warn, and refuse the file if two of them differ."""

from __future__ import annotations

import pytest

from sources.reading.header import find_header
from sources.reading.stated_units import stated_units, unit_warnings
from sources.reading.table import extract_table
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, only_sheet, row, wide, xls_file, xlsx_file

INCOME = CONTRACTS.dataset("household_income")
LABELS = [c.label for c in INCOME.required]
ROWS = [list(row(INCOME, n).values()) for n in range(1, 5)]
EMPTY = [""] * (len(LABELS) - 1)


def _warnings(rows: list[list[str]]) -> list[str]:
    sheet = only_sheet(csv_file(rows))
    header = find_header(sheet, INCOME)
    assert header is not None
    data = extract_table(sheet, header, INCOME).rows["row_number"]
    return unit_warnings(stated_units(sheet, header, data, INCOME), INCOME)


@pytest.mark.parametrize(
    ("title", "columns"),
    [
        (["农户收入监测表(单位:万元)"], 5),
        ([wide("农户收入监测表(单位:万元)")], 5),
        (["表", "", "单位:万元", "2021年6月"], 5),
        (["表", "单位:", "千元"], 5),
        (["农户收入监测表(万元)"], 5),
        (["计量单位:百万元"], 5),
        (["金额单位为万元"], 5),
        (["单位:元"], 0),
        (["填报单位:源潭镇"], 0),
        (["单位:万元村"], 0),
        (["单位:公里"], 0),
        (["单位:元、人"], 0),
    ],
)
def test_a_unit_in_a_title_only_warns(title: list[str], columns: int) -> None:
    found = _warnings([title, LABELS, ROWS[0]])
    assert len(found) == columns
    assert all(text.startswith("标题行写明单位") for text in found)


def test_a_unit_in_the_header_goes_before_the_title() -> None:
    found = _warnings([["单位:万元"], [LABELS[0], f"{LABELS[1]}(元)", *LABELS[2:]], ROWS[0]])
    assert len(found) == 4
    assert not any("工资" in w for w in found)


@pytest.mark.parametrize(
    "line",
    [
        "注:以上金额单位为万元",
        "说明:本表金额均为万元。",
        "注:以万元为单位",
        "填表说明:1.金额以万元计。",
        "计量单位:万元",
    ],
)
def test_a_note_below_the_list_warns_with_its_row(line: str) -> None:
    found = _warnings([LABELS, *ROWS[:2], [line, *EMPTY]])
    assert len(found) == 5
    assert all(text.startswith("第4行写明单位“万元”") for text in found)


@pytest.mark.parametrize("line", ["注:以上金额单位为元", "注:收入低于1万元的户", "注:单位:户", "制表单位:某镇"])
def test_other_notes_do_not_warn(line: str) -> None:
    assert _warnings([LABELS, *ROWS[:2], [line, *EMPTY]]) == []


@pytest.mark.parametrize("total", [[], [["合计", *EMPTY]]])
@pytest.mark.parametrize("unit", ["单位:万元", "计量单位:万元", "(单位:万元)", "续表(万元)"])
def test_a_later_page_of_another_unit_refuses_the_file_with_both_rows(unit: str, total: list[list[str]]) -> None:
    rows = [["单位:元", *EMPTY], LABELS, *ROWS[:2], *total, [unit, *EMPTY], LABELS, ROWS[2]]
    place = 5 + len(total)
    for content, name in ((csv_file(rows), "文件"), *((f({"表": rows}), "第1个工作表") for f in (xlsx_file, xls_file))):
        part = conform(INCOME, content).files[0]
        assert f"{name}第1行写明单位“元”,{name}第{place}行却写明“万元”" in str(part.refusal)
        assert part.rows_refused == 3


def test_another_unit_on_a_later_sheet_refuses_the_file() -> None:
    sheets = {name: [[f"单位:{name}"], LABELS, line] for name, line in zip(("万元", "元"), ROWS[:2], strict=True)}
    assert "第1个工作表第1行写明单位“万元”,第2个工作表第1行却写明“元”" in str(
        conform(INCOME, xlsx_file(sheets)).files[0].refusal
    )


def test_a_later_page_alone_that_states_a_unit_warns() -> None:
    part = conform(INCOME, csv_file([LABELS, *ROWS[:2], ["单位:万元", *EMPTY], LABELS, ROWS[2]])).files[0]
    assert part.refusal is None
    assert len(part.unit_warnings) == 5


def test_the_title_of_every_page_is_said_once() -> None:
    part = conform(
        INCOME, csv_file([*[["单位:万元", *EMPTY], LABELS, ROWS[0]], ["单位:万元", *EMPTY], LABELS, ROWS[1]])
    )
    assert part.files[0].refusal is None
    assert len(part.files[0].unit_warnings) == 5


def test_a_row_of_another_unit_below_a_repeated_header_is_not_overlooked() -> None:
    for units, other in ((["", "元", *[""] * 4], ["", "万元", *[""] * 4]), (["", *["元"] * 5], ["", *["万元"] * 5])):
        found = conform(INCOME, csv_file([LABELS, units, *ROWS[:2], LABELS, other, ROWS[2]]))
        if found.files[0].refusal:
            assert "第2行的表头写明单位“元”,文件第6行却写明“万元”" in found.files[0].refusal
        else:
            assert found.rows["wage_income"].cast(int).to_list() == [100, 100, 1_000_000]


def test_a_row_of_units_is_not_doubted_by_the_title_of_every_page() -> None:
    """The title is wrong on each page; the row of units below the header is about the columns."""
    title, units = ["单位:万元", *EMPTY], ["", *["元"] * 5]
    part = conform(INCOME, csv_file([title, LABELS, units, *ROWS[:2], title, LABELS, ROWS[2]])).files[0]
    assert part.refusal is None
    assert part.unit_warnings == []
