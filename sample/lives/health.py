"""Draw insurance, illness and medical settlements.

Belongs here: insured and ill people, and their settlements. Does not belong here: the health department's tables
(``departments``).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from sample.chance import Chance, pick, pick_weighted, random_subset
from sample.lives.schema import SCHEMAS, conform
from sample.months import Calendar, days_within
from sources.months import Month

_DISEASES = (
    "肺癌",
    "肝癌",
    "胃癌",
    "终末期肾病",
    "脑卒中",
    "急性心肌梗死",
    "儿童白血病",
    "重性精神病",
    "尘肺病",
    "食管癌",
)
_HOSPITALS = {
    "区人民医院": 0.3,
    "区中医院": 0.2,
    "源潭中心卫生院": 0.12,
    "石角镇卫生院": 0.12,
    "龙塘镇卫生院": 0.1,
    "飞来峡镇卫生院": 0.1,
    "市妇幼保健院": 0.06,
}
_LATE_SHARE, _REVERSED_SHARE = 0.02, 0.004
_SUBSIDY = "低收入人口资助"


def draw_insurance(chance: Chance, people: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """Draw the ``insurance`` table: nearly everyone is enrolled, registered people most; babies some months late."""
    rng = chance.of("insurance")
    registered = households.filter(pl.col("household_type") == "脱贫户")["hid"]
    is_registered = people["hid"].is_in(registered.implode())
    draw = (
        pl.Series(rng.random(people.height))
        * pl.select(pl.when(is_registered).then(pl.lit(8.0)).otherwise(1.0)).to_series()
    )
    status = (
        pl.when(draw < 0.012).then(pl.lit(None))
        .when(draw < 0.018).then(pl.lit("终止"))
        .when(draw < 0.022).then(pl.lit("未参保"))
        .otherwise(pl.lit("正常参保"))
    )  # fmt: skip
    is_baby = pl.col("appears_in") >= 0
    return conform(
        "insurance",
        people.with_columns(
            enrolment_status=status,
            insured_from=pl.when(is_baby)
            .then(pl.col("appears_in") + pl.Series(rng.integers(0, 3, people.height)))
            .otherwise(-1),
            is_last_year_only=draw.is_between(0.008, 0.012),
            subsidy_category=pl.when(is_registered).then(pl.lit(_SUBSIDY)),
        ),
    )


def draw_illnesses(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``illnesses`` table: diagnoses in the two years before the sample and in its months."""
    rng = chance.of("illnesses")
    pids = random_subset(rng, people.filter(pl.col("appears_in") < 0)["pid"].to_numpy(), 0.004, at_least=6)
    first = calendar.months[0].first_day
    days = days_within(rng, first - timedelta(days=720), calendar.last.last_day, len(pids))
    months = [*calendar.months]
    position = np.searchsorted(np.array([m.first_day for m in months], dtype="datetime64[D]"), days, side="right") - 1
    return conform(
        "illnesses",
        pl.DataFrame({"pid": pids, "diagnosed_on": days, "listed_from": position}).with_columns(
            disease=pick(rng, _DISEASES, len(pids)),
            treatment_status=pick_weighted(rng, {"救治中": 0.8, "已治愈": 0.2}, len(pids)),
        ),
    )


def _visits(rng: np.random.Generator, people: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Draw the treatments of a month: pid, care_type, total_cost (hundredths), covered (share paid by insurance)."""
    ages = (np.datetime64(month.first_day) - people["birth_date"].to_numpy()).astype(int) / 365.25
    pids = people["pid"].to_numpy()
    clinic = np.repeat(pids, rng.poisson(0.5 + 0.014 * ages))
    ward = pids[rng.random(len(pids)) < 0.003 + 0.00018 * ages]
    chronic = pids[(people["luck"].to_numpy() < 0.07) & (ages > 40)]
    forms = (("门诊", clinic, 150, 0.65, 0.55), ("住院", ward, 7000, 0.8, 0.68), ("门特", chronic, 420, 0.5, 0.75))
    parts = [
        pl.DataFrame(
            {
                "pid": who,
                "care_type": pl.repeat(care, len(who), eager=True),
                "total_cost": (rng.lognormal(np.log(cost), spread, len(who)) * 100).astype(np.int64),
                "covered": np.clip(rng.normal(share, 0.08, len(who)), 0, 0.95),
            }
        )
        for care, who, cost, spread, share in forms
    ]
    return pl.concat(parts)


def _settlements(rng: np.random.Generator, visits: pl.DataFrame, month: Month, position: int) -> pl.DataFrame:
    count = visits.height
    settled = days_within(rng, month.first_day, month.last_day, count)
    stay = rng.integers(3, 15, count).astype("timedelta64[D]")
    cost = pl.col("total_cost")
    basic = (cost * pl.col("covered")).cast(pl.Int64)
    is_ward = pl.col("care_type") == "住院"
    serious = pl.when(is_ward & (cost > 3000000)).then((cost - basic) * 3 // 10).otherwise(0)
    rows = visits.with_columns(
        settled_on=pl.Series(settled),
        admitted_on=pl.when(is_ward).then(pl.Series(settled - stay)),
        hospital=pick_weighted(rng, _HOSPITALS, count),
        basic_insurance_paid=basic,
        serious_illness_paid=serious,
        medical_aid_paid=pl.lit(0),
        is_reversal=pl.lit(False),
        delivered_in=pl.Series(position + (rng.random(count) < _LATE_SHARE)),
    ).with_columns(self_paid=cost - basic - serious)
    rows = rows.sort("settled_on", "pid", maintain_order=True)
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)
    return rows.with_columns(settlement_no="JS" + pl.lit(str(month).replace("-", "")) + number)


def reverse(rows: pl.DataFrame) -> pl.DataFrame:
    """Reverse settlements: negate every amount, under a number of their own."""
    money = [n for n in SCHEMAS["settlements"].names() if n == "total_cost" or n.endswith("_paid")]
    return rows.with_columns(-pl.col(money), settlement_no=pl.col("settlement_no") + "C", is_reversal=pl.lit(True))


def draw_settlements(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``settlements`` table: about one per person and month; some a month late, some reversed."""
    parts = []
    for position, month in enumerate(calendar.months):
        rng = chance.of("settlements", month)
        alive = pl.col("died_on").is_null() | (pl.col("died_on") >= month.first_day)
        rows = _settlements(
            rng, _visits(rng, people.filter(alive, pl.col("appears_in") < position), month), month, position
        )
        # Nobody is treated after death; the settlements that contradict a death are planted.
        rows = rows.join(people.select("pid", "died_on"), on="pid", how="left", maintain_order="left")
        rows = rows.filter(pl.col("died_on").is_null() | (pl.col("settled_on") <= pl.col("died_on")))
        to_reverse = rows.filter(pl.Series(rng.random(rows.height) < _REVERSED_SHARE))
        parts += [conform("settlements", rows), conform("settlements", reverse(to_reverse))]
    return pl.concat(parts)
