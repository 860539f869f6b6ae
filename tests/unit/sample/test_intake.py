"""A sample through the real intake and the real gate: what is counted and judged is what was planted."""

from __future__ import annotations

import polars as pl
import pytest

from expectations.gate import judge
from sources.acceptance.outcome import DatasetOutcome
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.intake import Intake
from sources.notice import Notice
from tests.unit.sample.conftest import MONTHS, Sample
from tests.unit.sources.builder import landed

LAST = MONTHS[-1]


@pytest.fixture(scope="module")
def intake(sample: Sample, divisions: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """The intake of the last month."""
    locations = {name: sample.inbox / name for name in load_contracts()}
    return landed(Intake(Home(tmp_path_factory.mktemp("home")), LAST, judge, divisions, locations=locations))


@pytest.fixture(scope="module")
def notices(intake: Intake) -> tuple[Notice, ...]:
    return intake.notices()


@pytest.fixture(scope="module")
def outcomes(intake: Intake, notices: tuple[Notice, ...]) -> list[DatasetOutcome]:
    return [intake.take(dataset) for dataset in intake.contracts.datasets]


def test_the_gate_rejects_what_must_be_rejected_and_nothing_else(
    sample: Sample, outcomes: list[DatasetOutcome]
) -> None:
    rejected = {(o.dataset.name, d.delivery_no) for o in outcomes for d in o.deliveries if not d.is_admissible}
    assert rejected == {(r.dataset, r.delivery_no) for r in sample.summary.rejected}
    in_force = {o.dataset.name for o in outcomes if o.is_in_force}
    assert {o.dataset.name for o in outcomes if o.deliveries} - in_force == {"employment_incentives"}


def test_every_file_balances_as_planted(sample: Sample, outcomes: list[DatasetOutcome]) -> None:
    rejected = {(r.dataset, r.delivery_no) for r in sample.summary.rejected}
    wanted = {
        (p.dataset, f.delivery_no, p.path): (p.rows, p.duplicates, p.quarantined)
        for f in sample.summary.filed
        for p in [f.paper]
        if f.month == LAST and (p.dataset, f.delivery_no) not in rejected
    }
    balance = pl.concat([o.ledger for o in outcomes])
    found = {
        (row["dataset"], row["delivery_no"], row["file_name"]): (
            row["rows_in_file"], row["rows_duplicate"], row["rows_quarantined"],
        )
        for row in balance.iter_rows(named=True)
        if (row["dataset"], row["delivery_no"]) not in rejected
    }  # fmt: skip
    assert found == wanted


def test_printed_totals_agree_but_for_the_wrong_one(outcomes: list[DatasetOutcome]) -> None:
    totals = {o.dataset.name: set(o.ledger["printed_total_rows"]) for o in outcomes}
    assert {name for name, states in totals.items() if "failed" in states} == {"industry_support_payments"}
    assert sum("passed" in states for states in totals.values()) >= 5


def test_files_of_no_table_are_reported(sample: Sample, notices: tuple[Notice, ...]) -> None:
    strays = [path.split("/") for path in sample.summary.unrecognised]
    assert {(n.department, n.file_name) for n in notices} == {(parts[0], parts[-1]) for parts in strays}


def test_the_correction_replaces_its_town(sample: Sample, outcomes: list[DatasetOutcome], intake: Intake) -> None:
    register = next(o for o in outcomes if o.dataset.name == "household_register")
    assert register.ledger["rows_superseded"].sum() > 0
    rows = pl.read_parquet(intake.home.accepted(register.dataset, LAST) / "rows.parquet")
    town = rows.filter(pl.col("town_code") == sample.summary.corrected_town)
    assert set(town["delivery_no"]) == {2}
    assert set(rows.filter(pl.col("town_code") != sample.summary.corrected_town)["delivery_no"]) == {1}
    assert town["housing_grade"].n_unique() > 1


def test_no_delivery_warns_of_its_headers(outcomes: list[DatasetOutcome]) -> None:
    """Columns that clerks add are declared in the contracts; drift is not planted."""
    results = [r for o in outcomes for d in o.deliveries for r in d.verdict.results if r.name == "unknown_headers"]
    assert len(results) > 20
    assert [r.message for r in results if not r.passed] == []
