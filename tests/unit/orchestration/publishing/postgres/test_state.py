"""What became of the last copy is noted at home, and what must not stay in PostgreSQL leaves no byte there."""

from __future__ import annotations

import pytest

from orchestration.publishing.content import PublishError
from orchestration.publishing.postgres import load, scrub, state
from orchestration.publishing.publish import roll_back
from orchestration.runtime.postgres_server import PostgresServer as Setting
from tests.servers.marts_database import MartsDatabase
from tests.servers.system import free_port
from tests.unit.orchestration.publishing.postgres.conftest import KEYS, County, copy

GONE = "household-that-goes"
ROWS = "被删除的人的行"


def _with_household(county: County, key: str) -> None:
    county.change(f"update marts.household_risk set household_key = '{key}' where household_key = 'a'")
    county.publish_county("2021-06")


def test_it_says_how_far_the_copy_lags_and_why(county: County, database: MartsDatabase) -> None:
    home, server = county.home, database.setting
    assert state.lacking(home, server) == "", "nothing is known before the first copy"
    copy(county, database)
    assert state.lacking(home, server) == ""
    county.build(["2021-05", "2021-06"], income=3)
    county.publish_county("2021-06")
    behind = state.lacking(home, server)
    assert "已发布版本 2,数据库里仍是版本 1" in behind
    assert "shouwang publish --to postgres" in behind
    away = Setting(url=f"postgresql://127.0.0.1:{free_port()}/marts", user="x", password_env="HOME")
    with pytest.raises(PublishError) as refused:
        load.publish_to(home, away, KEYS)
    assert str(refused.value) in state.lacking(home, away)
    assert state.lacking(home, server) == "", "another server is not known"
    copy(county, database)
    assert state.lacking(home, server) == ""
    roll_back(home)
    assert "已发布版本 1,数据库里仍是版本 2" in state.lacking(home, server)


def test_what_must_not_stay_leaves_no_byte(county: County, database: MartsDatabase) -> None:
    _with_household(county, GONE)
    copy(county, database)
    assert database.files_with(GONE)
    county.build(["2021-05", "2021-06"])
    county.publish_county("2021-06")
    copy(county, database)
    assert not database.read(f"select from marts_full.household_risk where household_key = '{GONE}'")
    assert database.files_with(GONE), "replaced rows leave their bytes"
    state.owe(county.home, database.setting, ROWS)
    assert not copy(county, database).is_new
    assert database.files_with(GONE) == []
    assert state.load(county.home).owes == ""


def test_a_table_in_use_is_cleared_by_a_later_copy(
    county: County, database: MartsDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "LOCK_SECONDS", 0.1)
    monkeypatch.setattr(scrub, "PAUSES", ())
    copy(county, database)
    state.owe(county.home, database.setting, ROWS)
    with database.connect(autocommit=False) as reader:
        reader.execute("select from marts_full.household_risk")
        kept = copy(county, database)
        assert kept.not_scrubbed == 1
        assert "有 1 张表正被占用" in kept.told
        assert state.load(county.home).owes == ROWS
    assert copy(county, database).not_scrubbed == 0
    assert state.load(county.home).owes == ""


def test_a_damaged_note_is_none(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    (county.home.dagster / "postgres.json").write_text("[", "utf-8")
    assert state.load(county.home) == state.CopyState()
    copy(county, database)
    assert state.load(county.home).version == 1
