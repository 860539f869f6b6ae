"""The open database of a version: its own marts, its own readers, switched with the full one."""

from __future__ import annotations

import grp
import json
import os
import stat
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.content import PublishError
from orchestration.publishing.publish import roll_back
from orchestration.publishing.version import current, versions
from sources.home import Home
from tests.unit.orchestration.conftest import OPENED, TinyWarehouse

TABLES = (
    "select schema_name, table_name from duckdb_tables() union all select schema_name, view_name from duckdb_views()"
)


def _tables(tiny: TinyWarehouse, link: str) -> set[object]:
    found = tiny.read(f"select * from ({TABLES}) where schema_name like 'marts%'", link)
    return {table for schema, table in found if schema == "marts"}


def test_the_open_database_holds_the_open_marts_only(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05", "2021-06"])
    version = tiny.publish("2021-06").version
    assert _tables(tiny, "open.duckdb") == set(OPENED)
    assert "household_bands" not in _tables(tiny, "marts.duckdb")
    assert tiny.read('select max("序号") from marts_zh.household_bands', "open.duckdb") == [(1,)]
    content = (tiny.home.published / f"{version.stem}/shouwang_open.duckdb").read_bytes()
    assert b"household_key" not in content
    parquet = {p.stem for p in (tiny.home.published / "current" / "parquet_open").iterdir()}
    assert parquet == {*OPENED, "manifest"}


def test_other_open_content_alone_makes_a_new_version(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    with duckdb.connect(str(tiny.file)) as connection:
        connection.execute("update marts_open.household_bands set row_no = 2")
    assert tiny.publish("2021-06").version.number == 2
    assert tiny.read("select row_no from marts.household_bands", "open.duckdb") == [(2,)]


def test_both_links_roll_back(tiny: TinyWarehouse) -> None:
    for months in (["2021-05"], ["2021-05", "2021-06"]):
        tiny.build(months)
        tiny.publish(months[-1])
    roll_back(tiny.home)
    months = "select count(*) from marts.dim_month"
    assert (tiny.read(months), tiny.read(months, "open.duckdb")) == ([(1,)], [(1,)])


@pytest.mark.parametrize(
    "change", ["drop table marts_open.household_bands", "create table marts_open.other (month date)"]
)
def test_a_missing_or_unexpected_open_mart_is_not_published(tiny: TinyWarehouse, change: str) -> None:
    tiny.build(["2021-06"])
    with duckdb.connect(str(tiny.file)) as connection:
        connection.execute(change)
    with pytest.raises(PublishError, match="数据表不齐"):
        tiny.publish("2021-06")
    assert tiny.names() == []


def test_a_version_from_before_has_no_open_database(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    old = tiny.publish("2021-06").version
    description = tiny.home.published / f"{old.stem}/version.json"
    raw = json.loads(description.read_text("utf-8"))
    del raw["open"]
    description.write_text(json.dumps(raw), "utf-8")
    (tiny.home.published / f"{old.stem}/shouwang_open.duckdb").unlink()
    assert tiny.publish("2021-06").is_new
    assert [v.number for v in versions(tiny.home.published)] == [2, 1]
    assert roll_back(tiny.home, 1) == current(tiny.home.published)
    assert not (tiny.home.published / "open.duckdb").exists()


def _modes(home: Home) -> dict[str, str]:
    paths = [home.published, *home.published.rglob("*")]
    return {
        str(p.relative_to(home.root)).replace(
            "published/marts-2021-06-00000001", "V"
        ): f"{stat.S_IMODE(p.stat().st_mode):o}"
        for p in paths
        if not p.is_symlink() and p.suffix != ".parquet"
    }


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("has_office", [False, True])
def test_the_full_database_and_its_description_are_the_offices(
    tiny: TinyWarehouse, umask: int, has_office: bool
) -> None:
    group = grp.getgrgid(os.getgid()).gr_name
    tiny.home = Home(tiny.home.root, None, group if has_office else None)
    tiny.build(["2021-06"])
    former = os.umask(umask)
    try:
        tiny.publish("2021-06")
    finally:
        os.umask(former)
    file, folder = ("640", "750") if has_office else ("600", "700")
    assert _modes(tiny.home) == {
        "published": "750",
        "V": "750",
        "V/shouwang_open.duckdb": "640",
        "V/parquet_open": "750",
        "V/parquet_open/manifest.json": "640",
        "V/shouwang.duckdb": file,
        "V/version.json": file,
        "V/parquet": folder,
        "V/parquet/manifest.json": file,
    }
    of_full, of_open = (
        {f"{stat.S_IMODE(p.stat().st_mode):o}" for p in (tiny.home.published / "current" / name).iterdir()}
        for name in ("parquet", "parquet_open")
    )
    assert (of_full, of_open) == ({file}, {"640"})


def test_files_that_were_readable_before_are_closed(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    before = _modes(tiny.home)
    for path in tiny.home.published.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o750 if path.is_dir() else 0o640)
    assert tiny.home.is_open(tiny.home.published)
    assert tiny.home.prepare() == (tiny.home.published,)
    assert _modes(tiny.home) == before


def test_a_group_that_the_owner_is_not_in_gets_nothing(tiny: TinyWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files would keep the owner's own group, which is not the office."""

    def refuse(path: Path, uid: int, gid: int) -> None:
        raise PermissionError(path)

    other = next(g.gr_name for g in grp.getgrall() if g.gr_gid != os.getgid())
    tiny.home = Home(tiny.home.root, None, other)
    tiny.build(["2021-06"])
    monkeypatch.setattr(os, "chown", refuse)
    tiny.publish("2021-06")
    assert _modes(tiny.home)["V/shouwang.duckdb"] == "600"
    assert tiny.home.lacks_readers(tiny.home.published) == other
