"""A small sample of three months, written once, and the district behind it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from sample import SampleSummary, write_district
from sample.district import District, found_district
from sample.months import Calendar
from sources.months import Month
from tests.district import DIVISIONS

MONTHS = (Month(2021, 4), Month(2021, 5), Month(2021, 6))
HOUSEHOLDS, SEED = 200, 7


@dataclass(frozen=True)
class Sample:
    inbox: Path
    summary: SampleSummary


@pytest.fixture(scope="session")
def divisions() -> pl.DataFrame:
    return DIVISIONS


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    inbox = tmp_path_factory.mktemp("sample") / "inbox"
    return Sample(inbox, write_district(inbox, HOUSEHOLDS, MONTHS, SEED, DIVISIONS))


@pytest.fixture(scope="session")
def district() -> District:
    """The district behind ``sample``: the same arguments draw the same people."""
    return found_district(SEED, HOUSEHOLDS, Calendar.of(MONTHS), DIVISIONS)


@pytest.fixture(scope="session")
def large_district() -> District:
    """Enough people to look at their structure."""
    return found_district(3, 5000, Calendar.of(MONTHS), DIVISIONS)
