"""Draw employment, unemployment, pensions, training and incentives.

Belongs here: workers and their records. Does not belong here: the human-resources department's tables
(``departments``).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from sample.chance import Chance, divided, pick, pick_weighted, random_subset
from sample.lives.people import WORKERS
from sample.lives.schema import conform
from sample.months import Calendar, days_of_year, days_within, position_of

_STATUS = {"在业": 0.872, "未就业": 0.09, "失业": 0.02, "返乡": 0.018}
_PLACES = {"县内": 0.56, "省内县外": 0.36, "省外": 0.08}
_EMPLOYERS = (
    "长隆物业服务部",
    "恒丰制衣厂",
    "绿源种养合作社",
    "顺达陶瓷厂",
    "南粤电子厂",
    "个体经营",
    "兴农果蔬合作社",
    "永固建材厂",
)
_CHANNELS = ("自主就业", "亲友介绍", "劳务输出", "扶贫车间", "公益性岗位")
_REASONS = ("企业裁员", "合同到期", "个人原因", "企业倒闭")
_CLASSES = {"农村电商": 4, "产业技能": 22, "其他": 3}
"""Classes per year by type; e-commerce and industry skills as in the district report of 2021."""
_PENSION_AGE = 60


def age_at(first: date) -> pl.Expr:
    """Compute the age in years on a day."""
    return (pl.lit(first) - pl.col("birth_date")).dt.total_days() / 365.25


def workers(people: pl.DataFrame, first: date) -> pl.DataFrame:
    """Select people with labour ability, aged 16 to 65, who are not students."""
    return people.filter(
        pl.col("labour_ability").is_in(WORKERS), age_at(first).is_between(16, 65), pl.col("is_student").not_()
    )


def draw_work(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``work`` table: one row per worker; some lose or find a job in one of the months."""
    rng = chance.of("work")
    first, months = calendar.months[0].first_day, len(calendar)
    pids = workers(people, first)["pid"]
    count = len(pids)
    status = pick_weighted(rng, _STATUS, count)
    has_job = (status == "在业").to_numpy()
    turns = pl.Series(rng.random(count) < np.where(has_job, 0.002, 0.03) * months)
    lost = pick_weighted(rng, {"失业": 0.6, "返乡": 0.4}, count)
    later = pl.when(pl.Series(has_job)).then(lost).otherwise(pl.lit("在业"))
    away = pick_weighted(rng, _PLACES, count)
    return conform(
        "work",
        pl.DataFrame({"pid": pids, "employment_status": status}).with_columns(
            later_employment_status=pl.when(turns).then(later),
            employment_status_changes_in=pl.when(turns).then(pl.Series(rng.integers(0, months, count))),
            work_place=away,
            employer_name=pick(rng, _EMPLOYERS, count),
            job_channel=pick(rng, _CHANNELS, count),
            monthly_wage=pl.Series(rng.integers(22, 75, count) * 100_00),
            started_on=pl.Series(days_within(rng, first - timedelta(days=1500), first - timedelta(days=1), count)),
            lost_on=pl.Series(days_within(rng, first - timedelta(days=90), first - timedelta(days=1), count)),
        ),
    )


def draw_unemployment(chance: Chance, work: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``unemployment`` table: some people without a job, and a few with one."""
    rng = chance.of("unemployment")
    out = work.filter(pl.col("employment_status").is_in(["失业", "返乡"]))["pid"].to_numpy()
    employed = work.filter(pl.col("employment_status") == "在业")["pid"].to_numpy()
    pids = np.sort(
        np.concatenate([random_subset(rng, out, 0.6, at_least=6), random_subset(rng, employed, 0.001, at_least=1)])
    )
    first = calendar.months[0].first_day
    ends = pl.Series(rng.random(len(pids)) < 0.05)
    return conform(
        "unemployment",
        pl.DataFrame({"pid": pids}).with_columns(
            unemployed_on=pl.Series(
                days_within(rng, first - timedelta(days=300), first - timedelta(days=1), len(pids))
            ),
            reason=pick(rng, _REASONS, len(pids)),
            registered_from=pl.lit(-1),
            registered_until=pl.when(ends).then(pl.lit(len(calendar) - 1)),
        ),
    )


def draw_pensions(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``pensions`` table: two thirds of the adults; a few are still paid after death."""
    rng = chance.of("pensions")
    first = calendar.months[0].first_day
    adults = people.filter(age_at(first) >= 16, pl.col("is_student").not_())
    adults = adults.filter(pl.Series(rng.random(adults.height) < 0.68) | (age_at(first) >= _PENSION_AGE))
    count = adults.height
    return conform(
        "pensions",
        adults.select(
            "pid",
            enrolment_status=pick_weighted(rng, {"正常参保": 0.94, "暂停缴费": 0.05, "终止参保": 0.01}, count),
            monthly_pension=pl.Series(rng.integers(180, 420, count) * 100),
            draws_after_death=pl.Series(rng.random(count) < 0.02),
        ),
    )


def draw_training(chance: Chance, people: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``training`` table: 29 classes since January; the first month lists those before the sample."""
    rng = chance.of("training")
    first = calendar.months[0].first_day
    able = workers(people.filter(pl.col("died_on").is_null()), first)["pid"].to_numpy()
    trainees = int(np.clip(len(able) // 40, 6, 60))
    kinds = [kind for kind, number in _CLASSES.items() for _ in range(number)]
    started = days_of_year(rng, calendar, len(kinds))
    # The last months always have a class.
    started[: len(calendar)] = [m.first_day.replace(day=12) for m in reversed(calendar.months)][: len(kinds)]
    classes = pl.DataFrame({"training_type": kinds, "started_on": started}).with_columns(
        class_no="PX" + pl.lit(str(first.year)) + pl.int_range(1, len(kinds) + 1).cast(pl.String).str.zfill(3),
        class_name=pl.col("training_type")
        + "第"
        + pl.int_range(1, pl.len() + 1).over("training_type").cast(pl.String)
        + "期",
    )
    rows = pl.concat(
        [
            row.join(pl.DataFrame({"pid": np.sort(rng.choice(able, trainees, replace=False))}), how="cross")
            for row in classes.iter_slices(1)
        ]
    )
    wanted = pl.Series(rng.random(rows.height) < 0.97)
    return conform(
        "training",
        rows.with_columns(
            wanted_training=wanted,
            completed=pl.Series(rng.random(rows.height) < 0.98),
            delivered_in=position_of("started_on", calendar),
        ),
    )


def draw_incentives(chance: Chance, work: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Draw the ``incentives`` table: 2 200 元 for work nearby (district report of 2021), fares for work away."""
    rng = chance.of("incentives")
    employed = work.filter(pl.col("employment_status") == "在业")
    pids = random_subset(rng, employed["pid"].to_numpy(), 0.02 * len(calendar) / 12, at_least=9 * len(calendar))
    kind = employed.filter(pl.col("pid").is_in(pids))["work_place"].replace_strict(
        {"县内": "就地就近就业", "省内县外": "外出务工交通", "省外": "外出务工交通"}
    )
    positions = rng.permutation(np.repeat(np.arange(len(calendar)), divided(len(pids), np.ones(len(calendar)))))
    opening = np.array([m.first_day for m in calendar.months], dtype="datetime64[D]")
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
    return conform(
        "incentives",
        pl.DataFrame({"pid": pids, "incentive_type": kind, "delivered_in": positions}).with_columns(
            amount=pl.when(pl.col("incentive_type") == "就地就近就业").then(pl.lit(2200_00)).otherwise(pl.lit(300_00)),
            paid_on=pl.Series(opening[positions] + rng.integers(0, 28, len(pids))),
            payment_no="JB" + pl.lit(str(calendar.last.year)) + number,
        ),
    )
