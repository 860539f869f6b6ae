"""Draw the lists of low-income people of 2026, and the expenses that count against an income.

Belongs here: who is on a list, and since when. Does not belong here: allowances and support (``welfare``), the
civil-affairs department's tables (``departments``).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from sample.chance import Chance, pick_weighted, random_subset
from sample.lives.schema import conform
from sample.months import Calendar, days_within

_EXPENSES = {"医疗": 0.6, "教育": 0.2, "残疾康复": 0.1, "灾害事故": 0.05, "其他": 0.05}
_VALID_DAYS = 365
_CHILD_DAYS = 15 * 365


def draw_relief(chance: Chance, people: pl.DataFrame, allowed: pl.Series, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``relief`` table: households without an allowance on the two lists, and some children."""
    rng = chance.of("relief")
    present = people.filter(pl.col("appears_in") < 0, pl.col("died_on").is_null())
    free = present.filter(pl.col("pid").is_in(allowed.implode()).not_())["hid"].unique().sort().to_numpy()
    edge = random_subset(rng, free, 0.012, at_least=10)
    rigid = random_subset(rng, np.setdiff1d(free, edge), 0.006, at_least=6)
    young = present.filter(pl.col("birth_date") > calendar.months[0].first_day - timedelta(days=_CHILD_DAYS))
    children = random_subset(rng, young["pid"].to_numpy(), 0.01, at_least=5)
    lists = [
        present.filter(pl.col("hid").is_in(edge.tolist())).select("pid", relief_list=pl.lit("edge")),
        present.filter(pl.col("hid").is_in(rigid.tolist())).select("pid", relief_list=pl.lit("rigid")),
        pl.DataFrame({"pid": children}, schema={"pid": pl.Int32}).with_columns(relief_list=pl.lit("child")),
    ]
    rows = pl.concat(lists)
    last = calendar.last.last_day
    recognised = days_within(rng, last - timedelta(days=300), last - timedelta(days=70), rows.height)
    is_list = pl.col("relief_list") != "child"
    return conform(
        "relief",
        rows.with_columns(recognised_on=pl.Series(recognised)).with_columns(
            valid_until=pl.when(is_list).then(pl.col("recognised_on") + pl.duration(days=_VALID_DAYS)),
            expense_type=pl.when(pl.col("relief_list") == "rigid").then(pick_weighted(rng, _EXPENSES, rows.height)),
            has_left=pl.lit(False),
        ),
    )


def draw_expenses(chance: Chance, homes: pl.DataFrame) -> pl.DataFrame:
    """Draw the ``expenses`` table: what some households paid for school and for other needs in twelve months."""
    rng = chance.of("expenses")
    size = homes.height
    education = rng.integers(8, 40, size) * 100_00
    other = rng.integers(5, 30, size) * 100_00
    return conform(
        "expenses",
        homes.select(
            "hid",
            education_self_paid=pl.when(pl.Series(rng.random(size) < 0.08)).then(pl.Series(education)),
            other_rigid_expense=pl.when(pl.Series(rng.random(size) < 0.03)).then(pl.Series(other)),
        ),
    )
