"""Make the tables and views of PostgreSQL like those of a version, and change nothing that is like them already.

Belongs here: reading what is there, the statements for the difference. Does not belong here: rows, rights.

A changed table is altered, not made again, so that views of others on it, and their grants, stay. Statements that lock
out readers are only those for a difference: a publication of the same program makes none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestration.publishing.content import LABELLED, MARTS, literal, quoted
from orchestration.publishing.postgres.layout import Column, Key, Table, View
from orchestration.publishing.postgres.session import Session

Place = tuple[str, str]


@dataclass(frozen=True)
class Found:
    """A table or view as it is in PostgreSQL."""

    is_view: bool
    comment: str
    columns: tuple[Column, ...]
    key: Key | None
    is_guarded: bool
    """Whether row policies are on."""


_RELATIONS = """
    select n.nspname, c.relname, c.relkind = 'v', coalesce(obj_description(c.oid, 'pg_class'), ''), c.relrowsecurity,
        (select array_agg(a.attname::text order by k.position) from pg_constraint as s
            cross join unnest(s.conkey) with ordinality as k (attnum, position)
            inner join pg_attribute as a on a.attrelid = s.conrelid and a.attnum = k.attnum
            where s.conrelid = c.oid and s.conname = c.relname || '_one_row'),
        exists (select from pg_constraint as s where s.conrelid = c.oid and s.contype = 'p')
    from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname = any(%s) and c.relkind in ('r', 'v')
"""
_COLUMNS = """
    select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
        coalesce(col_description(c.oid, a.attnum), '')
    from pg_attribute as a
    inner join pg_class as c on a.attrelid = c.oid
    inner join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname = any(%s) and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped
    order by a.attnum
"""


def key_name(table: Table) -> str:
    """Name the constraint of a table's key; its index shares the names of the schema's tables."""
    return quoted(f"{table.name}_one_row")


def relation(place: Place) -> str:
    """Quote schema and name."""
    return ".".join(map(quoted, place))


def found_in(session: Session, schemas: Sequence[str]) -> dict[Place, Found]:
    """Read the tables and views of some schemas."""
    columns: dict[Place, list[Column]] = {}
    for schema, name, column, dtype, comment in session.rows(_COLUMNS, [list(schemas)]):
        columns.setdefault((schema, name), []).append(Column(column, dtype, comment))
    return {
        (schema, name): Found(
            is_view,
            comment,
            tuple(columns.get((schema, name), ())),
            Key(tuple(key), is_primary) if key else None,
            guarded,
        )
        for schema, name, is_view, comment, guarded, key, is_primary in session.rows(_RELATIONS, [list(schemas)])
    }


def is_reshaped(table: Table, there: Found | None) -> bool:
    """Return whether the rows of a table have to be copied again because its columns differ."""
    return there is None or _types(table.columns) != _types(there.columns)


def before_rows(tables: Sequence[Table], views: Sequence[View], there: Mapping[Place, Found]) -> Iterator[str]:
    """Yield the statements that must precede the rows: schemas, tables, columns; views in the way go."""
    wanted = {t.place: t for t in tables}
    losing = {p for p, t in wanted.items() if p in there and _lost(t, there[p])}
    yield from (
        f"create schema if not exists {quoted(s)}" for s in sorted({p[0] for p in [*wanted, *(v.place for v in views)]})
    )
    for view in views:
        found = there.get(view.place)
        if found and (not found.is_view or view.of.place in losing or not _extends(view, found)):
            yield f"drop {'view' if found.is_view else 'table'} {relation(view.place)}"
    for place, table in wanted.items():
        found = there.get(place)
        if found and found.is_view:
            yield f"drop view {relation(place)}"
            found = None
        yield from _created(table) if found is None else _altered(table, found)


def keyed(table: Table, found: Found | None) -> Iterator[str]:
    """Yield the statement that gives a table its key, once it has its rows; none if it has it, or needs none."""
    if table.key and (found is None or found.is_view or _loses_key(table, found) or found.key is None):
        kind = "primary key" if table.key.is_primary else "unique nulls not distinct"
        named = ", ".join(map(quoted, table.key.columns))
        yield f"alter table {relation(table.place)} add constraint {key_name(table)} {kind} ({named})"


def after_rows(tables: Sequence[Table], views: Sequence[View], there: Mapping[Place, Found]) -> Iterator[str]:
    """Yield the statements that follow the rows and keys: views, comments."""
    lost = {t.place for t in tables if t.place in there and _lost(t, there[t.place])}
    for table in tables:
        yield from _commented("table", table, there.get(table.place))
    for view in views:
        found = there.get(view.place)
        if found and (not found.is_view or view.of.place in lost or not _extends(view, found)):
            found = None
        if found is None or _types(view.columns) != _types(found.columns):
            yield _view(view)
        yield from _commented("view", view, found)


def superfluous(known: Iterable[Place], wanted: Collection[Place]) -> Iterator[str]:
    """Yield the statements that remove tables of an earlier version that this one lacks, and their Chinese views."""
    for schema, name in known:
        if (schema, name) not in wanted:
            yield f"drop view if exists {relation((schema.replace(MARTS, LABELLED, 1), name))}"
            yield f"drop table if exists {relation((schema, name))}"


def _types(columns: Sequence[Column]) -> dict[str, str]:
    return {c.name: c.type for c in columns}


def _lost(table: Table, found: Found) -> set[str]:
    """Name the columns that go, or come back with another type."""
    wanted = _types(table.columns)
    return {c.name for c in found.columns if wanted.get(c.name) != c.type}


def _loses_key(table: Table, found: Found) -> bool:
    """Return whether the key that is there is another, or loses a column."""
    return found.key is not None and (
        found.key != table.key or bool(_lost(table, found).intersection(found.key.columns))
    )


def _extends(view: View, found: Found) -> bool:
    """Return whether a view can be replaced by one that begins with its columns."""
    now = [(c.name, c.type) for c in found.columns]
    return [(c.name, c.type) for c in view.columns][: len(now)] == now


def _created(table: Table) -> Iterator[str]:
    # A key that is added later would read every row for nulls.
    never_null = table.key.columns if table.key and table.key.is_primary else ()
    columns = ", ".join(
        f"{quoted(c.name)} {c.type}{' not null' if c.name in never_null else ''}" for c in table.columns
    )
    yield f"create table {relation(table.place)} ({columns})"


def _altered(table: Table, found: Found) -> Iterator[str]:
    lost = _lost(table, found)
    kept = {c.name for c in found.columns} - lost
    changes = []
    if found.key and _loses_key(table, found):
        changes.append(f"drop constraint {key_name(table)}")
        changes += [
            f"alter column {quoted(n)} drop not null" for n in found.key.columns if found.key.is_primary and n in kept
        ]
    changes += [f"drop column {quoted(name)}" for name in sorted(lost)]
    changes += [f"add column {quoted(c.name)} {c.type}" for c in table.columns if c.name not in kept]
    if changes:
        yield f"alter table {relation(table.place)} {', '.join(changes)}"


def _view(view: View) -> str:
    chosen = ", ".join(
        f"{quoted(of.name)} as {quoted(c.name)}" for c, of in zip(view.columns, view.of.columns, strict=True)
    )
    # The reader's own rights and row policies count, not those of the owner.
    return (
        f"create or replace view {relation(view.place)} with (security_invoker = true)"
        f" as select {chosen} from {relation(view.of.place)}"
    )


def _commented(kind: str, wanted: Table | View, found: Found | None) -> Iterator[str]:
    if found is None or found.comment != wanted.comment:
        yield f"comment on {kind} {relation(wanted.place)} is {literal(wanted.comment)}"
    said = {c.name: c.comment for c in found.columns} if found else {}
    for column in wanted.columns:
        if said.get(column.name) != column.comment:
            place = f"{relation(wanted.place)}.{quoted(column.name)}"
            yield f"comment on column {place} is {literal(column.comment)}"
