"""The rules: which households have which flag in a month.

Belongs here: §6 of the semantics and ``risk_rules.csv``. Does not belong here: episodes, leads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.catalogue import first_day, last_day, parameter, rules, shift, vintage
from tests.oracle.households import LABOUR, Household, Month, protected
from tests.oracle.recognition import PARAMETERS, recognition_income
from tests.oracle.regime import rules_valid

Amount = Fraction | Decimal | int | None


@dataclass
class Flag:
    household: Household
    rule: str
    measure: Amount
    threshold: Amount
    persons: int


@dataclass
class History:
    """The months that ran so far, by month."""

    months: dict[str, Month]

    def before(self, month: str, months_back: int) -> Month | None:
        return self.months.get(shift(month, -months_back))


def in_scope(month: Month, rule: str) -> list[Household]:
    """The households that the rule looks at."""
    everyone = [h for h in month.households.values() if h.living]
    if rules("risk_rules")[rule]["households"] == "registered or monitored":
        return [h for h in everyone if h.is_registered or h.category]
    return everyone


def _parameters(rule: str) -> tuple[str, ...]:
    return {
        "INC-01": ("monitoring_line",),
        "INC-02": ("income_drop_pct",),
        "INC-03": ("monitoring_line", *PARAMETERS),
        "MED-01": ("inpatient_self_paid_registered", "inpatient_self_paid_ordinary"),
        "MED-02": ("outpatient_self_paid_month",),
    }.get(rule, ())


def not_screened_because(month: Month, rule: str, town: str) -> str | None:
    """Why a rule could not be screened in a town; None where it was."""
    for dataset in rules("risk_rules")[rule]["datasets"].split(","):
        if not month.has(dataset):
            return dataset
    if rule == "CIV-01" and not (month.has("subsistence_allowance", 1) and month.has("extreme_poverty_support", 1)):
        return "previous month"
    if rule == "CIV-02" and not month.has("disability_subsidies", 1):
        return "previous month"
    if rule == "INC-02" and not any(month.has("household_income", n) for n in range(1, 13)):
        return "none of the 12 months"
    if any(parameter(name, town, month.month) is None for name in _parameters(rule)):
        return "no parameter is valid"
    is_real = town in {v.town_code for v in vintage(month.month) if v.kind != "virtual"}
    if is_real and not any(h.town == town for h in month.households.values()):
        return "no household on the register"
    return None


def _income(history: History, month: Month) -> Iterator[Flag]:
    for h in in_scope(month, "INC-01"):
        line = parameter("monitoring_line", h.town, month.month)
        if h.per_capita is not None and line is not None and h.per_capita < line:
            yield Flag(h, "INC-01", h.per_capita, line, len(h.living))


def _income_after_expenses(history: History, month: Month) -> Iterator[Flag]:
    """Below the line only after the compliant expenses: where INC-01 does not flag."""
    valid = rules_valid("risk_rules", month.month)
    for h in in_scope(month, "INC-03") if "INC-03" in valid else ():
        line, left = parameter("monitoring_line", h.town, month.month), recognition_income(month, h)
        if line is not None and left is not None and h.per_capita is not None and left < line <= h.per_capita:
            yield Flag(h, "INC-03", left, line, len(h.living))


def _income_drop(history: History, month: Month) -> Iterator[Flag]:
    for h in in_scope(month, "INC-02"):
        limit = parameter("income_drop_pct", h.town, month.month)
        earlier = [m.households.get(h.code) for n in range(1, 13) if (m := history.before(month.month, n))]
        highest = max((e.per_capita for e in earlier if e and e.per_capita is not None), default=None)
        if limit is None or h.per_capita is None or highest is None or highest <= 0:
            continue
        drop = (highest - h.per_capita) / highest * 100
        if drop >= limit:
            yield Flag(h, "INC-02", drop, limit, len(h.living))


def _inpatient(history: History, month: Month) -> Iterator[Flag]:
    for h in in_scope(month, "MED-01"):
        close = h.is_registered or h.category is not None
        name = "inpatient_self_paid_registered" if close else "inpatient_self_paid_ordinary"
        limit, paid = parameter(name, h.town, month.month), month.inpatient.get(h.code, Decimal(0))
        if limit is not None and paid >= limit:
            yield Flag(h, "MED-01", paid, limit, len(h.living))


def _outpatient(history: History, month: Month) -> Iterator[Flag]:
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for row in month.store.cumulative("medical_settlements", month.month):
        if row["care_type"] in ("门诊", "门特") and month.covers(row["settled_on"]):
            paid[row["resident_id"]] += row["self_paid"]
    for h in in_scope(month, "MED-02"):
        limit = parameter("outpatient_self_paid_month", h.town, month.month)
        over = [paid[p] for p in h.living if p in paid and limit is not None and paid[p] >= limit]
        if over:
            yield Flag(h, "MED-02", max(over), limit, len(over))


def _count(month: Month, rule: str, concerned: set[str]) -> Iterator[Flag]:
    """A flag for every household in scope with a living member among the persons concerned."""
    for h in in_scope(month, rule):
        persons = len(h.living & concerned)
        if persons:
            yield Flag(h, rule, persons, 1, persons)


def _illness(history: History, month: Month) -> Iterator[Flag]:
    rows = month.store.rows("serious_illness", month.month)
    yield from _count(month, "MED-03", {r["resident_id"] for r in rows if month.covers(r["diagnosed_on"])})


def _uninsured(history: History, month: Month) -> Iterator[Flag]:
    year, rows = int(month.month[:4]), month.store.rows("medical_insurance_enrolment", month.month)
    insured = {r["resident_id"] for r in rows if r["insured_year"] == year and r["enrolment_status"] == "正常参保"}
    yield from _count(month, "MED-04", set(month.home) - insured)


def _unemployed(history: History, month: Month) -> Iterator[Flag]:
    registered = {
        r["resident_id"]
        for r in month.store.rows("unemployment_registration", month.month)
        if r["unemployed_on"] <= last_day(month.month)
    }
    rows = month.store.rows("employment_monitoring", month.month)
    employed = {r["resident_id"] for r in rows if r["employment_status"] == "在业"} - registered
    out = {r["resident_id"] for r in rows if r["employment_status"] in ("失业", "返乡")} | registered
    for h in in_scope(month, "EMP-01"):
        concerned = h.labour() & out
        if concerned and not h.living & employed:
            yield Flag(h, "EMP-01", len(concerned), 1, len(concerned))


def _left_protection(history: History, month: Month) -> Iterator[Flag]:
    before, now = protected(month.store, shift(month.month, -1)), protected(month.store, month.month)
    yield from _count(month, "CIV-01", before - now)


def _new_disability(history: History, month: Month) -> Iterator[Flag]:
    def severe(name: str) -> set[str]:
        rows = month.store.rows("disability_subsidies", name)
        return {r["resident_id"] for r in rows if r["disability_grade"] in ("一级", "二级")}

    yield from _count(month, "CIV-02", severe(month.month) - severe(shift(month.month, -1)))


def _labourer_died(history: History, month: Month) -> Iterator[Flag]:
    before = history.before(month.month, 1)
    died = {r["resident_id"] for r in month.store.cumulative("deaths", month.month) if month.covers(r["died_on"])}
    lost: dict[str, int] = defaultdict(int)
    for person in died:
        register = month if person in month.home else before
        household = register.home.get(person) if register else None
        if household and household.members[person]["labour_ability"] in LABOUR:
            lost[household.code] += 1
    for h in in_scope(month, "CIV-03"):
        if lost[h.code]:
            yield Flag(h, "CIV-03", lost[h.code], 1, lost[h.code])


def _assisted(history: History, month: Month) -> Iterator[Flag]:
    paid: dict[str, list[str]] = defaultdict(list)
    for row in month.store.cumulative("temporary_assistance", month.month):
        if row["reason"] != "其他" and month.covers(row["assisted_on"]) and row["resident_id"] in month.home:
            paid[month.home[row["resident_id"]].code].append(row["resident_id"])
    for h in in_scope(month, "CIV-04"):
        if paid[h.code]:
            yield Flag(h, "CIV-04", len(paid[h.code]), 1, len(set(paid[h.code])))


def _conditions(history: History, month: Month) -> Iterator[Flag]:
    for h in in_scope(month, "HOU-01"):
        if h.first["housing_grade"] in ("C级", "D级"):
            yield Flag(h, "HOU-01", None, None, len(h.living))
        if not h.first["has_safe_water"]:
            yield Flag(h, "WAT-01", None, None, len(h.living))


def age(resident_id: str, month: str) -> int:
    """Whole years between the id's birth month and the month."""
    born = int(resident_id[6:10]) * 12 + int(resident_id[10:12])
    return (int(month[:4]) * 12 + int(month[5:]) - born) // 12


def _out_of_school(history: History, month: Month) -> Iterator[Flag]:
    out = {
        p
        for p, h in month.home.items()
        if 6 <= age(p, month.month) <= 15 and h.members[p]["schooling_status"] == "非在校生"
    }
    yield from _count(month, "EDU-01", out)


ALL = (
    _income,
    _income_drop,
    _income_after_expenses,
    _inpatient,
    _outpatient,
    _illness,
    _uninsured,
    _unemployed,
    _left_protection,
    _new_disability,
    _labourer_died,
    _assisted,
    _conditions,
    _out_of_school,
)


def flags(history: History, month: Month) -> list[Flag]:
    """All flags of a month: of the rules that were screened in the household's town."""
    valid = rules_valid("risk_rules", month.month)
    found = [flag for rule in ALL for flag in rule(history, month) if flag.rule in valid]
    return [f for f in found if not_screened_because(month, f.rule, f.household.town) is None]


def screening(month: Month, flagged: list[Flag], towns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows of ``risk_screening``."""
    rows = []
    for rule in rules_valid("risk_rules", month.month):
        for town in towns:
            reason = not_screened_because(month, rule, town)
            looked = 0 if reason else sum(h.town == town for h in in_scope(month, rule))
            hits = sum(f.rule == rule and f.household.town == town for f in flagged)
            rows.append(
                {
                    "month": first_day(month.month),
                    "rule_code": rule,
                    "town_code": town,
                    "status": "not_screened" if reason else "screened",
                    "reason": reason,
                    "screened_households": looked,
                    "flagged_households": None if reason else hits,
                }
            )
    return rows
