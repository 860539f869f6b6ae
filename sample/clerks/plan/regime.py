"""Styles of the tables of 2026, of both departments.

Belongs here: data. Does not belong here: the implementation of a style (``clerks``).
"""

from __future__ import annotations

from sample.clerks.style import Style

REGIME: dict[str, tuple[Style, ...]] = {
    "policy_instruments": (Style("{label}.xlsx", title=True, dates=("cell", "dot"), extras=("序号",), spoiled=False),),
    "joint_meetings": (Style("{label}{month}.xls", title=True, yes_no=(("√", "×"),), footer=True, spoiled=False),),
    "standard_designs": (Style("{label}.csv", encoding="utf-8-sig", dates=("slash",), spoiled=False),),
    "project_library": (
        Style(
            "{label}({month}).xlsx",
            title=True,
            groups={
                "时间": ("listed_on", "approved_on", "started_on", "completed_on", "accepted_on", "removed_on"),
                "资金": ("planned", "arrived", "spent"),
            },
            units={"spent": "元"},
            own_units=True,
            label_only=True,
            dates=("cell", "chinese"),
            total="合计",
            spoiled=False,
        ),
    ),
    "issue_cases": (Style("{label}.xlsx", title=True, dates=("dot", "cell"), places=("name", "short"), spoiled=False),),
    "archives": (Style("{label}.csv", encoding="gb18030", dates=("compact",), shuffled=True, spoiled=False),),
    "low_income_edge": (
        Style(
            "{label}.xlsx",
            title=True,
            dates=("chinese", "cell"),
            places=("name", "short"),
            extras=("序号", "联系电话"),
            footer=True,
            spoiled=False,
        ),
    ),
    "rigid_expense_households": (Style("{label}({month}).csv", encoding="gb18030", dates=("dot",), spoiled=False),),
    "unsupported_children": (Style("{label}.xls", title=True, numbers=("cell", "unit"), footer=True, spoiled=False),),
}
