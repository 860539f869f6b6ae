"""Copy the published version to PostgreSQL: the order of the steps, in one transaction.

Belongs here: what is copied, when it is tried again, what became of it. Does not belong here: each step.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.publishing.content import CONFIG, PublishError, literal, quoted
from orchestration.publishing.postgres import rights, shape, state
from orchestration.publishing.postgres.layout import FULL_DATABASE, OPEN_DATABASE, Keys, Table, layout, schemas_of
from orchestration.publishing.postgres.parts import Change, Part, within
from orchestration.publishing.postgres.rows import Copy, copies
from orchestration.publishing.postgres.scrub import scrub
from orchestration.publishing.postgres.session import BusyError, Session, session
from orchestration.publishing.postgres.shape import Found, Place, relation
from orchestration.publishing.version import FULL, OPEN, Version, current
from orchestration.runtime.postgres_server import PostgresServer
from sources import audit
from sources.home import Home
from sources.landing.transport.trouble import TransportError

LOCK_SECONDS = 3.0
"""How long a statement waits for readers that it would lock out; meanwhile new readers wait for it."""
TURN_SECONDS = 120
"""How long a publication waits for another one into the same database."""
PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds before the transaction is tried again after the server ended it for a reason that passes."""
_LOCK = "select pg_advisory_xact_lock(7382690)"
"""Two publications into one database take turns."""
AGAIN = "已发布的版本不受影响;处理好后执行 shouwang publish --to postgres,或等下一次运行自动补上。"


@dataclass(frozen=True)
class Loaded:
    """What was copied: ``rows`` of ``tables``; none if PostgreSQL had the version already.

    ``seconds`` is the time until readers saw it.
    """

    version: Version
    tables: int
    rows: int
    seconds: float
    not_scrubbed: int = 0
    """Tables that still have remains of rows that must not stay."""

    @property
    def is_new(self) -> bool:
        """Whether anything had to be done."""
        return self.tables > 0

    @property
    def told(self) -> str:
        """What became of it, in Chinese."""
        left = (
            f"有 {self.not_scrubbed} 张表正被占用,其中旧行的残留没有清除,下一次复制时再清。"
            if self.not_scrubbed
            else ""
        )
        if not self.is_new:
            return f"PostgreSQL 已是版本 {self.version.number},没有改动。{left}"
        rows = f"{self.tables} 张表有变,复制 {self.rows:,} 行"
        return f"PostgreSQL 现为版本 {self.version.number}({self.version.month}):{rows},{self.seconds:.1f} 秒。{left}"


def publish_to(home: Home, server: PostgresServer, keys: Keys, again: bool = False) -> Loaded:
    """Let PostgreSQL hold the version that is published now: nothing to do if it does. What became of it is noted.

    ``again`` copies every row, whatever PostgreSQL seems to hold.

    Raises PublishError in Chinese, without a value of a row; PostgreSQL then holds what it held.
    """
    try:
        done = _publish(home, server, keys, again)
    except Exception as error:
        state.failed(home, server, str(error) if isinstance(error, PublishError) else f"出错({type(error).__name__})。")
        raise
    state.copied(home, server, done.version, state.load(home).owes if done.not_scrubbed else "")
    return done


def _publish(home: Home, server: PostgresServer, keys: Keys, again: bool) -> Loaded:
    version = current(home.published)
    if version is None:
        raise PublishError("还没有发布过任何月份;请先运行一个月份,例如 shouwang run 2021-06。")
    if not version.open:
        raise PublishError(f"版本 {version.number} 没有公开数据库(由更早的程序发布),没有复制到 PostgreSQL。")
    try:
        with session(server) as opened:
            done = _published(home, opened, version, keys, again)
            return replace(done, not_scrubbed=len(scrub(opened, LOCK_SECONDS))) if state.load(home).owes else done
    except TransportError as error:
        raise PublishError(f"没有复制到 PostgreSQL({server.shown}):{error.cause};{error.todo}。{AGAIN}") from None
    except duckdb.Error as error:
        raise PublishError(
            f"没有复制到 PostgreSQL:已发布的版本读不出({type(error).__name__})。请执行 shouwang verify。"
        ) from None


def _published(home: Home, opened: Session, version: Version, keys: Keys, again: bool) -> Loaded:
    began = time.monotonic()
    changed = _tried(home, opened, version, keys, again)
    seconds = time.monotonic() - began
    if changed is None:
        return Loaded(version, 0, 0, seconds)
    _tidied(opened, changed)
    rows = sum(change.rows for _, change in changed)
    return Loaded(version, sum(bool(change) for _, change in changed) or 1, rows, seconds)


def _tried(home: Home, opened: Session, version: Version, keys: Keys, again: bool) -> list[tuple[Table, Change]] | None:
    """Return what changed of each table; None if PostgreSQL had the version already."""
    for pause in (*PAUSES, None):
        try:
            with opened.transaction():
                _take_turns(opened)
                if not again and held_version(opened) == (version.number, version.stem):
                    return None
                audit.record(
                    home, "copy", version=version.number, month=version.month, stem=version.stem, to="postgres"
                )
                with databases(home.published, version) as connection:
                    return _replaced(opened, connection, version, keys, again)
        except BusyError:
            if pause is None:
                break
        time.sleep(pause)
    text = "有程序长时间占用数据库里要改的表(例如打开着没有结束的事务)"
    raise PublishError(f"没有复制到 PostgreSQL:{text},请数据库管理员结束它。{AGAIN}")


@contextmanager
def databases(published: Path, version: Version) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open both databases of a version, read-only."""
    with duckdb.connect(config=CONFIG) as connection:
        for name, edition in ((OPEN_DATABASE, OPEN), (FULL_DATABASE, FULL)):
            file = (published / edition.file(version.stem)).resolve()
            connection.execute(f"attach {literal(file)} as {name} (read_only)")
        yield connection


def held_version(opened: Session) -> tuple[int, str] | None:
    """Return number and stem of the version that PostgreSQL holds; None if it holds none."""
    # Not to_regclass: within a transaction it may remember that there was no such schema.
    there = (
        "select from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid where (nspname, relname) = "
    )
    if not opened.rows(f"{there} (%s, %s)", rights.PUBLISHED):
        return None
    rows = opened.rows(f"select version, stem from {relation(rights.PUBLISHED)}")
    return (int(rows[0][0]), str(rows[0][1])) if rows else None


def _take_turns(opened: Session) -> None:
    """Wait for another publication into the database, and from then on not long for readers."""
    opened.run(f"set local lock_timeout = '{TURN_SECONDS}s'; {_LOCK}; set local lock_timeout = '{LOCK_SECONDS}s'")


def _replaced(
    opened: Session, connection: duckdb.DuckDBPyConnection, version: Version, keys: Keys, again: bool
) -> list[tuple[Table, Change]]:
    """Make tables, rows, views and rights those of a version; returns what changed of each table."""
    tables, views = layout(connection, keys)
    schemas = schemas_of(tables, views)
    is_new = held_version(opened) is None
    there = shape.found_in(opened, schemas)
    if is_new and there:
        taken = "、".join(sorted({schema for schema, _ in there}))
        raise PublishError(
            f"没有复制到 PostgreSQL:数据库里的 schema {taken} 不是守望建的。请给守望一个专用的空数据库。"
        )
    _prepare(opened)
    loaded = _loaded(opened, again)
    _run_all(opened, shape.superfluous(loaded, {t.place for t in tables}))
    _run_all(opened, shape.before_rows(tables, views, there))
    changed: list[tuple[Table, Change]] = []
    with copies(connection, tables, loaded, there) as coming:
        for copy, batches in coming:
            _copied(opened, copy, batches, there.get(copy.table.place))
            changed.append((copy.table, copy.change))
    _forgotten(opened, [place for place in loaded if place not in {t.place for t in tables}])
    _run_all(opened, rights.guards(tables, there))
    _run_all(opened, shape.after_rows(tables, views, there))
    _run_all(opened, rights.differences(opened, rights.wanted(tables, views)))
    _kept(opened, version)
    return changed


def _prepare(opened: Session) -> None:
    try:
        rights.prepare(opened)
    except TransportError as error:
        needed = ";".join(f"create role {role} nologin" for role in rights.ROLES)
        todo = f"{error.todo};或请数据库管理员先执行:{needed}"
        raise TransportError(error.cause, todo) from None


def _run_all(opened: Session, statements: Iterable[str]) -> None:
    """Run statements in one go: several hundred comments would be as many round trips."""
    if text := ";\n".join(statements):
        opened.run(text)


def _loaded(opened: Session, again: bool) -> dict[Place, dict[str, Part]]:
    """Return the parts that PostgreSQL holds, by table.

    Hashes of another engine compare with nothing, nor do any if ``again``.
    """
    engines = {engine for (engine,) in opened.rows(f"select engine from {relation(rights.PUBLISHED)}")}
    comparable = engines == {duckdb.__version__} and not again
    found: dict[Place, dict[str, Part]] = {}
    query = f"select schema_name, table_name, part, rows, content from {relation(rights.LOADED)}"
    for schema, name, part, rows, content in opened.rows(query):
        found.setdefault((schema, name), {})[part] = Part(rows, content if comparable else "")
    return found


def _copied(opened: Session, copy: Copy, batches: Iterable[bytes], there: Found | None) -> None:
    """Replace the parts of a table that differ, give it its key, and note what it holds now."""
    table, change = copy.table, copy.change
    place = relation(table.place)
    if change.removed:
        column = quoted(table.month.name) if table.month else ""
        condition = "true" if change.is_whole else within(table, column, change.removed)
        opened.run(f"delete from {place} where {condition}")
    if change.rows:
        columns = ", ".join(quoted(c.name) for c in table.columns)
        # Rows of a table that nobody has seen yet need no later visit that marks them as visible.
        options = "format csv, freeze" if there is None else "format csv"
        rows = opened.copy_in(f"copy {place} ({columns}) from stdin ({options})", batches)
        if rows != change.rows:
            text = f"{table.schema}.{table.name} 行数不符({rows},应为 {change.rows})"
            raise PublishError(f"没有复制到 PostgreSQL:{text},已撤销。请执行 shouwang verify --deep。")
    # While the server makes the index, the rows of the next table are made.
    _run_all(opened, shape.keyed(table, there))
    if change:
        _noted(opened, table, copy.parts)


def _noted(opened: Session, table: Table, parts: Mapping[str, Part]) -> None:
    where, values = "schema_name = %s and table_name = %s", [table.schema, table.name]
    opened.run(f"delete from {relation(rights.LOADED)} where {where}", values)
    opened.run(
        f"insert into {relation(rights.LOADED)} select %s, %s, * from unnest(%s::text[], %s::bigint[], %s::text[])",
        [*values, list(parts), [p.rows for p in parts.values()], [p.content for p in parts.values()]],
    )


def _forgotten(opened: Session, places: Sequence[Place]) -> None:
    for place in places:
        opened.run(f"delete from {relation(rights.LOADED)} where schema_name = %s and table_name = %s", place)


def _kept(opened: Session, version: Version) -> None:
    opened.run(f"delete from {relation(rights.PUBLISHED)}")
    opened.run(
        f"insert into {relation(rights.PUBLISHED)} (version, month, months, published_at, loaded_at, stem, engine)"
        " values (%s, %s, %s, %s, clock_timestamp(), %s, %s)",
        [
            version.number,
            version.month,
            "、".join(version.months),
            version.created_at,
            version.stem,
            duckdb.__version__,
        ],
    )


def _tidied(opened: Session, changed: Sequence[tuple[Table, Change]]) -> None:
    """Give the room of replaced rows back; autovacuum does it later if this fails, and refreshes the statistics."""
    with suppress(BusyError, TransportError), opened.alone():
        for table, change in changed:
            if change.removed:
                opened.run(f"vacuum (skip_locked) {relation(table.place)}")
