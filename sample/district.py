"""Combine the months, places and lives of a sample in one district.

Belongs here: data that every department may look up. Does not belong here: the tables of a department
(``departments``).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sample.cases.effects import Case
from sample.cases.plant import Ground, cases_of, corrected_town, plant
from sample.chance import Chance
from sample.lives.draw import draw_lives
from sample.lives.schema import Lives, as_of, is_between
from sample.months import Calendar
from sample.places import Places, load_places

MIN_DRAWN = 60
"""Minimum number of households besides the planted ones: with fewer, some tables would be empty."""


@dataclass(frozen=True)
class District:
    """An invented district over its months."""

    chance: Chance
    calendar: Calendar
    places: Places
    lives: Lives
    cases: tuple[Case, ...]
    ground: Ground

    def households_in(self, position: int) -> pl.DataFrame:
        """Select the households with their values in a month and their ``town_code``."""
        return self.lives.households.with_columns(
            as_of(name, position) for name in ("village_code", "housing_grade", "has_safe_water")
        ).with_columns(town_code=pl.col("village_code").str.slice(0, 9))

    def present_in(self, position: int) -> pl.DataFrame:
        """Select the people on the register of a month, including dead ones still on it."""
        return self.lives.people.filter(
            pl.col("appears_in") <= position, is_between("appears_in", "leaves_in", position)
        )

    def persons_of(self, table: pl.DataFrame, position: int) -> pl.DataFrame:
        """Join a table with ``pid`` to the person's columns and the place of the person's household in that month."""
        homes = self.households_in(position).select(
            "hid", "household_code", "town_code", "village_code", "natural_village_name"
        )
        people = self.lives.people.join(homes, on="hid", how="left", maintain_order="left")
        return table.join(people, on="pid", how="inner", maintain_order="left", suffix="_of_person")

    def heads(self) -> pl.DataFrame:
        """Select hid, head_name, head_resident_id: the household's first 户主, or else its first member."""
        is_head = pl.col("relation_to_head") == "户主"
        first = (
            self.lives.people.sort(is_head.not_(), "pid", maintain_order=True)
            .group_by("hid", maintain_order=True)
            .first()
        )
        return first.select("hid", head_name="person_name", head_resident_id="resident_id")


def clerk_columns(luck: str = "luck", kept: str = "is_planted") -> list[pl.Expr]:
    """Select ``_luck`` and ``_kept``, which the clerks need in every tidy frame."""
    return [pl.col(luck).alias("_luck"), pl.col(kept).alias("_kept")]


def found_district(seed: int, households: int, calendar: Calendar, divisions: pl.DataFrame) -> District:
    """Draw the district; the number of households includes the planted ones.

    Raises ValueError if the number is too small for the planted ones.
    """
    cases = cases_of(calendar)
    drawn = households - len(cases)
    if drawn < MIN_DRAWN:
        raise ValueError(f"{len(calendar)} 个月的样例至少需要 {len(cases) + MIN_DRAWN} 户,现为 {households} 户。")
    chance = Chance(seed)
    places = load_places(chance, calendar, divisions)
    lives = draw_lives(chance, calendar, places, drawn)
    ground = Ground(drawn, lives.people.height, corrected_town(places))
    return District(
        chance, calendar, places, lives.with_rows_of(plant(chance, cases, places, calendar, ground)), cases, ground
    )
