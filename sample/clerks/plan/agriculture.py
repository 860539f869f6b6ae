"""Styles of the agriculture department's tables about households.

Belongs here: data. Does not belong here: ledgers of places and projects (``ledgers``).
"""

from __future__ import annotations

import polars as pl

from sample.clerks.style import DateForm, Style

_UNIT_CODE = pl.col("town_name").str.slice(6, 1)
"""GB/T 10114, seventh digit of a town's code: 0 street, 1 to 3 镇, 乡 and 苏木, 4 and 5 similar units."""
_ANY_DATE: tuple[DateForm, ...] = ("iso", "slash", "dot", "chinese", "compact", "midnight", "serial_text")
HOUSEHOLD_CELLS = (
    "household_code",
    "town_name",
    "village_name",
    "natural_village_name",
    "household_type",
    "policy_status",
    "housing_grade",
    "has_safe_water",
)
"""Cells merged over the rows of a household."""

AGRICULTURE: dict[str, tuple[Style, ...]] = {
    "household_register": (
        Style(
            "{label}-镇({month}).xlsx",
            rows=_UNIT_CODE.is_in(["1", "2", "3"]),
            by_town=True,
            title=True,
            groups={
                "家庭情况": ("household_code", "town_name", "village_name", "natural_village_name", "household_type"),
                "成员情况": (
                    "person_name",
                    "resident_id",
                    "relation_to_head",
                    "labour_ability",
                    "schooling_status",
                    "health_status",
                ),
                "住房和饮水": ("housing_grade", "has_safe_water"),
            },
            extras=("序号", "联系电话", "家庭住址"),
            merged=HOUSEHOLD_CELLS,
            yes_no=(("是", "否"), ("√", "×")),
            footer=True,
            blank_rows=True,
            notes_sheet=True,
            hidden_sheet=True,
        ),
        Style(
            "户籍名册(街道){month}.csv",
            encoding="gb18030",
            rows=_UNIT_CODE == "0",
            shuffled=True,
            yes_no=(("1", "0"), ("有", "无")),
            places=("name", "short"),
        ),
        Style(
            "{label}-林场和高新区.xls",
            rows=_UNIT_CODE >= "4",
            title=True,
            merged=HOUSEHOLD_CELLS,
            yes_no=(("Y", "N"),),
            footer=True,
        ),
    ),
    "household_income": (
        Style(
            "{label}{month}.xlsx",
            title=True,
            unit_line="元",
            groups={
                "近12个月": (
                    "wage_income",
                    "operating_income",
                    "property_income",
                    "transfer_income",
                    "operating_expense",
                    "education_self_paid",
                    "other_rigid_expense",
                )
            },
            units={"wage_income": "万元", "transfer_income": "千元"},
            own_units=True,
            extras=("序号",),
            numbers=("cell", "thousands", "wide", "unit"),
            numeric=("household_code",),
            total="合计",
            footer=True,
        ),
    ),
    "monitored_households": (
        Style(
            "{label}.xls",
            title=True,
            months=("dash", "dot", "compact", "chinese"),
            yes_no=(("√", "×"),),
            footer=True,
            extras=("序号",),
        ),
    ),
    "verification_returns": (Style("{label}.csv", encoding="utf-8-sig"),),
    "industry_support_payments": (
        Style(
            "{label}({number}月).xlsx",
            own_units=True,
            dates=("cell", "slash"),
            numbers=("cell", "thousands"),
            total="合计",
            wrong_total=True,
            extras=("序号", "银行账号"),
        ),
    ),
    "toilet_retrofits": (
        Style(
            "{label}.csv",
            encoding="gb18030",
            shuffled=True,
            places=("name", "short", "code"),
            dates=_ANY_DATE,
            numbers=("plain", "thousands", "wide", "unit"),
        ),
    ),
}
