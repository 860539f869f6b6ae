"""Worked examples 7 to 10: schemes, recognition income, clocks, lists. Their figures are the definition's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle.households import household_key
from tests.oracle.low_income import low_income_population
from tests.oracle.notices import mapped_words, month_notices
from tests.oracle.reading.delivered import typed
from tests.oracle.recognition import compliant_self_paid, recognition_income
from tests.oracle.reconciliation.marts import Keys, conflict_rows, roll_forward_rows
from tests.oracle.risk.leads import lead_id
from tests.oracle.risk.rules import History, flags
from tests.oracle.small import SECRET, TOWN, Small, figures, pair, person

HOMES = [(f"H{n}", [person(n)]) for n in (1, 2, 3)]


def _renamed() -> Small:
    small = Small()
    for month in ("2025-12", "2026-01"):
        small.register(month, *HOMES)
    words = {
        "2025-12": ("脱贫不稳定户", "边缘易致贫户"),
        "2026-01": ("脱贫不稳定户", "防止返贫致贫对象", "防止返贫致贫监测对象"),
    }
    for month, said in words.items():
        rows = [{"household_code": f"H{n}", "monitoring_category": word} for n, word in enumerate(said, start=1)]
        small.accept("monitored_households", month, *rows)
    return small


def test_a_renaming_moves_nobody() -> None:
    small = _renamed()
    months = [small.month("2025-12"), small.month("2026-01")]
    assert pair(months[1], "monitoring.monitored_households") == (3, 3)
    found = figures(months[1])["monitoring.unstable_households", "441802"]
    assert (found["status"], found["reason"]) == ("not_applicable", "本月类别方案无此类别")
    rolled = [r for r in roll_forward_rows(months) if r["base"] == "households" and r["town_code"] == TOWN]
    assert {r["monitoring_category"] for r in rolled} == {"防止返贫致贫对象"}
    entries = ("opening", "newly_identified", "moved_in", "moved_out", "closing")
    assert [rolled[0][entry] for entry in entries] == [2, 1, 0, 0, 3]
    assert mapped_words(months[1]) == {"脱贫不稳定户": 1}
    assert [r["subject"] for r in month_notices(months[1]) if r["notice_code"] == "CAT-01"] == ["脱贫不稳定户"]


@pytest.mark.parametrize(("month", "error"), [("2025-12", "not_in_list"), ("2026-01", None)])
def test_the_new_word_is_quarantined_before_its_day(month: str, error: str | None) -> None:
    from tests.oracle.catalogue import datasets

    cells = {"household_code": "H1", "monitoring_category": "防止返贫致贫对象", "identified_month": "2025-11"}
    cells |= {"risk_type": datasets()["monitored_households"].column("risk_type").values[0], "is_risk_eliminated": "否"}
    row = typed(datasets()["monitored_households"], month, 1, {k: (v, None) for k, v in cells.items()})
    assert (row.error, row["monitoring_category"]) == (error, None if error else "防止返贫致贫对象")


def _family(month: str, net: int, education: int | None) -> Small:
    small, family = Small(), [person(n) for n in range(1, 5)]
    small.register(month, ("H1", family))
    small.accept(
        "household_income",
        month,
        {
            **{"household_code": "H1", "wage_income": Decimal(net), "other_rigid_expense": Decimal(500)},
            "education_self_paid": None if education is None else Decimal(education),
        },
    )
    paid = [("2025-03-01", 9000), ("2025-11-01", -1000), ("2025-02-28", 50000)]
    rows = [
        {
            "settlement_no": str(n),
            "resident_id": family[0],
            "settled_on": date.fromisoformat(d),
            "self_paid": Decimal(p),
        }
        for n, (d, p) in enumerate(paid)
    ]
    small.accept("medical_settlements", month, *rows)
    return small


@pytest.mark.parametrize(
    ("net", "education", "left", "rule"),
    [(30000, 12000, 3000, "INC-03"), (30000, None, 5500, "INC-03"), (20000, 12000, 500, "INC-01")],
)
def test_recognition_income(net: int, education: int | None, left: int, rule: str) -> None:
    month = _family("2026-02", net, education).month("2026-02")
    assert recognition_income(month, month.households["H1"]) == left
    found = {f.rule for f in flags(History({"2026-02": month}), month)}
    assert found & {"INC-01", "INC-03"} == {rule}


def test_no_recognition_income_before_2026() -> None:
    month = _family("2025-12", 30000, 12000).month("2025-12")
    household = month.households["H1"]
    assert (recognition_income(month, household), compliant_self_paid(month, household)) == (None, None)
    assert "INC-03" not in {f.rule for f in flags(History({"2025-12": month}), month)}


def _followed(codes: list[str]) -> Small:
    """Households whose housing is unsafe from January 2026 on; the first one's lead is answered in February."""
    small = Small()
    for month in ("2026-01", "2026-02"):
        small.register(month, *[(code, [person(n)]) for n, code in enumerate(codes)], housing_grade="D级")
    lead = lead_id(household_key(SECRET, codes[0]), "HOU-01", "2026-01")
    answer = {"lead_id": lead, "result": "属实", "is_enrolled": True, "verified_on": date(2026, 2, 11)}
    small.accept("verification_returns", "2026-02", {**answer, "enrolled_on": date(2026, 2, 21)})
    return small


def test_the_two_clocks() -> None:
    months = _followed(["H1"]).months("2026-01", "2026-02")
    (lead,) = months[1].leads
    assert (lead["due_on"], lead["recognition_due_on"]) == (date(2026, 2, 11), date(2026, 2, 20))
    found = figures(*months)
    assert found["monitoring.verified_on_time_rate", "441802"]["value"] == 100
    assert found["monitoring.enrolled_on_time_rate", "441802"]["value"] == 0
    assert pair(months[1], "monitoring.enrolled_on_time_rate") == (0, 1)
    assert found["monitoring.days_to_enrol_mean", "441802"]["value"] == 16
    assert (lead["is_verified_on_time"], lead["enrolled_on_basis"], lead["days_to_enrol"]) == (True, "return", 16)


def test_a_second_lead_without_a_return() -> None:
    found = figures(*_followed(["H1", "H2"]).months("2026-01", "2026-02"))
    assert found["monitoring.verified_on_time_rate", "441802"]["value"] == 50
    assert found["monitoring.enrolled_on_time_rate", "441802"]["value"] == 0


A, B, C = person(1), person(2), person(3, "201801")


def _lists(*, is_rigid_accepted: bool) -> Small:
    small, month = Small(), "2026-06"
    small.register(month, ("HA", [A]), ("HB", [B]))
    small.accept(
        "subsistence_allowance",
        month,
        {"resident_id": A, "change_type": "正常"},
        {"resident_id": B, "change_type": "停发"},
    )
    small.accept(
        "low_income_edge", month, {"resident_id": A, "change_type": "正常"}, {"resident_id": B, "change_type": "退出"}
    )
    small.accept("monitored_households", month, {"household_code": "HB", "monitoring_category": "防止返贫致贫对象"})
    small.accept("unsupported_children", month, {"resident_id": C, "change_type": "新增"})
    small.accept("extreme_poverty_support", month)
    if is_rigid_accepted:
        small.accept("rigid_expense_households", month)
    return small


def test_lists_while_one_is_missing() -> None:
    month = _lists(is_rigid_accepted=False).month("2026-06")
    rows: dict[str, dict[str, Any]] = {r["person_key"]: r for r in low_income_population(month, str)}
    a, b, c = rows[A], rows[B], rows[C]
    assert (a["is_rigid_expense"], a["first_layer"], a["civil_lists"], a["lists"]) == (
        None,
        "低保",
        None,
        "低保;低保边缘",
    )
    assert (b["lists"], b["first_layer"]) == ("监测对象", None)
    assert (c["first_layer"], c["lists"], c["is_on_register"]) == (None, "孤儿等", False)
    found = figures(month)
    assert found["low_income.persons", "441802"]["status"] == "not_computable"
    counts = [
        found[f"low_income.{name}", "441802"]["value"] for name in ("subsistence", "edge", "monitored", "children")
    ]
    assert counts == [1, 1, 1, 1]


def test_lists_once_all_are_accepted() -> None:
    small = _lists(is_rigid_accepted=True)
    month = small.month("2026-06")
    assert pair(month, "low_income.persons") == (2, None)
    assert pair(month, "low_income.multiple_lists") == (1, None)
    assert pair(month, "low_income.monitored_on_lists_rate") == (0, 1)
    assert pair(month, "low_income.off_register") == (0, None)
    rows = {r["person_key"]: r for r in low_income_population(month, str)}
    assert rows[B]["first_layer"] == "监测对象"
    conflicts = conflict_rows([month], Keys(str, str))
    assert {r["person_key"] for r in conflicts if r["rule_code"] == "REC-24"} == {A}
