"""Build the civil-affairs department's tables about people.

Belongs here: allowances, support, disability, deaths, assistance. Does not belong here: committees and party
(``governance``).
"""

from __future__ import annotations

import polars as pl

from sample.district import District, clerk_columns
from sample.lives.schema import as_of

_FORGOTTEN = 0.05
"""Share of dead people who stay on a list after their death was reported."""
_CATEGORY_CODES = {"视力": "1", "听力": "2", "言语": "3", "肢体": "4", "智力": "5", "精神": "6", "多重": "7"}
_GRADE_CODES = {"一级": "1", "二级": "2", "三级": "3", "四级": "4"}


def is_still_listed(position: int) -> pl.Expr:
    """Check whether a person is still on a list: alive, reported dead this month, or never removed by mistake."""
    is_struck = (pl.col("reported_in") < position) & (pl.col("luck") >= _FORGOTTEN)
    return pl.col("is_planted") | is_struck.fill_null(False).not_()


PLACE = {"town_name": "town_code", "village_name": "village_code"}
"""The two columns of a place, from those of a person."""


def subsistence_allowance(district: District, position: int) -> pl.DataFrame:
    """List recipients, and those stopped this month if the list still shows the stop."""
    until = pl.col("protected_until")
    is_stopped = (until == position) & pl.col("is_stop_shown")
    on_list = until.is_null() | (until > position) | is_stopped
    table = district.lives.allowances.filter(pl.col("protected_from") <= position, on_list)
    rows = district.persons_of(table, position).filter(is_still_listed(position)).join(
        district.heads(), on="hid", how="left", maintain_order="left"
    )  # fmt: skip
    change = (
        pl.when(is_stopped.fill_null(False)).then(pl.lit("停发"))
        .when(pl.col("protected_from") == position).then(pl.lit("新增"))
        .when(pl.col("luck") < 0.05).then(pl.lit("调整"))
        .otherwise(pl.lit("正常"))
    )  # fmt: skip
    return rows.sort("village_code", "hid", "pid").select(
        "head_name",
        "head_resident_id",
        "person_name",
        "resident_id",
        "allowance_class",
        "monthly_amount",
        "approved_on",
        *clerk_columns(),
        **PLACE,
        relation_to_head=pl.col("relation_to_head").replace("户主", "本人"),
        change_type=change,
    )


def extreme_poverty_support(district: District, position: int) -> pl.DataFrame:
    """List people with extreme-poverty support."""
    until = pl.col("supported_until")
    table = district.lives.supports.filter(pl.col("supported_from") <= position, until.is_null() | (until > position))
    rows = district.persons_of(table, position).filter(is_still_listed(position))
    columns = ("person_name", "resident_id", "support_mode", "self_care_ability", "monthly_amount", "approved_on")
    return rows.sort("village_code", "pid").select(*columns, *clerk_columns(), **PLACE)


def disability_subsidies(district: District, position: int) -> pl.DataFrame:
    """List certificate holders; severe grades have the nursing subsidy, about half of all the living subsidy."""
    table = district.lives.disabilities.filter(pl.col("listed_from") <= position)
    table = table.with_columns(as_of("disability_grade", position))
    rows = district.persons_of(table, position).filter(is_still_listed(position))
    is_severe = pl.col("disability_grade").is_in(["一级", "二级"])
    certificate = (
        pl.col("resident_id")
        + pl.col("disability_category").replace_strict(_CATEGORY_CODES)
        + pl.col("disability_grade").replace_strict(_GRADE_CODES)
    )
    return rows.sort("village_code", "pid").select(
        "person_name",
        "resident_id",
        "disability_category",
        "disability_grade",
        "certified_on",
        *clerk_columns(),
        **PLACE,
        disability_certificate_no=certificate,
        living_subsidy=pl.when(pl.col("luck") * 3 % 1 < 0.5).then(pl.lit(188_00, dtype=pl.Int64)),
        nursing_subsidy=pl.when(is_severe).then(pl.lit(243_00, dtype=pl.Int64)),
    )


def deaths(district: District, position: int) -> pl.DataFrame:
    """List the deaths reported in the month, some from earlier months."""
    reported = district.lives.people.filter(pl.col("reported_in") == position).select("pid")
    names = district.places.names(district.calendar.months[position]).select(
        "village_code", "town_name", "village_name", "above"
    )
    rows = district.persons_of(reported, position).join(names, on="village_code", how="left", maintain_order="left")
    number = (pl.col("luck") * 300).cast(pl.Int64).cast(pl.String)
    return rows.sort("died_on", "pid").select(
        "person_name",
        "resident_id",
        "died_on",
        *clerk_columns(),
        cremated_on=pl.when(pl.col("luck") * 11 % 1 < 0.85).then(pl.col("died_on") + pl.duration(days=2)),
        registered_address=pl.col("above") + pl.col("town_name") + pl.col("village_name") + number + "号",
    )


def temporary_assistance(district: District, position: int) -> pl.DataFrame:
    """List the payments in the month's ledger, a few from the previous month."""
    rows = district.persons_of(district.lives.assistance.filter(pl.col("delivered_in") == position), position)
    columns = ("payment_no", "person_name", "resident_id", "reason", "amount", "assisted_on")
    return rows.select(*columns, *clerk_columns(), **PLACE)
