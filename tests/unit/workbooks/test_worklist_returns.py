"""Work lists that come back filled in: answers as they were typed, unanswered leads, feedback on wrong answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from sources.acceptance.outcome import DatasetOutcome
from sources.contracts.row_schema import COLUMNS_FILE
from sources.profiling.profile import DeliveryProfile, Verdict
from tests.unit.workbooks.district import JULY, District, settle
from tests.unit.workbooks.worklists import ANSWER, HEADER_ROW, head, lists
from workbooks import intake_report
from workbooks.feedback import write_feedback
from workbooks.leads import keep_published_leads
from workbooks.places import first_places
from workbooks.problems import problems_of

RETURNS = "风险线索核查反馈表"


def send_back(district: District, path: Path, answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Fill in a list by lead id and put it into the next month's inbox."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = head(sheet)
    for row in range(HEADER_ROW + 1, sheet.max_row + 1):
        for name, value in answers.get(str(sheet.cell(row, columns["线索编号"]).value), {}).items():
            sheet.cell(row, columns[name]).value = value
    book.save(district.inbox("agriculture", JULY) / path.name)
    settle(district.inbox("agriculture", JULY) / path.name)


def returned(district: District, profiles: list[DeliveryProfile] | None = None) -> DatasetOutcome:
    def gate(profile: DeliveryProfile) -> Verdict:
        if profiles is not None:
            profiles.append(profile)
        return Verdict(())

    outcomes, notices = district.take("agriculture", JULY, gate)
    assert notices == ()
    return next(o for o in outcomes if o.dataset.name == "verification_returns")


def feedback_rows(district: District) -> list[tuple[Any, ...]]:
    outcomes, notices = district.take("agriculture", JULY)
    department = district.contracts["agriculture"]
    intake_report.save(district.home, department, JULY, outcomes, notices)
    keep_published_leads(district.home)
    path = write_feedback(district.home, department, JULY)
    sheet = openpyxl.load_workbook(path)[RETURNS]
    return [tuple(c.value for c in row[:2]) for row in sheet.iter_rows(min_row=4)]


def test_answers_come_back_exactly_and_unanswered_leads_do_no_harm(settled: District) -> None:
    paths = lists(settled)
    refusal = {"核实结果": "不属实", "是否纳入监测": "否", "未纳入原因": "已有稳定收入", "核实日期": "2021年7月9日"}
    send_back(settled, paths["凤城街道"], {"L0000000000000001": ANSWER, "L0000000000000003": refusal})
    send_back(settled, paths["龙塘镇"], {"L0000000000000004": ANSWER | {"核实结果": "查无此户", "是否纳入监测": "否"}})
    profiles: list[DeliveryProfile] = []
    outcome = returned(settled, profiles)
    assert outcome.ledger["rows_in_file"].to_list() == outcome.ledger["rows_accepted"].to_list() == [2, 1]
    assert [p.unknown_headers for p in profiles if p.dataset.name == "verification_returns"] == [()]
    assert [n.severity for n in outcome.notices] == ["info"] * 3
    rows = settled.accepted("verification_returns", JULY)
    assert rows.select("lead_id", "result", "is_enrolled", "verified_on").rows() == [
        ("L0000000000000001", "属实", True, date(2021, 7, 8)),
        ("L0000000000000003", "不属实", False, date(2021, 7, 9)),
        ("L0000000000000004", "查无此户", False, date(2021, 7, 8)),
    ]
    kept = [settled.restricted("verification_returns", JULY, n)["reason_not_enrolled"] for n in range(3)]
    assert kept == [None, "已有稳定收入", None]


def test_a_list_that_nobody_filled_in_is_an_empty_delivery(settled: District) -> None:
    send_back(settled, lists(settled)["凤城街道"], {})
    outcome = returned(settled)
    assert (outcome.status, outcome.rows_read) == ("accepted", 0)


def test_half_an_answer_is_asked_for(settled: District) -> None:
    send_back(settled, lists(settled)["凤城街道"], {"L0000000000000001": {"核实结果": "属实"}})
    assert returned(settled).error_counts == {"required_missing": 2}


@pytest.mark.parametrize(
    ("answer", "row"),
    [
        ({"核实结果": "基本属实"}, ("隔离", "核实结果:不在规定选项之内")),
        ({"是否纳入监测": "待定"}, ("隔离", "是否纳入监测:没有按“是/否”填写")),
        ({"核实日期": datetime(2022, 7, 8)}, ("隔离", "核实日期:日期超出合理范围")),
        ({"核实日期": datetime(2021, 7, 20)}, ("提示", "核实日期:核实日期晚于文件报送日期")),
        ({"线索编号": "L00000000000000XX"}, ("提示", "线索编号:线索编号不在已下发的线索中")),
    ],
)
def test_a_wrong_answer_gets_feedback(settled: District, answer: dict[str, Any], row: tuple[str, str]) -> None:
    send_back(settled, lists(settled)["凤城街道"], {"L0000000000000001": ANSWER | answer})
    assert feedback_rows(settled) == [row]


@pytest.mark.parametrize("inserted", [0, 2])
@pytest.mark.parametrize("lead", ["L0000000000000001", "L0000000000000003"])
@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("线索编号", "L00000000000000XX", "lead_unknown"),
        ("核实日期", datetime(2021, 7, 20), "verified_in_future"),
    ],
)
def test_a_doubtful_answer_is_named_by_its_cell(
    settled: District, column: str, value: Any, code: str, lead: str, inserted: int
) -> None:
    path = lists(settled)["凤城街道"]
    send_back(settled, path, {lead: ANSWER | {column: value}})
    delivered = settled.inbox("agriculture", JULY) / path.name
    book = openpyxl.load_workbook(delivered)
    sheet = book.worksheets[0]
    if inserted:
        sheet.insert_cols(1, inserted)
        book.save(delivered)
        settle(delivered)
    shown = value if isinstance(value, str) else ANSWER["核实结果"]
    at = head(sheet)[column if isinstance(value, str) else "核实结果"]
    (row,) = (r for r in range(HEADER_ROW + 1, sheet.max_row + 1) if sheet.cell(r, at).value == shown)
    feedback_rows(settled)
    dataset = settled.contracts.dataset("verification_returns")
    cells = {p.code: p.cell for p in first_places(problems_of(settled.home, dataset, JULY).rows, dataset)}
    assert cells == {code: f"{get_column_letter(head(sheet)[column])}{row}"}
    (settled.home.quarantine(dataset, JULY) / COLUMNS_FILE).unlink()
    (place,) = first_places(problems_of(settled.home, dataset, JULY).rows, dataset)
    assert place.cell == f"第{row}行"


def test_one_answer_merged_over_a_households_leads_counts_for_each(settled: District) -> None:
    path = lists(settled)["凤城街道"]
    send_back(settled, path, {"L0000000000000001": ANSWER})
    delivered = settled.inbox("agriculture", JULY) / path.name
    book = openpyxl.load_workbook(delivered)
    columns = head(book.worksheets[0])
    for name in ANSWER:
        first, last = HEADER_ROW + 1, HEADER_ROW + 2
        book.worksheets[0].merge_cells(None, first, columns[name], last, columns[name])
    book.save(delivered)
    settle(delivered)
    returned(settled)
    assert settled.accepted("verification_returns", JULY)["lead_id"].to_list() == [
        "L0000000000000001",
        "L0000000000000002",
    ]


def test_a_stroke_through_an_answer_is_no_answer(settled: District) -> None:
    send_back(settled, lists(settled)["凤城街道"], {"L0000000000000001": dict.fromkeys(ANSWER, "/")})
    assert returned(settled).rows_read == 0
