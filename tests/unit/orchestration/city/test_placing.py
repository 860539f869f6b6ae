"""The union in shared storage: whole versions of all counties under one name, which never changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.city.placing import UNIONS_KEPT, current_union, place
from orchestration.city.uniting import unite
from orchestration.publishing.content import PublishError
from tests.cells import attached, differences, united
from tests.unit.orchestration.city.conftest import MART_NAMES, RATE, TYPES, TinyCity

KNOWN = {"marts": list(TYPES), "marts_open": list(TYPES)}
NEW = "441823"


def _place(city: TinyCity) -> Path:
    return place(city.home, _storage(city), list(city.take().values()), KNOWN)


def _storage(city: TinyCity) -> Path:
    return city.home.root.parent / "storage"


def _read(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def _file(union: Path, code: str, mart: str = "rural_indicators") -> Path:
    return union / "marts" / mart / f"district_code={code}" / "rows.parquet"


def test_every_cell_is_that_of_one_database(city: TinyCity) -> None:
    union = _place(city)
    database = city.home.warehouse / "warehouse.duckdb"
    unite(city.home, database, list(city.take().values()), KNOWN)
    with duckdb.connect() as c:
        assert sorted(attached(c, "one", database)) == sorted(MART_NAMES)
        for schema in ("marts", "marts_open"):
            for mart in MART_NAMES:
                assert differences(c, united(union / schema / mart), f"one.{schema}.{mart}") == 0
        assert differences(c, united(union / "city" / "counties"), "one.city.counties") == 0
        changed = f"(select * replace (coalesce(numerator, 0) + 1 as numerator) from {united(_mart(union))})"
        assert differences(c, changed, "one.marts.rural_indicators") == 72, "a comparison that sees a changed cell"


def _mart(union: Path) -> Path:
    return union / "marts" / "rural_indicators"


def test_a_reader_keeps_its_union_when_a_county_publishes(city: TinyCity) -> None:
    former = _place(city)
    before = _read(f"from {united(_mart(former))} order by all")
    city.counties[NEW].publish(["2021-05", "2021-06", "2021-07"], {RATE: (60, 100)})
    union = _place(city)
    assert (former.name, union.name, current_union(_storage(city))) == ("union-1", "union-2", union)
    assert _read(f"from {united(_mart(former))} order by all") == before
    months = f"select distinct strftime(month, '%Y-%m') from {united(_mart(union))} where district_code = '{NEW}'"
    assert _read(f"{months} order by 1") == [("2021-05",), ("2021-06",), ("2021-07",)]
    assert _file(former, "441802").samefile(_file(union, "441802")), "nothing new: the same file"
    assert not _file(former, NEW).samefile(_file(union, NEW))


def test_equal_versions_make_no_union(city: TinyCity) -> None:
    assert _place(city) == _place(city)
    assert [f.name for f in _storage(city).glob("union-*")] == ["union-1"]


def test_only_the_newest_unions_are_kept(city: TinyCity) -> None:
    for rate in range(UNIONS_KEPT + 1):
        city.counties[NEW].publish(figures={RATE: (rate, 100)})
        union = _place(city)
    assert sorted(f.name for f in _storage(city).glob("union-*")) == ["union-2", "union-3", union.name]


def test_a_column_that_a_county_lacks_is_null_there_and_new_files_are_written(city: TinyCity) -> None:
    kept = TYPES["rural_indicators"].pop("national_benchmark")
    try:
        for county in city.counties.values():
            county.publish()
    finally:
        TYPES["rural_indicators"]["national_benchmark"] = kept
    former = _place(city)
    city.counties[NEW].publish()
    union = _place(city)
    assert _read(f"select count(*), count(national_benchmark) from {united(_mart(union))}") == [(36, 0)]
    for mart, is_same in (("rural_indicators", False), ("dim_month", True)):
        assert _file(former, "441802", mart).samefile(_file(union, "441802", mart)) is is_same


def test_what_was_left_of_a_killed_placing_is_no_union(city: TinyCity) -> None:
    building = _storage(city) / "building" / "marts" / "rural_indicators" / "district_code=999999"
    building.mkdir(parents=True)
    (building / "rows.parquet").write_bytes(b"half")
    assert _read(f"select count(distinct district_code) from {united(_mart(_place(city)))}") == [(3,)]


def test_storage_that_cannot_be_written_is_named(city: TinyCity) -> None:
    _storage(city).write_text("a file")
    with pytest.raises(PublishError, match=r"共用存储 .*storage 写不进去.*请检查挂载、权限和空间"):
        _place(city)


def test_nobody_else_may_read_households(city: TinyCity) -> None:
    union = _place(city)
    assert {(f.stat().st_mode & 0o077) for f in (union, *union.rglob("*"))} == {0}
