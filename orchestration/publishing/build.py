"""Write a version: a database that any DuckDB client since 1.4 can read, with Chinese views and Parquet files.

Belongs here: the database file and the Parquet folder. Does not belong here: deciding whether to publish them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from orchestration.publishing.bi.view import BI, View
from orchestration.publishing.content import (
    CONFIG,
    LABELLED,
    MARTS,
    Column,
    Mart,
    PublishError,
    literal,
    measure_mart,
    quoted,
    shapes,
    tables,
)

STORAGE_VERSION = "v1.4.0"
"""DuckDB 1.x clients cannot open files in the default format of DuckDB 2.0."""

WAREHOUSE = "warehouse"
VERSION = "version"


@contextmanager
def warehouse(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection with the dbt warehouse attached read-only as ``warehouse``.

    Raises PublishError if there is no warehouse, duckdb.IOException if another process has it open for writing.
    """
    if not path.exists():
        raise PublishError(f"数据仓库 {path.name} 不存在:请先运行一个月份。")
    with duckdb.connect(config=CONFIG) as connection:
        connection.execute(f"attach {literal(path)} as {WAREHOUSE} (read_only)")
        yield connection


def build(
    connection: duckdb.DuckDBPyConnection,
    target: Path,
    parquet: Path,
    schemas: Mapping[str, str],
    contents: Mapping[str, str],
    views: Sequence[View],
    has_view_files: bool,
) -> dict[str, Mart]:
    """Copy marts of the attached warehouse to a new database ``target`` and to Parquet files in ``parquet``.

    ``schemas`` gives the schema of the warehouse of each mart; all lie in the schema ``marts`` of the new database.
    ``contents`` gives, for each mart whose rows are not in the warehouse yet, the query that selects them. ``views``
    are made in the schema ``bi`` if the database has their marts, and are Parquet files as well if ``has_view_files``:
    who reads files only has no views. Returns the marts of ``contents`` as measured in
    ``target``. Raises PublishError if a column has no Chinese label, duckdb.Error or OSError if writing fails.
    """
    parquet.mkdir(parents=True)
    connection.execute(f"attach {literal(target)} as {VERSION} (storage_version {literal(STORAGE_VERSION)})")
    try:
        connection.execute(f"use {VERSION}")
        # One transaction: each of thousands of comments would be written to the disk before the next.
        connection.execute("begin")
        connection.execute(f"create schema {MARTS}; create schema {LABELLED}; create schema {BI}")
        comments = {schema: tables(connection, WAREHOUSE, schema) for schema in set(schemas.values())}
        shape = {schema: shapes(connection, WAREHOUSE, schema) for schema in set(schemas.values())}
        for name, schema in sorted(schemas.items()):
            about = comments[schema][name], shape[schema][name]
            _copy(connection, name, *about, contents.get(name, f"from {WAREHOUSE}.{schema}.{quoted(name)}"))
            file = parquet / f"{name}.parquet"
            connection.execute(f"copy {MARTS}.{quoted(name)} to {literal(file)} (format parquet, compression zstd)")
        for view in views:
            if view.marts.issubset(schemas):
                _create(connection, view)
                if has_view_files:
                    _copy_view(connection, view, view_file(parquet, view))
        connection.execute("commit")
        connection.execute(f"checkpoint {VERSION}")
        written = shapes(connection, VERSION)
        return {name: measure_mart(connection, VERSION, name, written[name]) for name in contents}
    except BaseException:
        with suppress(duckdb.TransactionException):
            connection.rollback()
        raise
    finally:
        connection.execute(f"use memory; detach {VERSION}")


def _copy(
    connection: duckdb.DuckDBPyConnection, name: str, comment: str, shape: tuple[Column, ...], content: str
) -> None:
    _check_labels(name, shape)
    table, view = f"{MARTS}.{quoted(name)}", f"{LABELLED}.{quoted(name)}"
    connection.execute(f"create table {table} as {content}")
    connection.execute(f"comment on table {table} is {literal(comment)}")
    labelled = ", ".join(f"{quoted(c.name)} as {quoted(c.label)}" for c in shape)
    connection.execute(f"create view {view} as select {labelled} from {table}")
    connection.execute(f"comment on view {view} is {literal(comment)}")
    for column in shape:
        connection.execute(f"comment on column {table}.{quoted(column.name)} is {literal(column.label)}")
        connection.execute(f"comment on column {view}.{quoted(column.label)} is {literal(column.comment)}")


def _create(connection: duckdb.DuckDBPyConnection, view: View) -> None:
    name = f"{BI}.{quoted(view.name)}"
    connection.execute(f"create view {name} as {view.sql}")
    connection.execute(f"comment on view {name} is {literal(view.about)}")
    for column in view.columns:
        connection.execute(f"comment on column {name}.{quoted(column.name)} is {literal(column.about)}")


def view_file(parquet: Path, view: View) -> Path:
    """Return the Parquet file of a view below the folder of a version's Parquet files."""
    return parquet / BI / f"{view.name}.parquet"


def _copy_view(connection: duckdb.DuckDBPyConnection, view: View, file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    query = f"select * from {BI}.{quoted(view.name)} order by {', '.join(map(quoted, view.key))}"
    connection.execute(f"copy ({query}) to {literal(file)} (format parquet, compression zstd)")


def _check_labels(name: str, shape: tuple[Column, ...]) -> None:
    """Check that every column of a mart has a label of its own, ignoring case as DuckDB does.

    Raises PublishError naming the columns.
    """
    labels = [c.label.casefold() for c in shape]
    bad = [c.name for c in shape if not c.label or labels.count(c.label.casefold()) > 1]
    if bad:
        raise PublishError(f"数据表 {name} 的列缺少中文标签或标签重复:{'、'.join(bad)}。请在模型的 YAML 中补上。")
