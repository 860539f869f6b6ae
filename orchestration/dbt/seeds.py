"""Read the catalogues that dbt's models read: rules, indicators, the tables that they need; parameters and targets.

Belongs here: reading a file; the rows of the county that this process serves.
Does not belong here: what follows from them.
"""

from __future__ import annotations

import csv
from functools import cache

from orchestration.runtime.settings import DBT_PROJECT_DIR, Settings
from sources.county.columns import PARAMETERS, TARGETS
from sources.county.folder import DEFAULT, County, CountyError, county_of, read_county
from sources.county.folder import rows_of as county_rows

_OF_COUNTY = {"policy_parameters": PARAMETERS, "indicator_targets": TARGETS}


@cache
def rows_of(seed: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a catalogue as text by column. Raises FileNotFoundError if there is none of that name."""
    if table := _OF_COUNTY.get(seed):
        return tuple(dict(row) for row in county_rows(_county(), table))
    with (DBT_PROJECT_DIR / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _county() -> County:
    """Return the county of the home; the default one if its folder is wrong, because runs and the doctor say so."""
    try:
        return county_of(Settings().home)
    except CountyError:
        return read_county(DEFAULT)
