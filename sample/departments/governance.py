"""Build tables about committees, the party and employment activities.

Belongs here: organisations, with the figures of the district report of 2021. Does not belong here: households.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from sample.chance import divided, pick_weighted
from sample.district import District
from sample.ids import resident_ids
from sample.months import days_of_year, position_of
from sample.names import full_names
from sample.population import DISTRICT

_MEMBERS, _COLLEGE, _HIGH_SCHOOL, _UNDER_35, _AGES = 933, 811, 906, 375, 36480
"""Committee members; with college, with at least high school, under 35; the sum of their ages (mean 39.1)."""
_CODES, _ROOM = 470, 15
"""First order code of committee members' ids, and the number of codes."""
SEX_IN_ERROR = 7
"""Position of the member whose sex contradicts the id."""
_PARTY = {"全体党员": (12000, 3138, 90, 2975), "新发展党员": (816, 333, 4, 590)}
"""Members, bachelor or above, postgraduates, aged 35 or below."""
_WORKSHOPS, _FAIRS, _PLACEMENTS = 3, 2, (50, 51, 52, 52)


def _ages(rng: np.random.Generator) -> np.ndarray:
    """Draw ages with the report's mean and share under 35."""
    young = rng.integers(24, 35, _UNDER_35)
    older = _MEMBERS - _UNDER_35
    extra = divided(_AGES - young.sum() - 35 * older, rng.uniform(0.3, 1.7, older))
    return rng.permutation(np.concatenate([young, 35 + extra]))


def _education() -> list[str]:
    college = ["大专"] * 560 + ["本科"] * 241 + ["研究生"] * (_COLLEGE - 801)
    school = ["高中"] * 60 + ["中专"] * (_HIGH_SCHOOL - _COLLEGE - 60)
    return [*college, *school, *["初中"] * (_MEMBERS - _HIGH_SCHOOL)]


def village_committees(district: District, position: int) -> pl.DataFrame:
    """List the committee members of every village and community; the first of each has all three posts."""
    rng = district.chance.of("committees")
    villages = district.places.real["village_code"]
    codes = villages.gather(np.repeat(np.arange(len(villages)), divided(_MEMBERS, np.ones(len(villages)))))
    men = rng.random(_MEMBERS) < 0.68
    last = district.calendar.last
    births = pl.Series(
        [last.shift(-12 * int(age) - int(m)).first_day + timedelta(days=int(d))
         for age, m, d in zip(_ages(rng), rng.integers(0, 12, _MEMBERS), rng.integers(0, 28, _MEMBERS), strict=True)]
    )  # fmt: skip
    is_first = pl.int_range(pl.len()).over("village_name") == 0
    sex = pl.Series(np.where(men ^ (np.arange(_MEMBERS) == SEX_IN_ERROR), "男", "女"))
    return pl.DataFrame({"village_name": codes, "education": rng.permutation(np.array(_education()))}).with_columns(
        town_name=pl.col("village_name").str.slice(0, 9),
        person_name=full_names(rng, men),
        resident_id=resident_ids(pl.repeat(DISTRICT, _MEMBERS, eager=True), births, men, _CODES, _ROOM),
        sex=sex,
        birth_month=births.dt.strftime("%Y-%m"),
        political_status=pick_weighted(rng, {"中共党员": 0.96, "群众": 0.04}, _MEMBERS),
        is_party_secretary=is_first,
        is_committee_director=is_first,
        is_collective_head=is_first,
        is_cross_serving=pl.lit(True),
        term=pl.lit("2021-2026届"),
    )


def party_membership(district: District, position: int) -> pl.DataFrame:
    """Count party members by town, all and newly admitted."""
    rng = district.chance.of("party")
    towns = district.places.real_towns
    weights = rng.uniform(0.7, 1.3, len(towns))
    return pl.concat(
        [
            pl.DataFrame(
                {
                    "town_name": towns,
                    "member_scope": pl.repeat(scope, len(towns), eager=True),
                    **dict(
                        zip(
                            ("members", "bachelor_or_above", "postgraduate", "aged_35_or_below"),
                            (divided(t, weights) for t in totals),
                            strict=True,
                        )
                    ),
                }
            )
            for scope, totals in _PARTY.items()
        ]
    )


def job_support_activities(district: District, position: int) -> pl.DataFrame:
    """List the month's activities, out of three workshops, two fairs and 205 placements since January."""
    rng = district.chance.of("activities")
    calendar = district.calendar
    kinds = ["转移就业"] * len(_PLACEMENTS) + ["扶贫车间"] * _WORKSHOPS + ["专场招聘会"] * _FAIRS
    size = len(kinds)
    days = days_of_year(rng, calendar, size)
    fixed = min(size, len(calendar))
    days[:fixed] = [m.first_day.replace(day=18) for m in calendar.months[-fixed:]]
    attendances = [*_PLACEMENTS, *rng.integers(8, 40, _WORKSHOPS), *rng.integers(60, 300, _FAIRS)]
    towns = district.places.real_towns.gather(rng.integers(0, len(district.places.real_towns), size))
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    rows = pl.DataFrame({"activity_type": kinds, "held_on": days, "attendances": attendances, "town_name": towns})
    return rows.with_columns(
        activity_no="HD" + pl.lit(str(calendar.last.year)) + number.str.zfill(4),
        activity_name=pl.lit(f"{calendar.last.year}年") + pl.col("activity_type") + number,
    ).filter(position_of("held_on", calendar) == position)
