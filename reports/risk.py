"""Households at risk and their leads, as every reader may see them, and the rules that were not screened.

Belongs here: counts of the open marts. Does not belong here: single leads (``agenda``).
"""

from __future__ import annotations

from reports.marts import Marts, Row
from reports.numbers import number
from reports.words import Words

_OVERVIEW = "select * from published.marts.risk_overview where month = $month"
_TREND = """
    select month, households_flagged, red, orange, yellow from published.marts.risk_overview
    where town_code is null and month <= $month order by month desc limit 12
"""
_NOT_SCREENED = """
    select rules.name_zh, screening.reason, count(*) as towns
    from published.marts.risk_screening as screening
    inner join published.marts.dim_risk_rule as rules using (rule_code)
    where screening.month = $month and screening.status = 'not_screened'
    group by screening.rule_code, rules.name_zh, screening.reason order by screening.rule_code, screening.reason
"""
COUNTS = {
    "筛查户数": "households_screened", "预警户数": "households_flagged", "红色": "red", "橙色": "orange",
    "黄色": "yellow", "未反馈线索": "leads_open", "超期线索": "leads_overdue",
}  # fmt: skip
"""Column by name."""
NOT_PUBLIC = "不公布"


def overview(marts: Marts) -> Words:
    """Show the counts of the district, and of each town; what is suppressed is 不公布."""
    rows = {row["town_code"]: row for row in marts.rows(_OVERVIEW)}
    towns = [Words(name, 镇街=name, **_counts(rows.get(code))) for code, name in marts.towns.items()]
    return Words("", **_counts(rows.get(None)), 镇街=towns)


def _counts(row: Row | None) -> dict[str, str]:
    if row is None:
        return dict.fromkeys(COUNTS, "0")
    return {name: NOT_PUBLIC if row[column] is None else number(row[column]) for name, column in COUNTS.items()}


def trend(marts: Marts) -> list[Row]:
    """Read the flagged households of the district by level, of the last twelve published months, oldest first."""
    return marts.rows(_TREND)[::-1]


def rules_not_screened(marts: Marts) -> int:
    """Count the rules that were not screened in some town."""
    return len({row["name_zh"] for row in marts.rows(_NOT_SCREENED)})


def not_screened(marts: Marts) -> list[Words]:
    """List the rules that were not screened in some town, with the number of towns and the reason."""
    return [
        Words(row["name_zh"], 规则=row["name_zh"], 镇街数=row["towns"], 原因=row["reason"])
        for row in marts.rows(_NOT_SCREENED)
    ]
