"""Warehouse, versions and Dagster's records are damaged on purpose: found, with a way back that works."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.commands import cli, verify_results, workbooks
from orchestration.publishing.version import Version, current, versions
from orchestration.runtime import records
from orchestration.runtime.settings import Settings
from sources.acceptance.provenance import building, publish_built
from sources.months import Month
from tests.unit.orchestration.conftest import TinyWarehouse

TOP = "select max(net_income) from marts.household_month"


@pytest.fixture
def settings(tiny: TinyWarehouse) -> Settings:
    return Settings(home=tiny.home.root)


def _published(tiny: TinyWarehouse, number: int = 2) -> list[Version]:
    """Some versions of June, newest first."""
    for n in range(1, number + 1):
        tiny.build(["2021-06"], income=float(n))
        tiny.publish("2021-06")
    return versions(tiny.home.published)


def _overwrite(path: Path) -> None:
    path.write_bytes(b"damaged" * 1000)


def _other_content(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("update marts.household_month set net_income = 7 where household_key = '1'")


def _flip_every_block(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for at in range(3 * 4096, len(content), 4096):
        content[at + 100] ^= 0xFF
    path.write_bytes(content)


FILES: list[tuple[str, Callable[[Path], object], bool, str]] = [
    ("{stem}/shouwang.duckdb", _overwrite, True, "数据库文件已损坏"),
    ("{stem}/shouwang.duckdb", _flip_every_block, True, "数据库文件已损坏"),
    ("{stem}/shouwang.duckdb", _other_content, False, "数据库的内容与版本说明不符"),
    ("{stem}/shouwang.duckdb", Path.unlink, True, "数据库文件丢失"),
    ("{stem}/version.json", _overwrite, True, "版本说明(json)已损坏"),
    ("{stem}/version.json", Path.unlink, True, "版本说明(json)丢失"),
    ("{stem}/parquet/household_month.parquet", _overwrite, True, "Parquet 副本 household_month 丢失或已损坏"),
    ("{stem}/shouwang_open.duckdb", _overwrite, True, "公开数据库文件已损坏"),
    ("{stem}/shouwang_open.duckdb", Path.unlink, True, "公开数据库文件丢失"),
    ("{stem}/parquet_open/dim_month.parquet", Path.unlink, True, "公开Parquet 副本 dim_month 丢失或已损坏"),
]


def test_a_link_that_somebody_moved_is_named_and_repaired_by_a_roll_back(
    tiny: TinyWarehouse, settings: Settings
) -> None:
    now, before = _published(tiny)
    published = tiny.home.published
    (published / "open.duckdb").unlink()
    (published / "open.duckdb").symlink_to(f"{before.stem}/shouwang_open.duckdb")
    (problem,) = verify_results.versions(published, deep=False).problems
    assert problem.startswith(f"open.duckdb 没有指向现行版本 {now.stem}")
    assert f"shouwang rollback {now.number}" in problem
    workbooks.roll_back_marts(Console(quiet=True), settings, now.number)
    assert not verify_results.versions(published, deep=True).problems


@pytest.mark.parametrize(("file", "damage", "is_quick", "said"), FILES)
def test_rolling_back_and_publishing_again_replaces_a_damaged_version(
    tiny: TinyWarehouse, settings: Settings, file: str, damage: Callable[[Path], object], is_quick: bool, said: str
) -> None:
    now, before = _published(tiny)
    published = tiny.home.published
    damage(published / file.format(stem=now.stem))
    assert bool(verify_results.versions(published, deep=False).problems) == is_quick
    (problem,) = verify_results.versions(published, deep=True).problems
    assert problem.startswith(f"{now.stem}:{said}")
    assert f"请执行 shouwang rollback {before.number}" in problem
    workbooks.roll_back_marts(Console(quiet=True), settings, before.number)
    assert tiny.read(TOP) == [(99.0,)]
    tiny.publish("2021-06")
    assert tiny.read(TOP) == [(198.0,)]
    assert all(p.startswith(now.stem) for p in verify_results.versions(published, deep=True).problems)


@pytest.mark.parametrize(("file", "damage", "is_quick", "said"), FILES)
def test_the_only_version_is_published_again(
    tiny: TinyWarehouse, file: str, damage: Callable[[Path], object], is_quick: bool, said: str
) -> None:
    (only,) = _published(tiny, 1)
    published = tiny.home.published
    damage(published / file.format(stem=only.stem))
    (problem,) = verify_results.versions(published, deep=True).problems
    assert f"请删除 {published / only.stem}/version.json,再执行 shouwang run 2021-06" in problem
    (published / f"{only.stem}/version.json").unlink(missing_ok=True)
    tiny.publish("2021-06")
    assert tiny.read(TOP) == [(99.0,)]
    assert verify_results.versions(published, deep=True).problems == ()


def test_a_version_that_nobody_reads(tiny: TinyWarehouse) -> None:
    _, before = _published(tiny)
    _overwrite(tiny.home.published / f"{before.stem}/shouwang.duckdb")
    (problem,) = verify_results.versions(tiny.home.published, deep=False).problems
    assert "读者不受影响" in problem


def test_publishing_keeps_the_file_that_is_read_while_its_manifest_is_damaged(tiny: TinyWarehouse) -> None:
    (only,) = _published(tiny, 1)
    _overwrite(tiny.home.published / f"{only.stem}/version.json")
    assert current(tiny.home.published) is None
    tiny.build(["2021-05"])
    with pytest.raises(Exception, match="2021-06 不在构建结果中"):
        tiny.publish("2021-06")
    assert tiny.read(TOP) == [(99.0,)]


def test_sound_versions_and_warehouse(tiny: TinyWarehouse, settings: Settings) -> None:
    assert verify_results.warehouse(settings, deep=True).text == "尚未建立"
    _published(tiny)
    _computed(tiny)
    assert verify_results.versions(tiny.home.published, deep=True).problems == ()
    assert verify_results.warehouse(settings, deep=True).problems == ()


def _computed(tiny: TinyWarehouse) -> None:
    with building(tiny.home, Month(2021, 6), {}):
        pass
    publish_built(tiny.home)


@pytest.mark.parametrize(("damage", "is_quick"), [(_overwrite, True), (_flip_every_block, True), (Path.unlink, True)])
def test_a_damaged_warehouse(
    tiny: TinyWarehouse, settings: Settings, damage: Callable[[Path], object], is_quick: bool
) -> None:
    tiny.build(["2021-06"])
    _computed(tiny)
    damage(tiny.file)
    assert bool(verify_results.warehouse(settings, deep=False).problems) == is_quick
    (problem,) = verify_results.warehouse(settings, deep=True).problems
    assert "丢失或已损坏。请执行 shouwang rebuild" in problem


def test_a_warehouse_that_lacks_a_published_month(tiny: TinyWarehouse, settings: Settings) -> None:
    tiny.build(["2021-05"])
    _computed(tiny)
    (problem,) = verify_results.warehouse(settings, deep=False).problems
    assert problem.startswith("缺少已发布的月份 2021-06。请执行 shouwang rebuild")


def test_damaged_records(settings: Settings) -> None:
    runs = settings.dagster_home / "history" / "runs"
    runs.mkdir(parents=True)
    for file in (runs.parent / "runs.db", runs / "index.db", runs / "0a1b.db"):
        with sqlite3.connect(file) as connection:
            connection.execute("create table t (a)")
    assert verify_results.records(settings, deep=True).problems == ()
    _overwrite(runs / "0a1b.db")
    assert verify_results.records(settings, deep=False).problems == ()
    (problem,) = verify_results.records(settings, deep=True).problems
    assert problem.startswith("dagster/history/runs/0a1b.db 已损坏")
    (runs / "0a1b.db").unlink()
    _overwrite(runs / "index.db")
    (problem,) = verify_results.records(settings, deep=False).problems
    assert "下一次 shouwang run 会把它移到一旁" in problem
    assert records.set_aside_damaged(settings)
    assert verify_results.records(settings, deep=True).problems == ()


def test_the_command_prints_a_line_per_area_and_exits_with_one_where_something_is_wrong(
    tiny: TinyWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tiny.home.root))
    sound = CliRunner().invoke(cli.app, ["verify", "--deep"])
    assert sound.exit_code == 0, sound.output
    assert len(sound.output.splitlines()) == 11
    tiny.file.write_bytes(b"damaged")
    wrong = CliRunner().invoke(cli.app, ["verify"])
    assert wrong.exit_code == 1
    assert "问题 1 数据仓库" in wrong.output
    assert len(wrong.output.splitlines()) == 12
