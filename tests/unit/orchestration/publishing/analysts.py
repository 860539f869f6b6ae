"""The marts of a database without rows, and its views for analysts."""

from __future__ import annotations

import duckdb

from orchestration.dbt import manifest
from orchestration.dictionary.codes import codes
from orchestration.publishing.bi.view import views
from orchestration.publishing.content import MARTS, MARTS_OPEN, quoted
from orchestration.publishing.version import OPEN, Edition
from sources.contracts.model import load_contracts

ALL = views(codes(load_contracts()))


def marts_of(edition: Edition) -> dict[str, str]:
    """Every mart of a database, and its columns with their types."""
    parsed = manifest.load()
    opened = manifest.open_marts(parsed)
    found = {}
    for schema in (MARTS, MARTS_OPEN):
        for unique_id, (_, table) in manifest.relations(parsed, schema).items():
            if schema == (opened.get(table) if edition == OPEN else MARTS):
                columns = parsed["nodes"][unique_id]["columns"].values()
                found[table] = ", ".join(f"{quoted(c['name'])} {c['data_type']}" for c in columns)
    return found


def make(connection: duckdb.DuckDBPyConnection, edition: Edition) -> None:
    """Create the tables and views of a database."""
    marts = marts_of(edition)
    connection.execute("create schema marts; create schema bi")
    for table, shape in marts.items():
        connection.execute(f"create table marts.{quoted(table)} ({shape})")
    for view in ALL:
        if view.marts.issubset(marts):
            connection.execute(f"create view bi.{quoted(view.name)} as {view.sql}")
