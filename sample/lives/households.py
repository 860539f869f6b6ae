"""Draw the events of households: incomes, repairs, moves, monitoring, support.

Belongs here: tables with one row per household or per payment to one. Does not belong here: tables about people
(``people``, ``welfare``, ``health``, ``work``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from sample.chance import Chance, pick, pick_weighted, random_subset
from sample.lives.people import WORKERS
from sample.lives.schema import conform
from sample.months import Calendar, days_of_year, days_within, position_of
from sample.places import Places
from sample.population import Population

_MEDIAN_INCOME, _INCOME_SPREAD = 18_000.0, 0.42
_SHOCK_CHANCE = 0.004
_NOT_SURVEYED = 0.003
_MOVE_CHANCE = 0.0005
RISKS = ("因病", "因残", "因学", "因灾", "因意外事故", "务工就业不稳", "产业失败", "缺劳动力", "其他")
_SUPPORTS = (
    ("资产收益分红", 0.8, 0), ("生活补助", 0.9, 500_00), ("生产启动资金", 0.7, 4000_00), ("先进户奖补", 0.08, 3000_00),
)  # fmt: skip
"""Payment type, share of the registered households paid in a year, amount in hundredths of 元 (0: variable). Amounts
are those of the district report of 2021."""
_LABOUR_ONLY = ("资产收益分红", "生产启动资金")


def draw_households(chance: Chance, population: Population, places: Places, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``households`` table: some houses are repaired, some gain or lose safe water, some households move."""
    rng = chance.of("changes of homes")
    frame = population.households
    count, months = frame.height, len(calendar)
    is_unsafe = frame["housing_grade"].is_in(["C级", "D级"])
    repaired = is_unsafe & pl.Series(rng.random(count) < 0.5)
    water = pl.Series(np.where(frame["has_safe_water"].to_numpy(), rng.random(count) < 0.001, rng.random(count) < 0.5))
    moves = pl.Series(rng.random(count) < _MOVE_CHANCE * months)
    position = pl.Series(rng.integers(0, months, count))
    return conform(
        "households",
        frame.with_columns(
            later_housing_grade=pl.when(repaired).then(pl.lit("B级")),
            housing_grade_changes_in=pl.when(repaired).then(position),
            later_has_safe_water=pl.when(water).then(pl.col("has_safe_water").not_()),
            has_safe_water_changes_in=pl.when(water).then(position),
            later_village_code=pl.when(moves).then(pick(rng, places.real["village_code"].to_list(), count)),
            village_code_changes_in=pl.when(moves).then(position),
            is_planted=pl.lit(False),
        ),
    )


def draw_incomes(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``incomes`` table: net income of the trailing 12 months; it drifts, for some it falls by 20 to 60 %."""
    rng = chance.of("incomes")
    sizes = people.filter(pl.col("appears_in") < 0).group_by("hid").len().sort("hid")
    count = sizes.height
    per_head = rng.lognormal(np.log(_MEDIAN_INCOME), _INCOME_SPREAD, count)
    parts = []
    for position in range(len(calendar)):
        per_head = per_head * rng.normal(1.004, 0.006, count)
        falls = (rng.random(count) < _SHOCK_CHANCE) & (position > 0)
        per_head = np.where(falls, per_head * (1 - rng.uniform(0.2, 0.6, count)), per_head)
        net = (per_head * sizes["len"].to_numpy() * 100).astype(np.int64)
        parts.append(pl.DataFrame({"hid": sizes["hid"], "position": np.full(count, position), "net": net}))
    surveyed = sizes["hid"].filter(pl.Series(rng.random(count) >= _NOT_SURVEYED))
    return conform("incomes", pl.concat(parts).filter(pl.col("hid").is_in(surveyed.implode())))


def draw_monitored(chance: Chance, households: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``monitored`` table: identified before or in the months; some eliminated, some change category."""
    rng = chance.of("monitored")
    hids = random_subset(rng, np.arange(households.height), 0.008, at_least=8)
    count, months = len(hids), len(calendar)
    is_registered = households["household_type"].gather(hids) == "脱贫户"
    own = pl.select(pl.when(is_registered).then(pl.lit("脱贫不稳定户")).otherwise(pl.lit("边缘易致贫户"))).to_series()
    category = pl.select(
        pl.when(pl.Series(rng.random(count) < 0.25)).then(pl.lit("突发严重困难户")).otherwise(own)
    ).to_series()
    identified = np.where(rng.random(count) < 0.6, -rng.integers(1, 11, count), rng.integers(0, months, count))
    eliminated = identified + rng.integers(2, 12, count)
    changes = pl.Series(rng.random(count) < 0.1)
    names = {str(i): str(calendar.months[0].shift(i)) for i in range(-12, months + 12)}
    is_over = pl.Series(eliminated < months)
    return conform(
        "monitored",
        pl.DataFrame(
            {
                "hid": hids,
                "monitoring_category": category,
                "identified_month": pl.Series(identified).cast(pl.String).replace_strict(names),
                "risk_type": pick(rng, RISKS, count),
                "listed_from": identified,
            }
        ).with_columns(
            later_monitoring_category=pl.when(changes).then(pl.lit("突发严重困难户")),
            monitoring_category_changes_in=pl.when(changes).then(pl.lit(months - 1)),
            eliminated_month=pl.when(is_over).then(pl.Series(eliminated).cast(pl.String).replace(names)),
            elimination_mode=pl.when(is_over).then(pick_weighted(rng, {"帮扶消除": 0.9, "自然消除": 0.1}, count)),
            unlisted_in=pl.when(pl.Series(rng.random(count) < 0.05)).then(pl.lit(months - 1)),
        ),
    )


def draw_payments(chance: Chance, households: pl.DataFrame, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``payments`` table: support for registered households since January; late if before the sample."""
    rng = chance.of("payments")
    registered = households.filter(pl.col("household_type") == "脱贫户")["hid"]
    able = people.filter(pl.col("labour_ability").is_in(WORKERS), pl.col("died_on").is_null())["hid"].unique()
    parts = []
    for payment_type, share, amount in _SUPPORTS:
        paid = registered.filter(registered.is_in(able.implode())) if payment_type in _LABOUR_ONLY else registered
        paid = paid.filter(pl.Series(rng.random(len(paid)) < share))
        amounts = rng.integers(600, 2600, len(paid)) * 100 if amount == 0 else np.full(len(paid), amount)
        days = days_of_year(rng, calendar, len(paid))
        parts.append(
            pl.DataFrame({"hid": paid, "paid_on": days, "amount": amounts}).with_columns(
                payment_type=pl.lit(payment_type)
            )
        )
    rows = pl.concat(parts).sort("paid_on", "hid", maintain_order=True)
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6)
    return conform(
        "payments",
        rows.with_columns(
            payment_no="CY" + pl.col("paid_on").dt.strftime("%Y") + number,
            delivered_in=position_of("paid_on", calendar),
        ),
    )


def draw_toilets(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``toilets`` table: retrofits of a third of the households, from three years before the sample on."""
    rng = chance.of("toilets")
    heads = people.filter(pl.col("relation_to_head") == "户主", pl.col("appears_in") < 0)
    pids = heads["pid"].filter(pl.Series(rng.random(heads.height) < 0.34))
    count = len(pids)
    old = days_within(
        rng, calendar.months[0].first_day.replace(year=calendar.months[0].year - 3), calendar.months[0].first_day, count
    )
    new = days_within(rng, calendar.months[0].first_day, calendar.last.last_day, count)
    result = pick_weighted(rng, {"合格": 0.95, "不合格": 0.02, "未验收": 0.03}, count)
    frame = pl.DataFrame({"pid": pids, "completed_on": np.where(rng.random(count) < 0.96, old, new)})
    return conform(
        "toilets",
        frame.with_columns(
            retrofit_type=pick_weighted(
                rng, {"三格化粪池式": 0.8, "三联沼气池式": 0.05, "完整下水道水冲式": 0.13, "其他": 0.02}, count
            ),
            inspection_result=result,
            subsidy=pl.when(result == "合格").then(pl.lit(3000_00)).otherwise(pl.lit(0)),
            usage_status=pick_weighted(rng, {"正常": 0.96, "闲置": 0.03, "无法使用": 0.01}, count),
            listed_from=position_of("completed_on", calendar),
        ),
    )
