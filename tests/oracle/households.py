"""The households of a month: who belongs to them, who lives, and what they have.

Belongs here: §5 of the semantics. Does not belong here: rules.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.catalogue import first_day, last_day, shift
from tests.oracle.reading.delivered import Row
from tests.oracle.reading.inbox import Store
from tests.oracle.regime import category_name

LABOUR = ("技能劳动力", "普通劳动力", "弱劳动力或半劳动力")


def keyed(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def household_key(secret: str, code: str) -> str:
    return keyed(secret, "household:" + code)


@dataclass
class Household:
    code: str
    key: str
    first: Row
    """Its first register row, which decides the cells about the household."""
    members: dict[str, Row] = field(default_factory=dict)
    """Resident id -> register row of each person that counts here."""
    living: set[str] = field(default_factory=set)
    category: str | None = None
    income: Row | None = None

    @property
    def town(self) -> str:
        return self.first["town_name"]

    @property
    def is_registered(self) -> bool:
        return self.first["household_type"] == "脱贫户"

    @property
    def net_income(self) -> Decimal | None:
        row = self.income
        if row is None:
            return None
        earned = [row[c] for c in ("wage_income", "operating_income", "property_income", "transfer_income")]
        return sum(earned, Decimal(0)) - row["operating_expense"]

    @property
    def per_capita(self) -> Fraction | None:
        if self.net_income is None or not self.living:
            return None
        return Fraction(self.net_income) / len(self.living)

    def labour(self) -> set[str]:
        """Living members with labour ability."""
        return {p for p in self.living if self.members[p]["labour_ability"] in LABOUR}


@dataclass
class Month:
    """A month with an accepted register."""

    month: str
    store: Store
    households: dict[str, Household]
    home: dict[str, Household]
    """Resident id -> the household in which the person counts."""
    inpatient: dict[str, Decimal] = field(default_factory=dict)
    """Household code -> inpatient self-payment of living members since 1 January."""
    medical_year: dict[str, Decimal] = field(default_factory=dict)
    """Household code -> self-payment of all members, dead ones too, over the twelve months that end here."""
    leads: list[dict[str, Any]] = field(default_factory=list)
    """The leads as of this month, where they were followed (``risk.leads``)."""

    def has(self, dataset: str, months_back: int = 0) -> bool:
        return self.store.is_accepted(dataset, shift(self.month, -months_back))

    def covers(self, day: date) -> bool:
        return first_day(self.month) <= day <= last_day(self.month)


def dead_by(store: Store, month: str) -> set[str]:
    """Everyone whose death on or before the month's last day is in an extract of a month up to it."""
    dead = set()
    for (name, delivered), rows in store.accepted.items():
        if name == "deaths" and delivered <= month:
            dead |= {r["resident_id"] for r in rows if r["died_on"] <= last_day(month)}
    return dead


def protected(store: Store, month: str) -> set[str]:
    """Persons with subsistence allowance (not 停发) or extreme-poverty support."""
    return subsistence(store, month) | {r["resident_id"] for r in store.rows("extreme_poverty_support", month)}


def subsistence(store: Store, month: str) -> set[str]:
    rows = store.rows("subsistence_allowance", month)
    return {r["resident_id"] for r in rows if r["change_type"] != "停发"}


def build(store: Store, month: str, secret: str | None) -> Month | None:
    """The households of a month; None where it does not run for want of a register.

    Without a secret the keys of households are their codes.
    """
    if not store.is_accepted("household_register", month):
        return None
    households: dict[str, Household] = {}
    home: dict[str, Household] = {}
    dead = dead_by(store, month)
    for row in store.rows("household_register", month):
        code, person = row["household_code"], row["resident_id"]
        household = households.setdefault(code, Household(code, household_key(secret, code) if secret else code, row))
        if person not in home:
            home[person] = household
            household.members[person] = row
            if person not in dead:
                household.living.add(person)
    for row in store.rows("household_income", month):
        if row["household_code"] in households:
            households[row["household_code"]].income = row
    for row in store.rows("monitored_households", month):
        if row["household_code"] in households and not row["is_risk_eliminated"]:
            households[row["household_code"]].category = category_name(row["monitoring_category"], month)
    built = Month(month, store, households, home)
    built.inpatient = _inpatient(built)
    built.medical_year = _medical_year(built)
    return built


def _inpatient(month: Month) -> dict[str, Decimal]:
    total: dict[str, Decimal] = defaultdict(Decimal)
    start = date(int(month.month[:4]), 1, 1)
    for row in month.store.cumulative("medical_settlements", month.month):
        household = month.home.get(row["resident_id"])
        in_year = start <= row["settled_on"] <= last_day(month.month)
        if household and row["care_type"] == "住院" and in_year and row["resident_id"] in household.living:
            total[household.code] += row["self_paid"]
    return total


def _medical_year(month: Month) -> dict[str, Decimal]:
    total: dict[str, Decimal] = defaultdict(Decimal)
    start, end = first_day(shift(month.month, -11)), last_day(month.month)
    for row in month.store.cumulative("medical_settlements", month.month):
        household = month.home.get(row["resident_id"])
        if household and start <= row["settled_on"] <= end:
            total[household.code] += row["self_paid"]
    return total


def household_month(month: Month) -> list[dict[str, Any]]:
    """Rows of the mart of that name; what was not delivered is null, not looked."""
    allowed = subsistence(month.store, month.month)
    supported = {r["resident_id"] for r in month.store.rows("extreme_poverty_support", month.month)}

    def looked(dataset: str, value: Any) -> Any:
        return value if month.has(dataset) else None

    return [
        {
            "month": first_day(month.month),
            "household_key": h.key,
            "division_code": h.first["village_name"],
            "town_code": h.town,
            "household_type": h.first["household_type"],
            "monitoring_category": h.category,
            "living_members": len(h.living),
            "labourers": len(h.labour()),
            "net_income": h.net_income,
            "income_per_capita": h.per_capita,
            "housing_grade": h.first["housing_grade"],
            "has_safe_water": h.first["has_safe_water"],
            "has_subsistence_allowance": looked("subsistence_allowance", bool(h.living & allowed)),
            "has_extreme_poverty_support": looked("extreme_poverty_support", bool(h.living & supported)),
            "inpatient_self_paid_ytd": looked("medical_settlements", month.inpatient.get(h.code, Decimal(0))),
            "income_delivered": month.has("household_income"),
            "policy_status": h.first["policy_status"] if h.is_registered else None,
        }
        for h in month.households.values()
    ]
