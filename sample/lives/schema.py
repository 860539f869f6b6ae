"""Define the tables of a district's lives: one row per person, household or event, over all months.

Belongs here: columns, types and changes of a value over the months. Does not belong here: drawing the tables.

Positions (``*_in``, ``*_from``) are month positions of the sample, -1 for before it; null means never.
Money is in integer hundredths of 元. ``later_<x>`` replaces ``<x>`` from ``<x>_changes_in`` on.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import polars as pl

_TEXT, _POSITION, _DAY, _FLAG, _MONEY = pl.String, pl.Int16, pl.Date, pl.Boolean, pl.Int64
_Columns = dict[str, type[pl.DataType]]
_PERSON: _Columns = {"pid": pl.Int32}
_HOUSEHOLD: _Columns = {"hid": pl.Int32}


def _changing(name: str, dtype: type[pl.DataType]) -> _Columns:
    return {name: dtype, f"later_{name}": dtype, f"{name}_changes_in": _POSITION}


_COLUMNS: dict[str, _Columns] = {
    "people": _PERSON | _HOUSEHOLD | {
        "person_name": _TEXT, "medical_name": _TEXT, "resident_id": _TEXT, "birth_date": _DAY, "sex": _TEXT,
        "relation_to_head": _TEXT, "labour_ability": _TEXT, "health_status": _TEXT, "is_student": _FLAG,
        "left_school_in": _POSITION, "appears_in": _POSITION, "leaves_in": _POSITION, "died_on": _DAY,
        "reported_in": _POSITION, "own_housing_grade": _TEXT, "luck": pl.Float64, "is_planted": _FLAG,
    },
    "households": _HOUSEHOLD
    | {"household_code": _TEXT, "household_type": _TEXT}
    | _changing("village_code", _TEXT)
    | _changing("housing_grade", _TEXT)
    | _changing("has_safe_water", _FLAG)
    | {"draft_housing_grade": _TEXT, "natural_village_name": _TEXT, "luck": pl.Float64, "is_planted": _FLAG},
    "second_homes": _PERSON | _HOUSEHOLD,
    "incomes": _HOUSEHOLD | {"position": _POSITION, "net": _MONEY},
    "monitored": _HOUSEHOLD | _changing("monitoring_category", _TEXT) | {
        "identified_month": _TEXT, "risk_type": _TEXT, "eliminated_month": _TEXT, "elimination_mode": _TEXT,
        "listed_from": _POSITION, "unlisted_in": _POSITION,
    },
    "payments": _HOUSEHOLD | {
        "payment_no": _TEXT, "payment_type": _TEXT, "amount": _MONEY, "paid_on": _DAY, "delivered_in": _POSITION,
    },
    "toilets": _PERSON | {
        "retrofit_type": _TEXT, "completed_on": _DAY, "inspection_result": _TEXT, "subsidy": _MONEY,
        "usage_status": _TEXT, "listed_from": _POSITION,
    },
    "allowances": _PERSON | {
        "allowance_class": _TEXT, "monthly_amount": _MONEY, "approved_on": _DAY, "protected_from": _POSITION,
        "protected_until": _POSITION, "is_stop_shown": _FLAG,
    },
    "supports": _PERSON | {
        "support_mode": _TEXT, "self_care_ability": _TEXT, "monthly_amount": _MONEY, "approved_on": _DAY,
        "supported_from": _POSITION, "supported_until": _POSITION,
    },
    "disabilities": _PERSON | {"disability_category": _TEXT} | _changing("disability_grade", _TEXT) | {
        "certified_on": _DAY, "listed_from": _POSITION,
    },
    "assistance": _PERSON | {
        "payment_no": _TEXT, "reason": _TEXT, "amount": _MONEY, "assisted_on": _DAY, "delivered_in": _POSITION,
    },
    "insurance": _PERSON | {
        "enrolment_status": _TEXT, "insured_from": _POSITION, "is_last_year_only": _FLAG, "subsidy_category": _TEXT,
    },
    "illnesses": _PERSON | {
        "disease": _TEXT, "diagnosed_on": _DAY, "treatment_status": _TEXT, "listed_from": _POSITION,
    },
    "settlements": _PERSON | {
        "settlement_no": _TEXT, "hospital": _TEXT, "care_type": _TEXT, "admitted_on": _DAY, "settled_on": _DAY,
        "total_cost": _MONEY, "basic_insurance_paid": _MONEY, "serious_illness_paid": _MONEY,
        "medical_aid_paid": _MONEY, "self_paid": _MONEY, "is_reversal": _FLAG, "delivered_in": _POSITION,
    },
    "work": _PERSON | _changing("employment_status", _TEXT) | {
        "work_place": _TEXT, "employer_name": _TEXT, "job_channel": _TEXT, "monthly_wage": _MONEY,
        "started_on": _DAY, "lost_on": _DAY,
    },
    "unemployment": _PERSON | {
        "unemployed_on": _DAY, "reason": _TEXT, "registered_from": _POSITION, "registered_until": _POSITION,
    },
    "pensions": _PERSON | {"enrolment_status": _TEXT, "monthly_pension": _MONEY, "draws_after_death": _FLAG},
    "training": _PERSON | {
        "class_no": _TEXT, "class_name": _TEXT, "training_type": _TEXT, "started_on": _DAY,
        "wanted_training": _FLAG, "completed": _FLAG, "delivered_in": _POSITION,
    },
    "relief": _PERSON | {
        "relief_list": _TEXT, "recognised_on": _DAY, "valid_until": _DAY, "expense_type": _TEXT, "has_left": _FLAG,
    },
    "expenses": _HOUSEHOLD | {"education_self_paid": _MONEY, "other_rigid_expense": _MONEY},
    "incentives": _PERSON | {
        "payment_no": _TEXT, "incentive_type": _TEXT, "amount": _MONEY, "paid_on": _DAY, "delivered_in": _POSITION,
    },
}  # fmt: skip
SCHEMAS = {name: pl.Schema(columns) for name, columns in _COLUMNS.items()}


@dataclass(frozen=True)
class Lives:
    """All tables of a district's lives, with the names and columns of ``SCHEMAS``."""

    people: pl.DataFrame
    households: pl.DataFrame
    second_homes: pl.DataFrame
    incomes: pl.DataFrame
    monitored: pl.DataFrame
    payments: pl.DataFrame
    toilets: pl.DataFrame
    allowances: pl.DataFrame
    supports: pl.DataFrame
    disabilities: pl.DataFrame
    assistance: pl.DataFrame
    insurance: pl.DataFrame
    illnesses: pl.DataFrame
    settlements: pl.DataFrame
    work: pl.DataFrame
    unemployment: pl.DataFrame
    pensions: pl.DataFrame
    training: pl.DataFrame
    incentives: pl.DataFrame
    relief: pl.DataFrame
    expenses: pl.DataFrame

    def with_rows_of(self, other: Lives) -> Lives:
        """Append the rows of other lives, table by table."""
        return Lives(**{f.name: pl.concat([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)})


def conform(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Select and cast the columns of the named table; missing columns are null."""
    schema = SCHEMAS[name]
    missing = [pl.lit(None, dtype=dtype).alias(c) for c, dtype in schema.items() if c not in frame.columns]
    return frame.with_columns(missing).select(pl.col(c).cast(dtype) for c, dtype in schema.items())


def as_of(name: str, position: int) -> pl.Expr:
    """Select the value of a changing column in a month."""
    return pl.when(pl.col(f"{name}_changes_in") <= position).then(f"later_{name}").otherwise(name).alias(name)


def is_between(start: str, end: str, position: int) -> pl.Expr:
    """Check that a month is at or after ``start`` and before ``end``; a null end is never."""
    return (pl.col(start) <= position) & (pl.col(end).is_null() | (pl.col(end) > position))


def birthday_age(position_day: pl.Expr) -> pl.Expr:
    """Compute the years between the birth month and the month of a day, as the rules count age."""
    birth = pl.col("birth_date")
    months = (position_day.dt.year() - birth.dt.year()) * 12 + position_day.dt.month() - birth.dt.month()
    return months // 12
