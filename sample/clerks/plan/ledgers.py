"""Styles of the agriculture department's ledgers of places and projects.

Belongs here: data. Does not belong here: tables about households (``agriculture``).
The figures are those of the district report, so no ledger is spoiled.
"""

from __future__ import annotations

from sample.clerks.style import Style

LEDGERS: dict[str, tuple[Style, ...]] = {
    "consumption_support": (
        Style(
            "{label}.xlsx",
            units={"amount": "元"},
            dates=("cell", "dot"),
            extras=("序号",),
            shuffled=True,
            spoiled=False,
        ),
    ),
    "support_funds": (
        Style("{label}.xls", title=True, unit_line="万元", total="总计", total_on_top=True, footer=True, spoiled=False),
    ),
    "project_assets": (
        Style(
            "{label}({month}).xlsx",
            title=True,
            groups={"权属": ("owner", "beneficiary"), "登记": ("is_registered", "is_title_confirmed")},
            own_units=True,
            yes_no=(("是", "否"), ("有", "无")),
            spoiled=False,
        ),
    ),
    "resident_cadres": (
        Style(
            "{label}.xlsx",
            dates=("cell", "chinese"),
            repeated_header=True,
            extras=("序号", "联系电话"),
            spoiled=False,
        ),
    ),
    "natural_villages": (
        Style(
            "{label}({month}).xlsx",
            by_town=True,
            title=True,
            subtotal_by="village_name",
            total="总计",
            footer=True,
            yes_no=(("是", "否"), ("√", "×")),
            notes_sheet=True,
            spoiled=False,
        ),
    ),
    "village_infrastructure": (
        Style(
            "{label}.xlsx",
            title=True,
            groups={
                "通信": ("has_4g", "base_stations_4g", "has_5g", "base_stations_5g"),
                "服务": ("has_service_platform", "is_on_social_security_system"),
                "规划": ("plan_status", "plan_approved_on"),
            },
            own_units=True,
            dates=("cell", "serial", "iso"),
            blank_rows=True,
            spoiled=False,
        ),
    ),
    "rural_roads": (Style("{label}.csv", units={"length_km": "米"}, dates=("slash", "compact"), spoiled=False),),
    "cleaning_fund": (
        Style("{label}{month}.xls", title=True, unit_line="元", total="合计", total_on_top=True, spoiled=False),
    ),
    "collective_income": (
        Style(
            "{label}.xlsx",
            title=True,
            groups={"其中": ("rental_income", "land_contract_income")},
            units={"total_income": "元", "land_contract_income": "千元"},
            own_units=True,
            numbers=("cell", "thousands"),
            total="合计",
            spoiled=False,
        ),
    ),
}
