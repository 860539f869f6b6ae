"""Numerator and denominator of the indicators of monitored households and of leads.

Belongs here: counts by role and by type of household, the two clocks. Does not belong here: the days of a lead
(``risk.leads``).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.oracle.catalogue import month_of
from tests.oracle.households import Household
from tests.oracle.indicators.figures import Figure, Pair, share
from tests.oracle.indicators.scope import Scope
from tests.oracle.regime import category_name, of_role

ROLES = {
    "monitoring.unstable_households": "registered",
    "monitoring.marginal_households": "ordinary",
    "monitoring.sudden_hardship_households": "sudden",
}


def _active(scope: Scope) -> list[tuple[str | None, Household | None]]:
    """Category and household of every active row of the list that counts here; those off the register in D only."""
    rows = scope.of.store.rows("monitored_households", scope.month)
    return [
        (category_name(r["monitoring_category"], scope.month), scope.household(r["household_code"]))
        for r in rows
        if not r["is_risk_eliminated"] and scope.has_household(r["household_code"])
    ]


def _screened(scope: Scope, is_registered: bool | None) -> int:
    return sum(is_registered in (None, h.is_registered) for h in scope.households())


def _by_role(code: str, is_registered: bool | None) -> Figure:
    def figure(scope: Scope) -> Pair:
        name = of_role(ROLES[code], scope.month)
        return sum(category == name for category, _ in _active(scope)), _screened(scope, is_registered)

    return figure


def _of_type(is_registered: bool | None) -> Figure:
    """Active households of any category; of a type those on the register only."""

    def figure(scope: Scope) -> Pair:
        found = [h for _, h in _active(scope)]
        fitting = [h for h in found if is_registered is None or (h is not None and h.is_registered == is_registered)]
        return len(fitting), _screened(scope, is_registered)

    return figure


def _policy_continued(scope: Scope) -> Pair:
    filled = [h for h in scope.households() if h.is_registered and h.first["policy_status"] is not None]
    return share(filled, lambda h: h.first["policy_status"] == "继续享受政策")


def _leads(scope: Scope, day: str) -> list[dict[str, Any]]:
    """The leads here one of whose days is in the month."""
    return [
        lead
        for lead in scope.of.leads
        if lead[day] is not None
        and month_of(lead[day]) == scope.month
        and scope.holds(lead["town_code"], lead["division_code"])
    ]


def _is_enrolled(lead: dict[str, Any]) -> bool:
    return lead["verification_result"] == "属实" and bool(lead["is_enrolled"])


def _verified_on_time(scope: Scope) -> Pair:
    return share(
        _leads(scope, "due_on"),
        lambda lead: lead["first_verified_on"] is not None and lead["first_verified_on"] <= lead["due_on"],
    )


def _enrolled_on_time(scope: Scope) -> Pair:
    return share(
        [lead for lead in _leads(scope, "recognition_due_on") if _is_enrolled(lead)],
        lambda lead: lead["enrolled_on"] is not None and lead["enrolled_on"] <= lead["recognition_due_on"],
    )


def _days_to_enrol(scope: Scope) -> Pair:
    start = date(scope.last_day.year, 1, 1)
    days = [
        lead["days_to_enrol"]
        for lead in scope.of.leads
        if lead["enrolled_on"] is not None and start <= lead["enrolled_on"] <= scope.last_day
    ]
    return sum(days), len(days)


FOLLOWED: dict[str, Figure] = {
    "monitoring.unstable_households": _by_role("monitoring.unstable_households", True),
    "monitoring.marginal_households": _by_role("monitoring.marginal_households", False),
    "monitoring.sudden_hardship_households": _by_role("monitoring.sudden_hardship_households", None),
    "monitoring.monitored_households": _of_type(None),
    "monitoring.monitored_registered": _of_type(True),
    "monitoring.monitored_ordinary": _of_type(False),
    "monitoring.policy_continued_rate": _policy_continued,
    "monitoring.verified_on_time_rate": _verified_on_time,
    "monitoring.enrolled_on_time_rate": _enrolled_on_time,
    "monitoring.days_to_enrol_mean": _days_to_enrol,
}
