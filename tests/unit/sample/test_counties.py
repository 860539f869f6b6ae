"""The sample in counties of each kind: each real town has households on the register that its clerks write."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from expectations.gate import judge
from sample.delivery import Inbox, Round
from sample.district import found_district
from sample.months import Calendar
from sources import national
from sources.contracts.model import load_contracts
from sources.divisions import in_force
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from tests.counties import KINDS, drawn

MONTHS = [Month(2021, 5), Month(2021, 6)]
"""The register of the last month is a draft, which is corrected."""
CONTRACTS = load_contracts()
REGISTER = CONTRACTS.dataset("household_register")


@pytest.mark.parametrize("code", drawn(len(KINDS)))
def test_every_real_town_of_a_county_has_households(code: str, tmp_path: Path) -> None:
    divisions, home = national.county(code), Home(tmp_path / "home")
    district = found_district(1, 200, Calendar.of(MONTHS), divisions)
    Round(district, CONTRACTS, Inbox(home.inbox), 0).hand_over(REGISTER)
    intake = Intake(home, MONTHS[0], judge, divisions)
    intake.land(REGISTER.department)
    outcome = intake.take(REGISTER)
    failed = [r.message for d in outcome.deliveries for r in d.verdict.results if not r.passed]
    assert (outcome.status, failed) == ("accepted", [])
    rows = pl.read_parquet(home.accepted(REGISTER, MONTHS[0]) / "rows.parquet", glob=False)
    real = in_force(divisions, MONTHS[0]).filter(pl.col("kind") != "virtual")
    assert set(rows["town_code"]) >= set(real["town_code"])
