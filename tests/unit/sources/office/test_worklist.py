"""The towns' work lists, and the same workbooks coming back filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from sources.intake import DatasetOutcome
from sources.office import report
from sources.office.feedback import write_feedback
from sources.office.leads import NotPublishedError
from sources.office.worklist import UNKNOWN_FAMILY, write_worklists
from sources.profile import DeliveryProfile, Verdict
from tests.unit.sources.office.district import JULY, JUNE, District, settle

FENGCHENG, LONGTANG = "441802006002", "441802105002"
RETURNS = "风险线索核查反馈表"
HEADER_ROW = 5


def register_row(number: int) -> dict[str, object]:
    """A reference to a delivered row of the register."""
    return {"department": "agriculture", "dataset": "household_register", "month": "2021-06", "delivery_no": 1,
            "file_no": 1, "sheet_no": 1, "row_number": number}  # fmt: skip


LEADS: tuple[dict[str, Any], ...] = (
    {"lead_id": "L0000000000000001", "code": "H1", "rule": "INC-01", "village": FENGCHENG, "measure": 5432.1,
     "threshold": 6000.0, "level": "red", "candidate": "脱贫不稳定户", "overdue": True,
     "evidence": [register_row(2) | {"dataset": "household_income"}]},
    {"lead_id": "L0000000000000002", "code": "H1", "rule": "MED-04", "village": FENGCHENG, "measure": 1.0,
     "threshold": 1.0, "level": "red", "evidence": [register_row(3)]},
    {"lead_id": "L0000000000000003", "code": "H2", "rule": "HOU-01", "village": FENGCHENG, "level": "yellow",
     "evidence": [register_row(4)]},
    {"lead_id": "L0000000000000004", "code": "H3", "rule": "HOU-01", "village": LONGTANG,
     "evidence": [register_row(6)]},
    {"lead_id": "L0000000000000005", "code": "H3", "rule": "INC-01", "village": LONGTANG, "status": "verified_true"},
    {"lead_id": "L0000000000000006", "code": "H3", "rule": "MED-04", "village": LONGTANG, "opened": date(2021, 7, 1)},
)  # fmt: skip
ANSWER = {"核实结果": "属实", "是否纳入监测": "是", "核实日期": datetime(2021, 7, 8)}


def lists(district: District, leads: tuple[dict[str, Any], ...] = LEADS) -> dict[str, Path]:
    """Write the lists of June; paths by town."""
    paths = write_worklists(district.home, district.publish(leads), JUNE)
    return {p.name.split("_")[0]: p for p in paths}


def head(sheet: Any) -> dict[str, int]:
    """Column numbers by header, of both header rows."""
    rows = [sheet[HEADER_ROW - 1], sheet[HEADER_ROW]]
    return {str(c.value).replace("\n", ""): c.column for row in rows for c in row if c.value}


def shown(path: Path) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    columns = head(sheet)
    return [
        {name: sheet.cell(row, column).value for name, column in columns.items()}
        for row in range(HEADER_ROW + 1, sheet.max_row + 1)
    ]


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
    report.save(district.home, department, JULY, outcomes, notices)
    path = write_feedback(district.home, department, JULY)
    sheet = openpyxl.load_workbook(path)[RETURNS]
    return [tuple(c.value for c in row[:2]) for row in sheet.iter_rows(min_row=4)]


def test_every_town_gets_its_open_leads_of_the_month(settled: District) -> None:
    found = {town: [r["线索编号"] for r in shown(path)] for town, path in lists(settled).items()}
    assert found == {
        "凤城街道": ["L0000000000000001", "L0000000000000002", "L0000000000000003"],
        "龙塘镇": ["L0000000000000004"],
    }


def test_a_list_tells_the_town_where_to_go_and_why(settled: District) -> None:
    first, second, third = shown(lists(settled)["凤城街道"])
    assert first["住址"] == "鹤堂社区居委会 一组"
    assert first["户主及证件号"] == "林一\n441802********0019"
    assert first["户的编号"] == "H1"
    assert first["涉及人员"] == "全户:林一、林二"
    assert first["风险等级"] == "红色"
    assert first["为什么要核查"] == (
        "【人均收入低于监测线】2021年6月:近12个月人均纯收入 5432.1 元,低于监测线 6000 元\n"
        "依据:《农户收入监测表》(2021-06)"
    )
    assert first["户类型及建议"] == "脱贫户\n建议按脱贫不稳定户核实"
    assert first["核查期限"].date() == date(2021, 7, 9)
    assert second["涉及人员"] == "林二"
    assert third["户主及证件号"] == "陈二\n441802********0046"
    assert third["涉及人员"] == "全户:陈二、=1+1"


def test_a_list_is_private_and_its_log_names_nobody(settled: District) -> None:
    paths = lists(settled)
    assert {p.stat().st_mode & 0o777 for p in paths.values()} == {0o600}
    assert {p.parent.stat().st_mode & 0o777 for p in paths.values()} == {0o700}
    log = (settled.home.warehouse / "worklists" / "log.jsonl").read_text("utf-8")
    entries = [json.loads(line) for line in log.splitlines() if line]
    assert [(e["month"], e["town"], e["leads"], e["leads_without_family"]) for e in entries] == [
        ("2021-06", "凤城街道", 3, 0),
        ("2021-06", "龙塘镇", 1, 0),
    ]
    assert all(e["os_user"] and e["at"] and len(e["sha256"]) == 64 for e in entries)
    assert not any(secret in log for secret in ("林一", "441802195", "H1"))


def test_the_log_only_grows(settled: District) -> None:
    lists(settled)
    lists(settled)
    log = (settled.home.warehouse / "worklists" / "log.jsonl").read_text("utf-8")
    assert len([line for line in log.splitlines() if line]) == 4


def test_a_month_that_is_not_published_has_no_lists(settled: District) -> None:
    with pytest.raises(NotPublishedError, match="还没有发布"):
        write_worklists(settled.home, settled.home.published / "marts.duckdb", JUNE)
    marts = settled.publish(LEADS)
    with pytest.raises(NotPublishedError, match="2021-07"):
        write_worklists(settled.home, marts, JULY)


def test_no_open_leads_no_lists(settled: District) -> None:
    assert lists(settled, ()) == {}


def test_a_family_without_identities_is_listed_and_counted(settled: District) -> None:
    marts = settled.publish(LEADS)
    for path in (settled.home.restricted / "identities").rglob("*.parquet"):
        path.unlink()
    write_worklists(settled.home, marts, JUNE)
    paths = sorted((settled.home.outbox / "worklists" / "2021-06").glob("*.xlsx"))
    assert [r["户主及证件号"] for p in paths for r in shown(p)] == [UNKNOWN_FAMILY] * 4


def test_a_list_filled_in_where_it_lay_is_kept(settled: District) -> None:
    path = lists(settled)["凤城街道"]
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(HEADER_ROW + 1, head(book.worksheets[0])["核实结果"]).value = "属实"
    book.save(path)
    lists(settled)
    kept = [p for p in path.parent.glob("凤城街道*.xlsx") if p != path]
    assert [shown(p)[0]["核实结果"] for p in kept] == ["属实"]
    assert shown(path)[0]["核实结果"] is None


def test_a_list_of_a_town_without_open_leads_goes(settled: District) -> None:
    lists(settled)
    assert set(lists(settled, LEADS[:3])) == {"凤城街道"}
    assert [p.name.split("_")[0] for p in (settled.home.outbox / "worklists" / "2021-06").iterdir()] == ["凤城街道"]


def test_answers_come_back_exactly_and_unanswered_leads_do_no_harm(settled: District) -> None:
    paths = lists(settled)
    refusal = {"核实结果": "不属实", "是否纳入监测": "否", "未纳入原因": "已有稳定收入", "核实日期": "2021年7月9日"}
    send_back(settled, paths["凤城街道"], {"L0000000000000001": ANSWER, "L0000000000000003": refusal})
    send_back(settled, paths["龙塘镇"], {"L0000000000000004": ANSWER | {"核实结果": "查无此户", "是否纳入监测": "否"}})
    profiles: list[DeliveryProfile] = []
    outcome = returned(settled, profiles)
    assert outcome.balance["rows_in_file"].to_list() == outcome.balance["rows_accepted"].to_list() == [2, 1]
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


def test_answers_are_chosen_from_the_contracts_lists(settled: District) -> None:
    sheet = openpyxl.load_workbook(lists(settled)["凤城街道"]).worksheets[0]
    columns = head(sheet)
    rules = {next(iter(r.sqref.ranges)).min_col: r for r in sheet.data_validations.dataValidation}
    assert rules[columns["核实结果"]].formula1 == '"属实,不属实,查无此户"'
    assert rules[columns["是否纳入监测"]].formula1 == '"是,否"'
    assert (rules[columns["核实日期"]].type, rules[columns["核实日期"]].formula2) == ("date", "TODAY()")
    locked = {name: sheet.cell(HEADER_ROW + 1, columns[name]).protection.locked for name in ("线索编号", "核实结果")}
    assert (sheet.protection.sheet, locked) == (True, {"线索编号": True, "核实结果": False})


def test_the_order_keeps_a_household_together_and_begins_with_the_most_pressing(settled: District) -> None:
    leads = tuple(lead | {"level": level} for lead, level in zip(LEADS, ["yellow", "yellow", "red"], strict=False))
    assert [r["户的编号"] for r in shown(lists(settled, leads)["凤城街道"])] == ["H2", "H1", "H1"]


def test_evidence_in_words_covers_every_rule() -> None:
    from sources.office.evidence import SENTENCES

    seeds = Path(__file__).parents[4] / "dbt_project" / "seeds" / "risk_rules.csv"
    assert set(pl.read_csv(seeds)["rule_code"]) == set(SENTENCES)


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
