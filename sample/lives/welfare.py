"""Draw allowances, extreme-poverty support, disabilities and assistance.

Belongs here: recipients and their periods. Does not belong here: the civil-affairs department's tables
(``departments``).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from sample.chance import Chance, pick_weighted, random_subset
from sample.lives.schema import conform
from sample.months import Calendar, days_within, position_of

_CLASSES = {"A类": 0.2, "B类": 0.45, "C类": 0.35}
_AMOUNTS = {"A类": 638_00, "B类": 436_00, "C类": 288_00}
_CATEGORIES = {"肢体": 0.5, "视力": 0.13, "听力": 0.12, "智力": 0.1, "精神": 0.1, "言语": 0.02, "多重": 0.03}
_GRADES = {"一级": 0.15, "二级": 0.27, "三级": 0.25, "四级": 0.33}
_WORSE = {"四级": "三级", "三级": "二级", "二级": "一级", "一级": "一级"}
_REASONS = {"突发重病": 0.35, "意外伤害": 0.12, "交通事故": 0.1, "自然灾害": 0.05, "火灾": 0.05, "其他": 0.33}
_SELF_CARE = {"全自理": 0.7, "半失能": 0.18, "全失能": 0.12}


def _approved(rng: np.random.Generator, starts: pl.Series, calendar: Calendar) -> pl.Series:
    """Draw approval days: in the month of the start, or in the five years before the sample."""
    first = calendar.months[0].first_day
    before = days_within(rng, first - timedelta(days=1825), first - timedelta(days=1), len(starts))
    opening = np.array([calendar.months[max(0, s)].first_day for s in starts], dtype="datetime64[D]")
    return pl.Series(np.where(starts.to_numpy() < 0, before, opening + rng.integers(0, 25, len(starts))))


def _starts(rng: np.random.Generator, count: int, months: int, new_share: float) -> pl.Series:
    is_new = rng.random(count) < new_share * months
    return pl.Series(np.where(is_new, rng.integers(0, months, count), -1))


def draw_allowances(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``allowances`` table: whole households; some are new, some stop with or without a last row."""
    rng = chance.of("allowances")
    months = len(calendar)
    present = people.filter(pl.col("appears_in") < 0)
    hids = random_subset(rng, present["hid"].unique().sort().to_numpy(), 0.02, at_least=14)
    households = pl.DataFrame({"hid": hids}).with_columns(
        pl.col("hid").cast(pl.Int32),
        allowance_class=pick_weighted(rng, _CLASSES, len(hids)),
        protected_from=_starts(rng, len(hids), months, 0.006),
        ends=pl.Series(rng.random(len(hids)) < 0.006 * months),
        end=pl.Series(rng.integers(1, months + 1, len(hids))),
        is_stop_shown=pl.Series(rng.random(len(hids)) < 0.6),
    )
    rows = present.join(households, on="hid", how="inner", maintain_order="left")
    amount = pl.col("allowance_class").replace_strict(_AMOUNTS, return_dtype=pl.Int64)
    return conform(
        "allowances",
        rows.with_columns(
            monthly_amount=amount,
            approved_on=_approved(rng, rows["protected_from"], calendar),
            protected_until=pl.when(pl.col("ends") & (pl.col("end") > pl.col("protected_from"))).then("end"),
        ),
    )


def draw_supports(chance: Chance, people: pl.DataFrame, allowed: pl.Series, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``supports`` table: some people who live alone without an allowance."""
    rng = chance.of("supports")
    alone = people.filter(pl.len().over("hid") == 1, pl.col("pid").is_in(allowed.implode()).not_())
    pids = random_subset(rng, alone["pid"].to_numpy(), 0.2, at_least=4)
    starts = _starts(rng, len(pids), len(calendar), 0.005)
    leaves = pl.Series(rng.random(len(pids)) < 0.003 * len(calendar))
    return conform(
        "supports",
        pl.DataFrame({"pid": pids, "supported_from": starts}).with_columns(
            support_mode=pick_weighted(rng, {"分散": 0.75, "集中": 0.25}, len(pids)),
            self_care_ability=pick_weighted(rng, _SELF_CARE, len(pids)),
            monthly_amount=pl.lit(1227_00),
            approved_on=_approved(rng, starts, calendar),
            supported_until=pl.when(leaves).then(pl.lit(len(calendar) - 1)),
        ),
    )


def draw_disabilities(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``disabilities`` table: certificate holders; some are new, some get a more severe grade."""
    rng = chance.of("disabilities")
    first: date = calendar.months[0].first_day
    holders = people.filter(pl.col("birth_date") < first - timedelta(days=5 * 365))
    pids = random_subset(rng, holders["pid"].to_numpy(), 0.022, at_least=20)
    count, months = len(pids), len(calendar)
    starts = _starts(rng, count, months, 0.006)
    grade = pick_weighted(rng, _GRADES, count)
    worse = pl.Series(rng.random(count) < 0.004 * months)
    return conform(
        "disabilities",
        pl.DataFrame({"pid": pids, "listed_from": starts, "disability_grade": grade}).with_columns(
            disability_category=pick_weighted(rng, _CATEGORIES, count),
            later_disability_grade=pl.when(worse).then(grade.replace_strict(_WORSE)),
            disability_grade_changes_in=pl.when(worse).then(pl.Series(rng.integers(0, months, count))),
            certified_on=_approved(rng, starts, calendar),
        ),
    )


def draw_assistance(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``assistance`` table: a few payments per month, some listed a month late."""
    rng = chance.of("assistance")
    present = people.filter(pl.col("appears_in") < 0, pl.col("died_on").is_null())
    pids = random_subset(rng, present["pid"].to_numpy(), 0.0006 * len(calendar), at_least=3 * len(calendar))
    count = len(pids)
    days = days_within(rng, calendar.months[0].first_day, calendar.last.last_day, count)
    days[: len(calendar)] = [month.first_day.replace(day=11) for month in calendar.months]
    late = rng.random(count) < 0.05
    rows = pl.DataFrame({"pid": rng.permutation(pids), "assisted_on": days}).sort(
        "assisted_on", "pid", maintain_order=True
    )
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
    # List one payment of each month in that month: the gate would reject a list of late payments only.
    is_late = pl.Series(late) & (pl.col("assisted_on").dt.day() != 11)
    return conform(
        "assistance",
        rows.with_columns(
            payment_no="LS" + pl.col("assisted_on").dt.strftime("%Y%m") + number,
            reason=pick_weighted(rng, _REASONS, count),
            amount=pl.Series(rng.integers(5, 80, count) * 100_00),
            delivered_in=position_of("assisted_on", calendar) + is_late.cast(pl.Int16),
        ),
    )
