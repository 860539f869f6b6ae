"""Build the agriculture department's tables about households.

Belongs here: register, incomes, monitoring, support payments. Does not belong here: places (``villages``) and projects
(``projects``).
"""

from __future__ import annotations

import polars as pl

from sample import regime
from sample.departments.projects import dividend_payments
from sample.district import District, clerk_columns
from sample.lives.schema import as_of, birthday_age

_UNKNOWN_LEADS = 2
_RENAMED = {0: "防止返贫致贫对象", 1: "防返贫监测对象"}
"""The category of 2026 and another name of it; a third of the rows keeps the former words."""
_OTHER_SUBSIDY = 2500_00
"""What one qualified toilet got since 2026 in place of the standard."""


def _schooling(district: District, position: int) -> pl.Expr:
    age = birthday_age(pl.lit(district.calendar.months[position].last_day))
    return (
        pl.when(pl.col("left_school_in") <= position).then(pl.lit("非在校生"))
        .when(age < 6).then(pl.lit("学龄前儿童"))
        .when("is_student").then(pl.lit("高中及以上在校"))
        .when(age < 16).then(pl.lit("义务教育在校"))
        .otherwise(pl.lit("非在校生"))
    )  # fmt: skip


def household_register(district: District, position: int) -> pl.DataFrame:
    """Build the register: one row per member, household by household; a few people are in two households."""
    present = district.present_in(position).with_columns(_guest=pl.lit(False))
    guests = present.drop("hid").join(district.lives.second_homes, on="pid", how="inner", maintain_order="left")
    guests = guests.with_columns(_guest=pl.lit(True), relation_to_head=pl.lit("其他")).select(present.columns)
    homes = district.households_in(position).drop("luck", "is_planted")
    rows = pl.concat([present, guests]).join(homes, on="hid", how="left", maintain_order="left")
    return rows.sort("village_code", "hid", "_guest", "pid").select(
        "household_code",
        "natural_village_name",
        "person_name",
        "resident_id",
        "relation_to_head",
        "household_type",
        "labour_ability",
        "health_status",
        "has_safe_water",
        *clerk_columns(),
        town_name="town_code",
        village_name="village_code",
        schooling_status=_schooling(district, position),
        housing_grade=pl.coalesce("own_housing_grade", "housing_grade"),
        **_policy_status(district, position),
    )


def _policy_status(district: District, position: int) -> dict[str, pl.Expr]:
    """Say since 2026 whether a registered household still enjoys the policies: one in eight does not."""
    if not regime.has_begun(district.calendar, position):
        return {}
    status = pl.when(pl.col("hid") % 8 == 3).then(pl.lit("不享受政策")).otherwise(pl.lit("继续享受政策"))
    return {"policy_status": pl.when(pl.col("household_type") == "脱贫户").then(status)}


def draft_register(district: District, position: int) -> pl.DataFrame:
    """Build the first delivery of the register in the last month.

    In the town that is corrected later, the clerk filled one housing grade down the column and forgot the last village.
    """
    rows = household_register(district, position)
    drafts = district.lives.households.select("household_code", "draft_housing_grade")
    rows = rows.join(drafts, on="household_code", how="left", maintain_order="left")
    in_town = pl.col("town_name") == district.ground.corrected_town
    last_village = rows.filter(in_town)["village_name"].max()
    draft = pl.when(in_town).then(pl.coalesce("draft_housing_grade", pl.lit("A级"))).otherwise("housing_grade")
    return (
        rows.with_columns(housing_grade=draft)
        .filter(pl.col("village_name") != last_village)
        .drop("draft_housing_grade")
    )


def corrected_register(district: District, position: int) -> pl.DataFrame:
    """Build the corrected register of the town whose first delivery is wrong."""
    return household_register(district, position).filter(pl.col("town_name") == district.ground.corrected_town)


def household_income(district: District, position: int) -> pl.DataFrame:
    """Split net incomes into their five columns, exact to the cent."""
    present = district.present_in(position)["hid"].unique()
    rows = district.lives.incomes.filter(pl.col("position") == position, pl.col("hid").is_in(present.implode()))
    rows = rows.join(district.lives.households, on="hid", how="inner", maintain_order="left")
    rows = rows.join(district.lives.expenses, on="hid", how="left", maintain_order="left")
    net, luck = pl.col("net"), pl.col("luck")
    earns = net > 0
    part = pl.when(earns).then(net).otherwise(0)
    rows = rows.with_columns(
        property_income=(part * (luck * 0.05)).cast(pl.Int64),
        transfer_income=(part * (0.03 + (luck * 7 % 1) * 0.1)).cast(pl.Int64),
        _farm=(part * (0.1 + (luck * 13 % 1) * 0.3)).cast(pl.Int64),
        operating_expense=pl.when(earns)
        .then((part * (0.02 + (luck * 17 % 1) * 0.1)).cast(pl.Int64))
        .otherwise(800_00 - net),
    ).with_columns(
        operating_income=pl.when(earns).then(pl.col("_farm") + pl.col("operating_expense")).otherwise(800_00)
    )
    others = ["property_income", "transfer_income", "operating_income"]
    wage = pl.when(earns).then(net - pl.sum_horizontal(others) + pl.col("operating_expense")).otherwise(0)
    return rows.select(
        "household_code",
        *others,
        "operating_expense",
        *clerk_columns(),
        *_expenses(district, position),
        wage_income=wage,
    )


def _expenses(district: District, position: int) -> list[str]:
    return ["education_self_paid", "other_rigid_expense"] if regime.has_begun(district.calendar, position) else []


def monitored_households(district: District, position: int) -> pl.DataFrame:
    """List monitored households, including those whose risk has been eliminated."""
    month = str(district.calendar.months[position])
    rows = district.lives.monitored.filter(
        pl.col("listed_from") <= position, pl.col("unlisted_in").is_null() | (pl.col("unlisted_in") > position)
    ).join(district.lives.households, on="hid", how="inner", maintain_order="left")
    is_over = (pl.col("eliminated_month") <= month).fill_null(False)
    category = as_of("monitoring_category", position)
    if regime.has_begun(district.calendar, position):
        renamed = (pl.col("hid") % 3).replace_strict(_RENAMED, default=None, return_dtype=pl.String)
        category = pl.coalesce(renamed, category).alias("monitoring_category")
    return rows.select(
        "household_code",
        "identified_month",
        "risk_type",
        *clerk_columns(),
        monitoring_category=category,
        is_risk_eliminated=is_over,
        eliminated_month=pl.when(is_over).then("eliminated_month"),
        elimination_mode=pl.when(is_over).then("elimination_mode"),
    )


def verification_returns(district: District, position: int) -> pl.DataFrame:
    """Build answers on leads: none in the first month, later two with unknown lead ids.

    The sample cannot use real lead ids: they depend on the platform's secret.
    """
    month = district.calendar.months[position]
    rng = district.chance.of("returns", month)
    count = _UNKNOWN_LEADS if position else 0
    ids = [f"L{rng.integers(0, 2**63):016x}" for _ in range(count)]
    enrolled = [month.first_day.replace(day=11), None][:count]
    added = {"enrolled_on": pl.Series(enrolled, dtype=pl.Date)} if regime.has_begun(district.calendar, position) else {}
    return pl.DataFrame(
        {
            "lead_id": pl.Series(ids, dtype=pl.String),
            "result": pl.Series(["属实", "不属实"][:count], dtype=pl.String),
            "is_enrolled": pl.Series([True, False][:count], dtype=pl.Boolean),
            "reason_not_enrolled": pl.Series([None, "收入稳定"][:count], dtype=pl.String),
            "verified_on": pl.Series([month.first_day.replace(day=9)] * count, dtype=pl.Date),
            **added,
        }
    )


def industry_support_payments(district: District, position: int) -> pl.DataFrame:
    """List the payments delivered in the month."""
    rows = district.lives.payments.filter(pl.col("delivered_in") == position)
    rows = rows.join(district.lives.households, on="hid", how="inner", maintain_order="left")
    rows = rows.select("payment_no", "household_code", "payment_type", "amount", "paid_on", *clerk_columns())
    if not regime.is_first(district.calendar, position):
        return rows
    return pl.concat([rows, dividend_payments(district)], how="diagonal_relaxed")


def toilet_retrofits(district: District, position: int) -> pl.DataFrame:
    """List every retrofit so far, by household head."""
    rows = district.persons_of(district.lives.toilets.filter(pl.col("listed_from") <= position), position)
    if regime.has_begun(district.calendar, position):
        is_first = pl.col("pid") == pl.col("pid").filter(pl.col("inspection_result") == "合格").min()
        rows = rows.with_columns(subsidy=pl.when(is_first).then(pl.lit(_OTHER_SUBSIDY)).otherwise("subsidy"))
    return rows.sort("village_code", "pid").select(
        "natural_village_name",
        "retrofit_type",
        "completed_on",
        "inspection_result",
        "subsidy",
        "usage_status",
        *clerk_columns(),
        town_name="town_code",
        village_name="village_code",
        head_name="person_name",
        head_resident_id="resident_id",
    )
