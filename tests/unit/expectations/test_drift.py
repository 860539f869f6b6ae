"""The gate's minimum about a delivery in time, at its edges (semantics §4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from expectations.gate import expectations_of, judge
from sources.profiling.profile import ExpectationResult, MonthProfile
from tests.unit.expectations.builder import AFTER_MONTH, BEFORE_MONTH, CONTRACTS, IN_MONTH, TOWNS, delivery


def in_time(
    dataset: str, name: str, now: MonthProfile, before: MonthProfile | None, **fields: Any
) -> ExpectationResult:
    profile = delivery(dataset, candidate=now, previous=before, **fields)
    return next(f for f in judge(profile).results if f.name == name)


@pytest.mark.parametrize(
    ("before", "now", "passed"),
    [
        (100, 50, True),
        (100, 49, False),
        (100, 200, True),
        (100, 201, False),
        (50, 24, False),
        (49, 1, True),
        (49, 1_000, True),
    ],
)
def test_rows_against_the_month_before(before: int, now: int, passed: bool) -> None:
    result = in_time("household_income", "rows_ratio", MonthProfile(now), MonthProfile(before))
    assert (result.passed, result.severity) == (passed, "critical")
    assert ("rows_ratio" in result.metrics) == (before >= 50)


def test_the_first_month_is_compared_with_nothing() -> None:
    verdict = judge(delivery("household_register"))
    assert verdict.is_admissible
    observed = {f.name: f.observed for f in verdict.results}
    assert observed["rows_ratio"] == observed["missing_towns"] == "此前没有接收过的月份"


@pytest.mark.parametrize(
    ("warn_pct", "now", "passed"),
    [(15.0, 115, True), (15.0, 116, False), (15.0, 85, True), (15.0, 84, False), (16.0, 84, True)],
)
def test_the_warn_band_is_the_policy_parameter(warn_pct: float, now: int, passed: bool) -> None:
    result = in_time(
        "household_income", "row_change_pct", MonthProfile(now), MonthProfile(100), row_count_change_warn_pct=warn_pct
    )
    assert (result.passed, result.severity) == (passed, "warning")
    assert result.expected == f"不超过 {warn_pct:g}%"
    assert result.metrics["row_change_pct"] == now - 100


def test_the_warn_band_holds_for_small_snapshots_too() -> None:
    assert not in_time("household_income", "row_change_pct", MonthProfile(14), MonthProfile(10)).passed
    assert in_time("household_income", "row_change_pct", MonthProfile(14), MonthProfile(0)).passed


def test_increments_may_have_any_number_of_rows() -> None:
    names = {e.name for e in expectations_of(CONTRACTS.dataset("medical_settlements"))}
    assert not names & {"rows_ratio", "row_change_pct"}


ONE, OTHER = sorted(TOWNS)[:2]


@pytest.mark.parametrize(
    ("former", "now", "confirmed", "passed"),
    [
        (None, {ONE}, False, True),
        ({ONE}, {ONE, OTHER}, False, True),
        ({ONE, OTHER}, {ONE}, False, False),
        ({ONE, OTHER}, set(), False, False),
        ({ONE, OTHER}, {ONE}, True, True),
        (set(), {ONE}, False, True),
    ],
)
def test_a_redelivery_has_the_towns_of_the_delivery_before(
    former: set[str] | None, now: set[str], confirmed: bool, passed: bool
) -> None:
    profile = delivery(
        "household_register",
        columns={"town_code": [*now] or None},
        candidate=MonthProfile(100, frozenset(now)),
        former_towns=None if former is None else frozenset(former),
        is_confirmed=confirmed,
    )
    result = next(r for r in judge(profile).results if r.name == "dropped_towns")
    assert (result.passed, result.severity) == (passed, "critical")
    if not passed:
        assert OTHER in result.message
        assert "mode: replace_towns" in result.message


def test_only_snapshots_with_towns_are_held_to_them() -> None:
    held = {d.name for d in CONTRACTS.datasets if "dropped_towns" in {e.name for e in expectations_of(d)}}
    assert held == {
        d.name for d in CONTRACTS.datasets if d.extract_mode == "snapshot" and any(c.kind == "town" for c in d.columns)
    }


def test_every_table_is_held_to_a_base_and_those_that_are_never_empty_to_all_towns() -> None:
    names = {d.name: {e.name for e in expectations_of(d)} for d in CONTRACTS.datasets}
    assert all("replaced_base" in found for found in names.values())
    whole = {name for name, found in names.items() if "absent_towns" in found}
    assert {"household_register", "subsistence_allowance", "rural_roads"} <= whole
    assert not whole & {"extreme_poverty_support", "project_assets", "temporary_assistance"}


def test_some_towns_need_a_base() -> None:
    result = next(r for r in judge(delivery("rural_roads", has_base=False)).results if r.name == "replaced_base")
    assert (result.passed, result.severity, result.metrics) == (False, "critical", {"replaced_base": 1})


def test_towns_of_the_month_without_a_row() -> None:
    towns = {code: f"镇{code[-1]}" for code in TOWNS}
    one = MonthProfile(100, frozenset(list(towns)[1:]))
    absent = next(
        r for r in judge(delivery("rural_roads", candidate=one, real_towns=towns)).results if r.name == "absent_towns"
    )
    assert (absent.passed, absent.severity, absent.metrics) == (False, "warning", {"absent_towns": 1})
    assert next(iter(towns.values())) in absent.message


def test_towns_of_the_month_before() -> None:
    one, both = MonthProfile(100, frozenset({"441802101"})), MonthProfile(100, TOWNS)
    assert in_time("household_register", "missing_towns", both, one).passed
    missing = in_time("household_register", "missing_towns", one, both)
    assert (missing.passed, missing.severity, missing.metrics) == (False, "warning", {"missing_towns": 1})


@pytest.mark.parametrize(
    ("before", "now", "passed"),
    [
        (100.0, 1_000.0, True),
        (100.0, 1_000.1, False),
        (100.0, 10.0, True),
        (100.0, 9.99, False),
        (0.3, 3.0000000000000004, True),  # the same sum as a double
        (100.0, 0.0, False),
        (0.0, 100.0, True),
        (100.0, -100.0, False),
    ],
)
def test_totals_within_a_factor_of_ten(before: float, now: float, passed: bool) -> None:
    old, new = (MonthProfile(100, totals={"amount": t}) for t in (before, now))
    result = in_time("consumption_support", "amount_total_ratio", new, old)
    assert (result.passed, result.severity) == (passed, "warning")


def test_totals_of_an_empty_month_are_not_compared() -> None:
    old = MonthProfile(100, totals={"amount": 5.0})
    assert in_time("consumption_support", "amount_total_ratio", MonthProfile(0), old).passed


def test_years_are_no_quantities() -> None:
    names = {e.name for e in expectations_of(CONTRACTS.dataset("support_funds"))}
    assert {n for n in names if n.endswith("_total_ratio")} == {
        f"{name}_total_ratio" for name in ("allocated", "spent", "industry_allocated")
    }


@pytest.mark.parametrize(
    ("dates", "passed"),
    [
        ([BEFORE_MONTH], False),
        ([AFTER_MONTH], False),
        ([BEFORE_MONTH] * 99 + [dt.date(2021, 6, 1)], True),
        ([AFTER_MONTH] * 99 + [dt.date(2021, 6, 30)], True),
        ([None], True),
        ([None] * 99 + [BEFORE_MONTH], False),
    ],
)
def test_dates_of_an_increment_not_all_outside_the_month(dates: list[dt.date | None], passed: bool) -> None:
    profile = delivery("medical_settlements", columns={"event_date": dates})
    result = next(f for f in judge(profile).results if f.name == "dates_in_month")
    assert (result.passed, result.severity) == (passed, "critical")


def test_dates_of_quarantined_rows_count() -> None:
    profile = delivery(
        "deaths",
        columns={"event_date": [IN_MONTH] + [BEFORE_MONTH] * 99},
        states=["quarantined"] + ["accepted"] * 99,
    )
    assert judge(profile).is_admissible


def test_printed_totals() -> None:
    agreeing = {f.name: f for f in judge(delivery("rural_roads", printed_totals_checked=3)).results}
    assert agreeing["printed_totals_failed"].passed
    without = {f.name: f for f in judge(delivery("rural_roads")).results}
    assert without["printed_totals_failed"].metrics == {}


def test_a_table_of_meetings_may_hold_late_rows_only() -> None:
    columns = {"held_on": BEFORE_MONTH}
    results = {f.name: f for f in judge(delivery("joint_meetings", columns=columns)).results}
    assert (results["dates_in_month"].passed, results["dates_in_month"].severity) == (False, "warning")
    assert not any(f.severity == "critical" and not f.passed for f in results.values())
