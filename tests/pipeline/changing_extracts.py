"""A department's month at each kind of location on a real server, which changes there once.

Belongs here: what is there before and after the change, and the settings that reach it.
Does not belong here: pulling it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl
import pytest

from sources.home import Home
from tests.pipeline.dying_pulls import DEPARTMENT, MONTH
from tests.servers.https import HttpsServer
from tests.servers.pages import pages_answer
from tests.servers.replies import Reply, Request
from tests.unit.sources.builder import CONTRACTS, csv_file, row, table
from tests.unit.sources.landing.transport.kinds import KINDS as SHARES
from tests.unit.sources.landing.transport.kinds import secret
from tests.unit.sources.landing.transport.sql.desk import connect

FIRST, OTHER, _ = (dataset.name for dataset in CONTRACTS[DEPARTMENT].datasets)
_MANY = 2500
"""Rows of a table: several pages, several fetches of a cursor."""
_FILE_TIMES = 4000
"""So often has a file its rows: several chunks of a copy."""


@dataclass(frozen=True)
class Extract:
    """A department's month: the settings that reach it, and a function that puts state 1 or 2 there."""

    entries: Mapping[str, Mapping[str, Any]]
    put: Callable[[int], None]
    fetched_again: int = 0
    """How much a pull fetches although nothing has changed: tables without a version."""


def _csv(name: str, state: int) -> bytes:
    dataset = CONTRACTS.dataset(name)
    return csv_file(table(dataset, [row(dataset, number) for number in range(state, 4)] * _FILE_TIMES))


def _share(kind: str, request: pytest.FixtureRequest, home: Home) -> Extract:
    place = SHARES[kind](request, home, f"kills-{secrets.token_hex(4)}")
    first, other = (f"{CONTRACTS.dataset(name).label}.csv" for name in (FIRST, OTHER))
    before = {f"{MONTH}/{first}": _csv(FIRST, 1), f"{MONTH}/镇/{other}": _csv(OTHER, 1), f"{MONTH}/说明.txt": b"x"}
    redelivery = {f"{MONTH}/r2/{first}": _csv(FIRST, 3), f"{MONTH}/r2/delivery.yaml": b"mode: replace_towns"}
    after = before | {f"{MONTH}/镇/{other}": _csv(OTHER, 2)} | redelivery
    if place.root:
        place.root.mkdir()

    def put(state: int) -> None:
        wanted = before if state == 1 else after
        for path in place.names():
            if path not in wanted:
                place.remove(path)
        for path, content in wanted.items():
            if state == 1 or before.get(path) != content:
                place.put(path, content)

    return Extract({DEPARTMENT: place.entry}, put)


def _rows(state: int, name: str) -> list[dict[str, Any]]:
    """Rows with a change in the middle, and in the second state one row less."""
    number = 0 if name == OTHER else state
    return [
        {"编号": n, "姓名": f"甲{n}", "说明": f"{name} {number if n == _MANY // 2 else 0}"}
        for n in range(_MANY + 1 - number)
    ]


def _database(kind: str, request: pytest.FixtureRequest, home: Home) -> Extract:
    server = request.getfixturevalue(kind)
    names = {name: f"kills_{name}_{secrets.token_hex(4)}" for name in (FIRST, OTHER)}
    entry = {
        "url": f"{kind.replace('postgres', 'postgresql')}://{server.host}:{server.port}/{server.database}",
        "user": server.user,
        "password_file": secret(home, server.password),
        "queries": {
            name: f"select 编号, 姓名, 说明 from {there} where :month = '{MONTH}'" for name, there in names.items()
        },
    }
    # One database tells when it has changed, the other has its rows fetched to be compared.
    has_version = kind == "postgres"
    if has_version:
        entry["changed_query"] = f"select count(*), max(说明) from {names[FIRST]}"

    def put(state: int) -> None:
        with connect(server) as connection, connection.cursor() as cursor:
            for name, there in names.items():
                cursor.execute(f"drop table if exists {there}")
                cursor.execute(f"create table {there} (编号 int, 姓名 varchar(20), 说明 varchar(60))")
                rows = pl.DataFrame(_rows(state, name)).rows()
                cursor.executemany(f"insert into {there} values (%s, %s, %s)", rows)
            connection.commit()

    return Extract({DEPARTMENT: entry}, put, fetched_again=0 if has_version else len(names))


def _https_file(request: pytest.FixtureRequest, home: Home) -> Extract:
    server: HttpsServer = request.getfixturevalue("https")
    top = f"/kills-{secrets.token_hex(4)}"

    def put(state: int) -> None:
        for name, number in ((FIRST, state), (OTHER, 1)):
            server.add_file(f"{top}/{MONTH}/{name}.csv", _csv(name, number))

    def entry(name: str) -> dict[str, Any]:
        url = f"{server.url}{top}/{{month:%Y-%m}}/{name}.csv"
        return {"url": url, "gives": "file", "ca_file": str(server.ca_file)}

    return Extract({f"{DEPARTMENT}/{name}": entry(name) for name in (FIRST, OTHER)}, put)


def _https_rows(request: pytest.FixtureRequest, home: Home) -> Extract:
    server: HttpsServer = request.getfixturevalue("https")
    top = f"/kills-{secrets.token_hex(4)}"

    def put(state: int) -> None:
        for name in (FIRST, OTHER):
            right = pages_answer(_rows(state, name), "page", 100, f"{server.url}{top}/{name}")

            def versioned(request: Request, right: Callable[[Request], Reply] = right) -> Reply:
                return right(request).with_json(version=f"v{state}")

            server.add(f"{top}/{name}", versioned)

    entry = {
        "url": f"{server.url}{top}",
        "tables": {name: f"{name}?month={{month:%Y%m}}" for name in (FIRST, OTHER)},
        "ca_file": str(server.ca_file),
        "rows": "rows",
        "total": "total",
        "changed": "version",
        "page": {"number": "page", "size": "size", "per_page": 200},
    }
    return Extract({DEPARTMENT: entry}, put)


KINDS: dict[str, Callable[[pytest.FixtureRequest, Home], Extract]] = {
    **{kind: partial(_share, kind) for kind in SHARES},
    **{kind: partial(_database, kind) for kind in ("postgres", "mariadb")},
    "https_file": _https_file,
    "https_rows": _https_rows,
}
