"""The database servers of the tests, with psycopg and PyMySQL."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import psycopg
import pymysql
import pytest

from tests.servers.mariadb import MariadbServer, mariadb_server
from tests.servers.postgres import PostgresServer, postgres_server

_CREATE = "CREATE TABLE households (code VARCHAR(20), income DECIMAL(10, 2), since DATE)"
_ROW = ("户一", Decimal("4300.50"), dt.date(2026, 3, 31))


def _postgres(server: PostgresServer, password: str | None = None) -> psycopg.Connection:
    return psycopg.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=password or server.password,
        dbname=server.database,
        connect_timeout=5,
    )


def _mariadb(server: MariadbServer, password: str | None = None) -> pymysql.Connection:
    return pymysql.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=password or server.password,
        database=server.database,
        connect_timeout=5,
    )


def test_postgres_keeps_rows_and_asks_for_the_password(postgres: PostgresServer) -> None:
    print(f"start-up: {postgres.process.seconds:.2f} s")
    with _postgres(postgres) as connection:
        connection.execute(_CREATE)
        connection.execute("INSERT INTO households VALUES (%s, %s, %s)", _ROW)
        assert connection.execute("SELECT * FROM households").fetchall() == [_ROW]
        connection.rollback()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        _postgres(postgres, "wrong")


def test_mariadb_keeps_rows_and_asks_for_the_password(mariadb: MariadbServer) -> None:
    print(f"start-up: {mariadb.process.seconds:.2f} s")
    with _mariadb(mariadb) as connection, connection.cursor() as cursor:
        cursor.execute(_CREATE)
        cursor.execute("INSERT INTO households VALUES (%s, %s, %s)", _ROW)
        cursor.execute("SELECT * FROM households")
        assert cursor.fetchall() == (_ROW,)
        cursor.execute("DROP TABLE households")
    with pytest.raises(pymysql.OperationalError, match="Access denied"):
        _mariadb(mariadb, "wrong")


def test_postgres_is_down_and_up_again_with_its_rows(tmp_path: Path) -> None:
    with postgres_server(tmp_path) as server:
        with _postgres(server) as connection:
            connection.execute(_CREATE)
            connection.commit()
            server.stop()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        with pytest.raises(psycopg.OperationalError, match="Connection refused"):
            _postgres(server)
        server.start()
        with _postgres(server) as connection:
            assert connection.execute("SELECT count(*) FROM households").fetchone() == (0,)


def test_mariadb_stands_still_and_is_down_and_up_again_with_its_rows(tmp_path: Path) -> None:
    with mariadb_server(tmp_path) as server:
        with _mariadb(server) as connection, connection.cursor() as cursor:
            cursor.execute(_CREATE)
        server.process.pause()
        # The kernel connects, so that only the time-out for reading ends the wait for the greeting.
        with pytest.raises(pymysql.OperationalError, match="timed out"):
            pymysql.connect(host=server.host, port=server.port, user=server.user, connect_timeout=1, read_timeout=1)
        server.process.resume()
        server.stop()
        with pytest.raises(pymysql.OperationalError, match="Connection refused"):
            _mariadb(server)
        server.start()
        with _mariadb(server) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM households")
            assert cursor.fetchall() == ((0,),)
