"""The random districts show what they are there for: every rule fires in one, and is nearly broken elsewhere.

Belongs here: that a comparison over these worlds proves something. Does not belong here: the comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from tests.oracle.catalogue import last_day, rules, seed
from tests.oracle.households import Month, build
from tests.oracle.indicators.table import indicator_marts
from tests.oracle.low_income import civil_lists
from tests.oracle.reading.delivered import Row
from tests.oracle.reconciliation.marts import Keys, conflict_rows, roll_forward_rows
from tests.unit.dbt_project import test_indicators_against_oracle as of_indicators
from tests.unit.dbt_project import test_reconciliation_against_oracle as of_conflicts
from tests.worlds.random.indicators import built, random_world
from tests.worlds.random.reconciliation import random_store


@cache
def _contradicting() -> list[Month]:
    store = random_store(of_conflicts.RICH, of_conflicts.RUN, of_conflicts.DELIVERED)
    return [month for name in of_conflicts.RUN if (month := build(store, name, None))]


def test_every_conflict_and_every_movement_occurs() -> None:
    months = _contradicting()
    rows = list(conflict_rows(months, Keys(str, str)))
    assert {r["rule_code"] for r in rows} == set(rules("conflict_rules"))
    assert {r["rule_code"] for r in rows if f"{r['month']:%Y}" == "2025"} <= {f"REC-{n:02d}" for n in range(1, 16)}
    rolled = list(roll_forward_rows(months))
    assert all(any(r[entry] for r in rolled) for entry in of_conflicts.ENTRIES)
    assert len({r["monitoring_category"] for r in rolled}) == 1, "only 2026 has a month before it"


NEAR: dict[str, tuple[str, Callable[[Row, str], bool]]] = {
    "REC-17": (
        "project_library",
        lambda r, month: r["completed_on"] == last_day(month) - timedelta(days=90) and r["forms_asset"],
    ),
    "REC-18": ("project_assets", lambda r, _: r["asset_status"] == "闲置" and r["asset_class"] == "到户类资产"),
    "REC-19": ("industry_support_payments", lambda r, _: r["amount"] == Decimal("19999.995")),
    "REC-20": ("support_funds", lambda r, _: r["fund_level"] == "中央" and r["industry_allocated"] == 60),
    "REC-21": ("project_library", lambda r, _: r["spent"] - r["arrived"] == Decimal("0.0000005")),
    "REC-22": ("project_assets", lambda r, _: (r["project_no"] or "").startswith("p")),
    "REC-23": ("toilet_retrofits", lambda r, _: r["subsidy"] == Decimal("3000.005")),
}
"""Rows that nearly break a rule: on the limit, of another class, or written in another way."""


@pytest.mark.parametrize("rule", NEAR)
def test_a_rule_is_nearly_broken(rule: str) -> None:
    dataset, is_near = NEAR[rule]
    accepted = _contradicting()[0].store.accepted
    assert any(is_near(row, month) for (name, month), rows in accepted.items() if name == dataset for row in rows)


def test_people_are_on_two_lists_that_do_not_contradict_each_other() -> None:
    assert any(set(rows) == {"低保", "特困"} for month in _contradicting() for rows in civil_lists(month).values())


def test_every_indicator_counts_something() -> None:
    months = built(random_world(of_indicators.COMPLETE, of_indicators.RUN, of_indicators.DELIVERED), of_indicators.RUN)
    rows = [r for r in indicator_marts(months)["rural_indicators"] if r["level"] == "district"]
    counted = {r["indicator_code"] for r in rows if r["numerator"] or r["denominator"]}
    assert counted == {i["code"] for i in seed("indicators")}
    reasons: set[Any] = {r.get("reason") for r in rows}
    assert "本月类别方案无此类别" in reasons
    assert any(str(reason).startswith("未填报:") for reason in reasons)
