"""Two whole months with people written everywhere, files of every broken kind, and a run that is killed.

Belongs here: that no identity leaves the restricted zones, that every bad file is named and stops nothing, that a
killed run does no harm. Does not belong here: each way of hiding, reading and refusing (``tests/unit/sources``).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from dagster import DagsterInstance
from psycopg.errors import InsufficientPrivilege

from orchestration.automation.alerts import record
from orchestration.automation.alerts.tell import tell
from orchestration.dbt import manifest
from orchestration.publishing.postgres.compare import problems
from orchestration.publishing.version import current
from orchestration.runtime.settings import Settings
from sources.contracts.model import load_contracts
from tests.pipeline import seeded
from tests.pipeline.bad_files import GOOD_NAMES, NOT_EMPTY, Told, write_bad_files
from tests.pipeline.search import Needles, files, search
from tests.pipeline.seeded_months import BROKEN_READING, BROKEN_WORK
from tests.servers.https import HttpsServer
from tests.servers.marts_database import OWNER, MartsDatabase, dump_of, marts_database
from tests.servers.postgres import PostgresServer
from tests.servers.robots import WecomRobot

NOT_DUE_IN_MAY = {d.name for d in seeded.CONTRACTS.datasets if d.cadence != "monthly"} | {"verification_returns"}


@dataclass(frozen=True)
class Ran:
    home: Path
    needles: Needles
    told: list[Told]
    said: bytes
    reports: dict[str, dict[str, Any]]
    published_after_the_kill: list[str]
    database: MartsDatabase | None
    """PostgreSQL as the settings of the runs name it; None where it is not installed."""


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest) -> Iterator[MartsDatabase | None]:
    """Return a database in PostgreSQL that the settings name, so that every run copies what it published."""
    try:
        server = request.getfixturevalue("postgres")
    except pytest.skip.Exception:
        yield None
        return
    with marts_database(server) as database, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOUWANG_POSTGRES", database.setting.model_dump_json(exclude_none=True))
        yield database


def _start(home: Path, month: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as sink:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.pipeline.seeded_months", month],
            env={**os.environ, "SHOUWANG_HOME": str(home)},
            stdout=sink,
            stderr=subprocess.STDOUT,
            umask=0,
        )


def _published_months(home: Path) -> list[str]:
    with duckdb.connect(str(home / "published" / "marts.duckdb"), read_only=True) as connection:
        rows = connection.execute("select strftime(month, '%Y-%m') from marts.dim_month order by 1").fetchall()
    return [month for (month,) in rows]


def _logs(target: Path) -> list[Path]:
    return list(target.rglob("dbt.log"))


def _kill_in_the_middle_of_dbt(home: Path, month: str, log: Path) -> None:
    """Kill the run, and nothing else, once dbt has written the first figures of the month."""
    target = home / "dbt" / "target"
    shutil.rmtree(target)
    run, deadline = _start(home, month, log), time.monotonic() + 300
    while not any(b"OK created sql incremental model marts.household_month" in p.read_bytes() for p in _logs(target)):
        assert run.poll() is None, log.read_bytes()[-4000:].decode()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.kill()
    run.wait()


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, database: MartsDatabase | None) -> Ran:
    """The first month; the second one, killed; the second one again."""
    home, logs = tmp_path_factory.mktemp("seeded"), tmp_path_factory.mktemp("logs")
    needles = Needles(seeded.write_inbox(home / "inbox"))
    told = write_bad_files(home / "inbox", seeded.MONTHS[0])
    seeded.write_locations(home, logs.with_name(f"{logs.name}-departments"))
    first, second = seeded.MONTHS
    assert _start(home, first, logs / "1").wait() == 0, (logs / "1").read_bytes()[-4000:].decode()
    _kill_in_the_middle_of_dbt(home, second, logs / "2")
    published = _published_months(home)
    seeded.write_password(logs.with_name(f"{logs.name}-departments") / seeded.FAILING.name, seeded.PASSWORDS[1])
    assert _start(home, second, logs / "3").wait() == 0, (logs / "3").read_bytes()[-4000:].decode()
    said = b"".join(log.read_bytes() for log in sorted(logs.iterdir()))
    reports = [json.loads(line) for line in said.splitlines() if line.startswith(b'{"month"')]
    return Ran(home, needles, told, said, {r["month"]: r for r in reports}, published, database)


def test_both_months_ran_and_lost_only_what_was_broken(ran: Ran) -> None:
    assert {m: r["success"] for m, r in ran.reports.items()} == dict.fromkeys(seeded.MONTHS, True)
    first, second = (ran.reports[month]["statuses"] for month in seeded.MONTHS)
    assert {name for name, status in second.items() if status == "failed"} == {BROKEN_WORK}
    assert {name for name, status in second.items() if status == "rejected"} >= {BROKEN_READING}
    assert {name for name, status in first.items() if status == "rejected"} == {NOT_EMPTY.name}
    assert {name for name, status in first.items() if status == "not_delivered"} <= NOT_DUE_IN_MAY


def test_a_location_that_refuses_is_an_error_and_stops_nothing(ran: Ran) -> None:
    first, second = (ran.reports[month] for month in seeded.MONTHS)
    assert first["errors"] == []
    (told,) = second["errors"]
    for part in (f"《{seeded.FAILING.label}》", seeded.MONTHS[1], "没有读取的权限", "仍然有效"):
        assert part in told
    assert first["statuses"][seeded.FAILING.name] == "accepted"
    assert second["statuses"][seeded.FAILING.name] == "accepted", "what the killed run had pulled stays in force"
    assert second["statuses"]["skills_training"] == "accepted"
    pulled = [p.read_text("utf-8") for p in (ran.home / "restricted" / "pulled").rglob("*.json")]
    assert any(seeded.NAMES[0] in text and seeded.IDS[0] in text for text in pulled)


def test_a_killed_run_leaves_the_last_month_readable_and_the_next_one_succeeds(ran: Ran) -> None:
    assert ran.published_after_the_kill == [seeded.MONTHS[0]]
    assert _published_months(ran.home) == list(seeded.MONTHS)
    assert not list((ran.home / "warehouse" / "unfinished").iterdir())


def test_alerts_name_what_went_wrong_and_nobody(
    ran: Ran, https: HttpsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records are those of the runs; a home of its own has no location of a kind that only they know."""
    path, robot = "/cgi-bin/webhook/send", WecomRobot("key")
    https.add(path, robot)
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OFFICE_ROBOT", f"{https.url}{path}?key=key")
    channel = {"address_env": "OFFICE_ROBOT", "ca_file": str(https.ca_file), "kinds": ["failed_run", "delivery"]}
    monkeypatch.setenv("SHOUWANG_ALERTS", json.dumps({"office": channel}))
    settings, now = Settings(), datetime.now(UTC)
    settings.paths.prepare()
    with record.locked(settings.paths):
        record.save(settings.paths, record.Record(since="2021-01-01T00:00:00+00:00"))
    with DagsterInstance.from_config(str(ran.home / "dagster")) as instance:
        while told := tell(settings, instance, now, is_daemon=True).sent:
            assert told["office"]
    said = "\n".join(robot.texts)
    broken = seeded.CONTRACTS.dataset(BROKEN_READING).label
    for words in (f"{broken} {seeded.MONTHS[1]} 已退回,未接收", "没有读取的权限", "运行进程已中断"):
        assert words in said
    bodies = b"".join(request.body for request in https.requests if request.path == path)
    assert ran.needles.found_in(bodies) == set()
    assert ran.needles.found_in((settings.dagster_home / "alerts" / "sent.json").read_bytes()) == set()


def test_every_bad_file_is_named_once_and_clearly(ran: Ran) -> None:
    lines = "\n".join(ran.reports[seeded.MONTHS[0]]["notices"]).splitlines()
    cells = [tuple(c.strip() for c in line.strip("|").split("|")) for line in lines if line.startswith("|")]
    for told in ran.told:
        department = load_contracts()[told.department].label
        said = [c for c in cells if c[1:3] == (department, told.name) and c[0] == told.severity]
        assert len(said) == 1, (told, said)
        assert told.words in said[0][3]


def test_good_files_with_odd_names_are_taken_in(ran: Ran) -> None:
    with duckdb.connect(str(ran.home / "published" / "marts.duckdb"), read_only=True) as connection:
        taken = connection.execute(
            "select file_name, rows_accepted from marts.reconciliation_deliveries"
            " where dataset = 'household_income' and delivery_no = 1 and rows_accepted = 1"
        ).fetchall()
    assert set(taken) >= {(shown, 1) for shown in (*GOOD_NAMES.values(), "收入监测-多列.xlsx")}


def test_nothing_outside_the_restricted_zones_names_anybody(ran: Ran) -> None:
    searched = {p.suffix for p in files(ran.home)}
    assert {".duckdb", ".parquet", ".db", ".json", ".log"} <= searched
    assert search(ran.home, ran.needles) == set()


def test_a_copy_in_postgresql_names_nobody_and_shows_each_role_its_part(ran: Ran, postgres: PostgresServer) -> None:
    """The runs made the copy themselves, the last one after a kill."""
    database, version = ran.database, current(ran.home / "published")
    assert database
    assert version
    keys = manifest.keys(manifest.load())
    assert not problems(ran.home / "published", database.setting, version, keys, deep=True)
    dump = dump_of(database)
    assert ran.needles.found_in(dump) == set()
    assert b"household_key" in dump
    households = "select town_code, count(*) from {}.household_month group by 1 order by 1"
    with duckdb.connect(str(ran.home / "published" / "marts.duckdb"), read_only=True) as connection:
        by_town = connection.execute(households.format("marts")).fetchall()
    (town, number), *others = [row for row in by_town if row[0]]
    assert others
    office = database.login("office", "office_reader")
    for user in (OWNER, office):
        assert database.read(households.format("marts_full"), user) == by_town
    worker = database.login("worker", "case_worker", town)
    assert database.read(households.format("marts_case"), worker) == [(town, number)]
    idle = database.login("idle", "case_worker")
    assert database.read(households.format("marts_case"), idle) == []
    reader = database.login("dashboard", "bi_reader")
    for schema in ("marts_full", "marts_case"):
        with pytest.raises(InsufficientPrivilege):
            database.read(households.format(schema), reader)
    shown = "select count(*) from {}.rural_indicators where status = 'suppressed'"
    assert database.read(shown.format("marts"), reader)[0][0] > 0
    assert database.read(shown.format("marts_full"), office) == [(0,)]


def test_no_password_is_written_anywhere(ran: Ran) -> None:
    passwords = Needles(seeded.PASSWORDS)
    everything = [p for p in ran.home.rglob("*") if p.is_file() and not p.is_symlink()]
    assert {str(p) for p in everything if passwords.found_in(p.read_bytes())} == set()


def test_nothing_that_is_printed_or_logged_names_anybody(ran: Ran) -> None:
    assert b"DEBUG" in ran.said
    assert ran.needles.found_in(ran.said) == set()


def test_the_people_are_kept_where_they_may_be(ran: Ran) -> None:
    errors = [p.read_text("utf-8") for p in (ran.home / "restricted" / "errors").iterdir()]
    assert any(seeded.FREE in text for text in errors)
    kept = pl.concat(
        pl.read_parquet(p, columns=["identity__person_name"])
        for p in (ran.home / "restricted" / "identities").rglob("household_register/*/rows.parquet")
    )
    assert set(seeded.NAMES) <= set(kept["identity__person_name"])
    assert list((ran.home / "outbox").rglob("*.xlsx"))


SHARED = r"published(/marts-[\w-]+(/shouwang_open\.duckdb|/parquet_open(/.*)?)?|/reports\.open(/.*)?)?"
"""Paths of the home that the group of readers may read."""


def test_a_group_reads_the_open_marts_and_only_the_owner_the_rest(ran: Ran) -> None:
    """The runs began with umask 0."""
    zones = [zone for zone in ran.home.iterdir() if zone.name != "inbox"]
    paths = [p for zone in zones for p in (zone, *zone.rglob("*")) if not p.is_symlink()]
    wrong = {}
    for path in paths:
        place = str(path.relative_to(ran.home))
        is_shared = re.fullmatch(SHARED, place)
        rights = 0o750 if is_shared else 0o700
        expected = rights if path.is_dir() else rights & 0o660
        if (mode := stat.S_IMODE(path.lstat().st_mode)) != expected:
            wrong[str(path)] = oct(mode)
    assert wrong == {}
    kinds = {p.relative_to(ran.home).parts[0] for p in paths if p.is_file()}
    assert {path.name for path in paths} >= {"shouwang_open.duckdb", "parquet_open", "reports.open"}
    assert kinds >= {"restricted", "outbox", "warehouse", "dbt", "dagster", "published"}


def test_file_names_stay_useful_and_apart(ran: Ran) -> None:
    with duckdb.connect(str(ran.home / "published" / "marts.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select month, dataset, delivery_no, file_name from marts.reconciliation_deliveries"
        ).fetchall()
    assert len(set(rows)) == len(rows)
    keywords = {d.name: d.keywords[0] for d in seeded.CONTRACTS.datasets}
    hidden = [(dataset, name) for _, dataset, _, name in rows if "***" in name]
    assert len(hidden) > 50
    assert all(keywords[dataset] in name for dataset, name in hidden)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030", "unicode_escape"])
def test_the_search_finds_a_name_in_a_log(tmp_path: Path, encoding: str) -> None:
    log = tmp_path / "dbt" / "target" / "dbt.log"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"\x01" + f"a {seeded.NAMES[0]} b".encode(encoding))
    assert search(tmp_path, Needles(seeded.SEEDED)) == {("dbt/target/dbt.log", seeded.NAMES[0])}


def test_the_search_finds_what_is_compressed(tmp_path: Path) -> None:
    for zone in ("warehouse", "published", "dagster"):
        (tmp_path / zone).mkdir()
    rows = pl.DataFrame({"detail": [f'{{"who": "{seeded.IDS[0]}"}}'] * 5000})
    rows.write_parquet(tmp_path / "warehouse" / "rows.parquet", compression="zstd")
    with duckdb.connect(str(tmp_path / "published" / "marts.duckdb")) as connection:
        connection.execute("create table m as select ? as c from range(5000)", [seeded.NAMES[1]])
    (tmp_path / "dagster" / f"{seeded.PHONE}.txt").write_text("")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "own.csv").write_text(seeded.FREE)
    assert search(tmp_path, Needles(seeded.SEEDED)) == {
        ("warehouse/rows.parquet", seeded.IDS[0]),
        ("published/marts.duckdb", seeded.NAMES[1]),
        (f"dagster/{seeded.PHONE}.txt", seeded.PHONE),
    }
