"""Draw the households of the first month and the people in them.

Belongs here: family forms, ages, names, ids, homes. Does not belong here: later events (``lives``).

``households``: hid, household_code, household_type, village_code, natural_village_name, housing_grade, has_safe_water.
``people``: pid, hid, person_name, resident_id, birth_date, sex, relation_to_head. Both: ``luck`` in [0, 1), by which
clerks choose the rows that they spoil, so that the same people are spoiled in every month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sample.chance import Chance, pick_weighted
from sample.ids import resident_ids
from sample.names import given_names, surnames, with_some_dotted
from sample.places import Places, home_weights, with_natural_villages

DISTRICT = "441802"
_OTHER_REGIONS = {DISTRICT: 0.9, "441821": 0.03, "441881": 0.03, "441823": 0.02, "440111": 0.01, "450123": 0.01}
_REGISTERED_SHARE = 0.12
_ROOM_FOR_PEOPLE = 400
"""Drawn people have order codes 0 to 399 of a birth date; planted people and officials have those above."""
FIRST_CODE = 1_802_000_000
"""First household code; ten digits, so that a clerk may store the codes as numbers."""


@dataclass(frozen=True)
class Member:
    """A role in a family: years younger than the head (negative: older), their spread, the probability of a man."""

    relation: str
    gap: float
    spread: float
    male: float


@dataclass(frozen=True)
class Family:
    """A form of family: its share of all families, the head's age range, and the members besides the head."""

    share: float
    head: tuple[float, float]
    head_male: float
    members: tuple[Member, ...] = ()


_SPOUSE = Member("配偶", 1.5, 2.5, 0.0)
_CHILD, _SECOND, _THIRD = Member("子女", 25, 2.5, 0.52), Member("子女", 28, 2.5, 0.52), Member("子女", 31, 2.0, 0.55)
_PARENT, _GRANDCHILD = Member("父母", -25, 2.5, 0.3), Member("孙子女", 51, 3.5, 0.52)
FAMILIES = (
    Family(0.08, (58, 88), 0.55),
    Family(0.12, (58, 84), 0.98, (_SPOUSE,)),
    Family(0.18, (28, 56), 0.95, (_SPOUSE, _CHILD)),
    Family(0.24, (30, 56), 0.95, (_SPOUSE, _CHILD, _SECOND)),
    Family(0.06, (33, 52), 0.95, (_SPOUSE, _CHILD, _SECOND, _THIRD)),
    Family(0.14, (30, 50), 0.97, (_SPOUSE, _CHILD, _SECOND, _PARENT)),
    Family(
        0.06,
        (56, 72),
        0.97,
        (_SPOUSE, Member("子女", 26, 2, 1.0), Member("其他", 27, 2, 0.0), _GRANDCHILD, _GRANDCHILD),
    ),
    Family(0.04, (28, 52), 0.4, (_CHILD,)),
    Family(0.03, (58, 74), 0.5, (_GRANDCHILD,)),
    Family(0.05, (52, 68), 0.97, (_SPOUSE, _CHILD)),
)


@dataclass(frozen=True)
class Population:
    """The two frames described above."""

    households: pl.DataFrame
    people: pl.DataFrame


def _households(chance: Chance, places: Places, size: int) -> pl.DataFrame:
    rng = chance.of("households")
    weights = home_weights(places.villages)
    villages = np.sort(_in_every_town(rng.choice(places.villages.height, size, p=weights / weights.sum()), places))
    frame = pl.DataFrame(
        {
            "hid": np.arange(size, dtype=np.int32),
            "household_code": pl.Series(FIRST_CODE + np.arange(size)).cast(pl.String),
            "household_type": np.where(rng.random(size) < _REGISTERED_SHARE, "脱贫户", "一般农户"),
            "village_code": places.villages["village_code"].gather(villages),
            "housing_grade": pick_weighted(rng, {"A级": 0.7, "B级": 0.293, "C级": 0.005, "D级": 0.002}, size),
            "has_safe_water": rng.random(size) > 0.005,
            "luck": rng.random(size),
        }
    )
    return with_natural_villages(frame, places, rng.random(size))


def _in_every_town(drawn: np.ndarray, places: Places) -> np.ndarray:
    """Move households of towns with several into the real towns that have none, each into the town's first village."""
    numbered = places.villages.with_row_index("village")
    homes = pl.DataFrame({"village": drawn}).join(numbered, on="village", how="left", maintain_order="left")
    empty = numbered.filter((pl.col("kind") != "virtual") & ~pl.col("town_code").is_in(homes["town_code"].implode()))
    firsts = empty.group_by("town_code", maintain_order=True).first()["village"].to_numpy()
    spare = homes.select((pl.int_range(pl.len()).over("town_code") > 0).arg_true()).to_series().to_numpy()
    moved = drawn.copy()
    moved[spare[: len(firsts)]] = firsts[: len(spare)]
    return moved


def _slot(
    rng: np.random.Generator, member: Member, hids: np.ndarray, head_ages: np.ndarray, order: int
) -> pl.DataFrame:
    ages = head_ages - member.gap + rng.normal(0, member.spread, len(hids))
    return pl.DataFrame(
        {
            "hid": hids,
            "order": np.full(len(hids), order),
            "relation_to_head": pl.repeat(member.relation, len(hids), eager=True),
            # A member with a negative age gets the absolute value.
            "age": np.minimum(np.abs(ages), 97.5),
            "man": rng.random(len(hids)) < member.male,
        }
    )


def _families(chance: Chance, size: int) -> pl.DataFrame:
    rng = chance.of("families")
    shares = np.array([f.share for f in FAMILIES])
    form = rng.choice(len(FAMILIES), size, p=shares / shares.sum())
    parts = []
    for number, family in enumerate(FAMILIES):
        hids = np.flatnonzero(form == number).astype(np.int32)
        head_ages = rng.uniform(*family.head, len(hids))
        head = Member("户主", 0, 0, family.head_male)
        parts += [_slot(rng, m, hids, head_ages, order) for order, m in enumerate((head, *family.members))]
    return pl.concat(parts).sort("hid", "order")


def draw_names(chance: Chance, people: pl.DataFrame, households: int) -> pl.Series:
    """Draw names: blood relatives have the household's surname, spouses and mothers their own."""
    rng = chance.of("names", people.height)
    family = surnames(rng, households).gather(people["hid"] - people["hid"].min())
    own = surnames(rng, people.height)
    men = people["man"].to_numpy()
    marries_in = people["relation_to_head"].is_in(["配偶", "其他"]) | (
        (people["relation_to_head"] == "父母") & ~people["man"]
    )
    surname = pl.select(pl.when(marries_in).then(own).otherwise(family)).to_series()
    return with_some_dotted(rng, surname + given_names(rng, men), marries_in.to_numpy() & ~men)


def _people(chance: Chance, size: int, first_day: date) -> pl.DataFrame:
    people = _families(chance, size)
    rng = chance.of("people")
    count = people.height
    births = pl.Series(np.datetime64(first_day, "D") - (people["age"].to_numpy() * 365.25 + 1).astype(np.int64))
    regions = pick_weighted(rng, _OTHER_REGIONS, count)
    at_home = people["relation_to_head"].is_in(["户主", "子女", "孙子女"])
    regions = pl.select(pl.when(at_home).then(pl.lit(DISTRICT)).otherwise(regions)).to_series()
    men = people["man"].to_numpy()
    return people.select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("pid"),
        "hid",
        person_name=draw_names(chance, people, size),
        resident_id=resident_ids(regions, births, men, room=_ROOM_FOR_PEOPLE),
        birth_date=births,
        sex=pl.when("man").then(pl.lit("男")).otherwise(pl.lit("女")),
        relation_to_head="relation_to_head",
        luck=pl.Series(rng.random(count)),
    )


def draw_population(chance: Chance, places: Places, households: int, first_day: date) -> Population:
    """Draw households with about 3.5 people each, with their values on the first day."""
    return Population(_households(chance, places, households), _people(chance, households, first_day))
