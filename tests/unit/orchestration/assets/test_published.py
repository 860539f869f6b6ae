"""A restated month names its own changes, and those of the run where it has none."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from orchestration.assets.published import _causes
from orchestration.publishing.restate import NO_DELIVERY
from sources.acceptance.provenance import building, inputs_of, keep_input, publish_built
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.months import Month

MAY, JUNE, JULY = Month(2021, 5), Month(2021, 6), Month(2021, 7)
CONTRACTS = load_contracts()
INCOME = CONTRACTS.dataset("household_income")


def test_each_restated_month_names_what_changed_for_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()

    def accept(month: Month, *files: str) -> None:
        numbers = list(range(1, len(files) + 1))
        ledger = pl.DataFrame({"delivery_no": numbers, "file_sha256": files, "is_in_force": [True] * len(files)})
        keep_input(home, INCOME, month, files[-1], ledger)

    def told(month: Month) -> str:
        return _causes(home, CONTRACTS, JULY, str(month), "")

    for month in (MAY, JUNE, JULY):
        accept(month, "a")
    for month in (MAY, JUNE, JULY):
        with building(home, month, inputs_of(home, CONTRACTS, month)):
            pass
    publish_built(home)
    assert told(MAY) == NO_DELIVERY
    accept(JUNE, "a", "b")
    accept(JULY, "a", "b")
    assert told(JUNE) == f"{INCOME.label} 2021-06 第 2 批"
    assert told(JULY) == f"{INCOME.label} 2021-06 第 2 批、{INCOME.label} 2021-07 第 2 批"
    assert told(MAY) == told(JULY), "what July closes was opened in May"
