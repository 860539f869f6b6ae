"""The sample district on the departments' desks: the same figures as in a run of the month."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from expectations.gate import judge
from sources.checking import Desk
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.intake import Intake
from tests.unit.sample.conftest import MONTHS, Sample
from tests.unit.sources.builder import landed

FIRST = MONTHS[0]
COUNTS = ["dataset", "file_name", "file_sha256", "rows_in_file", "rows_accepted", "rows_quarantined", "rows_duplicate"]


@pytest.mark.parametrize("department", load_contracts())
def test_a_check_counts_and_judges_as_the_run_does(
    sample: Sample, divisions: pl.DataFrame, department: str, tmp_path: Path
) -> None:
    folder = sample.inbox / department / str(FIRST)
    files = [p for p in folder.rglob("*") if p.is_file() and not p.relative_to(folder).parts[0].startswith("r")]
    checked = Desk(load_contracts()[department], judge, divisions, 15.0).check(FIRST, files)

    locations = {name: sample.inbox / name for name in load_contracts()}
    intake = landed(Intake(Home(tmp_path), FIRST, judge, divisions, locations=locations))
    intake.take(intake.contracts.dataset("household_register"))
    outcomes = [o for d in intake.contracts[department].datasets if (o := intake.take(d)).deliveries]
    assert len(checked.tables) == len(outcomes) >= 3
    for table, run in zip(checked.tables, outcomes, strict=True):
        first = run.ledger.filter(delivery_no=1)
        if len(run.deliveries) == 1:
            assert table.outcome.ledger.select(COUNTS).equals(first.select(COUNTS))
            assert totals(table.candidate.rows, table.dataset) == accepted_totals(intake.home, table.dataset)
        assert failed(table.outcome.deliveries[0]) == failed(run.deliveries[0])
        assert [n.message for n in table.outcome.notices] == [n.message for n in run.notices]


def failed(delivery) -> list[tuple[str, str]]:
    return [(r.name, r.observed) for r in delivery.verdict.results if not r.passed]


def totals(rows: pl.DataFrame, dataset) -> dict[str, object]:
    return {c.name: rows[c.name].sum() for c in dataset.numeric_columns}


def accepted_totals(home: Home, dataset) -> dict[str, object]:
    from sources import parquet

    return totals(parquet.read(home.accepted(dataset, FIRST) / "rows.parquet"), dataset)
