"""The health department's tables.

Belongs here: settlements, enrolment, serious illness; the department writes names its own way (``medical_name``).
Does not belong here: anything about households.
"""

from __future__ import annotations

import polars as pl

from sample.departments.civil_affairs import still_listed
from sample.district import District, carried

_PERSON = {"person_name": "medical_name"}


def medical_settlements(district: District, position: int) -> pl.DataFrame:
    """Settlements handed over with that month, some of earlier ones, reversals with their sign."""
    rows = district.persons_of(district.lives.settlements.filter(pl.col("delivered_in") == position), position)
    own = [c for c in district.lives.settlements.columns if c not in ("pid", "delivered_in")]
    return rows.select(*own, "resident_id", *carried(), **_PERSON)


def medical_insurance_enrolment(district: District, position: int) -> pl.DataFrame:
    """Rows of the year, and last year's of those who did not renew."""
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
        .select("resident_id", "insured_year", "enrolment_status", "subsidy_category", *carried(), **_PERSON)
    )


def serious_illness(district: District, position: int) -> pl.DataFrame:
    """Patients on the programme."""
    rows = district.persons_of(district.lives.illnesses.filter(pl.col("listed_from") <= position), position)
    is_dead = (pl.col("reported_in") <= position).fill_null(False)
    return rows.filter(still_listed(position)).select(
        "resident_id",
        "disease",
        "diagnosed_on",
        *carried(),
        **_PERSON,
        treatment_status=pl.when(is_dead).then(pl.lit("死亡")).otherwise("treatment_status"),
    )
