"""The worked examples of the district's report: documents, meetings, designs, leads, lists, the chain of projects.

Belongs here: the examples with their figures, over the whole dbt project. Does not belong here: edges (unit tests
beside the models), random months (the oracle).
"""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_fixture import DbtFixture
from tests.unit.dbt_project.conftest import TOWN, VILLAGE, member

OTHER_TOWN, OTHER_VILLAGE = "441802105", "441802105211"
MARTS = ("rural_indicators", "indicator_breakdowns", "project_chain", "reconciliation_conflicts", "fund_ledger")
Row = dict[str, Any]
Figure = tuple[str, Any, Any, Any]


def build(district: DbtFixture, month: str) -> None:
    selected = [f"+{mart}" for mart in MARTS]
    district.build(month, "--exclude-resource-type", "test", "--select", *selected)


def figure(district: DbtFixture, month: str, code: str, division: str = "441802") -> Figure:
    """Return status, value rounded as shown, numerator and denominator."""
    [found] = district.query(
        "select status, round(value, 1), numerator, denominator from marts.rural_indicators"
        f" where month = '{month}-01' and indicator_code = '{code}' and division_code = '{division}'"
    )
    return found


def reason(district: DbtFixture, month: str, code: str) -> tuple[str, str]:
    [found] = district.query(
        "select status, reason from marts.rural_indicators"
        f" where month = '{month}-01' and indicator_code = '{code}' and level = 'district'"
    )
    return found


def conflicts(district: DbtFixture, month: str) -> list[tuple[str, str]]:
    return district.query(
        "select rule_code, coalesce(subject, person_key) from marts.reconciliation_conflicts"
        f" where month = '{month}-01' and rule_code between 'REC-16' and 'REC-24' order by all"
    )


MARCH, JUNE = "2021-03", "2021-06"
RULE = {"issuer": "区政府", "subject": "资金管理", "form": "办法", "issuing_level": "区级"}
DOCUMENTS: list[Row] = [
    {"instrument_no": "F1", "title": "F1", "issued_on": date(2017, 5, 1), **RULE},
    {"instrument_no": "F2", "title": "F2", **RULE},
    {"instrument_no": "F3", "title": "F3", "effective_on": date(2021, 2, 1), "replaces": "F1", **RULE},
]


def meeting(number: str, held_on: date, decisions: int, closed: int, **cells: Any) -> Row:
    told = {"meeting_type": "联席会议", "departments_attended": 9, "compared_data": True, **cells}
    return {"meeting_no": number, "held_on": held_on, "decisions": decisions, "decisions_closed": closed, **told}


def natural_village(number: str, **cells: Any) -> Row:
    counted = ("registered_households", "households_needing_toilet", "households_with_sanitary_toilet", "sewage_tanks")
    nothing = dict.fromkeys((*counted, "waste_points", "demonstration_waste_points", "registered_population"), 0)
    never = dict.fromkeys(("has_sewage_separation", "is_sewage_treated", "has_piped_water"), False)
    return {"natural_village_code": number, "town_code": TOWN, "division_code": VILLAGE, **nothing, **never, **cells}


def committee_member(term: str, birth_month: str) -> Row:
    posts = ("is_party_secretary", "is_committee_director", "is_collective_head", "is_cross_serving")
    cells = {"term": term, "id_birth_month": birth_month, "education": "大专", **dict.fromkeys(posts, False)}
    return {"person_key": birth_month, "town_code": TOWN, "division_code": VILLAGE, **cells}


@pytest.fixture(scope="module")
def year_2021(tmp_path_factory: pytest.TempPathFactory) -> DbtFixture:
    """March and June of 2021; not to be changed."""
    district = DbtFixture(tmp_path_factory.mktemp("year_2021"))
    for month in ("2021-01", MARCH, JUNE):
        district.deliver("household_register", month, [member("h", "h-1")])
    district.deliver("policy_instruments", "2021-01", DOCUMENTS)
    first = meeting("1", date(2021, 1, 15), 4, 2)
    second = meeting("2", date(2021, 1, 28), 2, 2, compared_data=False)
    third = meeting("3", date(2021, 3, 10), 3, 0, meeting_type="研判会")
    district.deliver("joint_meetings", "2021-01", [first, second])
    district.deliver("joint_meetings", MARCH, [{**first, "decisions_closed": 4}, third])
    designs = [
        {"design_no": "D1", "facility_kind": "污水处理"},
        {"design_no": "D2", "facility_kind": "污水处理", "withdrawn_on": date(2020, 6, 1)},
        {"design_no": "D3", "facility_kind": "户厕"},
    ]
    district.deliver("standard_designs", "2021-01", designs)
    district.deliver("natural_villages", MARCH, [natural_village("n1")])
    built = [("D1", True), ("D2", False), (None, None), ("D9", True)]
    rows = [natural_village(f"n{n}", design_no=d, is_built_to_design=b) for n, (d, b) in enumerate(built)]
    district.deliver("natural_villages", JUNE, rows)
    old = [committee_member("第七届", "1978-12"), committee_member("第七届", "1980-11")]
    district.deliver("village_committees", "2020-12", old)
    build(district, MARCH)
    district.deliver("policy_instruments", "2021-02", DOCUMENTS)
    district.deliver("village_committees", JUNE, [committee_member("第八届", "1990-06")])
    build(district, JUNE)
    return district


def test_documents_in_force_on_the_day_of_their_list(year_2021: DbtFixture) -> None:
    code = "funds.management_documents"
    assert figure(year_2021, MARCH, code) == ("computed", 2.0, 2.0, None)
    assert figure(year_2021, JUNE, code) == ("computed", 2.0, 2.0, None)
    used = year_2021.query(
        f"select source_month from marts.rural_indicators where indicator_code = '{code}' order by month"
    )
    assert used == [(date(2021, 1, 1),), (date(2021, 2, 1),)]
    rows = year_2021.query(f"select row_number from intermediate.int_indicator_rows where indicator_code = '{code}'")
    assert sorted(rows) == [(3,), (4,)], "F2 and F3 in June"


def test_joint_meetings(year_2021: DbtFixture) -> None:
    assert figure(year_2021, MARCH, "monitoring.joint_meetings") == ("computed", 2.0, 2.0, None)
    assert figure(year_2021, MARCH, "monitoring.meeting_months_rate") == ("computed", 33.3, 1.0, 3.0)
    assert figure(year_2021, MARCH, "monitoring.decisions_closed_rate") == ("computed", 66.7, 6.0, 9.0)


def test_standard_designs(year_2021: DbtFixture) -> None:
    assert figure(year_2021, JUNE, "sewage.standard_designs") == ("computed", 1.0, 1.0, None)
    assert figure(year_2021, JUNE, "sewage.designs_in_use") == ("computed", 1.0, 1.0, None)
    assert figure(year_2021, JUNE, "sewage.built_to_design_rate") == ("computed", 66.7, 2.0, 3.0)
    unfilled = ("not_computable", "未填报:是否按图施工")
    assert reason(year_2021, MARCH, "sewage.built_to_design_rate") == unfilled


def test_the_previous_term(year_2021: DbtFixture) -> None:
    assert figure(year_2021, JUNE, "governance.previous_mean_age") == ("computed", 41.0, 82.0, 2.0)
    assert figure(year_2021, JUNE, "governance.mean_age") == ("computed", 31.0, 31.0, 1.0)


JANUARY, FEBRUARY, SUMMER = "2026-01", "2026-02", "2026-06"


def lead_of(household: str) -> str:
    return "L" + hashlib.sha256(f"{household}|WAT-01|2026-01".encode()).hexdigest()[:16]


def project(number: str, completed_on: date, documents: str) -> Row:
    money = {"planned": 60, "arrived": 60, "spent": 50}
    told = {"project_name": number, "forms_asset": True, "project_class": "产业发展", "fund_document_no": documents}
    return {"project_no": number, "listed_on": date(2025, 1, 1), "completed_on": completed_on, **told, **money}


def asset(number: str, **cells: Any) -> Row:
    told = {"asset_name": number, "asset_class": "经营性", "implementation_level": "村级", "owner": "村集体"}
    kept = {"original_value": 10, "is_registered": True, "is_title_confirmed": True, "asset_status": "在用"}
    return {"asset_no": number, "has_beneficiary": False, **told, **kept, **cells}


def fund(document: str, year: int, level: str, allocated: int, **cells: Any) -> Row:
    return {
        "document_no": document,
        "fund_year": year,
        "fund_level": level,
        "allocated": allocated,
        "spent": 0,
        **cells,
    }


def dividend(number: str, amount: str, paid_on: date, asset_no: str, year: int | None = None) -> Row:
    told = {"payment_type": "资产收益分红", "household_key": "h1", "asset_no": asset_no, "dividend_year": year}
    return {"payment_no": number, "amount": Decimal(amount), "paid_on": paid_on, **told}


def case(number: str, received_on: date, **cells: Any) -> Row:
    told = {"case_type": "问题", "status": "在办", "town_code": TOWN, "division_code": VILLAGE}
    return {"case_no": number, "received_on": received_on, **told, **cells}


def deliver_lists(district: DbtFixture, month: str) -> None:
    on = {"recognised_on": date(2025, 12, 1)}
    district.deliver("extreme_poverty_support", month, [])
    allowances = [{"person_key": "a-1", "change_type": "正常"}, {"person_key": "b-1", "change_type": "停发"}]
    district.deliver("subsistence_allowance", month, allowances)
    edge = [{"person_key": "a-1", "change_type": "正常", **on}, {"person_key": "b-1", "change_type": "退出", **on}]
    district.deliver("low_income_edge", month, edge)
    child = {"person_key": "c", "change_type": "正常", "town_code": TOWN, "division_code": VILLAGE, **on}
    district.deliver("unsupported_children", month, [child])
    listed = {"household_key": "b", "monitoring_category": "防止返贫致贫对象", "identified_month": "2025-12"}
    district.deliver("monitored_households", month, [{**listed, "is_risk_eliminated": False}])


def deliver_chain(district: DbtFixture) -> None:
    """Deliver the funds, projects, assets and dividends of June."""
    central = [
        fund("Z1", 2026, "中央", 100, industry_allocated=70),
        fund("Z2", 2026, "中央", 50, fund_purpose="基础设施"),
        fund("Z3", 2026, "中央", 30),
        fund("Z4", 2025, "中央", 100, industry_allocated=59),
    ]
    own = [fund("X〔2026〕1号", 2026, "区级", 100, spent=50), fund("X〔2026〕2号", 2026, "区级", 20, spent=10)]
    district.deliver("support_funds", SUMMER, [*central, *own])
    projects = [project("P1", date(2026, 3, 1), "X[2026]1号"), project("P2", date(2026, 4, 1), "X[2026]1号")]
    district.deliver("project_library", SUMMER, projects)
    yearly = {"annual_dividend": 2, "dividend_from_year": 2024}
    assets = [
        asset("A2", project_no="P7"),
        asset("D1", **yearly),
        asset("D2", **yearly),
        asset("D3", annual_dividend=2),
    ]
    district.deliver("project_assets", SUMMER, assets)
    paid = [
        dividend("1", "12000", date(2025, 12, 20), "D1"),
        dividend("2", "8000", date(2026, 2, 1), "D1", 2025),
        dividend("3", "19999.99", date(2025, 12, 20), "D2"),
    ]
    district.deliver("industry_support_payments", SUMMER, paid)


@pytest.fixture(scope="module")
def year_2026(tmp_path_factory: pytest.TempPathFactory) -> DbtFixture:
    """January, February and June of 2026; not to be changed."""
    district = DbtFixture(tmp_path_factory.mktemp("year_2026"))
    for month in (JANUARY, FEBRUARY, SUMMER):
        dry = {"has_safe_water": month == SUMMER}
        elsewhere = {"town_code": OTHER_TOWN, "division_code": OTHER_VILLAGE}
        rows = [member("visited", "v-1", **dry), member("silent", "s-1", **dry, **elsewhere)]
        district.deliver("household_register", month, [*rows, member("a", "a-1"), member("b", "b-1")])
        deliver_lists(district, month)
    returned = {"result": "属实", "is_enrolled": True, "verified_on": date(2026, 2, 11)}
    lead = {"lead_id": lead_of("visited"), "enrolled_on": date(2026, 2, 21), **returned}
    district.deliver("verification_returns", FEBRUARY, [lead])
    district.deliver("support_funds", FEBRUARY, [fund("Z3", 2026, "中央", 30)])
    district.deliver("rigid_expense_households", SUMMER, [])
    deliver_chain(district)
    closed = {"status": "办结", "closed_on": date(2026, 7, 2)}
    review = {"case_type": "检查", "status": "办结", "closed_on": date(2026, 6, 30)}
    cases = [
        case("1", date(2026, 5, 1)),
        case("2", date(2026, 4, 30)),
        case("3", date(2026, 6, 1), **closed),
        case("4", date(2026, 6, 1), **review),
    ]
    district.deliver("issue_cases", SUMMER, cases)
    for month in (JANUARY, FEBRUARY, SUMMER):
        build(district, month)
    return district


def test_the_clocks_of_leads(year_2026: DbtFixture) -> None:
    verified, enrolled = "monitoring.verified_on_time_rate", "monitoring.enrolled_on_time_rate"
    assert figure(year_2026, FEBRUARY, verified, TOWN) == ("computed", 100.0, 1.0, 1.0)
    assert figure(year_2026, FEBRUARY, verified) == ("computed", 50.0, 1.0, 2.0)
    assert figure(year_2026, FEBRUARY, enrolled) == ("computed", 0.0, 0.0, 1.0)
    assert figure(year_2026, FEBRUARY, "monitoring.days_to_enrol_mean") == ("computed", 16.0, 16.0, 1.0)


def test_low_income_people_without_one_list(year_2026: DbtFixture) -> None:
    assert figure(year_2026, FEBRUARY, "low_income.persons")[0] == "not_computable"
    for code in ("subsistence", "edge", "monitored", "children"):
        assert figure(year_2026, FEBRUARY, f"low_income.{code}") == ("computed", 1.0, 1.0, None), code


def test_low_income_people_with_all_lists(year_2026: DbtFixture) -> None:
    assert figure(year_2026, SUMMER, "low_income.persons") == ("computed", 2.0, 2.0, None)
    assert figure(year_2026, SUMMER, "low_income.multiple_lists") == ("computed", 1.0, 1.0, None)
    assert figure(year_2026, SUMMER, "low_income.monitored_on_lists_rate") == ("computed", 0.0, 0.0, 1.0)
    assert figure(year_2026, SUMMER, "low_income.off_register") == ("computed", 0.0, 0.0, None)
    split = year_2026.query(
        "select member, numerator from marts.indicator_breakdowns where month = '2026-06-01'"
        " and indicator_code = 'low_income.persons' and level = 'village' order by member"
    )
    assert split == [("低保", 1.0), ("监测对象", 1.0)]


def test_the_share_of_industry_needs_a_purpose(year_2026: DbtFixture) -> None:
    assert figure(year_2026, SUMMER, "funds.industry_share") == ("computed", 46.7, 70.0, 150.0)
    unfilled = ("not_computable", "未填报:其中产业发展或资金用途")
    assert reason(year_2026, FEBRUARY, "funds.industry_share") == unfilled
    ledger = year_2026.query(
        "select fund_year, industry_allocated, purpose_known_allocated from marts.fund_ledger"
        " where month = '2026-06-01' and fund_level = '中央' order by fund_year"
    )
    assert ledger == [(2025, 59.0, 100.0), (2026, 70.0, 150.0)]


def test_conflicts_of_funds_projects_and_people(year_2026: DbtFixture) -> None:
    assert conflicts(year_2026, SUMMER) == [
        ("REC-16", "X〔2026〕2号|2026|区级"),
        ("REC-17", "P1"),
        ("REC-19", "D2"),
        ("REC-20", "2025|中央"),
        ("REC-22", "A2"),
        ("REC-24", "a-1"),
    ]


def test_the_chain_from_funds_to_dividends(year_2026: DbtFixture) -> None:
    chain = year_2026.query(
        "select fund_document_nos, project_no, asset_no, spent, unlinked_spent, break_codes from marts.project_chain"
        " where month = '2026-06-01' and fund_document_nos not like 'Z%' and asset_no not like 'D%' order by all"
    )
    assert chain == [
        ("", "", "A2", None, None, "REC-22"),
        ("X〔2026〕1号", "P1", "", 50.0, None, "REC-17"),
        ("X〔2026〕1号", "P2", "", 50.0, None, None),
        ("X〔2026〕2号", "", "", None, 10.0, "REC-16"),
    ]
    dividends = year_2026.query(
        "select asset_no, dividend_year, dividend_due, dividend_paid, households_paid, break_codes"
        " from marts.project_chain where month = '2026-06-01' and asset_no like 'D%' order by asset_no"
    )
    assert dividends == [
        ("D1", 2025, 2.0, 2.0, 1, None),
        ("D2", 2025, 2.0, pytest.approx(1.999999), 1, "REC-19"),
        ("D3", 2025, None, 0.0, 0, None),
    ]


def test_issues_after_the_election(year_2026: DbtFixture) -> None:
    assert figure(year_2026, SUMMER, "governance.issues_overdue") == ("computed", 1.0, 1.0, None)
    assert figure(year_2026, SUMMER, "governance.issues_closed_rate") == ("computed", 0.0, 0.0, 3.0)
    reviewed = figure(year_2026, SUMMER, "governance.villages_reviewed_rate", TOWN)
    villages = year_2026.query(f"select count(*) from intermediate.int_villages where town_code = '{TOWN}'")
    assert reviewed[2:] == (1.0, float(villages[0][0]))
