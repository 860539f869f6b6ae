"""The regime of 2026 in three months around its beginning: categories, income after expenses, two clocks, notices.

Belongs here: the worked examples of the semantics, with their figures. Does not belong here: edges (unit tests beside
the models), what the intake accepts (``sources.conforming``).
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest

from sources.contracts.schemes import load_scheme
from sources.months import Month
from tests.dbt_fixture import DbtFixture
from tests.unit.dbt_project.conftest import TOWN, member

DECEMBER, JANUARY, FEBRUARY = "2025-12", "2026-01", "2026-02"
LISTED = {
    DECEMBER: {"h1": "脱贫不稳定户", "h2": "边缘易致贫户"},
    JANUARY: {"h1": "脱贫不稳定户", "h2": "防止返贫致贫对象", "h3": "防止返贫致贫监测对象"},
    FEBRUARY: {"h1": "防止返贫致贫对象", "h2": "防止返贫致贫对象", "h3": "防止返贫致贫对象"},
}
FAMILIES = ("school", "no-school", "poor")
"""Households of four: with expenses for education, without, and poor before any expense."""


def register(month: str) -> list[dict[str, Any]]:
    is_dry = month != DECEMBER
    kept = {"household_type": "脱贫户", "policy_status": "继续享受政策"}
    return [
        member("h1", "h1-1", **kept),
        member("h1", "h1-2", **kept | {"policy_status": "不享受政策"}),
        member("h2", "h2-1", policy_status="继续享受政策"),
        member("h3", "h3-1"),
        member("visited", "visited-1", has_safe_water=not is_dry),
        member("silent", "silent-1", has_safe_water=not is_dry),
        *(member(family, f"{family}-{n}") for family in FAMILIES for n in range(4)),
    ]


def income(household: str, wage: int, **cells: int) -> dict[str, Any]:
    others = dict.fromkeys(("operating_income", "property_income", "transfer_income", "operating_expense"), 0)
    return {"household_key": household, "wage_income": wage, **others, **cells}


def settlement(number: str, person: str, on: date, paid: int) -> dict[str, Any]:
    cells = {"person_key": person, "care_type": "住院", "settled_on": on, "self_paid": paid}
    return {"settlement_no": number, "is_reversal": paid < 0, "total_cost": abs(paid), **cells}


def lead_of(household: str) -> str:
    return "L" + hashlib.sha256(f"{household}|WAT-01|2026-01".encode()).hexdigest()[:16]


@pytest.fixture(scope="module")
def regime(tmp_path_factory: pytest.TempPathFactory) -> DbtFixture:
    """The three months run in order; not to be changed."""
    district = DbtFixture(tmp_path_factory.mktemp("regime"))
    spring = [settlement(f"{f}-1", f"{f}-0", date(2025, 3, 1), 9000) for f in FAMILIES]
    district.deliver("medical_settlements", "2025-03", spring)
    for month, listed in LISTED.items():
        district.deliver("household_register", month, register(month))
        active = {"identified_month": "2025-11", "is_risk_eliminated": False}
        rows = [{"household_key": h, "monitoring_category": word, **active} for h, word in listed.items()]
        district.deliver("monitored_households", month, rows)
        other = {"other_rigid_expense": 500}
        incomes = [income("school", 30000, education_self_paid=12000, **other), income("no-school", 30000, **other)]
        district.deliver("household_income", month, [*incomes, income("poor", 20000, **other)])
        refunds = [settlement(f"{f}-2", f"{f}-0", date(2026, 2, 1), -1000) for f in FAMILIES]
        district.deliver("medical_settlements", month, refunds if month == FEBRUARY else [])
    returned = {"result": "属实", "is_enrolled": True, "verified_on": date(2026, 2, 11)}
    enrolled = {"lead_id": lead_of("visited"), "enrolled_on": date(2026, 2, 21), **returned}
    district.deliver("verification_returns", FEBRUARY, [enrolled])
    deliver_lists(district)
    for month in (DECEMBER, JANUARY, FEBRUARY):
        district.build(month)
    return district


def deliver_lists(district: DbtFixture) -> None:
    """Deliver four of the civil lists of February, and the documents of January."""
    on = {"recognised_on": date(2025, 12, 1)}
    lists: dict[str, list[dict[str, Any]]] = {
        "extreme_poverty_support": [],
        "subsistence_allowance": [
            {"person_key": "visited-1", "change_type": "正常"},
            {"person_key": "h1-1", "change_type": "停发"},
        ],
        "low_income_edge": [
            {"person_key": "visited-1", "change_type": "正常", **on},
            {"person_key": "h1-1", "change_type": "退出", **on},
        ],
        "unsupported_children": [{"person_key": "child", "change_type": "正常", "town_code": TOWN, **on}],
    }
    for dataset, rows in lists.items():
        district.deliver(dataset, FEBRUARY, rows)
    about = {"issuer": "区政府", "subject": "资金管理", "form": "办法", "issuing_level": "区级"}
    dated = {
        "F1": {"issued_on": date(2017, 5, 1)},
        "F2": {},
        "F3": {"effective_on": date(2026, 2, 1), "replaces": "F1"},
    }
    rows = [{"instrument_no": number, "title": number, **about, **days} for number, days in dated.items()]
    district.deliver("policy_instruments", JANUARY, rows)


def test_a_month_speaks_its_own_scheme(regime: DbtFixture) -> None:
    """The old words of December are those of its marts; in January they are shown as the new one."""
    spoken = regime.query(
        "select month, household_key, monitoring_category from marts.household_month"
        " where monitoring_category is not null and month < '2026-02-01' order by all"
    )
    new = "防止返贫致贫对象"
    assert spoken == [
        (date(2025, 12, 1), "h1", "脱贫不稳定户"),
        (date(2025, 12, 1), "h2", "边缘易致贫户"),
        *((date(2026, 1, 1), household, new) for household in ("h1", "h2", "h3")),
    ]
    delivered = regime.query(
        "select count(*) from staging.stg_agriculture__monitored_households where monitoring_category = '脱贫不稳定户'"
    )
    assert delivered == [(2,)], "what was delivered stays"


def test_the_intake_takes_the_words_that_the_marts_know(regime: DbtFixture) -> None:
    words = regime.query("select word, monitoring_category from intermediate.int_category_words")
    assert dict(words) == load_scheme().spoken(Month.parse(FEBRUARY))


def test_a_new_name_moves_nobody(regime: DbtFixture) -> None:
    rolled = regime.query(
        "select monitoring_category, opening, newly_identified, returned, moved_in, eliminated, left_register,"
        f" moved_out, closing from marts.monitored_roll_forward where month = '2026-01-01' and town_code = '{TOWN}'"
        " and base = 'households'"
    )
    assert rolled == [("防止返贫致贫对象", 2, 1, 0, 0, 0, 0, 0, 3)]


def test_counts_of_categories_that_a_month_lacks(regime: DbtFixture) -> None:
    counts = regime.query(
        "select month, status, reason, value, numerator from marts.rural_indicators"
        " where indicator_code = 'monitoring.unstable_households' and level = 'district' order by month"
    )
    absent = ("not_applicable", "本月类别方案无此类别", None, None)
    assert counts == [
        (date(2025, 12, 1), "computed", None, 1.0, 1.0),
        (date(2026, 1, 1), *absent),
        (date(2026, 2, 1), *absent),
    ]


def test_the_month_is_told_of_older_words_and_placeholders(regime: DbtFixture) -> None:
    notices = regime.query("select month, notice_code, subject from marts.month_notices order by all")
    codes = {month: sorted((code, subject) for m, code, subject in notices if str(m)[:7] == month) for month in LISTED}
    assert ("CAT-01", "脱贫不稳定户") in codes[JANUARY]
    assert not [code for code, _ in codes[DECEMBER] + codes[FEBRUARY] if code == "CAT-01"]
    ours = ("monitoring_line", "prevention", "recognition")
    assert [s for c, s in codes[DECEMBER] if c == "PAR-03" and s.startswith(ours)] == []
    assert [s for c, s in codes[FEBRUARY] if c == "PAR-03" and s.startswith(ours)] == [
        "monitoring_line|44|2026-01-01",
        "prevention|2026-01-01",
        "recognition_education_cap||2026-01-01",
        "recognition_medical_share_pct||2026-01-01",
        "recognition_other_cap||2026-01-01",
    ]
    new = set(regime.query("select month, notice_code, subject from marts.month_notices where is_new"))
    line = "PAR-03", "monitoring_line|44|2026-01-01"
    assert {month for month, *notice in new if tuple(notice) == line} == {date(2026, 1, 1)}
    assert {n for n in notices if n[0] == date(2025, 12, 1)} <= new, "nothing is known of the month before the first"
    (said,) = regime.query("select message from marts.month_notices where notice_code = 'CAT-01'")
    assert said == ("防返贫监测对象名册有1行仍用“脱贫不稳定户”,本月按“防止返贫致贫对象”统计。请报送部门改用新类别。",)


def test_income_after_compliant_expenses(regime: DbtFixture) -> None:
    incomes = regime.query(
        "select month, household_key, compliant_self_paid, recognition_income_per_capita from marts.household_month"
        " where net_income is not null and month in ('2025-12-01', '2026-02-01') order by month, household_key"
    )
    assert incomes == [
        *((date(2025, 12, 1), family, None, None) for family in sorted(FAMILIES)),
        (date(2026, 2, 1), "no-school", 8000.0, 5500.0),
        (date(2026, 2, 1), "poor", 8000.0, 3000.0),
        (date(2026, 2, 1), "school", 18000.0, 3000.0),
    ]


def test_income_below_the_line_after_expenses_is_a_lead(regime: DbtFixture) -> None:
    flags = regime.query(
        "select month, household_key, rule_code, measure, threshold, persons from marts.household_risk_flags"
        " where rule_code like 'INC%' and month in ('2025-12-01', '2026-02-01') order by month, household_key"
    )
    assert flags == [
        (date(2025, 12, 1), "poor", "INC-01", 5000.0, 6000.0, 4),
        (date(2026, 2, 1), "no-school", "INC-03", 5500.0, 6000.0, 4),
        (date(2026, 2, 1), "poor", "INC-01", 5000.0, 6000.0, 4),
        (date(2026, 2, 1), "school", "INC-03", 3000.0, 6000.0, 4),
    ]
    levels = regime.query(
        "select household_key, risk_level, candidate_category from marts.household_risk"
        " where month = '2026-02-01' and rule_codes like 'INC%' order by all"
    )
    assert levels == [(family, "orange", "防止返贫致贫对象") for family in sorted(FAMILIES)]


@pytest.mark.parametrize("mart", ["risk_screening", "rule_performance"])
def test_a_rule_has_no_row_before_it_begins(regime: DbtFixture, mart: str) -> None:
    months = regime.query(f"select distinct month from marts.{mart} where rule_code = 'INC-03' order by month")
    assert months == [(date(2026, 1, 1),), (date(2026, 2, 1),)]


def test_the_two_clocks_of_a_lead(regime: DbtFixture) -> None:
    clocks = regime.query(
        "select lead_id, due_on, first_verified_on, is_verified_on_time, recognition_due_on, enrolled_on,"
        " enrolled_on_basis, days_to_enrol, is_recognition_overdue from marts.risk_leads"
        " where rule_code = 'WAT-01' order by household_key desc"
    )
    due, recognition = date(2026, 2, 11), date(2026, 2, 20)
    assert clocks == [
        (lead_of("visited"), due, due, True, recognition, date(2026, 2, 21), "return", 16, False),
        (lead_of("silent"), due, None, False, recognition, None, None, None, True),
    ]


def test_the_policy_status_of_a_household(regime: DbtFixture) -> None:
    """The first row decides; an ordinary household has none, whatever its row says."""
    status = regime.query(
        "select household_key, policy_status from marts.household_month"
        " where month = '2026-02-01' and household_key in ('h1', 'h2', 'h3') order by all"
    )
    assert status == [("h1", "继续享受政策"), ("h2", None), ("h3", None)]


def test_benchmarks_are_shown_with_the_figures(regime: DbtFixture) -> None:
    """From 2026 the province's figure is not known, which hides that of 2021."""
    shown = regime.query(
        "select month, province_benchmark, national_benchmark from marts.rural_indicators"
        " where indicator_code = 'sewage.treatment_rate' and level = 'district' order by month"
    )
    assert shown == [(date(2025, 12, 1), 42.0, 45.0), (date(2026, 1, 1), None, 45.0), (date(2026, 2, 1), None, 45.0)]


def test_documents_in_force_on_the_day_of_their_list(regime: DbtFixture) -> None:
    listed = regime.query(
        "select month, instrument_no from marts.policy_instruments where is_in_force order by month, instrument_no"
    )
    january = [(date(2026, 1, 1), "F1"), (date(2026, 1, 1), "F2")]
    assert listed == [*january, *((date(2026, 2, 1), number) for _, number in january)]


def test_people_on_lists_of_which_one_is_unknown(regime: DbtFixture) -> None:
    """Without the list of rigid expenses nobody behind it has a first layer, and nobody has a number of lists."""
    people = regime.query(
        "select person_key, is_on_register, is_rigid_expense, first_layer, civil_lists, lists, lists_unknown"
        " from marts.low_income_population where month = '2026-02-01'"
        " and person_key in ('visited-1', 'h1-1', 'child') order by person_key"
    )
    unknown = "刚性支出困难"
    assert people == [
        ("child", False, None, None, None, "孤儿等", unknown),
        ("h1-1", True, None, None, None, "监测对象", unknown),
        ("visited-1", True, None, "低保", None, "低保;低保边缘", unknown),
    ]
