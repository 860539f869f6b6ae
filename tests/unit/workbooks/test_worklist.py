"""The towns' work lists: who stands on them and why, who may read them, what stays of a list that lay there."""

from __future__ import annotations

import json
from datetime import date

import openpyxl
import polars as pl
import pytest

from sources import audit
from tests.paths import SEEDS
from tests.unit.workbooks.district import JULY, JUNE, District
from tests.unit.workbooks.worklists import HEADER_ROW, LEADS, head, lists, shown
from workbooks.leads import NotPublishedError
from workbooks.worklist import UNKNOWN_FAMILY, write_worklists


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
    assert third["涉及人员"] == "全户:陈二、@1+1"


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
    (line,) = audit.entries(settled.home)
    assert (line["act"], line["arguments"]) == ("export", {"what": "worklist", "month": "2021-06", "leads": 4})


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
    assert audit.entries(settled.home) == []


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
    from workbooks.evidence import SENTENCES

    seeds = SEEDS / "risk_rules.csv"
    assert set(pl.read_csv(seeds)["rule_code"]) == set(SENTENCES)
