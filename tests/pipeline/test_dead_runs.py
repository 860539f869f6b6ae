"""A killed run blocks nothing: the next one succeeds, with the real daemon."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from dagster import DagsterRunStatus, RunsFilter

from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.changes import changed_months
from sources.landing.places import places_of
from sources.months import Month
from tests.pipeline.web import Web, until, web
from tests.unit.sources.builder import Desk, csv_file, row, table

JUNE = Month(2021, 6)
CONTRACTS = load_contracts()
REGISTER = CONTRACTS.dataset("household_register")


def deliver(home: Home, folder: str = "", households: int = 30, month: Month = JUNE) -> None:
    """Put a register into the inbox."""
    rows = csv_file(table(REGISTER, [row(REGISTER, n) for n in range(households)]))
    Desk(home).put(REGISTER, f"{REGISTER.label}.csv", rows, month, folder)


def run_of_the_sensor(opened: Web) -> str:
    """Switch ``new_deliveries`` on until it requests a run, with the cursor of a former look; return the run's id."""
    home = opened.settings.paths
    of_sensor = RunsFilter(tags={"dagster/sensor_name": "new_deliveries"})
    before = {run.run_id for run in opened.opened.get_runs(of_sensor)}
    found = changed_months(home, places_of(home, CONTRACTS, {}), [JUNE])
    opened.switch_on("new_deliveries", json.dumps({str(month): digest for month, digest in found.items()}))
    new = until(lambda: [r.run_id for r in opened.opened.get_runs(of_sensor) if r.run_id not in before], "new run")
    opened.switch_off("new_deliveries")
    return new[0]


def test_a_killed_run_of_the_web_page_is_followed_by_one_of_a_sensor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    settings = Settings()
    instance.prepare(settings)
    deliver(settings.paths)
    with web(settings) as opened:
        killed = opened.launch(str(JUNE))
        opened.wait_for_step(killed, "dbt")
        os.kill(opened.worker(killed), signal.SIGKILL)
        deliver(settings.paths, "r2", 40)
        following = run_of_the_sensor(opened)
        assert opened.wait_for_end(following).status == DagsterRunStatus.SUCCESS
        assert opened.run(killed).status == DagsterRunStatus.FAILURE
    assert (settings.paths.published / "marts.duckdb").exists()
