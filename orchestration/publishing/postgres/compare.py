"""Look whether PostgreSQL holds the published version, row by row if asked.

Belongs here: reading and comparing. Does not belong here: mending (``load`` replaces what differs).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from orchestration.publishing.content import PublishError, quoted
from orchestration.publishing.postgres import shape
from orchestration.publishing.postgres.layout import Keys, Table, layout, schemas_of
from orchestration.publishing.postgres.load import databases, held_version
from orchestration.publishing.postgres.parts import measure
from orchestration.publishing.postgres.session import BusyError, Session, session
from orchestration.publishing.version import Version
from orchestration.runtime.postgres_server import PostgresServer
from sources.landing.transport.location import CONNECT_SECONDS
from sources.landing.transport.trouble import TransportError

COPY = "请执行 shouwang publish --to postgres"
_BUSY = "数据库正忙,没有看成;请稍后再试"


def lag(server: PostgresServer, version: Version | None, connect_seconds: float = CONNECT_SECONDS) -> str:
    """Say in Chinese why PostgreSQL does not hold the published version; empty if it does, or if nothing is published.

    Only the version is looked at.
    """
    try:
        with session(server, connect_seconds) as opened:
            return _lag(opened, version)
    except TransportError as error:
        return f"{server.shown}:{error.cause};{error.todo}"
    except (PublishError, BusyError) as error:
        return str(error) or _BUSY


def _lag(opened: Session, version: Version | None) -> str:
    held = held_version(opened)
    if version is None or held == (version.number, version.stem):
        return ""
    return f"数据库里{f'是版本 {held[0]}' if held else '还没有数据'},现在发布的是版本 {version.number}。{COPY}"


def problems(published: Path, server: PostgresServer, version: Version, keys: Keys, deep: bool) -> list[str]:
    """Say how PostgreSQL differs from the published version: version, columns, rows, with ``deep`` every cell."""
    try:
        with session(server) as opened, databases(published, version) as connection:
            if told := _lag(opened, version):
                return [told]
            return list(_differences(opened, connection, keys, deep))
    except TransportError as error:
        return [f"{server.shown}:{error.cause};{error.todo}"]
    except (PublishError, BusyError) as error:
        return [str(error) or _BUSY]
    except duckdb.Error as error:
        return [f"已发布的版本读不出({type(error).__name__})"]


def _differences(opened: Session, connection: duckdb.DuckDBPyConnection, keys: Keys, deep: bool) -> Iterator[str]:
    tables, views = layout(connection, keys)
    there = shape.found_in(opened, schemas_of(tables, views))
    again = "请执行 shouwang publish --to postgres --again,重新复制全部的表"
    for table in tables:
        name = f"{table.schema}.{table.name}"
        if shape.is_reshaped(table, there.get(table.place)):
            yield f"{name} 的列与已发布的不同。{again}"
        elif (
            deep
            and "jsonb" not in {c.type for c in table.columns}
            and _content(opened, connection, table) != measure(connection, table)
        ):
            yield f"{name} 的内容与已发布的不同。{again}"
        elif _rows(opened, table) != sum(part.rows for part in measure(connection, table).values()):
            yield f"{name} 的行数与已发布的不同。{again}"
    yield from (f"缺少视图 {v.schema}.{v.name}。{again}" for v in views if v.place not in there)


def _rows(opened: Session, table: Table) -> int:
    return int(opened.rows(f"select count(*) from {shape.relation(table.place)}")[0][0])


def _content(opened: Session, connection: duckdb.DuckDBPyConnection, table: Table) -> object:
    """Measure the rows that PostgreSQL holds as those of the version are measured: in DuckDB, with its types."""
    columns = ", ".join(quoted(c.name) for c in table.columns)
    lines = opened.copy_out(f"copy (select {columns} from {shape.relation(table.place)}) to stdout (format csv)")
    names = [c.name for c in table.columns]
    texts = dict.fromkeys(names, pl.String)
    frame = pl.read_csv(io.BytesIO(lines), has_header=False, schema=texts) if lines else pl.DataFrame(schema=texts)
    connection.register("held", frame)
    try:
        return measure(connection, table.held_in("held"))
    finally:
        connection.unregister("held")
