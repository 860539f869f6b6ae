"""Defects that any table may have, with the expectations that must fail on them.

Belongs here: the made-up deliveries. Does not belong here: defects of one table (``firing_domain``), the assertion
that they are found and that no expectation is without one (``test_every_expectation_fires``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sources.contracts.model import Dataset
from sources.profiling.profile import DeliveryProfile, MonthProfile
from tests.unit.expectations.builder import AFTER_MONTH, BEFORE_MONTH, IN_MONTH, delivery


def refused(d: Dataset) -> DeliveryProfile:
    return delivery(d.name, 0, refusals=("名册.xlsx:缺少必填列“姓名”",))


def odd_sheet(d: Dataset) -> DeliveryProfile:
    return delivery(
        d.name,
        unknown_headers=("备注二",),
        unit_warnings=("标题写万元",),
        printed_totals_checked=4,
        printed_totals_failed=1,
    )


def bad_rows(d: Dataset) -> DeliveryProfile:
    columns: dict[str, Any] = {"row_error": ["duplicate_key"] + [None] * 9}
    for c in d.id_columns:
        columns[f"{c.name}__error"] = ["id_stored_as_number"] + [None] * 9
        columns[f"{c.name}__ends_with_x"] = [None] + [False] * 9
    return delivery(d.name, states=["quarantined"] + ["accepted"] * 9, columns=columns)


def sloppy_rows(d: Dataset) -> DeliveryProfile:
    columns = {
        "row_error": [None, "number_invalid"] + [None] * 8,
        "row_note": [None, "sex_contradicts_id"] + [None] * 8,
    }
    return delivery(d.name, states=["duplicate"] + ["accepted"] * 9, columns=columns)


def numeric_ids(d: Dataset) -> DeliveryProfile:
    return delivery(d.name, 600, columns={f"{c.name}__ends_with_x": False for c in d.id_columns})


def another_month(d: Dataset) -> DeliveryProfile:
    totals = {c.name: 1e9 for c in d.numeric_columns}
    return delivery(d.name, previous=MonthProfile(1_000, frozenset({"441802999"}), totals))


def part_of_the_towns(d: Dataset) -> DeliveryProfile:
    return delivery(d.name, former_towns=frozenset({"441802999"}))


def towns_of_nothing(d: Dataset) -> DeliveryProfile:
    return delivery(d.name, has_base=False, real_towns={"441802999": "某镇"})


def old_dates(d: Dataset) -> DeliveryProfile:
    return delivery(d.name, columns={"event_date": BEFORE_MONTH} if d.event_date else {})


def late_dates(d: Dataset) -> DeliveryProfile:
    return delivery(d.name, columns={"event_date": [AFTER_MONTH, IN_MONTH]} if d.event_date else {})


def _per_id(*suffixes: str) -> Callable[[Dataset], set[str]]:
    return lambda d: {f"{c.name.removesuffix('resident_id')}{s}" for c in d.id_columns for s in suffixes}


def _in_time(d: Dataset) -> set[str]:
    totals = {f"{c.name}_total_ratio" for c in d.numeric_columns if c.unit}
    return totals | {"rows_ratio", "row_change_pct", "missing_towns"}


Scenario = tuple[Callable[[Dataset], DeliveryProfile], Callable[[Dataset], set[str]]]

STANDARD: dict[str, Scenario] = {
    "refused": (refused, lambda d: {"usable_rows", "refused_files", "rows_present"}),
    "odd_sheet": (odd_sheet, lambda d: {"unknown_headers", "unit_differences", "printed_totals_failed"}),
    "bad_rows": (bad_rows, lambda d: {"accepted_share", "unique_keys_share"} | _per_id("valid_ids_share")(d)),
    "sloppy_rows": (sloppy_rows, lambda d: {"duplicate_share", "emptied_share", "contradicting_share"}),
    "numeric_ids": (numeric_ids, _per_id("x_share")),
    "another_month": (another_month, _in_time),
    "part_of_the_towns": (part_of_the_towns, lambda d: {"dropped_towns"}),
    "towns_of_nothing": (towns_of_nothing, lambda d: {"replaced_base", "absent_towns"}),
    "old_dates": (old_dates, lambda d: {"dates_in_month", "in_month_share"}),
    "late_dates": (late_dates, lambda d: {"after_month_share"}),
}
"""Defects that any dataset may have, with the expectations that must fail where the dataset has them."""
