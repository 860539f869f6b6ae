"""What a month's marts say, in a few numbers for the end of a run.

Belongs here: reading the published marts. Does not belong here: computing anything, showing it (``console``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sources.months import Month

LEVELS = {"red": "红", "orange": "橙", "yellow": "黄"}


@dataclass(frozen=True)
class RuleSummary:
    """One rule in one month; ``screened`` is None where it was not screened anywhere."""

    code: str
    name: str
    screened: int | None
    flagged: int


@dataclass(frozen=True)
class RiskSummary:
    """Households of the month's register, flagged ones by level, and the rules."""

    households: int
    levels: dict[str, int]
    rules: tuple[RuleSummary, ...]


def risk_summary(published: Path, month: Month) -> RiskSummary:
    """Read the month's risk flags as published. Raises duckdb.Error if the marts cannot be read."""
    import duckdb

    from orchestration.publishing.content import CONFIG
    from orchestration.publishing.version import LINK

    day = [month.first_day]
    with duckdb.connect(str(published / LINK), read_only=True, config=CONFIG) as connection:
        households = connection.execute("select count(*) from marts.household_month where month = ?", day).fetchone()
        levels = connection.execute(
            "select risk_level, count(*) from marts.household_risk where month = ? group by risk_level", day
        ).fetchall()
        rules = connection.execute(
            "select rule_code, any_value(name_zh),"
            " sum(screened_households) filter (where status = 'screened'), coalesce(sum(flagged_households), 0)"
            " from marts.risk_screening join marts.dim_risk_rule using (rule_code) where month = ?"
            " group by rule_code order by rule_code",
            day,
        ).fetchall()
    return RiskSummary(
        households=int(households[0]) if households else 0,
        levels={str(level): int(count) for level, count in levels},
        rules=tuple(RuleSummary(str(c), str(n), None if s is None else int(s), int(f)) for c, n, s, f in rules),
    )
