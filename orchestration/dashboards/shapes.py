"""Columns and types of the views for analysts, from the marts that the dbt project declares; no data is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import duckdb

from orchestration.dbt import manifest
from orchestration.dictionary.codes import codes
from orchestration.publishing.bi.view import View, views
from orchestration.publishing.content import MARTS, MARTS_OPEN, quoted
from orchestration.publishing.version import OPEN, Edition
from sources.contracts.model import load_contracts


@dataclass(frozen=True)
class Shape:
    """A view, and the SQL type of each of its columns."""

    view: View
    types: Mapping[str, str]


def marts_of(edition: Edition) -> dict[str, str]:
    """Return the columns with types of every mart of a database, by its published name."""
    return {table: columns for table, (_, columns) in _declared(edition).items()}


def models_of(edition: Edition) -> dict[str, str]:
    """Return the dbt model of every mart of a database, by the mart's published name."""
    return {table: model for table, (model, _) in _declared(edition).items()}


def make(connection: duckdb.DuckDBPyConnection, edition: Edition) -> None:
    """Create the marts of a database without rows, and its views."""
    marts = marts_of(edition)
    connection.execute("create schema marts; create schema bi")
    for table, columns in marts.items():
        connection.execute(f"create table marts.{quoted(table)} ({columns})")
    for view in views(codes(load_contracts()), marts):
        connection.execute(f"create view bi.{quoted(view.name)} as {view.sql}")


@cache
def shapes(edition: Edition = OPEN) -> Mapping[str, Shape]:
    """Return the views of a database, by name; dashboards read the open one."""
    with duckdb.connect() as connection:
        make(connection, edition)
        listed = views(codes(load_contracts()), marts_of(edition))
        return {view.name: Shape(view, _types(connection, view)) for view in listed}


def _types(connection: duckdb.DuckDBPyConnection, view: View) -> dict[str, str]:
    described = connection.execute(f"describe bi.{quoted(view.name)}").fetchall()
    return {str(name): str(sql_type) for name, sql_type, *_ in described}


def _declared(edition: Edition) -> dict[str, tuple[str, str]]:
    """Return model and columns of every mart of a database, by its published name."""
    parsed = manifest.load()
    opened = manifest.open_marts(parsed)
    found = {}
    for schema in (MARTS, MARTS_OPEN):
        for unique_id, (_, table) in manifest.relations(parsed, schema).items():
            if schema == (opened.get(table) if edition == OPEN else MARTS):
                node = parsed["nodes"][unique_id]
                columns = ", ".join(f"{quoted(c['name'])} {c['data_type']}" for c in node["columns"].values())
                found[table] = (str(node["name"]), columns)
    return found
