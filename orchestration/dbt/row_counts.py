"""Word how many rows a table has, for dbt's message about it, and read the numbers from there.

Belongs here: both directions of one sentence. Does not belong here: counting (``parsed``), metadata (``assets``).

dbt-duckdb's message is OK, and Dagster's process cannot count while dbt works: DuckDB has no reader then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sources.months import Month

ROWS, ROWS_OF_MONTH = "dagster/row_count", "dagster/partition_row_count"
"""Names by which Dagster knows the rows of a table and of a partition."""
_SENTENCE = re.compile(r"(\d+) rows(?:, (\d+) of \d{4}-\d{2})?")


def sentence(rows: int, month: Month | None = None, rows_of_month: int = 0) -> str:
    """Word the rows of a table, and those of the month if it has a column of that name."""
    return f"{rows} rows, {rows_of_month} of {month}" if month else f"{rows} rows"


def counts_in(event: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts in one of dbt's events as metadata; none if it is not about a table."""
    said = event["data"].get("result_message") or event["data"].get("status") or ""
    found = _SENTENCE.fullmatch(said)
    counts = zip((ROWS, ROWS_OF_MONTH), found.groups(), strict=True) if found else ()
    return {name: int(count) for name, count in counts if count is not None}
