"""A department drops its files by SFTP: the daemon pulls them and publishes the month, and a browser shows it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from dagster import AssetCheckKey, AssetKey, DagsterRunStatus
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from orchestration.assets import labels
from orchestration.automation.sensors import open_months
from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sample import write_district
from sources.contracts.model import load_contracts
from sources.landing.settings import SETTINGS_FILE
from sources.months import Month
from tests.district import DIVISIONS
from tests.pipeline.browser import browser, chromium
from tests.pipeline.routes import Routes
from tests.pipeline.web import REPOSITORY, TOKEN, Web, until, web
from tests.servers.sftp import SftpServer

HEALTH = load_contracts()["health"]
LANDING = AssetKey(["landing", HEALTH.name])
PART = ".part"
SENSOR = {**REPOSITORY, "sensorName": "new_deliveries"}
TICKS = """
query($selector: SensorSelector!) { sensorOrError(sensorSelector: $selector) { ... on Sensor { sensorState {
  ticks(limit: 20) { status timestamp skipReason cursor runIds error { message } } } } } }
"""


@contextmanager
def client(server: SftpServer) -> Iterator[Any]:
    """A department's own client."""
    import paramiko

    with paramiko.SSHClient() as ssh:
        ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        ssh.connect(
            server.host,
            server.port,
            server.user,
            key_filename=str(server.key_file),
            allow_agent=False,
            look_for_keys=False,
        )
        yield ssh.open_sftp()


def ticks(opened: Web) -> list[dict[str, Any]]:
    """The finished ticks of the sensor, first one first."""
    found = opened.ask(TICKS, selector=SENSOR)["sensorOrError"]["sensorState"]["ticks"]
    assert not [tick for tick in found if tick["error"]], found
    return [tick for tick in reversed(found) if tick["status"] != "STARTED"]


def tick(opened: Web, number: int) -> dict[str, Any]:
    """Wait for a tick."""
    return until(lambda: ticks(opened)[number - 1 : number], f"tick {number}", pause=1)[0]


@pytest.fixture
def month() -> Month:
    """The newest month that is due: the sensor asks locations for recent months only."""
    return max(open_months(Settings(), datetime.now(ZONE)))


@pytest.fixture
def files(tmp_path: Path, month: Month, sftp: SftpServer, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The folder with the files that the department will send; the others' are in the inbox of the home."""
    home, files = tmp_path / "home", tmp_path / "department"
    write_district(home / "inbox", 160, [month], 7, DIVISIONS)
    shutil.move(home / "inbox" / HEALTH.name / str(month), files)
    there = f"{sftp.root}/{tmp_path.name}"
    routes = Routes(request, home, others={"look_every_seconds": 10, "settle_seconds": 10})
    routes.entries[HEALTH.name] = {
        "url": f"sftp://{sftp.host}:{sftp.port}{there}",
        "user": sftp.user,
        "host_key": sftp.host_key,
        "key_file": str(sftp.key_file),
        "pattern": "{month:%Y%m}/",
    }
    routes.write_settings()
    yield files
    shutil.rmtree(there, ignore_errors=True)


def test_the_daemon_publishes_what_was_dropped_and_a_browser_shows_it(
    tmp_path: Path, files: Path, month: Month, sftp: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    chromium()
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    settings, folder = Settings(), f"{sftp.root}/{tmp_path.name}/{month.first_day:%Y%m}"
    instance.prepare(settings)
    names = sorted(path.name for path in files.iterdir())
    with web(settings) as opened:
        with client(sftp) as there:
            there.mkdir(folder.rpartition("/")[0])
            there.mkdir(folder)
            for name in names:
                there.put(str(files / name), f"{folder}/{name}{PART}")
            opened.switch_on(SENSOR["sensorName"], "")
            before = tick(opened, 1)
            for name in names:
                there.posix_rename(f"{folder}/{name}{PART}", f"{folder}/{name}")
        # What is in the inbox is seen from the first tick on, what is under a client's own names not at all.
        seen, started = tick(opened, 2), tick(opened, 3)
        opened.switch_off(SENSOR["sensorName"])
        waiting = "1 个月有新文件,正在等内容稳定。"
        assert (before["skipReason"], seen["skipReason"], started["skipReason"]) == (waiting, waiting, None)
        assert before["cursor"] != seen["cursor"] == started["cursor"]
        (run,) = started["runIds"]
        assert opened.wait_for_end(run).status == DagsterRunStatus.SUCCESS
        assert opened.run(run).tags["dagster/partition"] == str(month)

        assert_published(settings, month)
        figures = assert_said(opened, len(set(names) - {SETTINGS_FILE}))
        with browser(tmp_path / "profile", f"{opened.url.removesuffix('graphql')}?token={TOKEN}") as page:
            shown = page.open(f"/assets/landing/{HEALTH.name}?view=overview", labels.label("pull_fetched"), figures)
            page.photograph(tmp_path / "overview.png")
            checks = page.open(f"/assets/landing/{HEALTH.name}?view=checks", "pulled", "设置中的位置都已取到(1 个)。")
            page.photograph(tmp_path / "checks.png")
    names_of_people = people(settings, month)
    assert names_of_people
    assert not [name for name in names_of_people if name in shown + checks]


def assert_published(settings: Settings, month: Month) -> None:
    """Every table of the department has accepted rows in the published marts."""
    with duckdb.connect(str(settings.paths.published / "marts.duckdb"), read_only=True) as connection:
        counted = connection.execute(
            "select dataset, sum(rows_accepted) from marts.reconciliation_deliveries "
            "where department = ? and strftime(month, '%Y-%m') = ? and is_current group by all",
            [HEALTH.name, str(month)],
        ).fetchall()
    assert {dataset for dataset, rows in counted if rows} == {dataset.name for dataset in HEALTH.datasets}


def assert_said(opened: Web, files: int) -> str:
    """Metadata and check tell of the pull; return a figure that the page must show."""
    event = opened.opened.get_latest_materialization_event(LANDING)
    assert event
    assert event.asset_materialization
    metadata = labels.read({name: value.value for name, value in event.asset_materialization.metadata.items()})
    assert (metadata["pull_offered"], metadata["pull_fetched"], metadata["pull_problems"]) == (files, files, 0)
    assert metadata["pull_new_deliveries"] == 1
    (record,) = opened.opened.event_log_storage.get_asset_check_execution_history(AssetCheckKey(LANDING, "pulled"), 5)
    assert record.status == AssetCheckExecutionRecordStatus.SUCCEEDED
    return f"{metadata['pull_bytes']:,} 字节"


def people(settings: Settings, month: Month) -> set[str]:
    """The names of the people in the department's tables."""
    rows = [pl.read_parquet(settings.paths.identities(dataset, month) / "rows.parquet") for dataset in HEALTH.datasets]
    return set(pl.concat(frame["identity__person_name"] for frame in rows).drop_nulls())
