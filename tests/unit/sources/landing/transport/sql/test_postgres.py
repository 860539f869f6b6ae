"""PostgreSQL: types through a pull to the archived original, what a server alone can show, and its failures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tests.servers.postgres import PostgresServer
from tests.unit.sources.landing.transport.sql.desk import Desk, run

CHINA = ZoneInfo("Asia/Shanghai")
TYPES = {
    "small": ("smallint", "-3", pl.Int16, -3),
    "plain": ("integer", "7", pl.Int32, 7),
    "big": ("bigint", "9007199254740993", pl.Int64, 2**53 + 1),
    "money": ("numeric(12,2)", "1234567890.10", pl.Decimal(12, 2), Decimal("1234567890.10")),
    "any": ("numeric", "0.1000000000000000000000001", pl.Decimal(38, 25), Decimal("0.1000000000000000000000001")),
    "wide": ("numeric(60,3)", "12345678901234567890.5", pl.Decimal(38, 3), Decimal("12345678901234567890.5")),
    "real": ("real", "1.5", pl.Float32, 1.5),
    "double": ("double precision", "0.1", pl.Float64, 0.1),
    "day": ("date", "'1949-10-01'", pl.Date, dt.date(1949, 10, 1)),
    "at": ("timestamp", "'2021-06-30 23:59:59.000001'", pl.Datetime("us"), dt.datetime(2021, 6, 30, 23, 59, 59, 1)),
    "zoned": (
        "timestamptz",
        "'2021-06-30 16:00:00+00'",
        pl.Datetime("us", "Asia/Shanghai"),
        dt.datetime(2021, 7, 1, tzinfo=CHINA),
    ),
    "time": ("time", "'08:30'", pl.Time, dt.time(8, 30)),
    "yes": ("boolean", "true", pl.Boolean, True),
    "text": ("text", "'甲;乙 100%'", pl.String, "甲;乙 100%"),
    "姓名": ("varchar(20)", "''", pl.String, ""),
    "fixed": ("char(3)", "'a'", pl.String, "a  "),
    "uuid": ("uuid", "'00000000-0000-0000-0000-00000000000a'", pl.String, "00000000-0000-0000-0000-00000000000a"),
    "json": ("jsonb", """'{"a": 1.50}'""", pl.String, '{"a": 1.50}'),
    "mood": ("mood", "'好'", pl.String, "好"),
}  # fmt: skip


@pytest.fixture
def typed(postgres: PostgresServer):
    columns = ", ".join(f'"{name}" {kind}' for name, (kind, *_) in TYPES.items())
    run(postgres, "drop table if exists typed", "drop type if exists mood", "create type mood as enum ('好', '坏')")
    run(postgres, f"create table typed (nr integer, {columns})")
    yield
    run(postgres, "drop table typed", "drop type mood")


def _insert(server: PostgresServer, nulls: int = 0) -> None:
    values = ", ".join(value for _, value, *_ in TYPES.values())
    names = ", ".join(f'"{name}"' for name in TYPES)
    run(server, f"insert into typed (nr) select generate_series(1, {nulls})" if nulls else "select 1")
    run(server, f"insert into typed (nr, {names}) values (1000000, {values})")


@pytest.mark.parametrize("nulls", [0, 1500])
def test_types_come_from_the_server_and_values_are_exact(
    tmp_path: Path, postgres: PostgresServer, typed: None, nulls: int
) -> None:
    _insert(postgres, nulls)
    names = ", ".join(f'"{name}"' for name in TYPES)
    desk = Desk(tmp_path, postgres, query=f"select {names} from typed where :month = '2021-06' order by nr")
    assert desk.pulled().rows == nulls + 1
    frame = desk.frame()
    assert dict(frame.schema) == {name: dtype for name, (_, _, dtype, _) in TYPES.items()}
    assert frame.row(-1, named=True) == {name: value for name, (*_, value) in TYPES.items()}
    assert frame.head(nulls).null_count().row(0) == (nulls,) * len(TYPES)
    shown = {name: kind for name, kind, _ in desk.facts()["schema"]}
    assert (shown["money"], shown["any"], shown["mood"]) == ("numeric(12,2)", "numeric", "enum")


def test_an_empty_result_has_the_types_too(tmp_path: Path, postgres: PostgresServer, typed: None) -> None:
    names = ", ".join(f'"{name}"' for name in TYPES)
    desk = Desk(tmp_path, postgres, query=f"select {names} from typed where :month = '2021-06'")
    desk.pulled()
    expected = {name: dtype for name, (_, _, dtype, _) in TYPES.items()}
    assert dict(desk.frame().schema) == expected | {"any": pl.Decimal(38, 0), "wide": pl.Decimal(38, 0)}
    assert desk.frame().is_empty()


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("'x'::bytea", "“照片”的类型 bytea"),
        ("array[1, 2]", "“照片”的类型 int4[]"),
        ("'1'::money", "“照片”的类型 money"),
        ("row(1, 2)", "“照片”的类型 record"),
        ("'NaN'::numeric(5, 2)", "列“照片”"),
        ("'Infinity'::numeric", "列“照片”"),
        ("10::numeric ^ 30 + 0.1::numeric ^ 9", "超过 38 位"),
        ("'infinity'::date", "无法表示的值"),
        ("1 / (extract(day from current_date) * 0)", "无法执行"),
    ],
)
def test_what_no_original_keeps_is_refused(
    tmp_path: Path, postgres: PostgresServer, expression: str, words: str
) -> None:
    desk = Desk(tmp_path, postgres, query=f"select {expression} as 照片 where :month = '2021-06'", count=False)
    result = desk.pull()
    assert words in result.problem
    assert not result.is_passing


def test_a_function_that_writes_cannot(tmp_path: Path, postgres: PostgresServer) -> None:
    run(
        postgres,
        "drop table if exists written",
        "create table written (a integer)",
        "create or replace function writing() returns integer language sql as "
        "'insert into written values (1) returning a'",
    )
    result = Desk(tmp_path, postgres, query="select writing() as a where :month = '2021-06'").pull()
    assert "无法执行" in result.problem
    run(postgres, "drop function writing", "drop table written")


def test_no_secret_is_kept_or_shown(tmp_path: Path, postgres: PostgresServer) -> None:
    secret, query = "s3cret-of-the-tests", "select 1 as id where :month = '2021-06'"
    run(postgres, f"create role secretive login password '{secret}'")
    desk = Desk(tmp_path, postgres, query=query)
    desk.password_file.write_text(secret)
    desk.set(query=query, user="secretive")
    assert desk.pulled().rows == 1
    (location,) = desk.locations.values()
    kept = [p.read_bytes() for p in desk.home.root.rglob("*") if p.is_file()]
    assert kept
    assert not [content for content in kept if secret.encode() in content]
    assert secret not in repr(location)
    assert "secretive" not in location.shown
    run(postgres, "drop role secretive")
