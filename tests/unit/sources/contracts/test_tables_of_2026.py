"""The tables and columns of 2026: files of before are recognised and read as they were.

Belongs here: what a contract of today says beside one of before. Does not belong here: cells (``conforming``).
"""

from __future__ import annotations

from itertools import product

import pytest

from sources.contracts.model import Dataset, load_contracts
from sources.reading.header import fitting_datasets
from sources.text import plain
from tests.unit.sources.builder import csv_file, only_sheet, row, table

CONTRACTS = load_contracts()
NEW = {
    *("policy_instruments", "joint_meetings", "standard_designs", "project_library"),
    *("issue_cases", "archives", "low_income_edge", "rigid_expense_households", "unsupported_children"),
}
ADDED = {
    "household_register": {"policy_status"},
    "household_income": {"education_self_paid", "other_rigid_expense"},
    "verification_returns": {"enrolled_on"},
    "industry_support_payments": {"asset_no", "dividend_year"},
    "consumption_support": {"channel_place"},
    "support_funds": {"fund_purpose", "industry_allocated"},
    "project_assets": {"project_no", "fund_document_no", "published_on", "annual_dividend", "dividend_from_year"},
    "natural_villages": {
        *("design_no", "is_built_to_design", "is_county_managed_water", "water_supply_type", "water_quality_passed"),
        *("black_odorous_waters", "black_odorous_treated"),
    },
    "village_infrastructure": {"has_5g", "base_stations_5g"},
}
OLD = [d for d in CONTRACTS.datasets if d.name not in NEW]


def test_nobody_owes_a_new_table_before_its_first_delivery() -> None:
    assert {d.name for d in CONTRACTS.datasets if d.is_expected_once_received} == NEW
    assert [d.name for d in CONTRACTS.datasets if d.may_have_late_rows_only] == ["joint_meetings"]


@pytest.mark.parametrize("dataset", OLD, ids=lambda d: d.name)
def test_a_new_column_is_optional_and_the_last(dataset: Dataset) -> None:
    added = ADDED.get(dataset.name, set())
    last = dataset.columns[len(dataset.columns) - len(added) :]
    assert {c.name for c in last} == added
    assert not any(c.required or c.key_position for c in last)


@pytest.mark.parametrize(("new", "old"), list(product(sorted(NEW), OLD)), ids=lambda v: getattr(v, "name", v))
def test_no_table_of_before_can_pass_for_a_new_one(new: str, old: Dataset) -> None:
    headers = {plain(h) for c in old.columns for h in c.headers}
    assert any(not headers & {*map(plain, column.headers)} for column in CONTRACTS.dataset(new).required)


@pytest.mark.parametrize("dataset", list(CONTRACTS.datasets), ids=lambda d: d.name)
def test_headers_tell_the_table_of_a_file_without_a_name(dataset: Dataset) -> None:
    without = [c.name for c in dataset.columns if not c.required]
    sheet = only_sheet(csv_file(table(dataset, [row(dataset, n) for n in (1, 2)], skip=without)))
    ours = [d.name for d in fitting_datasets([sheet], CONTRACTS.datasets) if d.department == dataset.department]
    edge = ["low_income_edge"] if dataset.name == "rigid_expense_households" else []
    assert ours == [*edge, dataset.name]
