"""Read the catalogues that dbt's models read as seeds: rules, indicators, and the tables that they need.

Belongs here: reading a file. Does not belong here: what follows from it.
"""

from __future__ import annotations

import csv
from functools import cache

from orchestration.runtime.settings import DBT_PROJECT_DIR


@cache
def rows_of(seed: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a seed as text by column. Raises FileNotFoundError if there is none of that name."""
    with (DBT_PROJECT_DIR / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
