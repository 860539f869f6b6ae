"""Dagster's records in PostgreSQL: refused in words, of one home, and with no password anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRunStatus, asset, materialize
from dagster._daemon.types import DaemonHeartbeat

from orchestration.commands import verify_results
from orchestration.commands.backup import warnings
from orchestration.publishing.rotation import staged_home
from orchestration.runtime import dead_runs, instance, records, run_records
from orchestration.runtime.dagster_database import DagsterDatabase, DagsterDatabaseError
from orchestration.runtime.settings import Settings, SettingsError
from sources.home import Home
from tests.paths import ROOT
from tests.servers.dagster_database import new_database
from tests.servers.postgres import PostgresServer
from tests.servers.system import PASSWORD


@asset
def thing() -> int:
    return 1


@pytest.fixture
def settings(postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")
    made = Settings(home=tmp_path / "home", dagster_database=new_database(postgres, tmp_path))
    instance.prepare(made)
    return made


@pytest.fixture
def opened(settings: Settings) -> Iterator[DagsterInstance]:
    with instance.open_instance(settings) as dagster:
        yield dagster


def _database(settings: Settings, **changes: object) -> DagsterDatabase:
    assert settings.dagster_database
    return settings.dagster_database.model_copy(update=changes)


def test_the_password_is_in_no_file_and_no_address(settings: Settings, opened: DagsterInstance) -> None:
    materialize([thing], instance=opened)
    files = [path for path in settings.home.rglob("*") if path.is_file()]
    assert settings.dagster_home / "dagster.yaml" in files
    assert not [path for path in files if PASSWORD.encode() in path.read_bytes()]
    assert not list(settings.dagster_home.rglob("*.db")), "nothing of Dagster is in the home"
    shown = f"{opened.run_storage.__dict__} {opened.get_ref().to_dict()} {_database(settings)!r}"
    assert PASSWORD not in shown


def test_a_changed_password_needs_no_restart(
    settings: Settings, opened: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dagster_postgres.utils.calculate_delay", lambda **_: 0.0)
    storage, file = opened.run_storage, _database(settings).password_file
    assert file
    storage.dispose()
    file.write_text("another")
    with pytest.raises(DagsterDatabaseError, match="没有回应"):
        opened.get_runs_count()
    file.write_text(PASSWORD)
    assert opened.get_runs_count() == 0


def test_times_are_right_whatever_the_zone_of_the_server(settings: Settings, opened: DagsterInstance) -> None:
    """A run without a mark is closed three minutes after its start, not eight hours."""
    materialize([thing], instance=opened)
    (record,) = opened.get_run_records()
    assert abs((datetime.now(UTC) - record.update_timestamp).total_seconds()) < 60
    assert abs((datetime.now(UTC) - record.create_timestamp).total_seconds()) < 60


def test_the_doctor_asks_without_dagster(settings: Settings, opened: DagsterInstance) -> None:
    assert run_records.heartbeat_age(settings) is None
    beat = DaemonHeartbeat(datetime.now(UTC).timestamp(), "SENSOR", "here", [])
    opened.add_daemon_heartbeat(beat)
    age = run_records.heartbeat_age(settings)
    assert age is not None
    assert -1 < age < 60
    job = materialize([thing], instance=opened).job_def
    tags = {"dagster/partition": "2021-06"}
    run = opened.create_run_for_job(job, status=DagsterRunStatus.STARTED, tags=tags)
    assert run_records.unfinished_runs(settings) == [(f"2021-06({run.run_id[:8]})", "STARTED")]


def test_a_dead_run_is_closed_and_its_slot_freed(settings: Settings, opened: DagsterInstance) -> None:
    job = materialize([thing], instance=opened).job_def
    dead = opened.create_run_for_job(job, status=DagsterRunStatus.STARTED)
    mark = (
        "import sys; from pathlib import Path; from orchestration.runtime.dead_runs import mark\n"
        "mark(Path(sys.argv[1]), sys.argv[2])"
    )
    subprocess.run([sys.executable, "-c", mark, str(settings.dagster_home), dead.run_id], check=True, cwd=ROOT)
    opened.event_log_storage.set_concurrency_slots("months", 1)
    opened.event_log_storage.claim_concurrency_slot("months", dead.run_id, "step")
    assert dead_runs.close_dead_runs(opened, settings.dagster_home, "next") == [dead.run_id]
    closed = opened.get_run_by_id(dead.run_id)
    assert closed
    assert closed.status == DagsterRunStatus.FAILURE
    assert opened.event_log_storage.get_concurrency_info("months").active_slot_count == 0


def test_a_database_serves_one_home(settings: Settings, opened: DagsterInstance, tmp_path: Path) -> None:
    copy = Settings(home=tmp_path / "copy", dagster_database=settings.dagster_database)
    instance.prepare(copy)
    with pytest.raises(DagsterDatabaseError, match=rf"数据目录 {settings.home} 的运行记录,不能给 {copy.home} 用"):
        instance.open_instance(copy)
    assert settings.dagster_database
    settings.dagster_database.rows("delete from kvs where key = 'shouwang_home'")
    instance.open_instance(copy).dispose()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "postgresql://127.0.0.1:9/dagster"}, "数据库没有启动,或地址不对"),
        ({"url": "postgresql:///dagster"}, "数据库没有启动,或地址不对|拒绝登录|没有这个数据库"),
        ({"user": "nobody"}, "数据库拒绝登录"),
        ({"password_file": None}, "数据库拒绝登录"),
    ],
)
def test_a_database_that_cannot_be_used(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], words: str
) -> None:
    monkeypatch.setattr("orchestration.runtime.dagster_database._WAITS", ())
    wrong = Settings(home=settings.home, dagster_database=_database(settings, **changes))
    instance.prepare(wrong)
    with pytest.raises(DagsterDatabaseError, match=f"运行记录.*连不上:({words})") as error:
        instance.open_instance(wrong)
    assert PASSWORD not in str(error.value)
    (problem,) = verify_results.records(wrong, deep=True).problems
    assert "数据和已发布的版本不受影响" in problem
    assert run_records.unfinished_runs(wrong) == []


def test_a_password_file_that_others_can_read(settings: Settings) -> None:
    file = _database(settings).password_file
    assert file
    file.chmod(0o644)
    with pytest.raises(DagsterDatabaseError, match="别人也能读"):
        instance.open_instance(settings)


def test_a_database_that_does_not_exist(settings: Settings, postgres: PostgresServer) -> None:
    url = f"postgresql://{postgres.host}:{postgres.port}/nowhere"
    with pytest.raises(DagsterDatabaseError, match="没有这个数据库"):
        _database(settings, url=url).require()


def test_files_of_sqlite_from_before_are_left_alone(settings: Settings) -> None:
    history = settings.dagster_home / "history"
    history.mkdir()
    (history / "runs.db").write_bytes(b"damaged")
    assert records.set_aside_damaged(settings) == []
    assert verify_results.records(settings, deep=True).problems == ()


def test_a_backup_says_that_it_does_not_hold_the_records(settings: Settings) -> None:
    told = "\n".join(warnings(settings))
    assert "pg_dump" in told
    assert "dagster.password" in told


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ('url = "postgresql://lin:secret@db/dagster"', "地址里不写账号和密码"),
        ('url = "mysql://db/dagster"', "应写成 postgresql://"),
        ('url = "postgresql://db"', "应写成 postgresql://"),
        ('url = "postgresql://db:0/dagster"', "应写成 postgresql://"),
        ('url = "postgresql://db/dagster"\npassword = "secret"', "没有名为 password 的设置项"),
        ('url = "postgresql://db/d"\npassword_file = "a"\npassword_env = "B"', "只写一个"),
        ("", "url"),
    ],
)
def test_settings_that_are_refused(tmp_path: Path, section: str, words: str) -> None:
    (tmp_path / "settings.toml").write_text(f"[dagster_database]\n{section}\n")
    with pytest.raises(SettingsError, match=rf"\[dagster_database\].*{words}") as error:
        Settings(home=tmp_path)
    assert "secret" not in str(error.value)


def test_settings_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_DAGSTER_DATABASE", '{"url": "postgresql:///dagster", "password_file": "password"}')
    database = Settings(home=tmp_path).dagster_database
    assert database
    assert database.password_file == tmp_path / "password"
    assert database.parameters["host"] == "/var/run/postgresql"
    assert database.parameters["sslmode"] == "prefer"


def test_a_rotation_builds_without_any_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It copies the settings into the home that it builds; that home's runs are nobody's records."""
    section = '[dagster_database]\nurl = "postgresql:///dagster"\n'
    staged = Home(tmp_path).rotation / "home"
    staged.mkdir(parents=True)
    for home in (tmp_path, staged):
        (home / "settings.toml").write_text(section)
    assert Settings(home=tmp_path).dagster_database
    assert staged_home(Home(tmp_path)).root == staged
    assert Settings(home=staged).dagster_database is None
    monkeypatch.setenv("SHOUWANG_HOME", str(staged))
    monkeypatch.setenv("SHOUWANG_DAGSTER_DATABASE", '{"url": "postgresql:///dagster"}')
    assert Settings().dagster_database is None


def test_a_database_elsewhere_is_reached_by_tls(tmp_path: Path) -> None:
    assert DagsterDatabase(url="postgresql://db/dagster").parameters["sslmode"] == "require"
    verified = DagsterDatabase(url="postgresql://db/dagster", ca_file=tmp_path / "ca.pem").parameters
    assert (verified["sslmode"], verified["sslrootcert"]) == ("verify-full", str(tmp_path / "ca.pem"))
    assert os.environ.get("PGPASSWORD") is None
