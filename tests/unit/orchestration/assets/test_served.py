"""The asset of the copy in PostgreSQL: only if the settings name a server, and a server that is away stops nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import AssetCheckSeverity, DagsterInstance, ExecuteInProcessResult, materialize

from orchestration.assets import labels
from orchestration.assets.served import KEY, served_assets
from orchestration.dbt import manifest
from orchestration.resources import Platform
from orchestration.runtime.settings import Settings
from sources.months import Month
from tests.servers.marts_database import MartsDatabase, marts_database
from tests.servers.postgres import PostgresServer
from tests.servers.system import free_port
from tests.unit.orchestration.conftest import TinyWarehouse

MONTH = Month(2021, 6)


def test_there_is_no_asset_without_a_server(tmp_path: Path) -> None:
    assert served_assets(Settings(home=tmp_path)) == []


def _run(tiny: TinyWarehouse, port: int, monkeypatch: pytest.MonkeyPatch) -> ExecuteInProcessResult:
    url = f'{{"url": "postgresql://127.0.0.1:{port}/marts", "user": "marts_owner"'
    monkeypatch.setenv("SHOUWANG_POSTGRES", f'{url}, "password_env": "SHOUWANG_TEST_MARTS_PASSWORD"}}')
    monkeypatch.setenv("SHOUWANG_HOME", str(tiny.home.root))
    monkeypatch.setattr(manifest, "keys", lambda _: {})
    assets = served_assets(Settings())
    with DagsterInstance.ephemeral() as instance:
        return materialize(
            assets,
            resources={"platform": Platform()},
            partition_key=str(MONTH),
            instance=instance,
            raise_on_error=False,
        )


def _told(result: ExecuteInProcessResult) -> tuple[bool, str]:
    (check,) = result.get_asset_check_evaluations()
    assert (check.asset_key, check.partition, check.severity) == (KEY, str(MONTH), AssetCheckSeverity.ERROR)
    return check.passed, check.description or ""


def test_a_server_that_is_away_fails_the_check_and_not_the_run(
    tiny: TinyWarehouse, monkeypatch: pytest.MonkeyPatch, postgres: PostgresServer
) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    monkeypatch.setenv("SHOUWANG_TEST_MARTS_PASSWORD", "x")
    away = _run(tiny, free_port(), monkeypatch)
    assert away.success
    passed, text = _told(away)
    assert not passed
    for part in ("没有复制到 PostgreSQL", "拒绝连接", "shouwang publish --to postgres"):
        assert part in text
    with marts_database(postgres) as database:
        back = _run(tiny, postgres.port, monkeypatch)
        assert _told(back)[0], _told(back)[1]
        figures = labels.read(
            {k: v.value for k, v in back.asset_materializations_for_node(KEY.path[0])[0].metadata.items()}
        )
        assert figures["version"] == 1
        assert figures["rows_copied"] > 100
        assert _seen(database) == [(1,)]


def _seen(database: MartsDatabase) -> list[tuple[object, ...]]:
    return database.read("select version from shouwang.published")
