"""``shouwang trace`` finds the rows behind an indicator of any month, and leaves the warehouse alone."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.running import shouwang
from tests.pipeline.test_partial_runs import JUNE, MAY, Office

pytestmark = pytest.mark.usefixtures("parsed")

MONTHS = "monitoring.reconciliation_months@441802"


def _rows(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["rows"]
    return rows


def _bytes(office: Office) -> str:
    return hashlib.sha256(office.settings.warehouse_file.read_bytes()).hexdigest()


def test_an_indicator_of_the_month_before_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(tmp_path / "home", monkeypatch)
    office.deliver_register(month=MAY)
    office.deliver_register()
    for month in (MAY, JUNE):
        assert office.materialise(month=month).success
    before = _bytes(office)
    left = office.home.apart / "0" / "left"
    left.parent.mkdir(parents=True)
    left.touch()

    # May is not the month built last: its rows are computed again, from the register of that month.
    assert shouwang({}, "trace", f"{MONTHS}@{MAY}", "--out", str(tmp_path / "may.json")).returncode == 0
    rows = _rows(tmp_path / "may.json")
    assert [(r["role"], r["dataset"], r["month"], r["row_number"]) for r in rows if r["n"]] == [
        ("numerator", "household_register", "2021-05", 2)
    ]
    assert [r["month"] for r in rows if r["d"]] == [f"2021-0{n}" for n in range(1, 6)]
    assert shouwang({}, "trace", f"{MONTHS}@{JUNE}", "--with-identities").returncode == 0
    assert (office.home.outbox / "traces" / f"{MONTHS}@{JUNE}.xlsx").stat().st_mode & 0o777 == 0o600
    assert (_bytes(office), office.home.apart.exists()) == (before, False)

    assert shouwang({}, "trace", f"{MONTHS}@2021-04").returncode == 2
    office.deliver_register(month=MAY, folder="r2", households=31)
    assert office.materialise("landing/agriculture", "agriculture/household_register", month=MAY).success
    refused = shouwang({}, "trace", f"{MONTHS}@{MAY}")
    assert refused.returncode == 3
    assert "《农户基础信息名册》2021-05" in refused.stderr
