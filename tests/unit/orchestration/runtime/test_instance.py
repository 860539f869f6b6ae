"""A prepared process makes files for its owner only, and no memory image when it crashes; its runs print little."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from dagster import AssetExecutionContext, DagsterEventType, asset, materialize

from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from tests.paths import ROOT

PROGRAM = """
import subprocess, sys
from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
instance.prepare(Settings())
child = "import os, resource; print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE)[0])"
print(subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True).stdout)
"""


def test_what_a_run_starts_is_closed_as_well(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "SHOUWANG_HOME": str(tmp_path / "home")},
        cwd=ROOT,
        umask=0,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0o77", "0"]
    assert (tmp_path / "home" / "dagster" / "dagster.yaml").stat().st_mode & 0o777 == 0o600


@asset
def told() -> None:
    """Tell something."""
    AssetExecutionContext.get().log.info("for people")


def test_a_run_prints_no_events_and_keeps_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What it prints is in the journal of the service that started it."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    settings = Settings(home=tmp_path / "home")
    instance.prepare(settings)
    with instance.open_instance(settings) as opened:
        run_id = materialize([told], instance=opened).run_id
        kept = {event.dagster_event_type for event in opened.all_logs(run_id)}
    printed = capfd.readouterr().err
    assert "for people" in printed
    assert "DEBUG" not in printed
    assert {DagsterEventType.STEP_START, DagsterEventType.RUN_SUCCESS} <= kept
