"""Every table of the sample district, as its offices write it and as a database and an interface hand it out."""

from __future__ import annotations

import polars as pl
import pytest

from sample import write_district
from sample.delivery import BROKEN_LIST
from sources.conforming.context import Context
from sources.contracts.model import Dataset
from sources.divisions import vintage_of
from sources.home import Home
from sources.intake import Intake
from sources.landing.deliveries import DatasetDelivery
from sources.months import Month
from tests.district import DIVISIONS
from tests.unit.sources.builder import CONTEXT, CONTRACTS, MONTH, conform, json_lines_file, lenient, parquet_file
from tests.worlds.typed import as_typed

JANUARY = Month(2026, 1)
"""The month with the tables that came with 2026."""
CONTEXTS = {MONTH: CONTEXT, JANUARY: Context(JANUARY, vintage_of(DIVISIONS, JANUARY))}
ALL = [
    *((d, MONTH) for d in CONTRACTS.datasets if d.is_due(MONTH) and not d.is_expected_once_received),
    *((d, JANUARY) for d in CONTRACTS.datasets if d.is_expected_once_received),
]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, Month], DatasetDelivery]:
    """The first delivery of each table, in months with the tables of a quarter."""
    found = {}
    for month in CONTEXTS:
        home = Home(tmp_path_factory.mktemp("sample") / "home")
        write_district(home.inbox, 220, [month.shift(-1), month], 7, DIVISIONS)
        intake = Intake(home, month, lenient, DIVISIONS)
        for department in CONTRACTS:
            intake.land(department)
        found |= {(name, month): of[0] for d in CONTRACTS for name, of in intake.recognised(d).deliveries.items()}
    return found


@pytest.mark.parametrize(
    ("dataset", "month"), [(d, m) for d, m in ALL if d.name != BROKEN_LIST], ids=lambda x: getattr(x, "name", str(x))
)
def test_typed_rows_have_the_values_of_the_files_cell_by_cell(
    dataset: Dataset, month: Month, delivered: dict[tuple[str, Month], DatasetDelivery]
) -> None:
    files, context = delivered[dataset.name, month].files, CONTEXTS[month]
    expected = _good(dataset, context, *[f.content() for f in files])
    assert not expected.is_empty()
    rows = as_typed(files, dataset, context)
    for write in (parquet_file, json_lines_file):
        found = _good(dataset, context, write(rows))
        assert found.schema == expected.schema
        assert found.equals(expected)


def _good(dataset: Dataset, context: Context, *files: bytes) -> pl.DataFrame:
    """The values of the accepted rows without an error, in their order."""
    rows = conform(dataset, *files, context=context).rows
    good = rows.filter(pl.col("row_state") == "accepted", pl.col("row_error").is_null())
    return good.select(c.name for c in dataset.columns)
