"""Find the months of a table whose rows differ from those that PostgreSQL holds.

Belongs here: measuring and comparing. Does not belong here: replacing the rows (``load``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from orchestration.publishing.content import literal
from orchestration.publishing.postgres.layout import Table

WHOLE = ""
"""Part of a table without months, and of the rows whose month is null."""


@dataclass(frozen=True)
class Part:
    """The rows of one month: how many, and a hash that does not depend on their order."""

    rows: int
    content: str


Parts = Mapping[str, Part]
"""Parts by month (YYYY-MM), or one part for the whole table."""


@dataclass(frozen=True)
class Change:
    """The parts whose rows go and the parts whose rows come; a changed one is in both."""

    removed: tuple[str, ...]
    added: tuple[str, ...]
    rows: int
    """Rows that come."""
    is_whole: bool
    """Whether every row that PostgreSQL holds goes."""

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)


def measure(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, Part]:
    """Measure every part of a table at its source."""
    month = f"coalesce(strftime({table.month.select}, '%Y-%m'), '')" if table.month else "''"
    query = (
        f"select {month} as part, count(*), bit_xor(hash(t)), sum(hash(t)::hugeint) from {table.source} as t group by 1"
    )
    return {
        str(part): Part(int(rows), f"{int(bits):016x}-{int(total):x}")
        for part, rows, bits, total in connection.execute(query).fetchall()
    }


def compare(wanted: Parts, loaded: Parts) -> Change:
    """Say which parts have to be replaced so that PostgreSQL holds what is wanted."""
    added = tuple(sorted(p for p in wanted if wanted[p] != loaded.get(p)))
    removed = tuple(sorted(p for p in loaded if loaded[p] != wanted.get(p)))
    return Change(
        added=added, removed=removed, rows=sum(wanted[p].rows for p in added), is_whole=set(removed) == set(loaded)
    )


def within(table: Table, column: str, parts: tuple[str, ...]) -> str:
    """Return the condition, valid in both databases, that a row belongs to one of the parts."""
    if table.month is None:
        return "true"
    days = ", ".join(f"date {literal(f'{part}-01')}" for part in parts if part)
    # A month is kept by its first day.
    conditions = [f"{column} in ({days})"] if days else []
    return " or ".join(conditions + ([f"{column} is null"] if WHOLE in parts else [])) or "false"
