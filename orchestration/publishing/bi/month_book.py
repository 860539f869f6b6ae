"""Write the workbooks of a month for people who work in Excel: one sheet per question.

Belongs here: which questions each of the two answers, and from which database. Does not belong here: the questions
(``questions``), formats (``workbooks``).

Both are written to the outbox. The first holds what every reader may see, so it can be handed out; the second holds
exact small counts for the office. Neither names a household.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.publishing.bi.questions import EDITIONS, Question, answer, questions
from orchestration.publishing.content import CONFIG, PublishError
from orchestration.publishing.version import FULL, OPEN, Edition, Version, current
from sources.home import Home
from sources.months import Month
from workbooks.tables_book import Table, write_tables


def month_books(home: Home, month: Month) -> dict[Edition, Path]:
    """Name the workbooks of a month, by the narrowest database that has all its figures."""
    folder = home.outbox / "workbooks" / str(month)
    return {edition: folder / f"每月问答_{month}_{word}.xlsx" for edition, word in EDITIONS.items()}


def write_month_books(home: Home, month: Month) -> list[Path]:
    """Write the workbooks of a month from the current version.

    Raises PublishError if the month is not published, duckdb.Error if a database cannot be read, OSError if the outbox
    cannot be written.
    """
    version = published_version(home, month)
    folder = home.published / version.stem
    with (
        duckdb.connect(str(folder / FULL.database), read_only=True, config=CONFIG) as full,
        duckdb.connect(str(folder / OPEN.database), read_only=True, config=CONFIG) as opened,
    ):
        connections = {FULL: full, OPEN: opened}
        tables = [(q.edition, _table(connections[q.edition], q, month)) for q in questions()]
    books = month_books(home, month)
    _write(
        home, books[OPEN], month, version, "可以公开,小于下限的数为空", [t for edition, t in tables if edition == OPEN]
    )
    _write(home, books[FULL], month, version, "含精确的小数目,只供办公室", [table for _, table in tables])
    return list(books.values())


def published_version(home: Home, month: Month) -> Version:
    """Return the current version. Raises PublishError if it does not hold the month."""
    version = current(home.published)
    if version is None or str(month) not in version.months:
        raise PublishError(f"{month} 还没有发布;请先执行 shouwang run {month}。")
    return version


def _table(connection: duckdb.DuckDBPyConnection, question: Question, month: Month) -> Table:
    found = answer(connection, question, month)
    rows = tuple(tuple(float(c) if isinstance(c, Decimal) else c for c in row) for row in found.rows)
    return Table(question.sheet, question.asks, f"{EDITIONS[question.edition]}数据库", found.columns, rows)


def _write(home: Home, path: Path, month: Month, version: Version, about: str, tables: list[Table]) -> None:
    created = datetime.fromisoformat(version.created_at).replace(tzinfo=None)
    with home.replacing(path) as temporary:
        write_tables(temporary, f"每月问答({month})", f"发布版本 {version.number};{about}", tables, created)
