"""A month taken in, and what is looked at afterwards.

Belongs here: files of household incomes, and short views of what the intake wrote. Does not belong here: expectations.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from sources.acceptance.outcome import DatasetOutcome
from sources.contracts.model import Dataset
from sources.home import Home
from sources.months import Month
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk, csv_file, row, table

INCOME = CONTRACTS.dataset("household_income")
NAME = "收入监测.csv"


def income_file(*numbers: int, dataset: Dataset = INCOME, **cells: Any) -> bytes:
    return csv_file(table(dataset, [row(dataset, n, **cells) for n in numbers]))


BAD = income_file(*range(50, 60), wage_income="x")
"""A file that the gate rejects."""


def accepted_rows(home: Home, dataset: Dataset = INCOME, month: Month = MONTH) -> pl.DataFrame:
    return pl.read_parquet(home.accepted(dataset, month) / "rows.parquet")


def codes_in_force(desk: Desk, dataset: Dataset = INCOME) -> list[str]:
    path = desk.home.identities(dataset, MONTH) / "rows.parquet"
    return sorted(pl.read_parquet(path)["identity__household_code"])


def balance_rows(outcome: DatasetOutcome) -> list[tuple[Any, ...]]:
    columns = ["delivery_no", "file_name", "is_in_force", "is_current", "rows_in_file"]
    columns += ["rows_accepted", "rows_quarantined", "rows_duplicate", "rows_superseded"]
    return outcome.ledger.select(columns).rows()


def is_balanced(outcome: DatasetOutcome) -> bool:
    b = outcome.ledger
    total = b["rows_accepted"] + b["rows_quarantined"] + b["rows_duplicate"] + b["rows_superseded"]
    return bool((b["rows_in_file"] == total).all()) and b.select("delivery_no", "file_name").is_unique().all()
