"""Read the catalogues that dbt's models read: rules, indicators, the tables that they need; parameters and targets.

Belongs here: reading a file; the rows of the county that this process serves, its own indicators and rules among them.
Does not belong here: what follows from them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from orchestration.runtime.settings import DBT_PROJECT_DIR, Settings
from sources.county.columns import PARAMETERS, TARGETS
from sources.county.folder import DEFAULT, County, CountyError, county_of, read_county
from sources.county.folder import rows_of as county_rows
from sources.county.indicators import own_indicators
from sources.county.rules import own_rules

_OF_COUNTY = {"policy_parameters": PARAMETERS, "indicator_targets": TARGETS}
_WITH_OWN = {"indicators": own_indicators, "risk_rules": own_rules}
"""Catalogues of the product to which the county adds rows."""


@cache
def rows_of(seed: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a catalogue as text by column. Raises FileNotFoundError if there is none of that name."""
    if table := _OF_COUNTY.get(seed):
        return tuple(dict(row) for row in county_rows(_county(), table))
    with (DBT_PROJECT_DIR / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        product = tuple(csv.DictReader(file))
    return (*product, *_own(seed, tuple(product[0]))) if seed in _WITH_OWN else product


def _own(seed: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield the county's own rows in these columns of the catalogue."""
    with suppress(CountyError):
        yield from ({name: row[name] for name in columns} for row in _WITH_OWN[seed](_county()))


def _county() -> County:
    """Return the county of the home; the default one if its folder is wrong, because runs and the doctor say so."""
    try:
        return county_of(Settings().home)
    except CountyError:
        return read_county(DEFAULT)
