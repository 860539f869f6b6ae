"""A data home whose departments keep a month on servers: files on shares, rows in databases and behind an interface.

Belongs here: moving an inbox to the servers, and the settings that reach it. Does not belong here: running months.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pymysql
import pytest

from sources.contracts.model import Contracts, Dataset
from sources.months import Month
from tests.servers.https import HttpsServer
from tests.servers.mariadb import MariadbServer
from tests.servers.postgres import PostgresServer
from tests.unit.sources.landing.transport.kinds import KINDS, Place

_TYPES = {pl.Date: "date", pl.Int64: "bigint", pl.Boolean: "boolean", pl.String: "text"}


@dataclass
class Routes:
    """Where each department and table is; ``entries`` are the settings ``locations``."""

    request: pytest.FixtureRequest
    home: Path
    entries: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    """Settings besides ``locations``."""

    def share(self, department: str, kind: str, files: Path) -> None:
        """Put a department's folder of months on a share."""
        from sources.home import Home

        place: Place = KINDS[kind](self.request, Home(self.home), f"by-{kind}-{department}")
        for path in (p for p in sorted(files.rglob("*")) if p.is_file()):
            place.put(str(path.relative_to(files)), path.read_bytes())
        if place.root:
            self.request.addfinalizer(lambda: shutil.rmtree(place.root or "", ignore_errors=True))
        self.entries[department] = place.entry

    def query(self, dataset: Dataset, month: Month, rows: pl.DataFrame, server: PostgresServer | MariadbServer) -> None:
        """Put the rows of a table into a database, with the month that they are of."""
        quote = '"' if isinstance(server, PostgresServer) else "`"
        names = [f"{quote}{name}{quote}" for name in rows.columns]
        kinds = [_TYPES.get(type_.base_type(), "decimal(28,10)") for type_ in rows.dtypes]
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, kinds, strict=True))
        marks = ", ".join(["%s"] * (rows.width + 1))
        with _connect(server) as connection, connection.cursor() as cursor:
            cursor.execute(f"drop table if exists {dataset.name}")
            cursor.execute(f"create table {dataset.name} ({columns}, month_of_rows text)")
            cursor.executemany(f"insert into {dataset.name} values ({marks})", [(*r, str(month)) for r in rows.rows()])
            connection.commit()
        scheme = "postgresql" if isinstance(server, PostgresServer) else "mariadb"
        self.entries[f"{dataset.department}/{dataset.name}"] = {
            "url": f"{scheme}://{server.host}:{server.port}/{server.database}",
            "user": server.user,
            "password_file": self._secret(server.password),
            "query": f"select {', '.join(names)} from {dataset.name} where month_of_rows = :month",
        }

    def pages(self, dataset: Dataset, rows: list[dict[str, Any]], server: HttpsServer) -> None:
        """Serve the rows of a table page by page, to those who know the token."""
        path = f"/api/{dataset.name}"
        server.add_pages(path, rows, size=100)
        server.allow(path, lambda request: request.headers.get("authorization") == "Bearer route-token")
        self.entries[f"{dataset.department}/{dataset.name}"] = {
            "url": f"{server.url}{path}",
            "ca_file": str(server.ca_file),
            "token_file": self._secret("route-token"),
            "params": {"month": "{month:%Y%m}"},
            "rows": "rows",
            "total": "total",
            "page": {"number": "page", "size": "size", "per_page": 100},
        }

    def write_settings(self) -> None:
        """Write ``settings.toml``."""
        sections = (f"[locations.{_toml(key)}]\n{_lines(entry)}" for key, entry in self.entries.items())
        (self.home / "settings.toml").write_text("\n\n".join([_lines(self.others), *sections]), "utf-8")

    def _secret(self, text: str) -> str:
        path = self.home / f"secret-{len(list(self.home.glob('secret-*')))}"
        path.touch(0o600)
        path.write_text(text)
        return str(path)


def is_of(original: Path, contracts: Contracts) -> Dataset:
    """Return the dataset of a typed original, which has its label as its name."""
    return next(d for d in contracts.datasets if d.label == original.stem)


def rows_of(original: Path) -> pl.DataFrame:
    """Read the rows of a Parquet original."""
    return pl.read_parquet(io.BytesIO(original.read_bytes()))


def objects_of(original: Path) -> list[dict[str, Any]]:
    """Read the rows of a JSON-lines original; numbers keep their digits."""
    return [
        json.loads(
            line,
        )
        for line in original.read_text("utf-8").splitlines()
    ]


def _connect(server: PostgresServer | MariadbServer) -> Any:
    login = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
    if isinstance(server, PostgresServer):
        return psycopg.connect(**login, dbname=server.database)
    return pymysql.connect(**login, database=server.database, charset="utf8mb4")


def _lines(entry: Mapping[str, Any]) -> str:
    return "\n".join(f"{key} = {_toml(value)}" for key, value in entry.items() if value is not None)


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
