"""The marts of all counties in one warehouse, with the code of the county in front, and published as a version."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.city.taking import Taken, united
from orchestration.city.uniting import unite
from orchestration.publishing.content import PublishError, literal
from orchestration.publishing.publish import publish
from tests.unit.orchestration.city.conftest import JUNE, MART_NAMES, TYPES, TinyCity

KNOWN = {"marts": list(TYPES), "marts_open": list(TYPES)}


def _united(city: TinyCity, known: Mapping[str, Sequence[str]] = KNOWN) -> dict[str, list[str]]:
    return unite(city.home, _file(city), list(city.take().values()), known)


def _file(city: TinyCity) -> Path:
    return city.home.warehouse / "warehouse.duckdb"


def _read(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_rows_of_all_counties_with_their_code_in_front(city: TinyCity) -> None:
    assert _united(city) == {schema: sorted(MART_NAMES, key=list(TYPES).index) for schema in ("marts", "marts_open")}
    counted = "select district_code, count(*) from {}.rural_indicators group by all order by all"
    for schema in ("marts", "marts_open"):
        assert _read(_file(city), counted.format(schema)) == [(code, 12) for code in city.CODES]
    names = "select column_name, comment from duckdb_columns() where schema_name = 'marts' and table_name = 'dim_month'"
    assert _read(_file(city), f"{names} order by column_index")[:2] == [
        ("district_code", "所属区县代码:6 位,说明这一行由哪个区县发布"),
        ("month", "标签 month"),
    ]


def test_every_cell_is_as_the_county_published_it(city: TinyCity) -> None:
    _united(city)
    with duckdb.connect() as c:
        c.execute(f"attach {literal(_file(city))} as united (read_only)")
        for code, county in city.counties.items():
            c.execute(f"attach {literal(county.home.published / 'current/shouwang.duckdb')} as c{code} (read_only)")
            for mart in MART_NAMES:
                here = f"select * exclude (district_code) from united.marts.{mart} where district_code = '{code}'"
                there = f"from c{code}.marts.{mart}"
                for one, other in ((here, there), (there, here)):
                    assert c.execute(f"({one}) except all ({other})").fetchall() == []


def test_a_column_that_a_county_lacks_is_empty_there(city: TinyCity) -> None:
    """Versions of one major may differ by columns: those of an earlier program are united as well."""
    county = city.counties["441823"]
    kept = TYPES["rural_indicators"].pop("national_benchmark")
    try:
        county.publish()
    finally:
        TYPES["rural_indicators"]["national_benchmark"] = kept
    _united(city)
    columns = _read(_file(city), "select column_name from duckdb_columns() where table_name = 'rural_indicators'")
    assert ("national_benchmark",) in columns
    assert _read(_file(city), "select count(*) from marts.rural_indicators") == [(36,)]


def test_only_known_marts_travel(city: TinyCity) -> None:
    assert _united(city, {"marts": ["dim_month"]}) == {"marts": ["dim_month"], "marts_open": []}


def test_without_any_version_the_former_warehouse_stays(city: TinyCity) -> None:
    _united(city)
    before = _file(city).read_bytes()
    nobody = [Taken("441802", "清城区", None, city.home.root, problem="还没有发布过任何版本")]
    with pytest.raises(PublishError, match=r"没有一个区县的版本可以汇总:清城区\(441802\)还没有发布过任何版本"):
        unite(city.home, _file(city), nobody, KNOWN)
    assert _file(city).read_bytes() == before


def test_what_a_killed_run_left_of_the_former_warehouse_goes_with_it(city: TinyCity) -> None:
    """DuckDB opens no file beside the log of another one: no later run would succeed."""
    _united(city)
    write = f"c = duckdb.connect({str(_file(city))!r}); c.execute('create table t as select 1'); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", f"import duckdb, os; {write}"], check=False).returncode == 9
    assert _file(city).with_name("warehouse.duckdb.wal").exists()
    half = _file(city).with_name(".warehouse.duckdb.0123abcd.tmp")
    half.write_bytes(b"half")
    _united(city)
    assert _read(_file(city), "select count(*) from marts.dim_month") == [(6,)]
    assert not half.exists()


def test_a_version_lists_those_that_it_unites(city: TinyCity) -> None:
    taken = list(city.take().values())
    unite(city.home, _file(city), taken, KNOWN)
    grains = dict.fromkeys(MART_NAMES, ("district_code",))
    opened = dict.fromkeys(MART_NAMES, "marts_open")
    now = datetime(2021, 7, 5, tzinfo=UTC)
    done = publish(city.home, _file(city), JUNE, "city", grains, opened, now, lambda *_: "", counties=united(taken))
    assert [(c.district_code, c.version, len(c.checksum)) for c in done.version.counties] == [
        (code, 1, 64) for code in city.CODES
    ]
    manifest = json.loads((city.home.published / "current/parquet/manifest.json").read_text("utf-8"))
    assert [county["stem"] for county in manifest["counties"]] == [t.version.stem for t in taken if t.version]
    again = publish(city.home, _file(city), JUNE, "again", grains, opened, now, lambda *_: "", counties=united(taken))
    assert not again.is_new


def test_a_month_that_no_county_has_is_not_published(city: TinyCity) -> None:
    from orchestration.city.assets import _require_month

    taken = list(city.take().values())
    _require_month(taken, JUNE)
    with pytest.raises(PublishError, match=r"没有一个区县有 2021-07 的数据.*县441802\(441802\)2021-07.*县450102"):
        _require_month(taken, JUNE.shift(1))
