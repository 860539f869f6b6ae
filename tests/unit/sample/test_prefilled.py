"""Prefilled templates of the sample district: delivered unchanged, they are accepted with the same values."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from expectations.gate import judge
from sources import parquet
from sources.contracts.model import Dataset, load_contracts
from sources.contracts.row_schema import LINEAGE
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from tests.unit.sample.conftest import MONTHS, Sample
from tests.unit.sources.builder import landed
from workbooks.prefilled import earlier_month, write_prefilled

FIRST, SECOND = MONTHS[:2]


def take(home: Home, month: Month, divisions: Path, locations: dict[str, Path]):
    intake = landed(Intake(home, month, judge, divisions, locations=locations))
    return [o for dataset in intake.contracts.datasets if (o := intake.take(dataset)).deliveries]


def rows(home: Home, dataset: Dataset, month: Month) -> pl.DataFrame:
    """Accepted rows and identities without their lineage."""
    frames = [parquet.read(home.accepted(dataset, month) / "rows.parquet")]
    identities = home.identities(dataset, month) / "rows.parquet"
    frames += [parquet.read(identities).select("^identity__.*$")] if identities.exists() else []
    return pl.concat(frames, how="horizontal").drop(c.name for c in LINEAGE)


@pytest.fixture(scope="module")
def home(sample: Sample, divisions: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that has taken in the first month, with the prefilled templates for the second in its inbox."""
    home = Home(tmp_path_factory.mktemp("home"))
    take(home, FIRST, divisions, {name: sample.inbox / name for name in load_contracts()})
    for department in load_contracts().values():
        for path in write_prefilled(home, department, SECOND, divisions):
            target = home.inbox / department.name / str(SECOND) / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return home


def test_unchanged_rows_come_back_with_the_same_values(home: Home, divisions: Path) -> None:
    outcomes = take(home, SECOND, divisions, {})
    assert {o.dataset.name for o in outcomes} == {d.name for d in load_contracts().datasets}
    begun = [o for o in outcomes if not o.dataset.is_expected_once_received]
    assert len(begun) == 31
    filled = 0
    for outcome in begun:
        dataset = outcome.dataset
        assert outcome.status == "accepted", dataset.name
        assert [n.message for n in outcome.notices if n.severity != "info"] == [], dataset.name
        assert outcome.ledger["rows_quarantined"].sum() == outcome.ledger["rows_duplicate"].sum() == 0, dataset.name
        if earlier_month(home, dataset, SECOND):
            filled += outcome.ledger["rows_accepted"].sum()
            assert rows(home, dataset, SECOND).equals(rows(home, dataset, FIRST)), dataset.name
        else:
            assert outcome.rows_read == 0, dataset.name
    assert filled > 2000
