"""Nobody owes a new table before it was delivered for the first time."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from sources.acceptance.expected import awaits_first_delivery, is_expected
from sources.contracts.model import Dataset
from sources.contracts.row_schema import LEDGER_FILE
from sources.months import Month
from tests.unit.sources.builder import CONTRACTS, Desk

CASES, ARCHIVES, DEATHS = (CONTRACTS.dataset(n) for n in ("issue_cases", "archives", "deaths"))
FEBRUARY, MARCH, APRIL, JUNE = (Month(2026, n) for n in (2, 3, 4, 6))


def receive(desk: Desk, dataset: Dataset, month: Month, files: int = 1) -> None:
    path = desk.home.deliveries(dataset, month) / LEDGER_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"received_at": [datetime(2026, 7, 1)] * files}, schema={"received_at": pl.Datetime}).write_parquet(
        path
    )


def test_a_table_of_before_is_owed_from_the_start(desk: Desk) -> None:
    assert is_expected(desk.home, DEATHS, MARCH)


def test_a_new_table_is_owed_from_the_month_of_its_first_file(desk: Desk) -> None:
    assert awaits_first_delivery(desk.home, CASES, JUNE)
    receive(desk, CASES, MARCH)
    expected = {m: is_expected(desk.home, CASES, m) for m in (FEBRUARY, MARCH, APRIL, JUNE)}
    assert expected == {FEBRUARY: False, MARCH: True, APRIL: True, JUNE: True}
    assert not is_expected(desk.home, ARCHIVES, JUNE), "another table"


def test_the_cadence_still_counts(desk: Desk) -> None:
    receive(desk, ARCHIVES, FEBRUARY)
    assert [is_expected(desk.home, ARCHIVES, m) for m in (FEBRUARY, MARCH, APRIL, JUNE)] == [False, True, False, True]


@pytest.mark.parametrize("files", [0, 1])
def test_a_ledger_without_a_file_is_no_delivery(desk: Desk, files: int) -> None:
    receive(desk, CASES, MARCH, files)
    assert awaits_first_delivery(desk.home, CASES, MARCH) == (files == 0)
