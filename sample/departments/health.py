"""Build the health department's tables; the department has its own spelling of names (``medical_name``)."""

from __future__ import annotations

import polars as pl

from sample.departments.civil_affairs import is_still_listed
from sample.district import District, clerk_columns

_PERSON = {"person_name": "medical_name"}


def medical_settlements(district: District, position: int) -> pl.DataFrame:
    """List the settlements delivered in the month, some from earlier months; reversals are negative."""
    rows = district.persons_of(district.lives.settlements.filter(pl.col("delivered_in") == position), position)
    own = [c for c in district.lives.settlements.columns if c not in ("pid", "delivered_in")]
    return rows.select(*own, "resident_id", *clerk_columns(), **_PERSON)


def medical_insurance_enrolment(district: District, position: int) -> pl.DataFrame:
    """List the enrolments of the year, and last year's of people who did not renew."""
    year = district.calendar.months[position].year
    rows = district.persons_of(district.lives.insurance.filter(pl.col("insured_from") <= position), position)
    is_dead = (pl.col("reported_in") <= position).fill_null(False)
    current = rows.filter(pl.col("enrolment_status").is_not_null()).with_columns(
        insured_year=pl.lit(year), enrolment_status=pl.when(is_dead).then(pl.lit("终止")).otherwise("enrolment_status")
    )
    former = rows.filter("is_last_year_only").with_columns(
        insured_year=pl.lit(year - 1), enrolment_status=pl.lit("正常参保")
    )
    return (
        pl.concat([current, former])
        .sort("pid", "insured_year")
        .select("resident_id", "insured_year", "enrolment_status", "subsidy_category", *clerk_columns(), **_PERSON)
    )


def serious_illness(district: District, position: int) -> pl.DataFrame:
    """List the patients on the serious-illness programme."""
    rows = district.persons_of(district.lives.illnesses.filter(pl.col("listed_from") <= position), position)
    is_dead = (pl.col("reported_in") <= position).fill_null(False)
    return rows.filter(is_still_listed(position)).select(
        "resident_id",
        "disease",
        "diagnosed_on",
        *clerk_columns(),
        **_PERSON,
        treatment_status=pl.when(is_dead).then(pl.lit("死亡")).otherwise("treatment_status"),
    )
