"""A database as a location, with PostgreSQL and MariaDB: months, tables, snapshots, new deliveries, failures."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest

from sources.landing.transport import database
from sources.landing.transport.database import DatabaseLocation
from sources.landing.transport.database_server import DatabaseServer
from sources.landing.transport.sql import rows
from sources.landing.transport.sql.mysql import Mysql
from sources.landing.transport.sql.postgres import Postgres
from sources.landing.transport.sql.server import Server
from sources.landing.transport.sql.source import DatabaseSource
from tests.servers.mariadb import MariadbServer, mariadb_server
from tests.servers.postgres import PostgresServer, postgres_server
from tests.unit.sources.landing.transport.sql.desk import (
    HEALTH,
    JUNE,
    OTHER,
    TABLE,
    AnyServer,
    Desk,
    run,
)

BY_MONTH = "select id, 姓名, amount from rows_ where month = :month order by id"


@pytest.fixture(params=["postgres", "mariadb"])
def server(request: pytest.FixtureRequest) -> AnyServer:
    return request.getfixturevalue(request.param)


@pytest.fixture
def filled(server: AnyServer) -> Iterator[AnyServer]:
    """Two months of rows: five of June, two of July."""
    at = "timestamp" if isinstance(server, PostgresServer) else "datetime"
    columns = (
        f"id integer, 姓名 varchar(20), amount decimal(10,2), month varchar(7), compact integer, day date, at {at}"
    )
    run(server, "drop table if exists rows_", f"create table rows_ ({columns})")
    for i in range(7):
        month = "2021-06" if i < 5 else "2021-07"
        values = f"{i}, '户{i}', {i}.50, '{month}', {month.replace('-', '')}, '{month}-30', '{month}-30 23:30:00'"
        run(server, f"insert into rows_ values ({values})")
    yield server
    run(server, "drop table rows_")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_WAITS", (0.01,))


@pytest.mark.parametrize(
    "condition",
    [
        "month = :month",
        "compact = :month_compact",
        "day between :month_first and :month_last",
        "cast(at as date) between :month_first and :month_last and 姓名 like '户%'",
    ],
)
def test_a_query_takes_the_rows_of_its_month(tmp_path: Path, filled: AnyServer, condition: str) -> None:
    desk = Desk(tmp_path, filled, query=f"select id, 姓名, amount from rows_ where {condition}")
    result = desk.pulled()
    assert (result.rows, result.fetched, result.new_deliveries) == (5, 1, 1)
    assert sorted(desk.frame().rows())[4] == (4, "户4", pytest.approx(4.5))
    assert desk.pulled(JUNE.shift(1)).rows == 2
    assert [f.name for f in desk.deliveries()[0].files] == [f"{TABLE}.parquet"]


@pytest.mark.parametrize("column", ["month", "compact", "day", "at"])
def test_a_view_takes_the_rows_of_its_month_by_the_type_of_its_column(
    tmp_path: Path, filled: AnyServer, column: str
) -> None:
    desk = Desk(tmp_path, filled, view="rows_", month_column=column)
    assert desk.pulled().rows == 5
    assert desk.frame().columns == ["id", "姓名", "amount", "month", "compact", "day", "at"]
    assert "没有这个月的行" in desk.pull(JUNE.shift(-1)).problem, "an absent month is not an empty one"


def test_the_record_says_what_was_asked_and_what_was_there(tmp_path: Path, filled: AnyServer) -> None:
    desk = Desk(tmp_path, filled, query=BY_MONTH)
    desk.pulled()
    facts = desk.facts()
    assert (facts["query"], facts["parameters"]) == (BY_MONTH, {"month": "2021-06"})
    assert (facts["rows"], facts["counted"]) == (5, 5)
    assert facts["schema"][2][1:] == [
        "numeric(10,2)" if isinstance(filled, PostgresServer) else "decimal(10,2)",
        "decimal128(10, 2)",
    ]
    assert facts["snapshot"].startswith("REPEATABLE READ")
    assert ("PostgreSQL" in facts["server"]) is isinstance(filled, PostgresServer)
    assert len(facts["at"]) == len("2021-07-01T02:00:00+08:00")


def test_the_same_rows_are_no_new_delivery_in_any_order_and_others_are_the_next(
    tmp_path: Path, filled: AnyServer
) -> None:
    desk = Desk(tmp_path, filled, query=BY_MONTH)
    desk.pulled()
    before = desk.deliveries()
    assert desk.pulled().new_deliveries == 0
    desk.set(query=BY_MONTH + " desc")
    assert desk.pulled().new_deliveries == 0
    assert [d.files[0].sha256 for d in desk.deliveries()] == [d.files[0].sha256 for d in before]
    run(filled, "update rows_ set amount = 9.99 where id = 1")
    assert desk.pulled().new_deliveries == 1
    run(filled, "insert into rows_ select * from rows_ where id = 1")
    assert desk.pulled().new_deliveries == 1, "a row that is there twice counts twice"
    run(filled, "update rows_ set 姓名 = null where id = 1")
    desk.pulled()
    run(filled, "update rows_ set 姓名 = '' where id = 1")
    assert desk.pulled().new_deliveries == 1, "empty is not nothing"
    assert [d.delivery_no for d in desk.deliveries()] == [1, 2, 3, 4, 5]


def test_a_changed_query_saves_fetching(tmp_path: Path, filled: AnyServer) -> None:
    changed = "select max(at), count(*) from rows_ where month = :month"
    desk = Desk(tmp_path, filled, query=BY_MONTH, changed_query=changed)
    assert desk.pulled().fetched == 1
    assert desk.pulled().fetched == 0
    run(filled, "update rows_ set at = '2021-07-01 08:00:00' where id = 1")
    result = desk.pulled()
    assert (result.fetched, result.new_deliveries) == (1, 0), "the rows that are taken are the same"
    assert desk.pulled().fetched == 0
    desk.set(query=BY_MONTH.replace("amount", "amount + 1 as amount"), changed_query=changed)
    assert desk.pulled().new_deliveries == 1, "another query gives other rows"
    desk.set(query=BY_MONTH, changed_query=f"{changed} and 1 = 0 having count(*) > 0")
    assert [desk.pulled().fetched for _ in range(2)] == [1, 1], "a changed query without a row tells nothing"


def test_a_department_has_a_query_per_table_in_one_snapshot(
    tmp_path: Path, filled: AnyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, filled, queries={TABLE: BY_MONTH, OTHER: f"{BY_MONTH} desc;"})
    for kind in (Postgres, Mysql):
        monkeypatch.setattr(kind, "fetch", _meanwhile(kind.fetch, filled, "update rows_ set amount = amount + 1"))
    assert desk.pulled().rows == 10
    (delivery,) = desk.deliveries()
    assert [f.name for f in delivery.files] == sorted([f"{TABLE}.parquet", f"{OTHER}.parquet"])
    assert delivery.assigned == {f"{t}.parquet": t for t in (TABLE, OTHER)}
    first, second = (f.content for f in delivery.files)
    assert first == second, "both queries see the rows before the change"


@pytest.mark.parametrize("fails_first", [False, True])
def test_a_query_that_fails_leaves_the_others(tmp_path: Path, filled: AnyServer, fails_first: bool) -> None:
    queries = {TABLE: BY_MONTH, OTHER: "select id from not_there where month = :month"}
    desk = Desk(tmp_path, filled, queries=dict(reversed(queries.items())) if fails_first else queries)
    result = desk.pull()
    assert f"1 份数据(共 2 份):{OTHER} 的查询:对方数据库里没有查询用到的表或视图" in result.problem
    assert (result.rows, result.new_deliveries) == (5, 1)
    assert [file.name for file in desk.deliveries()[-1].files] == [f"{TABLE}.parquet"]
    run(filled, "create table not_there as select * from rows_")
    try:
        assert desk.pulled().new_deliveries == 1
    finally:
        run(filled, "drop table not_there")
    assert [file.name for file in desk.deliveries()[-1].files] == sorted([f"{TABLE}.parquet", f"{OTHER}.parquet"])


def test_rows_that_come_while_others_stream_are_not_taken(
    tmp_path: Path, filled: AnyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "_FIRST", 1)
    monkeypatch.setattr(rows, "_MOST", 1)
    more = "insert into rows_ (id, month) values (99, '2021-06')"
    for kind in (Postgres, Mysql):
        monkeypatch.setattr(kind, "fetch", _meanwhile(kind.fetch, filled, more))
    desk = Desk(tmp_path, filled, query=BY_MONTH)
    assert desk.pulled().rows == 5
    assert desk.pulled().rows > 5


def _meanwhile(fetch: Any, server: AnyServer, statement: str) -> Any:
    def fetched(self: Server, *args: Any) -> Any:
        run(server, statement)
        return fetch(self, *args)

    return fetched


def test_a_snapshot_has_no_month_and_is_of_the_last_one(tmp_path: Path, filled: AnyServer) -> None:
    from sources.landing import pull as pull_module
    from sources.months import Month

    desk = Desk(tmp_path, filled, view="rows_", snapshot=True)
    assert "快照" in desk.pull().problem
    now = pull_module.datetime.now(pull_module.LOCAL_TIME)
    last = Month(now.year, now.month).shift(-1)
    assert desk.pulled(last).rows == 7


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"query": "select id from nowhere_ where 'x' = :month"}, "没有查询用到的表"),
        ({"query": "select nothing from rows_ where month = :month"}, "没有查询用到的列"),
        ({"query": "select id, id from rows_ where month = :month"}, "重名的列“id”"),
        ({"view": "rows_", "month_column": "nothing"}, "没有查询用到的列"),
    ],
)
def test_a_query_that_does_not_fit_is_named_by_our_table(
    tmp_path: Path, filled: AnyServer, settings: dict[str, str], words: str
) -> None:
    result = Desk(tmp_path, filled, **settings).pull()
    for part in (HEALTH.label, HEALTH[TABLE].label, f"{TABLE} 的查询", words, "请"):
        assert part in result.problem
    assert "nowhere_" not in result.problem
    assert not result.is_passing


def test_bytes_are_refused_by_the_name_of_their_column(tmp_path: Path, filled: AnyServer) -> None:
    kind = "bytea" if isinstance(filled, PostgresServer) else "blob"
    run(filled, f"alter table rows_ add column 照片 {kind}")
    assert "“照片”的类型" in Desk(tmp_path, filled, query="select * from rows_ where month = :month").pull().problem


def test_a_refused_login_does_not_pass_and_shows_no_secret(tmp_path: Path, filled: AnyServer) -> None:
    desk = Desk(tmp_path, filled, query=BY_MONTH)
    desk.pulled()
    desk.password_file.write_text("wr0ng-secret")
    result = desk.pull()
    assert "拒绝登录" in result.problem
    assert not result.is_passing
    assert "wr0ng-secret" not in result.problem
    assert len(desk.deliveries()) == 1
    for file in (p for p in desk.home.root.rglob("*") if p.is_file()):
        assert b"wr0ng-secret" not in file.read_bytes()


def test_a_database_that_is_not_there_is_said_so(tmp_path: Path, server: AnyServer) -> None:
    scheme = "postgresql" if isinstance(server, PostgresServer) else "mysql"
    desk = Desk(tmp_path, server, query=BY_MONTH)
    desk.set(query=BY_MONTH, url=f"{scheme}://{server.host}:{server.port}/nowhere")
    result = desk.pull()
    assert "没有设置里写的数据库" in result.problem
    assert not result.is_passing


def test_a_missing_right_is_said_so(tmp_path: Path, filled: AnyServer) -> None:
    if isinstance(filled, PostgresServer):
        run(filled, "create role reader login password 'r'", f"grant connect on database {filled.database} to reader")
        ends = ("drop owned by reader", "drop role reader")
    else:
        run(filled, "create user reader identified by 'r'")
        ends = ("drop user reader",)
    try:
        desk = Desk(tmp_path, filled, query=BY_MONTH)
        desk.password_file.write_text("r")
        url = str(desk.locations[f"health/{TABLE}"].url)  # type: ignore[union-attr]
        if isinstance(filled, MariadbServer):
            url = url.replace("/extracts", "/information_schema")
            desk.set(query=BY_MONTH.replace("rows_", "extracts.rows_"), user="reader", url=url)
        else:
            desk.set(query=BY_MONTH, user="reader")
        result = desk.pull()
        assert "没有读取" in result.problem
        assert not result.is_passing
    finally:
        run(filled, *ends)


def test_counted_rows_that_differ_are_a_failure_that_may_pass(
    tmp_path: Path, filled: AnyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(DatabaseSource, "_count", lambda *_: 6)
        desk = Desk(tmp_path, filled, query=BY_MONTH)
        result = desk.pull()
        assert "行数" in result.problem
        assert result.is_passing
        assert desk.deliveries() == []
        desk.set(query=BY_MONTH, count=False)
        assert desk.pulled().rows == 5
    assert desk.facts()["counted"] is None


def test_the_doctor_reads_one_row_of_each_table(tmp_path: Path, filled: AnyServer) -> None:
    desk = Desk(tmp_path, filled, queries={TABLE: f"{BY_MONTH};", OTHER: BY_MONTH}, changed_query="select 1")
    location = desk.locations["health"]
    assert isinstance(location, DatabaseLocation)
    with location.open([TABLE, OTHER]) as source:
        steps = source.try_out()
    assert [step for step, _ in steps] == ["登录", "changed_query", f"查询 {TABLE}", f"查询 {OTHER}"]
    assert steps[-1][1] == "可以读取,3 列"


@pytest.fixture(params=[postgres_server, mariadb_server], ids=["postgres", "mariadb"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyServer]:
    """A server that the test may stop."""
    folder = tmp_path / "server"
    folder.mkdir()
    with request.param(folder) as server:
        run(server, "create table rows_ (id integer, month varchar(7))", "insert into rows_ values (1, '2021-06')")
        yield server


def test_a_server_that_fails_leaves_the_last_good_delivery(
    tmp_path: Path, own: AnyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "select id, month from rows_ where month = :month"
    desk = Desk(tmp_path, own, query=query, silent_seconds=1.0)
    desk.pulled()
    before = json.dumps(str(desk.deliveries()))

    monkeypatch.setattr(DatabaseServer, "access", partialmethod(DatabaseServer.access, connect_seconds=2.0))
    monkeypatch.setattr("sources.landing.transport.sql.postgres._LATER", 0.5)
    own.process.pause()
    began = time.monotonic()
    result = desk.pull()
    own.process.resume()
    assert "没有按时" in result.problem, result.problem
    assert result.is_passing
    assert time.monotonic() - began < 30

    run(own, *(f"insert into rows_ select id + {2**i}, month from rows_" for i in range(12)))
    for what, words in ((own.process.pause, "没有按时"), (own.stop, "断开")):
        desk.set(
            query="select a.id, a.month from rows_ a, rows_ b where a.month = :month", silent_seconds=2, count=False
        )
        timer = threading.Timer(1.5, what)
        timer.start()
        result = desk.pull()
        timer.join()
        own.process.resume() if what == own.process.pause else None
        assert words in result.problem, result.problem
        assert f"{TABLE} 的查询" in result.problem
        assert result.is_passing
    result = desk.pull()
    assert "拒绝连接" in result.problem
    assert result.is_passing
    assert json.dumps(str(desk.deliveries())) == before
    own.start()
    desk.set(query=query)
    run(own, "delete from rows_ where id > 1")
    assert desk.pulled().new_deliveries == 0


def test_a_query_that_computes_too_long_is_ended(tmp_path: Path, filled: AnyServer) -> None:
    run(filled, *(f"insert into rows_ (id, month) select id + {2**i}, month from rows_" for i in range(11)))
    slow = "select count(*) as n from rows_ a, rows_ b, rows_ c where a.id + b.id + c.id < 0 and a.month = :month"
    result = Desk(tmp_path, filled, query=slow, silent_seconds=1.0).pull()
    assert "没有按时" in result.problem
    assert "silent_seconds" in result.problem
    assert result.is_passing
    # A query that still ran would lock the table, for hours.
    run(filled, "alter table rows_ add column later integer")
