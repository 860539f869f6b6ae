"""Planted cases: the flags that the independent oracle finds in the files are exactly those that were planted."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from pathlib import Path

import pytest

from tests.oracle.risk.marts import compute
from tests.unit.sample.conftest import MONTHS, Sample

SECRET = "a secret of this test"
RULES = {
    "INC-01", "INC-02", "MED-01", "MED-02", "MED-03", "MED-04", "EMP-01",
    "CIV-01", "CIV-02", "CIV-03", "CIV-04", "HOU-01", "WAT-01", "EDU-01",
}  # fmt: skip
NEEDED = {
    "household_register", "household_income", "monitored_households", "medical_settlements",
    "medical_insurance_enrolment", "serious_illness", "employment_monitoring", "unemployment_registration",
    "subsistence_allowance", "extreme_poverty_support", "disability_subsidies", "deaths", "temporary_assistance",
}  # fmt: skip


def _household_key(code: str) -> str:
    return hmac.new(SECRET.encode(), f"household:{code}".encode(), hashlib.sha256).hexdigest()


@pytest.fixture(scope="module")
def flags(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Rules by household key in the last month, from the files of the rules' tables alone."""
    inbox = tmp_path_factory.mktemp("cases") / "inbox"
    shutil.copytree(sample.inbox, inbox)
    for filed in sample.summary.filed:
        if filed.paper.dataset not in NEEDED:
            (inbox / filed.department / str(filed.month) / filed.paper.path).unlink()
    found: dict[str, set[str]] = {}
    for flag in compute(inbox, SECRET, [str(m) for m in MONTHS])["household_risk_flags"]:
        if flag["month"] == MONTHS[-1].first_day:
            found.setdefault(flag["household_key"], set()).add(flag["rule_code"])
    return found


def test_planted_households_have_exactly_their_flags(sample: Sample, flags: dict[str, set[str]]) -> None:
    wanted = {c.note: set(c.fires) for c in sample.summary.cases}
    found = {c.note: flags.get(_household_key(c.household_code), set()) for c in sample.summary.cases}
    assert found == wanted


def test_every_rule_fires_and_is_narrowly_missed(sample: Sample) -> None:
    assert sample.summary.must_fire.keys() == RULES
    assert sample.summary.must_not_fire.keys() == RULES
    codes = {c.household_code for c in sample.summary.cases}
    assert len(codes) == len(sample.summary.cases)


def test_the_drawn_households_stay_mostly_unflagged(sample: Sample, flags: dict[str, set[str]]) -> None:
    planted = {_household_key(c.household_code) for c in sample.summary.cases}
    others = [key for key in flags if key not in planted]
    assert len(others) < 0.3 * (sample.summary.households - len(planted))


def test_papers_say_what_is_wrong(sample: Sample, tmp_path: Path) -> None:
    sound = [f.paper for f in sample.summary.filed]
    assert {"duplicate_key", "id_check_digit", "id_length", "not_in_list", "required_missing"} <= {
        code for paper in sound for code in paper.mistakes
    }
    assert all(p.quarantined + p.duplicates <= max(1, 0.03 * p.rows) for p in sound)
