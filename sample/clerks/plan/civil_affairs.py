"""Styles of the civil-affairs department's tables.

Belongs here: data. Does not belong here: the implementation of a style (``clerks``).
"""

from __future__ import annotations

from sample.clerks.style import Style

CIVIL_AFFAIRS: dict[str, tuple[Style, ...]] = {
    "subsistence_allowance": (
        Style(
            "{label}({month}).xlsx",
            title=True,
            groups={
                "户主": ("head_name", "head_resident_id"),
                "保障对象": ("person_name", "resident_id", "relation_to_head", "allowance_class"),
            },
            dates=("dot", "cell", "chinese"),
            places=("name", "short"),
            numbers=("cell", "unit"),
            extras=("序号", "联系电话", "银行账号"),
            footer=True,
            repeated_header=True,
        ),
    ),
    "extreme_poverty_support": (
        Style(
            "{label}.xls", title=True, dates=("cell", "slash"), total="合计", footer=True, extras=("序号", "家庭住址")
        ),
    ),
    "disability_subsidies": (
        Style(
            "{label}({number}月).xlsx",
            by_town=True,
            dates=("serial", "cell", "iso"),
            numbers=("cell", "thousands"),
            extras=("银行账号",),
            hidden_sheet=True,
            blank_rows=True,
        ),
    ),
    "deaths": (Style("{label}{month}.xls", title=True, dates=("chinese", "dot", "cell"), footer=True),),
    "temporary_assistance": (
        Style(
            "{label}.csv",
            encoding="utf-8-sig",
            dates=("iso", "slash", "midnight"),
            numbers=("plain", "thousands"),
            total="合计",
            extras=("银行账号",),
        ),
    ),
    "village_committees": (
        Style(
            "{label}.xlsx",
            title=True,
            months=("dash", "dot", "compact", "chinese", "day"),
            yes_no=(("√", "×"), ("是", "否")),
            places=("name", "short"),
            extras=("序号", "联系电话"),
            repeated_header=True,
            spoiled=False,
        ),
    ),
    "party_membership": (
        Style(
            "{label}.xlsx",
            title=True,
            groups={"其中": ("bachelor_or_above", "postgraduate", "aged_35_or_below")},
            notes_sheet=True,
            spoiled=False,
        ),
    ),
}
