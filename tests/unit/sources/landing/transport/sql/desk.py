"""A data home whose health department keeps its tables in a database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pymysql

from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.archive import original_path
from sources.landing.pull import PullResult, pull_department
from sources.landing.pulled import Pulled, PulledDelivery
from sources.landing.transport import Location, location_of
from sources.months import Month
from tests.servers.mariadb import MariadbServer
from tests.servers.postgres import PostgresServer

HEALTH = load_contracts()["health"]
TABLE, OTHER = HEALTH.datasets[0].name, HEALTH.datasets[1].name
JUNE = Month(2021, 6)
AnyServer = PostgresServer | MariadbServer


class Desk:
    """A home with one location: that of a table, or of the department if it has ``queries``."""

    def __init__(self, folder: Path, server: AnyServer, **settings: Any) -> None:
        self.server = server
        self.home = Home(folder / "home")
        self.home.prepare()
        self.password_file = folder / "password"
        self.password_file.touch(0o600)
        self.password_file.write_text(server.password + "\n")
        self.set(**settings)

    def set(self, **settings: Any) -> None:
        scheme = "mariadb" if isinstance(self.server, MariadbServer) else "postgresql"
        entry = {
            "url": f"{scheme}://{self.server.host}:{self.server.port}/{self.server.database}",
            "user": self.server.user,
            "password_file": str(self.password_file),
            **settings,
        }
        self.table = None if "queries" in settings else TABLE
        key = "health" if self.table is None else f"health/{TABLE}"
        self.locations: Mapping[str, Location | Path] = {key: location_of(entry, self.home.root)}

    @property
    def record(self) -> Pulled:
        return Pulled(self.home, "health", self.table)

    def pull(self, month: Month = JUNE) -> PullResult:
        (result,) = pull_department(self.home, HEALTH, self.locations, month)
        return result

    def pulled(self, month: Month = JUNE) -> PullResult:
        result = self.pull(month)
        assert result.problem == "", result.problem
        return result

    def deliveries(self, month: Month = JUNE) -> list[PulledDelivery]:
        return self.record.deliveries(month)

    def frame(self, month: Month = JUNE) -> pl.DataFrame:
        """The rows of the newest delivery's only file, from the archive."""
        (file,) = self.deliveries(month)[-1].files
        return pl.read_parquet(original_path(self.home, file.sha256).read_bytes())

    def facts(self, month: Month = JUNE) -> dict[str, Any]:
        (file,) = self.deliveries(month)[-1].files
        return json.loads(json.dumps(file.facts))


def run(server: AnyServer, *statements: str) -> None:
    """Run statements as the owner, each committed."""
    with connect(server) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        connection.commit()


def connect(server: AnyServer) -> Any:
    if isinstance(server, PostgresServer):
        return psycopg.connect(
            host=server.host, port=server.port, user=server.user, password=server.password, dbname=server.database
        )
    return pymysql.connect(
        host=server.host, port=server.port, user=server.user, password=server.password, database=server.database
    )
