"""Build the human-resources department's tables about people.

Belongs here: employment, unemployment, training, incentives, pensions.
Does not belong here: activities (``governance``).
"""

from __future__ import annotations

import polars as pl

from sample.departments.civil_affairs import is_still_listed
from sample.district import District, clerk_columns
from sample.lives.schema import as_of, birthday_age, is_between

_PENSION_AGE = 60


def employment_monitoring(district: District, position: int) -> pl.DataFrame:
    """List every worker, with the job or the day on which it ended."""
    opening = pl.Series([m.first_day for m in district.calendar.months], dtype=pl.Date)
    turned = pl.col("employment_status_changes_in") <= position
    turned_on = pl.lit(opening).implode().list.get(pl.col("employment_status_changes_in").clip(0)) + pl.duration(days=9)
    table = district.lives.work.with_columns(_turned=turned.fill_null(False), _on=turned_on).with_columns(
        as_of("employment_status", position)
    )
    rows = district.persons_of(table, position).filter(is_still_listed(position))
    is_employed, is_out = pl.col("employment_status") == "在业", pl.col("employment_status").is_in(["失业", "返乡"])
    return rows.sort("village_code", "pid").select(
        "person_name",
        "resident_id",
        "employment_status",
        *clerk_columns(),
        town_name="town_code",
        village_name="village_code",
        work_place=pl.when(is_employed).then("work_place"),
        employer_name=pl.when(is_employed | is_out).then("employer_name"),
        job_channel=pl.when(is_employed).then("job_channel"),
        monthly_wage=pl.when(is_employed).then("monthly_wage"),
        started_on=pl.when(is_employed & pl.col("_turned")).then("_on").when(is_employed | is_out).then("started_on"),
        ended_on=pl.when(is_out & pl.col("_turned")).then("_on").when(is_out).then("lost_on"),
    )


def unemployment_registration(district: District, position: int) -> pl.DataFrame:
    """List people registered as unemployed."""
    table = district.lives.unemployment.filter(is_between("registered_from", "registered_until", position))
    rows = district.persons_of(table, position).filter(is_still_listed(position))
    return rows.select("person_name", "resident_id", "unemployed_on", "reason", *clerk_columns())


def skills_training(district: District, position: int) -> pl.DataFrame:
    """List the trainees of the classes delivered in the month."""
    rows = district.persons_of(district.lives.training.filter(pl.col("delivered_in") == position), position)
    own = [c for c in district.lives.training.columns if c not in ("pid", "delivered_in")]
    return rows.select(*own, "person_name", "resident_id", *clerk_columns())


def employment_incentives(district: District, position: int) -> pl.DataFrame:
    """List the payments delivered in the month."""
    rows = district.persons_of(district.lives.incentives.filter(pl.col("delivered_in") == position), position)
    columns = ("payment_no", "person_name", "resident_id", "incentive_type", "amount", "paid_on")
    return rows.select(*columns, *clerk_columns())


def pension_enrolment(district: District, position: int) -> pl.DataFrame:
    """List the enrolled; most pensions of dead people stop once the death is reported."""
    rows = district.persons_of(district.lives.pensions, position)
    is_aged = birthday_age(pl.lit(district.calendar.months[position].last_day)) >= _PENSION_AGE
    is_known_dead = (pl.col("reported_in") <= position).fill_null(False) & pl.col("draws_after_death").not_()
    benefit = (
        pl.when(is_aged & is_known_dead).then(pl.lit("停发"))
        .when(is_aged).then(pl.lit("领取中"))
        .otherwise(pl.lit("未领取"))
    )  # fmt: skip
    return rows.select(
        "person_name",
        "resident_id",
        "enrolment_status",
        *clerk_columns(),
        benefit_status=benefit,
        monthly_pension=pl.when(is_aged).then("monthly_pension"),
    )
