"""Edges of the definition beside its worked examples: figures that follow from its sentences, counted by hand.

Belongs here: one sentence a test. Does not belong here: the worked examples.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.oracle.catalogue import datasets
from tests.oracle.chain.mart import project_chain
from tests.oracle.indicators.breakdowns import indicator_breakdowns
from tests.oracle.indicators.table import indicator_marts
from tests.oracle.numbers import form, several
from tests.oracle.reading.delivered import typed
from tests.oracle.reconciliation.marts import Keys, conflict_rows
from tests.oracle.regime import benchmark, candidate, categories, rules_valid
from tests.oracle.small import TOWN, VILLAGE, Small, figures, pair, person


@pytest.mark.parametrize("written", ["x[2026]1号", "X(2026)1 号", "Ｘ【2026】1号", "X〔2026〕1号"])
def test_one_number_in_many_forms(written: str) -> None:
    assert form(written) == "X〔2026〕1号"


def test_several_numbers_in_a_cell() -> None:
    assert several("a1、B2;c3,A1，") == {"A1", "B2", "C3"}
    assert several(None) == several("、") == set()


@pytest.mark.parametrize(
    ("scope", "month", "value"),
    [
        ("全省", "2021-06", 42),
        ("全省", "2022-01", 42),
        ("全省", "2026-01", None),
        ("全省", "2021-05", None),
        ("全国", "2026-01", 45),
    ],
)
def test_benchmarks(scope: str, month: str, value: float | None) -> None:
    """An aim is none, and a newer unknown hides an old figure."""
    assert benchmark("sewage.treatment_rate", scope, month) == value


def test_what_holds_from_2026_on() -> None:
    assert [c["name_zh"] for c in categories("2025-12")] == ["脱贫不稳定户", "边缘易致贫户", "突发严重困难户"]
    assert [c["name_zh"] for c in categories("2020-06")] == [c["name_zh"] for c in categories("2025-12")]
    assert candidate("sudden", "2025-12") == "突发严重困难户"
    assert candidate("sudden", "2026-01") == "防止返贫致贫对象"
    assert set(rules_valid("conflict_rules", "2026-01")) - set(rules_valid("conflict_rules", "2025-12")) == {
        f"REC-{n}" for n in range(16, 25)
    }


def test_a_project_is_at_its_furthest_stage() -> None:
    small, month = Small(), "2026-06"
    small.accept(
        "project_library",
        month,
        {"project_no": "P1", "accepted_on": date(2026, 6, 30)},
        {"project_no": "P2", "started_on": date(2026, 7, 1), "approved_on": date(2026, 1, 1)},
        {"project_no": "P3", "started_on": date(2026, 1, 1), "spent": Decimal(1), "arrived": Decimal(2)},
        {"project_no": "P4", "completed_on": date(2026, 1, 1), "removed_on": date(2026, 6, 30)},
        {"project_no": "P5", "listed_on": date(2026, 7, 1)},
    )
    built = small.month(month)
    assert pair(built, "projects.listed") == (3, None)
    assert pair(built, "projects.started_rate") == (2, 3)
    assert pair(built, "projects.completed_rate") == (1, 2)
    assert pair(built, "projects.payment_rate") == (1, 2)
    assert {r["project_no"]: r["stage"] for r in project_chain(built)} == {
        "P1": "验收",
        "P2": "立项",
        "P3": "开工",
        "P4": "出库",
    }
    rows = indicator_breakdowns(built, indicator_marts([built])["rural_indicators"])
    stages = {
        r["member"]: r["numerator"]
        for r in rows
        if r["indicator_code"] == "projects.listed" and r["level"] == "district"
    }
    assert stages == {"验收": 1, "立项": 1, "开工": 1}


def test_an_old_list_makes_nothing_overdue() -> None:
    """Read as of March, a project that was completed in March is not late in May."""
    small = Small()
    small.accept(
        "project_library", "2026-03", {"project_no": "P1", "forms_asset": True, "completed_on": date(2026, 1, 15)}
    )
    small.accept("project_assets", "2026-05", {"asset_no": "A1", "project_no": "P9"})
    found = {r["rule_code"] for r in conflict_rows([small.month("2026-05")], Keys(str, str))}
    assert "REC-17" not in found


def test_archives() -> None:
    small, month = Small(), "2026-06"
    done = {"volumes_due": 5, "volumes_filed": 5, "handed_over_on": date(2026, 6, 30)}
    here = {"town_name": TOWN, "village_name": VILLAGE}
    small.accept(
        "archives",
        month,
        {"archive_no": "1", "archive_level": "区级", **done},
        {"archive_no": "2", "archive_level": "镇级", "town_name": TOWN, **done},
        {"archive_no": "3", "archive_level": "镇级", "town_name": TOWN, **done, "volumes_due": 0},
        {"archive_no": "4", "archive_level": "村级", **here, **done},
    )
    built = small.month(month)
    assert pair(built, "governance.archives_district_rate") == (1, 1)
    assert pair(built, "governance.archives_town_rate")[0] == 0
    assert pair(built, "governance.archives_village_rate", "town", TOWN)[0] == 1
    assert pair(built, "governance.archives_village_rate")[0] == 1


def test_forms_due() -> None:
    """New tables are due from their first delivery on, quarterly ones in its quarter's last month."""
    small = Small()
    before = pair(small.month("2026-02"), "burden.forms_due")[0]
    small.accept("issue_cases", "2026-01")
    small.accept("project_library", "2026-01", {"project_no": "P"})
    assert pair(small.month("2026-02"), "burden.forms_due")[0] == before + 1
    assert pair(small.month("2026-01"), "burden.forms_due")[0] == before + 2
    quarterly = [d for d in datasets().values() if d.cadence == "quarterly" and not d.is_expected_from_first]
    assert pair(small.month("2026-03"), "burden.forms_due")[0] == before + 2 + len(quarterly)


@pytest.mark.parametrize(
    ("cells", "error", "closed"),
    [
        ({"status": "办结", "closed_on": "2026-05-01"}, None, date(2026, 5, 1)),
        ({"status": "办结", "closed_on": ""}, "required_missing", None),
        ({"status": "办结", "closed_on": "2026-04-30"}, "before_other_date", None),
        ({"status": "在办", "closed_on": "2026-04-30"}, None, None),
        ({"status": "在办", "closed_on": "2026-04-30", "due_on": "2099-01-01"}, None, None),
    ],
)
def test_rules_of_a_row(cells: dict[str, str], error: str | None, closed: date | None) -> None:
    about = datasets()["issue_cases"]
    row = {"case_no": "1", "town_name": TOWN, "village_name": VILLAGE, "case_type": "问题", "received_on": "2026-05-01"}
    found = typed(about, "2026-06", 1, {k: (v, None) for k, v in (row | cells).items()})
    assert (found.error, found["closed_on"]) == (error, closed)


def test_subsidies_that_differ_from_their_standard() -> None:
    small, month = Small(), "2026-06"
    paid = {"inspection_result": "合格", "completed_on": date(2026, 6, 1)}
    small.accept(
        "toilet_retrofits",
        month,
        {"head_resident_id": person(1), "subsidy": Decimal("3000.005"), **paid},
        {"head_resident_id": person(2), "subsidy": Decimal("3000.006"), **paid},
        {"head_resident_id": person(3), "subsidy": Decimal(0), **paid},
        {"head_resident_id": person(4), "subsidy": Decimal(1), **paid, "completed_on": date(2018, 12, 31)},
        {"head_resident_id": person(5), "subsidy": Decimal(1), **paid, "completed_on": date(2026, 7, 1)},
    )
    rows = conflict_rows([small.month(month)], Keys(str, str))
    assert {r["person_key"] for r in rows if r["rule_code"] == "REC-23"} == {person(2)}
    found = figures(small.month(month))["toilets.subsidy_mean", "441802"]
    assert found["denominator"] == 3
