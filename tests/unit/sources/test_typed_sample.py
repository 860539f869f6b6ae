"""Every table of the sample district, as its offices write it and as a database and an interface hand it out."""

from __future__ import annotations

import polars as pl
import pytest

from sample import write_district
from sample.delivery import BROKEN_LIST
from sources.contracts.model import Dataset
from sources.home import Home
from sources.intake import Intake
from sources.landing.deliveries import DatasetDelivery
from tests.paths import DIVISIONS
from tests.unit.sources.builder import CONTEXT, CONTRACTS, MONTH, conform, json_lines_file, lenient, parquet_file
from tests.worlds.typed import as_typed

# The sample of 2021 has no table that came with 2026.
ALL = [d for d in CONTRACTS.datasets if d.is_due(MONTH) and not d.is_expected_once_received and d.name != BROKEN_LIST]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DatasetDelivery]:
    """The first delivery of each table, in a month with the tables of a quarter."""
    home = Home(tmp_path_factory.mktemp("sample") / "home")
    write_district(home.inbox, 170, [MONTH.shift(-1), MONTH], 7, DIVISIONS)
    intake = Intake(home, MONTH, lenient, DIVISIONS)
    for department in CONTRACTS:
        intake.land(department)
    return {name: of[0] for d in CONTRACTS for name, of in intake.recognised(d).deliveries.items()}


@pytest.mark.parametrize("dataset", ALL, ids=lambda d: d.name)
def test_typed_rows_have_the_values_of_the_files_cell_by_cell(
    dataset: Dataset, delivered: dict[str, DatasetDelivery]
) -> None:
    files = delivered[dataset.name].files
    expected = _good(dataset, *[f.content() for f in files])
    assert not expected.is_empty()
    rows = as_typed(files, dataset, CONTEXT)
    for write in (parquet_file, json_lines_file):
        found = _good(dataset, write(rows))
        assert found.schema == expected.schema
        assert found.equals(expected)


def _good(dataset: Dataset, *files: bytes) -> pl.DataFrame:
    """The values of the accepted rows without an error, in their order."""
    rows = conform(dataset, *files).rows
    good = rows.filter(pl.col("row_state") == "accepted", pl.col("row_error").is_null())
    return good.select(c.name for c in dataset.columns)
