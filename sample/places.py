"""Load the real divisions of the district and invent natural villages in them.

Belongs here: divisions by month, full and short forms of their names, natural villages.
Does not belong here: reading a delivered name (``sources.divisions``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample.chance import Chance, divided, pick
from sample.months import Calendar
from sources import national
from sources.divisions import in_force, without_ending
from sources.months import Month

NATURAL_VILLAGES = 1000
_FIRST = [*"上下新老大小东西南北塘坑岭坪围井桥河田石竹松樟龙凤"]
_SECOND = [*"屋寮塱埗岗坳基楼庙陂湾社门头背边坝洞角咀"]
_LAST = [*"村围坑塘寨里"]
IS_STREET = pl.col("town_code").str.slice(6, 1) == "0"
"""GB/T 10114: 001-099 streets, 100-399 镇, 乡 and 苏木, 400-599 similar units (industrial zones, farms)."""


@dataclass(frozen=True)
class Places:
    """The divisions of a sample."""

    vintages: pl.DataFrame
    villages: pl.DataFrame
    """town_code, village_code, kind of the divisions that exist in every month, sorted by code."""
    natural: pl.DataFrame
    """village_code, natural_village_code, natural_village_name."""
    city: str = ""
    """Name of the city in front of the district's in addresses; empty if there is none."""

    def names(self, month: Month) -> pl.DataFrame:
        """Look up codes and names of the divisions in force in a month.

        Adds a ``short_name`` if it is unambiguous, and ``above``, the names of city and district.
        """
        found = _with_short_names(in_force(self.vintages, month))
        return found.with_columns(above=self.city + pl.col("district_name"))

    @property
    def real(self) -> pl.DataFrame:
        """Villages and communities that are not virtual."""
        return self.villages.filter(pl.col("kind") != "virtual")

    @property
    def real_towns(self) -> pl.Series:
        """Codes of towns and streets."""
        return self.real["town_code"].unique().sort()


def _with_short_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Add names without suffix, or with 村 for a village; null if another division of the town has the same stem."""
    stem = without_ending(pl.col("village_name"))
    is_clear = (
        (stem.len().over("town_code", stem) == 1)
        & (stem.str.len_chars() > 1)
        & (without_ending(stem) == stem)
        & (pl.col("kind") != "virtual")
    )
    is_village = pl.col("kind") == "village"
    return rows.with_columns(short_name=pl.when(is_clear & is_village).then(stem + "村").when(is_clear).then(stem))


def _natural_villages(chance: Chance, villages: pl.DataFrame) -> pl.DataFrame:
    rng = chance.of("natural villages")
    weights = villages["kind"].replace_strict({"village": 11.0, "community": 2.4, "virtual": 0.0}).to_numpy()
    counts = divided(NATURAL_VILLAGES, weights * rng.uniform(0.6, 1.4, len(weights)))
    rows = (
        villages.select("village_code")
        .select(pl.col("village_code").repeat_by(pl.Series(counts)).explode())
        .drop_nulls()
    )
    names = pick(rng, _FIRST, len(rows)) + pick(rng, _SECOND, len(rows)) + pick(rng, _LAST, len(rows))
    number = pl.int_range(1, pl.len() + 1).over("village_code").cast(pl.String).str.zfill(3)
    return rows.with_columns(
        natural_village_code="Z" + pl.col("village_code").str.slice(6) + number, natural_village_name=names
    )


def load_places(chance: Chance, calendar: Calendar, vintages: pl.DataFrame) -> Places:
    """Load the divisions that are in force in every month and draw their natural villages."""
    always = [in_force(vintages, month)["village_code"] for month in calendar.months]
    villages = in_force(vintages, calendar.last).filter(
        *[pl.col("village_code").is_in(codes.to_list()) for codes in always]
    )
    villages = villages.select("town_code", "village_code", "kind").sort("village_code")
    return Places(vintages, villages, _natural_villages(chance, villages), _city(vintages["district_code"][0]))


def _city(district: str) -> str:
    newest = national.vintage_files()[-1].stem
    cities = national.list_of(newest, district[:4]).filter(pl.col("code") == district[:4])["name"].to_list()
    # Municipalities and provinces with counties of their own have 市辖区 and the like in the place of a city.
    return next((name for name in cities if name.endswith(("市", "州", "盟", "地区"))), "")


def home_weights(villages: pl.DataFrame) -> np.ndarray:
    """Weight divisions by their farm households: villages have more than communities."""
    return villages["kind"].replace_strict({"village": 3.0, "community": 1.0, "virtual": 0.4}).to_numpy()


def with_natural_villages(households: pl.DataFrame, places: Places, draw: np.ndarray) -> pl.DataFrame:
    """Add a natural village of the household's village; null if the village has none."""
    lists = places.natural.group_by("village_code", maintain_order=True).agg("natural_village_name")
    joined = households.with_columns(_draw=draw).join(lists, on="village_code", how="left", maintain_order="left")
    names = pl.col("natural_village_name")
    return joined.with_columns(names.list.get((pl.col("_draw") * names.list.len()).cast(pl.Int64))).drop("_draw")
