"""MariaDB: types through a pull to the archived original."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tests.servers.mariadb import MariadbServer
from tests.unit.sources.landing.transport.sql.desk import Desk, run

CHINA = ZoneInfo("Asia/Shanghai")
TYPES = {
    "tiny": ("tinyint", "-3", pl.Int8, -3),
    "tiny_u": ("tinyint unsigned", "255", pl.UInt8, 255),
    "flag": ("boolean", "true", pl.Int8, 1),
    "small": ("smallint", "-3", pl.Int16, -3),
    "medium": ("mediumint", "7", pl.Int32, 7),
    "plain": ("integer unsigned", "4294967295", pl.UInt32, 2**32 - 1),
    "big": ("bigint", "9007199254740993", pl.Int64, 2**53 + 1),
    "big_u": ("bigint unsigned", "18446744073709551615", pl.UInt64, 2**64 - 1),
    "money": ("decimal(12,2)", "1234567890.10", pl.Decimal(12, 2), Decimal("1234567890.10")),
    "whole": ("decimal(5)", "-12345", pl.Decimal(5, 0), Decimal(-12345)),
    "wide": ("decimal(60,3)", "12345678901234567890.5", pl.Decimal(38, 3), Decimal("12345678901234567890.5")),
    "real": ("float", "1.5", pl.Float32, 1.5),
    "double": ("double", "0.1", pl.Float64, 0.1),
    "day": ("date", "'1949-10-01'", pl.Date, dt.date(1949, 10, 1)),
    "at": ("datetime(6)", "'2021-06-30 23:59:59.000001'", pl.Datetime("us"), dt.datetime(2021, 6, 30, 23, 59, 59, 1)),
    "zoned": (
        "timestamp null",
        "'2021-06-30 16:00:00'",
        pl.Datetime("us", "Asia/Shanghai"),
        dt.datetime(2021, 7, 1, tzinfo=CHINA),
    ),
    "time": ("time", "'25:30:00'", pl.String, "25:30:00"),
    "year_": ("year", "2021", pl.UInt16, 2021),
    "yes": ("bit(1)", "b'1'", pl.Boolean, True),
    "text_": ("longtext", "'甲;乙 100%'", pl.String, "甲;乙 100%"),
    "姓名": ("varchar(20)", "''", pl.String, ""),
    "json_": ("json", """'{"a": 1.50}'""", pl.String, '{"a": 1.50}'),
    "mood": ("enum('好','坏')", "'好'", pl.String, "好"),
    "moods": ("set('好','坏')", "'好,坏'", pl.String, "好,坏"),
}
NAMES = ", ".join(f"`{name}`" for name in TYPES)


@pytest.fixture
def typed(mariadb: MariadbServer):
    columns = ", ".join(f"`{name}` {kind}" for name, (kind, *_) in TYPES.items())
    run(mariadb, "drop table if exists typed", f"create table typed (nr integer, {columns})")
    yield
    run(mariadb, "drop table typed")


def _insert(server: MariadbServer, nulls: int) -> None:
    values = ", ".join(value for _, value, *_ in TYPES.values())
    if nulls:
        run(server, f"insert into typed (nr) select seq from seq_1_to_{nulls}")
    # The session's zone is the one that the instant is written in.
    run(server, "set time_zone = '+00:00'", f"insert into typed (nr, {NAMES}) values (1000000, {values})")


@pytest.mark.parametrize("nulls", [0, 1500])
def test_types_come_from_the_server_and_values_are_exact(
    tmp_path: Path, mariadb: MariadbServer, typed: None, nulls: int
) -> None:
    _insert(mariadb, nulls)
    desk = Desk(tmp_path, mariadb, query=f"select {NAMES} from typed where :month = '2021-06' order by nr")
    assert desk.pulled().rows == nulls + 1
    frame = desk.frame()
    assert dict(frame.schema) == {name: dtype for name, (_, _, dtype, _) in TYPES.items()}
    assert frame.row(-1, named=True) == {name: value for name, (*_, value) in TYPES.items()}
    assert frame.head(nulls).null_count().row(0) == (nulls,) * len(TYPES)
    shown = {name: kind for name, kind, _ in desk.facts()["schema"]}
    assert (shown["money"], shown["tiny_u"], shown["mood"]) == ("decimal(12,2)", "tinyint unsigned", "enum")


def test_an_empty_result_has_the_types_too(tmp_path: Path, mariadb: MariadbServer, typed: None) -> None:
    desk = Desk(tmp_path, mariadb, query=f"select {NAMES} from typed where :month = '2021-06'")
    desk.pulled()
    assert dict(desk.frame().schema) == {name: dtype for name, (_, _, dtype, _) in TYPES.items()}
    assert desk.frame().is_empty()


@pytest.mark.parametrize(
    ("kind", "value"), [("blob", "'x'"), ("varbinary(4)", "'x'"), ("bit(2)", "b'10'"), ("point", "point(1, 1)")]
)
def test_what_no_original_keeps_is_refused_by_name(
    tmp_path: Path, mariadb: MariadbServer, typed: None, kind: str, value: str
) -> None:
    run(mariadb, f"alter table typed add column `照片` {kind}", f"insert into typed (`照片`) values ({value})")
    result = Desk(tmp_path, mariadb, query="select `照片` from typed where :month = '2021-06'").pull()
    assert "“照片”的类型" in result.problem
    assert not result.is_passing


def test_a_day_that_is_none_fails_by_the_name_of_its_column(
    tmp_path: Path, mariadb: MariadbServer, typed: None
) -> None:
    run(mariadb, "set sql_mode = ''", "insert into typed (day) values ('0000-00-00')")
    result = Desk(tmp_path, mariadb, query="select day from typed where :month = '2021-06'").pull()
    assert "列“day”" in result.problem
    assert "0000-00-00" in result.problem
