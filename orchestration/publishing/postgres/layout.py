"""Say which tables and views of PostgreSQL hold a version: schemas, columns, plain types, keys.

Belongs here: reading the two databases of a version for this. Does not belong here: SQL of PostgreSQL.

| schema | from | for |
|---|---|---|
| ``marts``, ``marts_zh`` and others of the same name | the open database | every reader |
| ``marts_full`` and others with that ending | the full database | the office |
| ``marts_case``, ``marts_zh_case`` | ``case`` | case workers, by town |

The Chinese views of the marts become views; views of other schemas become tables, because their SQL is DuckDB's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Literal

import duckdb

from orchestration.publishing import case
from orchestration.publishing.content import LABELLED, MARTS, PublishError, label_of, quoted

OPEN_DATABASE, FULL_DATABASE = "open_marts", "full_marts"
"""Names under which the databases of a version are attached."""
Audience = Literal["open", "full", "case"]
ENDINGS: Mapping[Audience, str] = {"open": "", "full": "_full", "case": "_case"}
_DATABASES: tuple[tuple[str, Audience], ...] = ((OPEN_DATABASE, "open"), (FULL_DATABASE, "full"))
MONTHS = ("month", "月份")
"""Names of the column by whose months the rows of a table are replaced, if it is a date."""
MAX_NAME = 63
"""Bytes of a name in PostgreSQL, which cuts longer ones off."""

_PLAIN = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "UTINYINT": "integer",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "BIGINT": "bigint",
    "UBIGINT": "numeric(20,0)",
    "HUGEINT": "numeric(39,0)",
    "UHUGEINT": "numeric(39,0)",
    "FLOAT": "double precision",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "UUID": "text",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_NESTED = re.compile(r"^(STRUCT|MAP)\(|\]$")
_AS_TEXT = ("UHUGEINT", "HUGEINT", "UBIGINT", "TIMESTAMP WITH TIME ZONE", "UUID")
"""Types that DuckDB writes as PostgreSQL reads them, and Arrow or polars do not."""


@dataclass(frozen=True)
class Key:
    """The columns that tell rows apart; a primary key only if none of them may be null."""

    columns: tuple[str, ...]
    is_primary: bool


Keys = Mapping[tuple[str, str], Key]
"""Keys by schema of the warehouse (``marts``, ``marts_open``) and table."""


def keys_of(schema: str, grains: Mapping[str, Sequence[str]], not_null: Mapping[str, Set[str]]) -> Keys:
    """Make the keys of a schema of the warehouse from the columns that identify rows and those that are never null."""
    return {(schema, name): Key(tuple(grain), set(grain) <= not_null[name]) for name, grain in grains.items()}


@dataclass(frozen=True)
class Column:
    """A column: its name and type in PostgreSQL, its comment, and the expression that selects it from the source."""

    name: str
    type: str
    comment: str
    select: str = field(default="", compare=False)
    dtype: str = field(default="VARCHAR", compare=False)
    """The type in DuckDB."""


@dataclass(frozen=True)
class Shown:
    """What a table and a view of PostgreSQL have in common."""

    audience: Audience
    schema: str
    name: str
    columns: tuple[Column, ...]
    comment: str

    @property
    def place(self) -> tuple[str, str]:
        """Schema and name."""
        return self.schema, self.name


@dataclass(frozen=True)
class Table(Shown):
    """A table of PostgreSQL; ``source`` is what DuckDB selects its rows from, ``month`` its column of months."""

    key: Key | None
    source: str
    month: Column | None
    towns: str | None = None
    """The column by which case workers see its rows."""

    def held_in(self, texts: str) -> Table:
        """Return the table as it is read from a relation of DuckDB whose columns are all texts."""
        columns = tuple(replace(c, select=quoted(c.name)) for c in self.columns)
        chosen = ", ".join(f"{quoted(c.name)}::{c.dtype} as {quoted(c.name)}" for c in columns)
        return replace(self, columns=columns, source=f"(select {chosen} from {texts})", month=_month(columns))


@dataclass(frozen=True)
class View(Shown):
    """A view with Chinese column names over a table; ``columns`` are in the order of the table's."""

    of: Table


def plain_type(dtype: str, where: str) -> str:
    """Return the type in PostgreSQL of a type of DuckDB.

    Lists, structs and maps become ``jsonb``, enumerations ``text``. Raises PublishError for others, naming ``where``.
    """
    if dtype in _PLAIN:
        return _PLAIN[dtype]
    if decimal := _DECIMAL.fullmatch(dtype):
        return f"numeric({decimal[1]},{decimal[2]})"
    if dtype.startswith("ENUM("):
        return "text"
    if _NESTED.search(dtype) or dtype == "JSON":
        return "jsonb"
    raise PublishError(f"{where} 的类型 {dtype} 在 PostgreSQL 中没有对应的简单类型。请联系技术人员。")


def short(name: str, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """Cut a name to what PostgreSQL keeps, at a whole character, and number it if it is ``taken`` then."""
    for n in range(1, 1000):
        ending = "" if n == 1 else f"_{n}"
        cut = name.encode()[: MAX_NAME - len(ending)].decode(errors="ignore") + ending
        if cut not in taken:
            return cut
    raise PublishError(f"列名 {name} 太长,而且重复。")


def layout(connection: duckdb.DuckDBPyConnection, keys: Keys) -> tuple[list[Table], list[View]]:
    """List the tables and views of a version whose databases are attached as ``open_marts`` and ``full_marts``."""
    tables: list[Table] = []
    views: list[View] = []
    marts: dict[str, Table] = {}
    for database, audience in _DATABASES:
        relations = _relations(connection, database)
        found = [_table(database, audience, one, keys) for one in relations if one.schema != LABELLED]
        marts = {t.name: t for t in found if t.schema == MARTS + ENDINGS[audience]}
        tables += found
        views += [_view(audience, one, marts[one.name]) for one in relations if one.schema == LABELLED]
    # The last database is the full one.
    made = list(_case_tables(marts))
    labelled = {view.name: view for view in views if view.audience == "full"}
    return tables + made, views + [_case_view(table, labelled[table.name]) for table in made]


def schemas_of(tables: Sequence[Table], views: Sequence[View]) -> list[str]:
    """List the schemas of tables and views."""
    return sorted({t.schema for t in tables} | {v.schema for v in views})


@dataclass(frozen=True)
class _Relation:
    """A table or view of a database of a version."""

    schema: str
    name: str
    comment: str
    columns: tuple[Column, ...]


def _relations(connection: duckdb.DuckDBPyConnection, database: str) -> list[_Relation]:
    """List every table and view of a database, by schema and name."""
    columns: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    query = (
        "select schema_name, table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns()"
        " where database_name = ? order by schema_name, table_name, column_index"
    )
    for schema, name, *column in connection.execute(query, [database]).fetchall():
        columns.setdefault((schema, name), []).append((column[0], column[1], column[2]))
    rows = connection.execute(
        "select schema_name, table_name, coalesce(comment, '') from duckdb_tables() where database_name = $1"
        " union all select schema_name, view_name, coalesce(comment, '') from duckdb_views()"
        " where database_name = $1 and not internal order by all",
        [database],
    ).fetchall()
    return [
        _Relation(schema, name, comment, _columns(f"{schema}.{name}", columns[schema, name]))
        for schema, name, comment in rows
    ]


def _columns(where: str, rows: Sequence[tuple[str, str, str]]) -> tuple[Column, ...]:
    """Make columns from names, types and comments of DuckDB; a name that is too long is whole in the comment."""
    found: list[Column] = []
    for name, dtype, comment in rows:
        shown = short(name, {c.name for c in found})
        kept = comment if shown == name or name in comment else f"{name}:{comment}"
        found.append(Column(shown, plain_type(dtype, f"{where}.{name}"), kept, _selected(name, dtype), dtype))
    return tuple(found)


def _selected(column: str, dtype: str) -> str:
    """Return the expression whose values CSV can hold as PostgreSQL reads them."""
    if _NESTED.search(dtype):
        return f"to_json({quoted(column)})::varchar"
    return f"{quoted(column)}::varchar" if dtype in _AS_TEXT or dtype.startswith("ENUM(") else quoted(column)


def _table(database: str, audience: Audience, one: _Relation, keys: Keys) -> Table:
    source = f"{database}.{quoted(one.schema)}.{quoted(one.name)}"
    key = _key(keys, audience, one.name, one.columns) if one.schema == MARTS else None
    schema = one.schema + ENDINGS[audience]
    return Table(audience, schema, one.name, one.columns, one.comment, key, source, _month(one.columns))


def _view(audience: Audience, one: _Relation, of: Table) -> View:
    return View(audience, one.schema + ENDINGS[audience], one.name, one.columns, one.comment, of)


def _key(keys: Keys, audience: Audience, name: str, columns: tuple[Column, ...]) -> Key | None:
    """Return the key of a mart; none if it is of a program whose mart had other columns."""
    key = (keys.get(("marts_open", name)) if audience == "open" else None) or keys.get((MARTS, name))
    return key if key and {c.name for c in columns}.issuperset(key.columns) else None


def _month(columns: tuple[Column, ...]) -> Column | None:
    return next((c for c in columns if c.name in MONTHS and c.type == "date"), None)


def _case_tables(full: Mapping[str, Table]) -> Iterator[Table]:
    for name, mart in case.MARTS.items():
        table = full.get(name)
        if table is None or not {c.name for c in table.columns}.issuperset(mart.kept):
            continue
        of = {c.name: c for c in table.columns}
        columns = tuple(of[n] if n in of else Column(n, "text", mart.bands[n].comment, quoted(n)) for n in mart.columns)
        source = f"({mart.sql(FULL_DATABASE, name)})"
        yield Table(
            "case", f"{MARTS}{ENDINGS['case']}", name, columns, table.comment, table.key, source, _month(columns),
            towns=case.TOWN,
        )  # fmt: skip


def _case_view(table: Table, full: View) -> View:
    """Name the columns in Chinese as in the full database, and those of bands by the first words of their comment."""
    labelled = {of.name: column for column, of in zip(full.columns, full.of.columns, strict=True)}
    columns = tuple(labelled.get(c.name) or Column(label_of(c.comment), c.type, c.comment) for c in table.columns)
    return View("case", LABELLED + ENDINGS["case"], table.name, columns, table.comment, table)
