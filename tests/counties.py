"""Counties of the national list for tests: a draw with one of each kind.

Belongs here: which counties.
Does not belong here: what must hold for them (``tests/unit/sample/test_counties.py``, ``tests/bench/counties.py``).
"""

from __future__ import annotations

from functools import cache

import polars as pl

from sources import national

SEED, NUMBER = 17, 30
LEAST_TOWNS, MOST_TOWNS = 6, 40
"""A county whose real towns are so few or so many is not drawn: the sample's households would not suffice."""


@cache
def kinds() -> pl.DataFrame:
    """Say of each county of the newest vintage which kinds of towns with real villages it has."""
    newest = national.villages(national.vintage_files()[-1].stem).filter(pl.col("kind") != "virtual")
    digit, name = pl.col("town_code").str.slice(6, 1), pl.col("town_name")
    return (
        newest.group_by("district_code")
        .agg(
            towns=pl.col("town_code").n_unique(),
            villages=(pl.col("kind") == "village").sum(),
            no_street=~(digit == "0").any(),
            no_town=~(digit == "1").any(),
            banner=name.str.ends_with("苏木").any(),
            district_office=((digit == "0") & name.str.ends_with("地区")).any(),
            street_like=(digit.is_in(["4", "5"]) & name.str.contains("街道")).any(),
        )
        .filter(pl.col("towns").is_between(LEAST_TOWNS, MOST_TOWNS), pl.col("villages") >= LEAST_TOWNS)
        .sort("district_code")
    )


KINDS = ("no_street", "no_town", "banner", "district_office", "street_like")


def drawn(number: int = NUMBER, seed: int = SEED) -> list[str]:
    """Draw codes of counties: one of each kind first, then any."""
    shuffled = kinds().sample(fraction=1, shuffle=True, seed=seed)
    of_kinds = [shuffled.filter(kind)["district_code"][0] for kind in KINDS]
    return list(dict.fromkeys([*of_kinds, *shuffled["district_code"]]))[:number]
