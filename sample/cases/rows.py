"""Convert each planted effect to one row of one table.

Belongs here: rows of ``lives.schema``. Does not belong here: households and members (``plant``).
A member without effects is insured, at work if able, and on no other list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from sample.cases.effects import (
    ALWAYS,
    Allowance,
    Assistance,
    Case,
    Diagnosis,
    Disability,
    Effect,
    Employment,
    Expense,
    Insurance,
    Monitoring,
    Pension,
    Relief,
    SecondHome,
    Settlement,
    Support,
    Unemployment,
)
from sample.lives.people import WORKERS
from sample.lives.schema import SCHEMAS, conform
from sample.months import Calendar, When

Row = dict[str, Any]


def _position(calendar: Calendar, offset: int | None) -> int | None:
    """Convert an offset to a month position; -1 for before the sample."""
    if offset is None:
        return None
    return -1 if offset == ALWAYS else calendar.position(offset)


def _admission_day(effect: Settlement, calendar: Calendar) -> date | None:
    if effect.care != "住院":
        return None
    return calendar.day(effect.admitted) if effect.admitted else calendar.day(effect.when) - timedelta(days=6)


def _settlement(effect: Settlement, pid: int, calendar: Calendar, number: str) -> Row:
    own = effect.when.month if effect.delivered is None else effect.delivered
    return {
        "pid": pid,
        "settlement_no": f"JS{pid:09d}{effect.number or number}",
        "hospital": "区人民医院",
        "care_type": effect.care,
        "admitted_on": _admission_day(effect, calendar),
        "settled_on": calendar.day(effect.when),
        "total_cost": effect.paid * 3,
        "basic_insurance_paid": effect.paid * 2,
        "serious_illness_paid": 0,
        "medical_aid_paid": 0,
        "self_paid": effect.paid,
        "is_reversal": effect.is_reversal,
        "delivered_in": calendar.position(min(0, own)),
    }


def _allowance(effect: Allowance, pid: int, calendar: Calendar, number: str) -> Row:
    return {
        "pid": pid, "allowance_class": "B类", "monthly_amount": 436_00, "approved_on": calendar.day(When(-30)),
        "protected_from": -1, "protected_until": _position(calendar, effect.until),
        "is_stop_shown": effect.is_stop_shown,
    }  # fmt: skip


def _support(effect: Support, pid: int, calendar: Calendar, number: str) -> Row:
    return {
        "pid": pid, "support_mode": "分散", "self_care_ability": "全自理", "monthly_amount": 1227_00,
        "approved_on": calendar.day(When(-30) if effect.since == ALWAYS else When(effect.since, 1)),
        "supported_from": _position(calendar, effect.since), "supported_until": _position(calendar, effect.until),
    }  # fmt: skip


def _relief(effect: Relief, pid: int, calendar: Calendar, number: str) -> Row:
    return {
        "pid": pid, "relief_list": effect.relief_list, "recognised_on": calendar.day(When(-6)),
        "valid_until": None if effect.relief_list == "child" else calendar.day(effect.until or When(7)),
        "expense_type": "医疗" if effect.relief_list == "rigid" else None, "has_left": effect.has_left,
    }  # fmt: skip


def _disability(effect: Disability, pid: int, calendar: Calendar, number: str) -> Row:
    return {
        "pid": pid, "disability_category": "肢体", "disability_grade": effect.grade,
        "later_disability_grade": effect.later,
        "disability_grade_changes_in": len(calendar) - 1 if effect.later else None,
        "certified_on": calendar.day(When(-40 if effect.since == ALWAYS else effect.since, 8)),
        "listed_from": _position(calendar, effect.since),
    }  # fmt: skip


def _diagnosis(effect: Diagnosis, pid: int, calendar: Calendar, number: str) -> Row:
    return {
        "pid": pid, "disease": "终末期肾病", "diagnosed_on": calendar.day(effect.when), "treatment_status": "救治中",
        "listed_from": calendar.position(effect.when.month),
    }  # fmt: skip


def _unemployment(effect: Unemployment, pid: int, calendar: Calendar, number: str) -> Row:
    return {
        "pid": pid, "unemployed_on": calendar.day(effect.when), "reason": "合同到期",
        "registered_from": calendar.position(min(0, effect.when.month)),
    }  # fmt: skip


def _assistance(effect: Assistance, pid: int, calendar: Calendar, number: str) -> Row:
    own = effect.when.month if effect.delivered is None else effect.delivered
    return {
        "pid": pid, "payment_no": f"LS{pid:09d}{number}", "reason": effect.reason, "amount": 2000_00,
        "assisted_on": calendar.day(effect.when), "delivered_in": calendar.position(own),
    }  # fmt: skip


_PERSONAL: dict[type[Effect], tuple[str, Callable[[Any, int, Calendar, str], Row]]] = {
    Settlement: ("settlements", _settlement),
    Allowance: ("allowances", _allowance),
    Support: ("supports", _support),
    Relief: ("relief", _relief),
    Disability: ("disabilities", _disability),
    Diagnosis: ("illnesses", _diagnosis),
    Unemployment: ("unemployment", _unemployment),
    Assistance: ("assistance", _assistance),
}


def _monitoring(effect: Monitoring, hid: int, calendar: Calendar) -> Row:
    return {
        "hid": hid, "monitoring_category": effect.category, "identified_month": str(calendar.month(effect.identified)),
        "risk_type": "因病", "listed_from": max(-1, len(calendar) - 1 + effect.identified),
        "eliminated_month": None if effect.eliminated is None else str(calendar.month(effect.eliminated)),
        "elimination_mode": None if effect.eliminated is None else "帮扶消除",
    }  # fmt: skip


def _base_rows(case: Case, member: int, pid: int, calendar: Calendar) -> dict[str, list[Row]]:
    """Build the rows that every member has: insurance, work if able, a pension if old."""
    insured = next(
        (e for e in case.effects if isinstance(e, Insurance) and e.member == member), Insurance(member, "正常参保")
    )
    works = next((e for e in case.effects if isinstance(e, Employment) and e.member == member), None)
    pension = next((e for e in case.effects if isinstance(e, Pension) and e.member == member), None)
    kin = case.members[member]
    rows: dict[str, list[Row]] = {
        "insurance": [
            {
                "pid": pid, "enrolment_status": insured.status, "insured_from": -1,
                "is_last_year_only": insured.is_last_year_only,
                "subsidy_category": "低收入人口资助" if case.is_registered else None,
            }
        ]
    }  # fmt: skip
    if kin.labour in WORKERS or works:
        rows["work"] = [
            {
                "pid": pid, "employment_status": works.status if works else "在业", "work_place": "县内",
                "employer_name": "恒丰制衣厂", "job_channel": "自主就业", "monthly_wage": 3200_00,
                "started_on": calendar.day(When(-20)), "lost_on": calendar.day(When(-1, 20)),
            }
        ]  # fmt: skip
    if kin.years >= 60 or pension:
        draws = pension is not None and pension.draws_after_death
        rows["pensions"] = [
            {"pid": pid, "enrolment_status": "正常参保", "monthly_pension": 220_00, "draws_after_death": draws}
        ]
    return rows


def effect_rows(cases: Sequence[Case], members: pl.DataFrame, calendar: Calendar) -> dict[str, pl.DataFrame]:
    """Build the planted rows of all tables except people, households and incomes, by table."""
    rows: dict[str, list[Row]] = {}
    pids = {(c, m): pid for c, m, pid in members.select("case", "member", "pid").rows()}
    hids = dict(members.select("case", "hid").rows())
    for i, case in enumerate(cases):
        for number, effect in enumerate(case.effects):
            if isinstance(effect, Monitoring):
                rows.setdefault("monitored", []).append(_monitoring(effect, hids[i], calendar))
            elif isinstance(effect, Expense):
                rows.setdefault("expenses", []).append({"hid": hids[i], "education_self_paid": effect.education})
            elif type(effect) in _PERSONAL:
                table, build = _PERSONAL[type(effect)]
                rows.setdefault(table, []).append(build(effect, pids[i, effect.member], calendar, f"N{number}"))
        for m in range(len(case.members)):
            for table, more in _base_rows(case, m, pids[i, m], calendar).items():
                rows.setdefault(table, []).extend(more)
    return {t: conform(t, pl.DataFrame(r, infer_schema_length=None)) for t, r in rows.items()}


def second_home_rows(cases: Sequence[Case], members: pl.DataFrame, first_hid: int) -> pl.DataFrame:
    """Build the rows of members who are registered in another planted household as well."""
    notes = [c.note for c in cases]
    pids = {(c, m): pid for c, m, pid in members.select("case", "member", "pid").rows()}
    rows = [
        (pids[i, e.member], first_hid + notes.index(e.case))
        for i, c in enumerate(cases)
        for e in c.effects
        if isinstance(e, SecondHome)
    ]
    return conform("second_homes", pl.DataFrame(rows, schema=SCHEMAS["second_homes"], orient="row"))
