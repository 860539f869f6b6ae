"""A county's version is taken whole or not at all; a fault is named, and the other counties are united."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.city.taking import Taken
from orchestration.publishing.version import current
from sources.home import DESCRIPTION
from tests.unit.orchestration.city.conftest import JUNE, RATE, TinyCity

BROKEN = "441823"


def test_every_county_is_taken_with_its_checksum(city: TinyCity) -> None:
    taken = city.take()
    assert list(taken) == list(city.CODES)
    assert {t.version.number for t in taken.values() if t.version} == {1}
    assert all(len(t.checksum) == 64 and not t.told(JUNE) for t in taken.values())
    copied = sorted(p.name for p in taken[BROKEN].folder.iterdir())
    assert copied == ["shouwang.duckdb", "shouwang_open.duckdb", DESCRIPTION], "nothing else leaves a county"


def test_a_new_version_replaces_the_copy(city: TinyCity) -> None:
    before = city.take()[BROKEN]
    city.counties[BROKEN].publish(figures={RATE: (60, 100)})
    after = city.take()[BROKEN]
    assert (before.version and before.version.number, after.version and after.version.number) == (1, 2)
    assert not before.folder.exists()


def _remove(published: Path) -> None:
    shutil.rmtree(published)


def _never_published(published: Path) -> None:
    (published / "current").unlink()


def _description(published: Path, **changed: object) -> None:
    file = published / "current" / DESCRIPTION
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"run_id": "other"} | changed), "utf-8")


def _other_major(published: Path) -> None:
    _description(published, major=2)


def _no_description(published: Path) -> None:
    (published / "current" / DESCRIPTION).write_text("{", "utf-8")


def _other_type(published: Path) -> None:
    marts = json.loads((published / "current" / DESCRIPTION).read_text("utf-8"))["marts"]
    marts["rural_indicators"]["shape"] = marts["rural_indicators"]["shape"].replace("value DOUBLE", "value VARCHAR")
    _description(published, marts=marts)


def _corrupt(published: Path) -> None:
    _description(published)
    file = published / "current" / "shouwang.duckdb"
    content = bytearray(file.read_bytes())
    content[: len(content) // 2] = b"\0" * (len(content) // 2)
    file.write_bytes(content)


def _lost_file(published: Path) -> None:
    _description(published)
    (published / "current" / "shouwang_open.duckdb").unlink()


def _other_content(published: Path) -> None:
    marts = json.loads((published / "current" / DESCRIPTION).read_text("utf-8"))["marts"]
    marts["dim_month"]["rows"] += 1
    _description(published, marts=marts)


FAULTS: dict[Callable[[Path], None], str] = {
    _remove: "找不到发布文件夹:存储没有挂载,或路径有误",
    _never_published: "还没有发布过任何版本",
    _other_major: "集市结构是第 2 代,这里只能汇总第 1 代。请升级市级的程序",
    _no_description: "说明已损坏",
    _other_type: "rural_indicators 的列 value 类型是 VARCHAR,应为 DOUBLE",
    _corrupt: "shouwang.duckdb 已损坏",
    _lost_file: "缺少文件 shouwang_open.duckdb",
    _other_content: "shouwang.duckdb 与它的说明不符",
}


@pytest.mark.parametrize("break_it", FAULTS, ids=lambda f: f.__name__.strip("_"))
def test_a_broken_county_is_named_and_stops_nobody(city: TinyCity, break_it: Callable[[Path], None]) -> None:
    published = city.counties[BROKEN].home.published
    break_it(published)
    taken = city.take()
    assert FAULTS[break_it] in taken[BROKEN].problem
    assert taken[BROKEN].version is None
    told = taken[BROKEN].told(JUNE)
    assert all(
        part in told for part in (f"县{BROKEN}({BROKEN})", "2021-06", str(published.parent.name), "不含这个区县")
    )
    assert [code for code, t in taken.items() if t.version and not t.problem] == ["441802", "450102"]


@pytest.mark.parametrize("break_it", FAULTS, ids=lambda f: f.__name__.strip("_"))
def test_what_was_taken_before_stays(city: TinyCity, break_it: Callable[[Path], None]) -> None:
    before = city.take()[BROKEN]
    break_it(city.counties[BROKEN].home.published)
    after = city.take()[BROKEN]
    assert (after.version, after.checksum) == (before.version, before.checksum)
    assert FAULTS[break_it] in after.problem
    assert "沿用此前取得的版本 1(2021-07-01" in after.told(JUNE)


def test_a_county_without_the_month_is_named(city: TinyCity) -> None:
    city.counties[BROKEN].publish(["2021-04", "2021-05", "2021-06"])
    assert not city.take()[BROKEN].told(JUNE)
    told = city.take()[BROKEN].told(JUNE.shift(1))
    assert "已发布的版本 2 没有这个月(有 2021-04、2021-05、2021-06)" in told
    assert "请该区县运行并发布 2021-07" in told


def test_two_counties_with_one_code_are_left_out_and_named(city: TinyCity) -> None:
    city.write([("441802", "441802"), ("441802", "441823"), ("450102", "450102")])
    taken = city.take()
    assert "2 个区县用了同一个代码 441802(县441802、县441823)" in taken["441802"].problem
    assert taken["441802"].version is None
    assert taken["450102"].version


def test_the_folder_of_another_county_is_refused(city: TinyCity) -> None:
    city.write([("441881", "441823")])
    assert "发布的是别的区县的数据(代码 441823,应为 441881)" in city.take()["441881"].problem


def test_a_damaged_copy_is_taken_again(city: TinyCity) -> None:
    before = city.take()[BROKEN]
    (before.folder / "shouwang.duckdb").write_bytes(b"no database")
    after = city.take()[BROKEN]
    assert (after.checksum, after.problem) == (before.checksum, "")


def test_a_database_larger_than_the_limit_is_not_copied(city: TinyCity) -> None:
    former, settings = city.take()[BROKEN], (city.home.root / "city.toml").read_text("utf-8")

    def take(limit: int) -> Taken:
        (city.home.root / "city.toml").write_text(f"max_database_mb = {limit}\n{settings}", "utf-8")
        return city.take()[BROKEN]

    city.counties[BROKEN].publish(figures={RATE: (60, 100)})
    version = (city.counties[BROKEN].home.published / "current").resolve()
    os.truncate(version / "shouwang.duckdb", 50_100_000)
    refused = take(50)
    assert refused.version == former.version, "the copy taken before stays"
    assert f"文件 {version.name}/shouwang.duckdb 有 50.1 MB,超过上限 50 MB,没有复制" in refused.problem
    assert "请该区县核对这个文件;确实需要时请改大 city.toml 的 max_database_mb" in refused.problem
    assert f"县{BROKEN}({BROKEN})2021-06" in refused.told(JUNE)
    assert "超过上限" not in take(51).problem


def test_a_description_that_would_fill_the_memory_is_not_read(city: TinyCity) -> None:
    _description(city.counties[BROKEN].home.published, padding=" " * 10_000_000)
    problem = city.take()[BROKEN].problem
    assert "version.json 有 10.0 MB,超过上限 10 MB" in problem
    assert "city.toml" not in problem


def test_links_in_a_version_are_not_followed(city: TinyCity) -> None:
    published = city.counties[BROKEN].home.published
    file = published / "current" / "shouwang.duckdb"
    moved = file.rename(published.parent / "elsewhere.duckdb")
    file.symlink_to(moved)
    assert "缺少文件 shouwang.duckdb" in city.take()[BROKEN].problem
    assert current(published) is not None


def test_a_county_that_has_left_the_city_leaves_no_copy(city: TinyCity) -> None:
    left = city.take()[BROKEN].folder
    city.write([("441802", "441802")])
    assert list(city.take()) == ["441802"]
    assert not left.parent.exists()


def test_a_view_in_the_place_of_a_mart_reads_no_file_of_the_city(city: TinyCity, tmp_path: Path) -> None:
    published = city.counties[BROKEN].home.published
    (tmp_path / "own.txt").write_text("text of the city")
    marts = json.loads((published / "current" / DESCRIPTION).read_text("utf-8"))["marts"]
    del marts["dim_division"]
    _description(published, marts=marts)
    with duckdb.connect(str(published / "current" / "shouwang.duckdb")) as c:
        c.execute("drop table marts.dim_division")
        c.execute(
            "create view marts.dim_division as select 'district' as level, content as division_code"
            f" from read_text('{tmp_path / 'own.txt'}')"
        )
    told = city.take()[BROKEN].told(JUNE)
    assert BROKEN in told
    assert "text of the city" not in told
