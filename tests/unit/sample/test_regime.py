"""A sample that lives through the beginning of 2026: its files are taken in, and its answers are right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from expectations.gate import judge
from sample.answers import planted_cases, planted_conflicts
from sample.departments import agriculture, civil_affairs, funds, programme, projects, relief
from sample.departments.tables import BUILDERS, is_handed_over
from sample.district import District, found_district
from sample.months import Calendar
from sample.write import write_district
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from tests.unit.sample.conftest import HOUSEHOLDS, SEED
from tests.unit.sources.builder import landed

MONTHS = tuple(Month(2025, 11).shift(n) for n in range(4))
JANUARY, LAST = MONTHS[2], 3
CONTRACTS = load_contracts()
NEW = {d.name for d in CONTRACTS.datasets if d.is_expected_once_received}


@pytest.fixture(scope="module")
def late(divisions: Path) -> District:
    return found_district(SEED, HOUSEHOLDS, Calendar.of(MONTHS), divisions)


def test_the_new_tables_and_columns_begin_with_2026(late: District) -> None:
    handed = [{d.name for d in CONTRACTS.datasets if is_handed_over(d, late.calendar, p)} for p in range(len(MONTHS))]
    assert [bool(names & NEW) for names in handed] == [False, False, True, True]
    assert handed[2] == set(BUILDERS), "every table in the first month of the regime"
    optional = {
        (d.name, c.name)
        for d in CONTRACTS.datasets
        for c in d.columns
        if c.name in BUILDERS[d.name](late, 2).columns and c.name not in BUILDERS[d.name](late, 1).columns
    }
    assert len({name for name, _ in optional}) == 9
    assert len(optional) == 23


def test_every_file_of_2026_is_accepted(divisions: Path, tmp_path: Path) -> None:
    summary = write_district(tmp_path / "inbox", HOUSEHOLDS, MONTHS, SEED, divisions)
    assert not summary.unrecognised or all("2026-02" in path for path in summary.unrecognised)
    locations = {name: tmp_path / "inbox" / name for name in CONTRACTS}
    intake = landed(Intake(Home(tmp_path / "home"), JANUARY, judge, divisions, locations=locations))
    outcomes = {d.name: intake.take(d) for d in CONTRACTS.datasets}
    assert {name for name, o in outcomes.items() if o.status != "accepted"} == set()
    papers = {f.paper.dataset: f.paper.rows for f in summary.filed if f.month == JANUARY}
    for name in NEW:
        ledger = outcomes[name].ledger
        assert (ledger["rows_accepted"].sum(), ledger["rows_quarantined"].sum()) == (papers[name], 0), name
        warned = [r for d in outcomes[name].deliveries for r in d.verdict.results if not r.passed]
        assert [(r.name, r.message) for r in warned] == [], name


Subjects = Callable[[District], set[str]]


def _chained(district: District) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    return (
        funds.support_funds(district, LAST),
        programme.project_library(district, 2),
        projects.project_assets(district, 2),
    )


def _numbers(column: pl.Series) -> set[str]:
    parts = column.drop_nulls().str.to_uppercase().str.replace_many({"[": "〔", "]": "〕"}).str.split("、")
    return set(parts.explode())


def _money_without_project(district: District) -> set[str]:
    money, library, _ = _chained(district)
    named = _numbers(library["fund_document_no"])
    lost = money.filter(pl.col("fund_year") >= 2021, pl.col("spent") > 0, ~pl.col("document_no").is_in(list(named)))
    return set(lost.select(pl.concat_str("document_no", "fund_year", "fund_level", separator="|")).to_series())


def _completed_without_asset(district: District) -> set[str]:
    _, library, assets = _chained(district)
    before = JANUARY.last_day - timedelta(days=90)
    named = _numbers(assets["project_no"])
    is_live = pl.col("removed_on").is_null()
    rows = library.filter(is_live, "forms_asset", pl.col("completed_on") < before)
    return set(rows["project_no"]) - named


def _idle(district: District) -> set[str]:
    rows = _chained(district)[2]
    return set(rows.filter(pl.col("asset_status") == "闲置", pl.col("asset_class") != "到户类资产")["asset_no"])


def _underpaid(district: District) -> set[str]:
    paid = agriculture.industry_support_payments(district, 2).filter(pl.col("dividend_year") == 2024)
    sums = paid.group_by("asset_no").agg(pl.col("amount").sum())
    due = _chained(district)[2].filter(pl.col("annual_dividend") > 0, pl.col("dividend_from_year") <= 2024)
    rows = due.join(sums, on="asset_no", how="left").fill_null(0)
    return set(rows.filter(pl.col("amount") < pl.col("annual_dividend") * 10_000)["asset_no"])


def _industry_short(district: District) -> set[str]:
    central = _chained(district)[0].filter(pl.col("fund_level") == "中央", pl.col("fund_purpose").is_not_null())
    rows = central.filter(pl.col("fund_year") == 2025)
    share = rows["industry_allocated"].sum() / rows["allocated"].sum()
    assert share == pytest.approx(0.59)
    return {"2025|中央"} if share < 0.6 else set()


def _overspent(district: District) -> set[str]:
    rows = _chained(district)[1].filter(pl.col("removed_on").is_null(), pl.col("spent") > pl.col("arrived"))
    return set(rows["project_no"])


def _lost_links(district: District) -> set[str]:
    _, library, assets = _chained(district)
    known = set(library["project_no"])
    named = assets.with_columns(pl.col("project_no").str.to_uppercase())
    return set(named.filter(pl.col("project_no").is_in(list(known)).not_())["asset_no"])


def _other_subsidy(district: District) -> set[str]:
    rows = agriculture.toilet_retrofits(district, LAST)
    is_paid = (pl.col("inspection_result") == "合格") & (pl.col("subsidy") > 0) & (pl.col("subsidy") != 3000_00)
    return set(rows.filter(is_paid)["head_resident_id"])


def _on_two_lists(district: District) -> set[str]:
    end = MONTHS[-1].last_day
    kept = (pl.col("change_type") != "退出") & (pl.col("valid_until") >= end) & (pl.col("recognised_on") <= end)
    lists = {
        "特困": civil_affairs.extreme_poverty_support(district, LAST),
        "低保": civil_affairs.subsistence_allowance(district, LAST).filter(pl.col("change_type") != "停发"),
        "低保边缘": relief.low_income_edge(district, LAST).filter(kept),
        "刚性支出": relief.rigid_expense_households(district, LAST).filter(kept),
    }
    rows = pl.concat([f.select("resident_id", list=pl.lit(name)) for name, f in lists.items()]).unique()
    by_person = rows.group_by("resident_id").agg(pl.col("list").sort().str.join(","), pl.len())
    twice = by_person.filter(pl.col("len") > 1, pl.col("list") != "低保,特困")
    dead = pl.concat([civil_affairs.deaths(district, p) for p in range(len(MONTHS))])["resident_id"]
    return set(twice["resident_id"]) - set(dead)


RULES: dict[str, Subjects] = {
    "REC-16": _money_without_project,
    "REC-17": _completed_without_asset,
    "REC-18": _idle,
    "REC-19": _underpaid,
    "REC-20": _industry_short,
    "REC-21": _overspent,
    "REC-22": _lost_links,
    "REC-23": _other_subsidy,
    "REC-24": _on_two_lists,
}


@pytest.mark.parametrize("rule", RULES)
def test_planted_conflicts_of_2026_and_what_is_nearly_one(rule: str, late: District) -> None:
    planted = [c for c in planted_conflicts(late) if c.rule_code == rule]
    found = RULES[rule](late)
    assert {c.subject for c in planted if c.conflicts} <= found
    assert not {c.subject for c in planted if not c.conflicts} & found
    assert {c.conflicts for c in planted} == {True, False}
    if rule in ("REC-16", "REC-17", "REC-19", "REC-21", "REC-22"):
        assert found == {c.subject for c in planted if c.conflicts}, "nothing breaks the rule by accident"


def test_recognition_incomes_stand_on_both_sides_of_the_line(late: District) -> None:
    cases = [c for c in planted_cases(late) if "INC-03" in (*c.fires, *c.misses)]
    assert [c.fires for c in cases] == [("INC-03",), (), ("INC-03",), ("INC-01",)]
    income = agriculture.household_income(late, LAST).filter(
        pl.col("household_code").is_in([c.household_code for c in cases])
    )
    assert income["education_self_paid"].to_list() == [12000_00, 10000_00, None, 12000_00]


def test_the_category_of_2026_comes_beside_the_former_words(late: District) -> None:
    words = [set(agriculture.monitored_households(late, p)["monitoring_category"]) for p in (1, 2)]
    assert words[0] <= {"脱贫不稳定户", "边缘易致贫户", "突发严重困难户"}
    assert {"防止返贫致贫对象", "防返贫监测对象"} <= words[1]
    assert words[0] & words[1]


def test_meetings_are_delivered_again_with_what_was_closed(late: District) -> None:
    rows = [programme.joint_meetings(late, p) for p in (2, 3)]
    assert [r["meeting_no"].to_list() for r in rows] == [["LX2026-01-1"], ["LX2026-01-1", "LX2026-02-1"]]
    assert rows[1]["decisions_closed"].to_list() == [4, 1]
    assert rows[1]["held_on"].to_list() == [date(2026, 1, 26), date(2026, 2, 26)]


def test_the_months_before_2026_have_none_of_it(district: District) -> None:
    assert {c.rule_code for c in planted_conflicts(district)} == {f"REC-{n:02d}" for n in range(1, 16)}
    assert not any("INC-03" in (*c.fires, *c.misses) for c in planted_cases(district))
