"""Read the published marts for the documents: rows as dictionaries, for one month.

Belongs here: opening a version, naming places as they were in the month. Does not belong here: what is shown of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from sources.months import Month
from workbooks.leads import NotPublishedError, published

Row = dict[str, Any]

_PLACES = """
    from published.marts.dim_division
    where valid_from = coalesce(
        (select max(valid_from) from published.marts.dim_division where valid_from <= $last_day),
        (select min(valid_from) from published.marts.dim_division)
    )
"""


@dataclass(frozen=True)
class Marts:
    """The marts of a published version, for one month that it has."""

    connection: duckdb.DuckDBPyConnection
    month: Month

    def rows(self, sql: str, **given: Any) -> list[Row]:
        """Return the rows of a query; ``$month`` is the first day of the month, ``$last_day`` the last one."""
        known = {"month": self.month.first_day, "last_day": self.month.last_day} | given
        found = self.connection.execute(sql, {name: value for name, value in known.items() if f"${name}" in sql})
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    @cached_property
    def dispatched_on(self) -> date:
        """The day on which the leads of the month are due to be handed out."""
        [row] = self.rows("select dispatched_on from published.marts.dim_month where month = $month")
        day: date = row["dispatched_on"]
        return day

    @cached_property
    def district(self) -> Row:
        """Code and name of the district."""
        [row] = self.rows(f"select division_code as code, name {_PLACES} and level = 'district'")
        return row

    @cached_property
    def towns(self) -> dict[str, str]:
        """Name of each town and street by code, in the order of the codes."""
        found = self.rows(
            f"select division_code as code, name {_PLACES} and level = 'town' and kind in ('town', 'street') order by 1"
        )
        return {row["code"]: row["name"] for row in found}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Chinese title of each mart: its comment up to the first colon."""
        found = self.rows("select table_name, comment from duckdb_tables() where schema_name = 'marts'")
        return {row["table_name"]: (row["comment"] or row["table_name"]).split(":")[0] for row in found}


@contextmanager
def opened(file: Path, month: Month) -> Iterator[Marts]:
    """Open the published database behind a link, for one month of it.

    Raises NotPublishedError if nothing is published, or not this month.
    """
    with published(file) as connection:
        marts = Marts(connection, month)
        if not marts.rows("select 1 from published.marts.dim_month where month = $month"):
            raise NotPublishedError(f"{month} 还没有发布;请先运行这个月(shouwang run {month})。")
        yield marts
