"""Damaged records of Dagster are set aside, and Dagster begins new ones."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from orchestration.runtime import instance, records
from orchestration.runtime.settings import Settings
from sources import audit


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("DAGSTER_HOME", "SHOUWANG_HOME"):
        monkeypatch.setenv(name, "")
    settings = Settings(home=tmp_path / "home")
    instance.prepare(settings)
    _use(settings)
    return settings


def _use(settings: Settings) -> int:
    """Open the instance, and count the runs that it knows."""
    from dagster import DagsterInstance, job

    @job
    def nothing() -> None: ...

    with instance.open_instance(settings) as opened:
        assert isinstance(opened, DagsterInstance)
        nothing.execute_in_process(instance=opened)
        opened.all_instigator_state()
        return opened.get_runs_count()


def _overwrite(file: Path) -> None:
    file.write_bytes(b"no database" * 1000)


def _cut(file: Path) -> None:
    for beside in file.parent.glob(f"{file.name}-*"):
        beside.unlink()
    file.write_bytes(file.read_bytes()[:8192])


def test_whole_records_stay(settings: Settings) -> None:
    assert len(records.databases(settings)) == 3
    assert records.run_databases(settings)
    assert not any(records.is_damaged(f, deep=True) for f in settings.dagster_home.rglob("*.db"))
    assert records.set_aside_damaged(settings) == []
    assert _use(settings) == 2


@pytest.mark.parametrize("damage", [_overwrite, _cut])
@pytest.mark.parametrize("name", ["history/runs.db", "history/runs/index.db", "schedules/schedules.db"])
def test_damaged_records_are_set_aside_and_begin_again(settings: Settings, name: str, damage) -> None:  # type: ignore[no-untyped-def]
    damage(settings.dagster_home / name)
    (told,) = records.set_aside_damaged(settings)
    folder = name.split("/")[0]
    (aside,) = settings.dagster_home.glob(f"{folder}.damaged-*")
    assert str(aside) in told
    assert "已发布的版本不受影响" in told
    assert audit.entries(settings.paths)[-1]["arguments"] == {"folder": folder, "to": aside.name}
    assert _use(settings) == (1 if folder == "history" else 2)
    assert records.set_aside_damaged(settings) == []


def test_a_locked_database_is_not_damaged(settings: Settings) -> None:
    file = settings.dagster_home / "history" / "runs.db"
    with sqlite3.connect(file) as connection:
        connection.execute("pragma journal_mode=delete")
        connection.execute("begin exclusive")
        assert not records.is_damaged(file)
