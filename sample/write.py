"""Write a sample district as an inbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from sample.answers import SampleSummary, planted_cases, planted_conflicts
from sample.delivery import Inbox, fill
from sample.district import found_district
from sample.months import Calendar
from sources.contracts.model import load_contracts
from sources.months import Month


def write_district(
    out: Path,
    households: int,
    months: Sequence[Month],
    seed: int,
    divisions: pl.DataFrame,
    progress: Callable[[str], None] | None = None,
) -> SampleSummary:
    """Write ``out/<department>/<YYYY-MM>/…`` for a district of that many households over consecutive months.

    The same arguments write the same bytes. Raises ValueError if months are missing between the first and the last or
    if there are too few households for the planted ones, FileExistsError if a folder to be filled is not empty.
    ``divisions`` are all vintages of the county.
    """
    calendar = Calendar.of(months)
    contracts = load_contracts()
    inbox = Inbox(out)
    district = found_district(seed, households, calendar, divisions)
    fill(inbox, district, contracts, progress or (lambda _: None))
    return SampleSummary(
        months=calendar.months,
        households=households,
        persons=district.lives.people.height,
        cases=planted_cases(district),
        conflicts=planted_conflicts(district),
        filed=tuple(inbox.filed),
        rejected=tuple(inbox.rejected),
        unrecognised=tuple(inbox.unrecognised),
        corrected_town=district.ground.corrected_town,
        identities=_distinct(inbox.identities),
        names=_distinct(inbox.names),
    )


def _distinct(parts: list[pl.Series]) -> pl.Series:
    return pl.concat([p.cast(pl.String).rename("text") for p in parts]).unique().sort()
