"""Numerator and denominator of the indicators of people.

Belongs here: monitoring, employment, industry, and what all figures share.
Does not belong here: money, offices and committees (``offices``), rural construction (``construction``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.catalogue import parameter, shift
from tests.oracle.indicators.scope import Scope
from tests.oracle.reading.delivered import Row

Pair = tuple[Any, Any]
Figure = Callable[[Scope], Pair]


def share(rows: Iterable[Any], condition: Callable[[Any], bool]) -> Pair:
    """How many meet the condition, of how many."""
    rows = list(rows)
    return sum(1 for r in rows if condition(r)), len(rows)


def total(rows: Iterable[Row], *columns: str) -> Decimal:
    return sum((Decimal(r[c] or 0) for r in rows for c in columns), Decimal(0))


def count(dataset: str, column: str, value: str, *, ledger: bool = False) -> Figure:
    def figure(scope: Scope) -> Pair:
        rows = scope.placed_ledger(dataset) if ledger else scope.snapshot(dataset)
        return sum(1 for r in rows if r[column] == value), None

    return figure


def _eliminated(weigh: Callable[[Scope, str], int]) -> Figure:
    def figure(scope: Scope) -> Pair:
        rows = scope.of.store.rows("monitored_households", scope.month)
        weighed = [
            (r["is_risk_eliminated"], weigh(scope, r["household_code"]))
            for r in rows
            if scope.has_household(r["household_code"])
        ]
        return sum(w for gone, w in weighed if gone), sum(w for _, w in weighed)

    return figure


def _living(scope: Scope, code: str) -> int:
    household = scope.household(code)
    return len(household.living) if household else 0


def _reconciliations(scope: Scope) -> Pair:
    number = int(scope.month[5:])
    months = [shift(scope.month, -n) for n in range(number)]
    return sum(scope.of.store.is_accepted("household_register", m) for m in months), number


def _workers(scope: Scope) -> list[Row]:
    rows = scope.of.store.rows("employment_monitoring", scope.month)
    return [r for r in rows if scope.is_registered_here(r["resident_id"])]


def _employed(scope: Scope) -> list[Row]:
    return [r for r in _workers(scope) if r["employment_status"] == "在业"]


def _stable(scope: Scope) -> Pair:
    months = int(parameter("stable_employment_months", "441802", scope.month) or 0)
    first = shift(scope.month, -months)
    end = scope.last_day
    days = [date(int(first[:4]), int(first[5:]), d) for d in range(28, 32) if _exists(first, d) and d <= end.day]
    return share(_employed(scope), lambda r: r["started_on"] is not None and r["started_on"] <= days[-1])


def _exists(month: str, day: int) -> bool:
    try:
        date(int(month[:4]), int(month[5:]), day)
    except ValueError:
        return False
    return True


def _classes(kind: str) -> Figure:
    return lambda s: (len({r["class_no"] for r in s.ledger("skills_training") if r["training_type"] == kind}), None)


def _training_rate(scope: Scope) -> Pair:
    rows = [r for r in scope.ledger("skills_training") if scope.is_registered_here(r["resident_id"])]
    wanted = {r["resident_id"] for r in rows if r["wanted_training"]}
    return len(wanted & {r["resident_id"] for r in rows if r["completed"]}), len(wanted)


def _mean_payment(dataset: str, column: str, kind: str, subject: str) -> Figure:
    def figure(scope: Scope) -> Pair:
        rows = [r for r in scope.ledger(dataset) if r[column] == kind]
        return total(rows, "amount"), len({r[subject] for r in rows})

    return figure


def _dividends(scope: Scope) -> Pair:
    rows = [r for r in scope.ledger("industry_support_payments") if r["payment_type"] == "资产收益分红"]
    return total([r for r in rows if scope.has_household(r["household_code"])], "amount") / 10000, None


ACTIVITIES = "job_support_activities"
PEOPLE: dict[str, Figure] = {
    "monitoring.elimination_rate_persons": _eliminated(_living),
    "monitoring.elimination_rate_households": _eliminated(lambda _, __: 1),
    "monitoring.reconciliation_months": _reconciliations,
    "employment.out_migrant_workers": lambda s: (
        sum(r["work_place"] in ("省内县外", "省外") for r in _employed(s)),
        None,
    ),
    "employment.ecommerce_classes": _classes("农村电商"),
    "employment.workshops": count(ACTIVITIES, "activity_type", "扶贫车间", ledger=True),
    "employment.job_fairs": count(ACTIVITIES, "activity_type", "专场招聘会", ledger=True),
    "employment.placements": lambda s: (
        total([r for r in s.placed_ledger(ACTIVITIES) if r["activity_type"] == "转移就业"], "attendances"),
        None,
    ),
    "employment.local_incentive_mean": _mean_payment(
        "employment_incentives", "incentive_type", "就地就近就业", "resident_id"
    ),
    "employment.training_rate": _training_rate,
    "employment.employment_rate": lambda s: share(_workers(s), lambda r: r["employment_status"] == "在业"),
    "employment.stability_rate": _stable,
    "industry.training_classes": _classes("产业技能"),
    "industry.training_attendances": count("skills_training", "training_type", "产业技能", ledger=True),
    "industry.dividends": _dividends,
    "industry.living_allowance_mean": _mean_payment(
        "industry_support_payments", "payment_type", "生活补助", "household_code"
    ),
    "industry.startup_fund_mean": _mean_payment(
        "industry_support_payments", "payment_type", "生产启动资金", "household_code"
    ),
    "industry.award_mean": _mean_payment("industry_support_payments", "payment_type", "先进户奖补", "household_code"),
}
