"""Group the indicators as the chapters of the district's report have them.

Belongs here: which group an indicator belongs to. Does not belong here: wording, which is in the template.
"""

from __future__ import annotations

GROUPS = {
    "监测帮扶": ("monitoring.",),
    "就业": ("employment.",),
    "产业": ("industry.",),
    "消费帮扶": ("consumption.",),
    "资金": ("funds.",),
    "资产": ("assets.",),
    "干部": ("cadres.",),
    "户厕": ("toilets.",),
    "污水": ("sewage.",),
    "垃圾": ("waste.", "cleaning_fund."),
    "基础设施": ("roads.", "telecom.", "water.", "services."),
    "规划": ("planning.",),
    "治理": ("governance.",),
    "党员": ("party.",),
}
"""Beginnings of indicator codes by group, in the order of the report's chapters."""
OTHERS = "其他"
"""Group of the indicators that no group names, so that none is left out of the report."""


def group_of(code: str) -> str:
    """Return the group of an indicator."""
    return next((name for name, begins in GROUPS.items() if code.startswith(begins)), OTHERS)
