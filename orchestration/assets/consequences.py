"""Say in Chinese what a month does without a table: rules, comparisons and indicators.

Belongs here: reading dbt's catalogues (``seeds``) for one table. Does not belong here: which rule of a month was not
screened after all, because of a parameter or an earlier month as well (``risk_screening``, ``rural_indicators``).
"""

from __future__ import annotations

from orchestration.dbt.seeds import rows_of
from sources.contracts.model import Dataset

_NOTHING = "没有规则和指标用到本表"


def consequences(dataset: Dataset) -> str:
    """List what is left undone in a month for which the due table has no accepted delivery.

    Of a quarterly or annual table, indicators keep an older value, marked as outdated, if there is one.
    """
    indicators = "不计算的指标" if dataset.cadence == "monthly" else "不计算或标为过期的指标"
    listed = {
        "不筛查的规则": _risk_rules(dataset.name),
        "不比对的冲突": _naming(dataset.name, "conflict_rules", "rule_code"),
        indicators: _naming(dataset.name, "indicators"),
    }
    parts = [f"{what}({len(names)}):{'、'.join(names)}" for what, names in listed.items() if names]
    return ";".join(parts) or _NOTHING


def _risk_rules(dataset: str) -> list[str]:
    """List the rules that need the table of the month itself (offset 0), not only of an earlier one."""
    needing = {
        row["rule_code"]
        for row in rows_of("risk_rule_datasets")
        if row["dataset"] == dataset and int(row["earliest_offset"]) <= 0 <= int(row["latest_offset"])
    }
    return [f"{r['rule_code']} {r['name_zh']}" for r in rows_of("risk_rules") if r["rule_code"] in needing]


def _naming(dataset: str, catalogue: str, code: str | None = None) -> list[str]:
    """List the names of the rows whose ``datasets`` name the table, with their code if its column is given."""
    rows = [row for row in rows_of(catalogue) if dataset in row["datasets"].split(",")]
    return [f"{row[code]} {row['name_zh']}" if code else row["name_zh"] for row in rows]
