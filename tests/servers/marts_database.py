"""An empty database of a PostgreSQL server for the published marts, with its owner and logins of every role.

Belongs here: what the administrator of a server does before (docs/postgres.md), and removing it again.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from orchestration.publishing.postgres.rights import ROLES
from orchestration.runtime.postgres_server import PostgresServer as Setting
from tests.servers.postgres import PostgresServer, binary

DATABASE, OWNER = "marts", "marts_owner"
PASSWORD_ENV, PASSWORD = "SHOUWANG_TEST_MARTS_PASSWORD", "of-everybody"


@dataclass
class MartsDatabase:
    """The database; `setting` is that of the owner."""

    server: PostgresServer
    logins: list[str] = field(default_factory=list)

    @property
    def setting(self) -> Setting:
        """The settings' entry, whose password is in the environment."""
        url = f"postgresql://{self.server.host}:{self.server.port}/{DATABASE}"
        return Setting(url=url, user=OWNER, password_env=PASSWORD_ENV)

    def connect(self, user: str = OWNER, **options: Any) -> psycopg.Connection[Any]:
        """Log in, each statement on its own unless `autocommit` says otherwise."""
        options = {"autocommit": True} | options
        server = self.server
        return psycopg.connect(
            host=server.host, port=server.port, user=user, password=PASSWORD, dbname=DATABASE, **options
        )

    def read(self, query: str, user: str = OWNER) -> list[tuple[Any, ...]]:
        """Return the rows that a login sees."""
        with self.connect(user) as connection:
            return connection.execute(query).fetchall()

    def files_with(self, text: str) -> list[str]:
        """Name the files of the database that hold a text, in whatever table, index or remains."""
        with _administrator(self.server) as administrator:
            administrator.execute("checkpoint")
            ((root, oid),) = administrator.execute(
                "select current_setting('data_directory'), oid from pg_database where datname = %s", [DATABASE]
            ).fetchall()
        return sorted(p.name for p in Path(root, "base", str(oid)).iterdir() if text.encode() in p.read_bytes())

    def login(self, name: str, role: str, *towns: str) -> str:
        """Make a login of a role, and give it towns."""
        with _administrator(self.server) as administrator:
            administrator.execute(f"create role {name} login password '{PASSWORD}' in role {role}")
        self.logins.append(name)
        with self.connect() as owner:
            for town in towns:
                owner.execute("insert into shouwang.case_towns values (%s, %s)", [name, town])
        return name


def _administrator(server: PostgresServer, database: str = "postgres") -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=server.host, port=server.port, user=server.user, password=server.password, dbname=database, autocommit=True
    )


def dump_of(database: MartsDatabase) -> bytes:
    """Return everything in the database as the server's own program writes it: rows, comments, roles' rights."""
    server = database.server
    command = [binary("pg_dump"), "-h", server.host, "-p", str(server.port), "-U", server.user, DATABASE]
    environment = {**os.environ, "PGPASSWORD": server.password}
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


@contextmanager
def marts_database(server: PostgresServer) -> Iterator[MartsDatabase]:
    """Make the database and its owner, and remove them with all roles at the end."""
    os.environ[PASSWORD_ENV] = PASSWORD
    database = MartsDatabase(server)
    with _administrator(server) as administrator:
        administrator.execute(f"create role {OWNER} login createrole password '{PASSWORD}'")
        administrator.execute(f"create database {DATABASE} owner {OWNER}")
    try:
        yield database
    finally:
        with _administrator(server) as administrator:
            administrator.execute(f"drop database {DATABASE} with (force)")
            for role in (*database.logins, *ROLES, OWNER):
                administrator.execute(f"drop role if exists {role}")
        os.environ.pop(PASSWORD_ENV)
