"""A database of its own for the Dagster records of a test, on the PostgreSQL of the session.

Belongs here: making it and its settings. Does not belong here: the server (``postgres``).
"""

from __future__ import annotations

import secrets
from pathlib import Path

import psycopg
import pytest

from orchestration.runtime import instance
from orchestration.runtime.dagster_database import DagsterDatabase
from orchestration.runtime.settings import Settings
from tests.servers.postgres import PostgresServer

STORAGES = ["sqlite", "postgresql"]


def prepared_home(request: pytest.FixtureRequest, folder: Path) -> Settings:
    """Prepare the home ``folder/home`` with the storage that the fixture's parameter names."""
    database = None
    if request.param == "postgresql":
        database = new_database(request.getfixturevalue("postgres"), folder)
    settings = Settings(home=folder / "home", dagster_database=database)
    instance.prepare(settings)
    return settings


def new_database(server: PostgresServer, folder: Path) -> DagsterDatabase:
    """Make a database in the time zone of China, and a password file in ``folder``."""
    name = f"dagster_{secrets.token_hex(4)}"
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"create database {name}")
        # Dagster stores times without a zone: a server in China must not shift them.
        connection.execute(f"alter database {name} set timezone to 'Asia/Shanghai'")
    password = folder / "dagster.password"
    password.write_text(server.password)
    password.chmod(0o600)
    return DagsterDatabase(
        url=f"postgresql://{server.host}:{server.port}/{name}", user=server.user, password_file=password
    )
