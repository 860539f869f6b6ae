"""Draw people's traits, and their births, deaths and departures over the months.

Belongs here: labour ability, schooling, health, arrivals and departures. Does not belong here: families
(``population``).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from sample.chance import Chance, pick_weighted
from sample.ids import resident_ids
from sample.lives.schema import conform
from sample.months import Calendar, days_within
from sample.names import given_names
from sample.population import DISTRICT, Population

WORKERS = ("技能劳动力", "普通劳动力", "弱劳动力或半劳动力")
_ADULT = {"普通劳动力": 0.8, "技能劳动力": 0.12, "弱劳动力或半劳动力": 0.05, "丧失劳动力": 0.03}
_AGEING = {"普通劳动力": 0.25, "弱劳动力或半劳动力": 0.35, "无劳动力": 0.4}
_HEALTH = {"健康": 0.86, "长期慢性病": 0.09, "患有大病": 0.01, "残疾": 0.04}
_HAZARD, _AGEING_RATE = 0.0001, 0.085
"""Annual Gompertz mortality: about 1 in 10 000 at birth, 9 % at 80."""
_MONTHS_BEFORE = 3
"""Months before the sample whose deaths may be reported in it."""
_REPORTING_DELAY = (0.85, 0.12, 0.03)
"""Probabilities that a death is reported in its own month, one month later, two months later."""
_BIRTH_CHANCE = 0.004
_LEAVING_CHANCE = 0.0003
_DROPOUT_SHARE = 0.003
_ALIAS_SHARE = 0.001
HOMOPHONES = {
    "丽": "莉",
    "英": "瑛",
    "伟": "炜",
    "华": "桦",
    "明": "铭",
    "芳": "方",
    "梅": "媚",
    "强": "祥",
    "玉": "钰",
    "文": "雯",
}


def add_traits(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Add labour ability, health, schooling and the name in the health department's records, which may differ."""
    rng = chance.of("traits", people.height)
    count = people.height
    today = pl.lit(calendar.months[0].first_day)
    ages = people.select((today - pl.col("birth_date")).dt.total_days() / 365.25).to_series().to_numpy()
    is_student = ((ages >= 15) & (ages < 18) & (rng.random(count) < 0.9)) | (
        (ages >= 18) & (ages < 22) & (rng.random(count) < 0.45)
    )
    is_minor = (ages < 16) | is_student
    labour = (
        pl.when(pl.Series(is_minor | (ages >= 75))).then(pl.lit("无劳动力"))
        .when(pl.Series(ages >= 60)).then(pick_weighted(rng, _AGEING, count))
        .otherwise(pick_weighted(rng, _ADULT, count))
    )  # fmt: skip
    drops_out = (ages >= 6) & (ages < 16) & (rng.random(count) < _DROPOUT_SHARE)
    left_school = np.where(drops_out, rng.integers(-1, len(calendar), count), 0)
    has_alias = pl.Series(rng.random(count) < _ALIAS_SHARE)
    alias = pl.col("person_name").str.replace_many(list(HOMOPHONES), list(HOMOPHONES.values()))
    return people.with_columns(
        labour_ability=labour,
        health_status=pick_weighted(rng, _HEALTH, count),
        is_student=pl.Series(is_student),
        left_school_in=pl.when(pl.Series(drops_out)).then(pl.Series(left_school)),
        medical_name=pl.when(has_alias).then(alias).otherwise("person_name"),
    )


def _deaths(rng: np.random.Generator, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw deaths, one row per person: pid, died_on, reported_in, leaves_in.

    Every month has a death that is reported in the month: the gate would reject a list of late deaths only.
    """
    birth = people["birth_date"].to_numpy()
    alive = np.ones(people.height, dtype=bool)
    parts = []
    for offset in range(-_MONTHS_BEFORE, len(calendar)):
        month = calendar.months[0].shift(offset)
        ages = (np.datetime64(month.first_day) - birth).astype(int) / 365.25
        hazard = _HAZARD * np.exp(_AGEING_RATE * ages) / 12
        draw = np.where(alive, rng.random(len(ages)) / hazard, np.inf)
        dies = (draw < 1) | (draw == draw.min())
        alive &= ~dies
        count = int(dies.sum())
        delay = np.where(draw[dies] == draw.min(), 0, rng.choice(3, count, p=_REPORTING_DELAY))
        died_on = days_within(rng, month.first_day, month.last_day, count)
        parts.append(
            pl.DataFrame({"pid": people["pid"].filter(dies), "died_on": died_on, "reported_in": delay + offset})
        )
    rows = pl.concat(parts).filter(pl.col("reported_in") >= 0)
    # The register drops most of the dead, a month after the report.
    is_dropped = pl.Series(rng.random(rows.height) < 0.7)
    return rows.with_columns(leaves_in=pl.when(is_dropped).then(pl.col("reported_in") + 1))


def _babies(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    rng = chance.of("births")
    head_birth = pl.col("birth_date").dt.year()
    heads = people.filter(pl.col("relation_to_head") == "户主", head_birth.is_between(1975, 1997))
    parts = []
    for position, month in enumerate(calendar.months):
        mothers = heads.filter(pl.Series(rng.random(heads.height) < _BIRTH_CHANCE))
        born = days_within(
            rng, month.first_day - timedelta(days=20), month.last_day - timedelta(days=1), mothers.height
        )
        parts.append(
            mothers.select("hid", "person_name").with_columns(
                man=pl.Series(rng.random(mothers.height) < 0.52),
                birth_date=pl.Series(born),
                appears_in=pl.lit(position),
            )
        )
    rows = pl.concat(parts).unique("hid", keep="first", maintain_order=True)
    men = rows["man"].to_numpy()
    return rows.select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("pid") + people.height,
        "hid",
        "birth_date",
        "appears_in",
        person_name=pl.col("person_name").str.slice(0, 1) + given_names(rng, men),
        # Babies have separate order codes: in the first month they may share a birth date with drawn people.
        resident_id=resident_ids(pl.repeat(DISTRICT, rows.height, eager=True), rows["birth_date"], men, 400, 40),
        sex=pl.when("man").then(pl.lit("男")).otherwise(pl.lit("女")),
        relation_to_head=pl.lit("子女"),
        luck=pl.Series(rng.random(rows.height)),
    )


def draw_people(chance: Chance, population: Population, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``people`` table: the population of the first month and the children born in the months."""
    first = population.people.with_columns(appears_in=pl.lit(-1, dtype=pl.Int32))
    babies = _babies(chance, population.people, calendar)
    everyone = add_traits(
        chance, pl.concat([first, babies.with_columns(pl.col("birth_date").cast(pl.Date))], how="diagonal"), calendar
    )
    rng = chance.of("deaths")
    deaths = _deaths(rng, first, calendar)
    moving = pl.Series(rng.random(everyone.height) < _LEAVING_CHANCE * len(calendar))
    away = pl.Series(rng.integers(0, len(calendar), everyone.height)) + 1
    joined = everyone.join(deaths, on="pid", how="left", maintain_order="left").with_columns(
        leaves_in=pl.when(pl.col("died_on").is_null() & moving & (pl.col("relation_to_head") != "户主"))
        .then(away)
        .otherwise("leaves_in"),
        is_planted=pl.lit(False),
    )
    return conform("people", joined)


def second_homes(chance: Chance, people: pl.DataFrame) -> pl.DataFrame:
    """Draw the ``second_homes`` table: a few people are registered in a second household."""
    rng = chance.of("second homes")
    movers = people.filter(pl.col("relation_to_head") == "子女", pl.col("is_student").not_())
    chosen = movers.filter(pl.Series(rng.random(movers.height) < 0.001))
    households = people["hid"].unique().sort()
    others = households.gather(rng.integers(0, len(households), chosen.height))
    return conform("second_homes", chosen.select("pid").with_columns(hid=others).filter(others != chosen["hid"]))
