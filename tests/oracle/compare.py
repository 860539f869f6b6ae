"""Compare the oracle's marts with a published DuckDB file, cell by cell.

Belongs here: keys, tolerances, and the shape of texts that are free. Does not belong here: right values.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from tests.oracle.risk.marts import Marts

KEYS: dict[str, tuple[str, ...]] = {
    "dim_month": ("month",),
    "dim_division": ("division_code", "valid_from"),
    "dim_risk_rule": ("rule_code",),
    "policy_parameters": ("parameter", "division_prefix", "valid_from"),
    "household_month": ("month", "household_key"),
    "household_risk_flags": ("month", "household_key", "rule_code"),
    "household_risk": ("month", "household_key"),
    "risk_leads": ("lead_id",),
    "risk_screening": ("month", "rule_code", "town_code"),
    "rule_performance": ("month", "rule_code"),
    "dim_indicator": ("indicator_code",),
    "rural_indicators": ("month", "indicator_code", "division_code"),
    "rural_construction": ("month", "division_code"),
    "town_assessment": ("month", "town_code"),
    "project_assets": ("month", "asset_no"),
    "fund_ledger": ("month", "fund_year", "fund_level"),
    "reconciliation_deliveries": ("month", "dataset", "delivery_no", "file_name"),
    "reconciliation_conflicts": ("month", "conflict_id"),
    "monitored_roll_forward": ("month", "town_code", "monitoring_category", "base"),
    "data_quality_scorecard": ("month", "department"),
    "risk_overview": ("month", "town_code"),
    "household_bands": ("month", "row_no"),
    "category_schemes": ("code", "valid_from"),
    "indicator_benchmarks": ("indicator_code", "scope", "division_prefix", "valid_from", "kind"),
    "indicator_breakdowns": ("month", "indicator_code", "division_code", "dimension", "member"),
    "low_income_population": ("month", "person_key"),
    "month_notices": ("month", "notice_code", "subject"),
    "policy_instruments": ("month", "instrument_no"),
    "project_chain": ("month", "fund_document_nos", "project_no", "asset_no"),
}
FREE_TEXT = ("evidence", "message")
WORDED = ("rural_indicators",)
"""Marts in which the oracle words a reason only where the definition does."""
REFERENCE = {"department": "[a-z_]+", "dataset": "[a-z_]+", "month": r"\d{4}-\d\d", "ref": "[0-9a-f]{16}"}
"""What refers to a delivered row, and the form of each part: a keyed reference, no file and no row number."""
EXAMPLES = 5
Record = dict[str, Any]


@dataclass
class Difference:
    mart: str
    what: str
    """missing key, extra key, or the column that differs"""
    count: int
    examples: list[str]

    def __str__(self) -> str:
        lines = [f"{self.mart}: {self.what}: {self.count}", *[f"    {e}" for e in self.examples]]
        return "\n".join(lines)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction | Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value
    return value.isoformat() if isinstance(value, date) else value


def _differs(wanted: Any, found: Any) -> bool:
    wanted, found = _plain(wanted), _plain(found)
    if isinstance(wanted, datetime) and isinstance(found, datetime):
        return abs((wanted - found).total_seconds()) > 1
    if wanted is None or found is None or isinstance(wanted, str | bool) or isinstance(found, str | bool):
        return (wanted if wanted != "" else None) != (found if found != "" else None)
    return abs(wanted - found) > 1e-9 * max(1.0, abs(wanted))


def _key(mart: str, row: Record) -> tuple[Any, ...]:
    return tuple(_plain(row[k]) or "" for k in KEYS[mart])


def published(path: Path, mart: str, months: list[str]) -> list[Record]:
    """Rows of a published mart; of a mart by month only those of the months asked for."""
    with duckdb.connect(str(path), read_only=True) as connection:
        cursor = connection.execute(f"SELECT * FROM marts.{mart}")
        names = [d[0] for d in cursor.description]
        rows = [dict(zip(names, r, strict=True)) for r in cursor.fetchall()]
    return [r for r in rows if "month" not in r or _plain(r["month"])[:7] in months]


def _evidence_problem(text: Any, *path: str) -> str | None:
    """What is wrong with the evidence at a path of a JSON text; it must refer to delivered rows, and say no place."""
    try:
        refs = json.loads(text)
        for name in path:
            refs = refs[name]
    except (KeyError, TypeError, ValueError) as error:
        return f"not JSON: {error}"
    if not isinstance(refs, list) or not refs or not all(isinstance(r, dict) for r in refs):
        return "not a list of objects"
    wrong = [r for r in refs if not _is_reference(r)]
    return f"not {sorted(REFERENCE)}, each in its form: {wrong[0]}" if wrong else None


def _is_reference(found: Record) -> bool:
    return set(found) == set(REFERENCE) and all(re.fullmatch(f, str(found[name])) for name, f in REFERENCE.items())


def _shape_problem(mart: str, row: Record) -> str | None:
    if mart == "household_risk_flags":
        return _evidence_problem(row.get("evidence"))
    if mart == "reconciliation_conflicts":
        return _evidence_problem(row.get("detail"), "evidence")
    if "reason" in row and row["status"] in ("not_screened", "suppressed") and not row["reason"]:
        return "no reason"
    if mart == "dim_month" and not isinstance(row.get("is_closed"), bool):
        return "is_closed is no boolean"
    return None


def _versions(rows: list[Record]) -> list[Record]:
    """Divisions with every row repeated for each vintage that it spans, so that runs may be joined or not."""
    starts = sorted({_plain(r["valid_from"]) for r in rows})
    spread = []
    for row in rows:
        first, last = _plain(row["valid_from"]), _plain(row["valid_to"]) or "9999"
        spread += [{**row, "valid_from": s} for s in starts if first <= s < last]
    return spread


def compare_mart(mart: str, wanted: list[Record], found: list[Record]) -> list[Difference]:
    """Differences of one mart, keys first."""
    if mart == "dim_division":
        found = _versions(found)
    ours, theirs = {_key(mart, r): r for r in wanted}, {_key(mart, r): r for r in found}
    problems: dict[str, list[str]] = {}
    repeated = [k for k, n in Counter(_key(mart, r) for r in found).items() if n > 1]
    for what, keys in (("missing key", set(ours) - set(theirs)), ("extra key", set(theirs) - set(ours))):
        problems[what] = [str(k) for k in sorted(keys, key=str)]
    problems["repeated key"] = [str(k) for k in repeated]
    for key in sorted(set(ours) & set(theirs), key=str):
        for column, value in ours[key].items():
            if column in FREE_TEXT or (column == "reason" and mart not in WORDED):
                continue
            if column not in theirs[key]:
                problems.setdefault(f"{column} is no column", []).append("")
            elif _differs(value, theirs[key][column]):
                text = f"{key}: oracle {_plain(value)!r}, published {_plain(theirs[key][column])!r}"
                problems.setdefault(column, []).append(text)
        shape = _shape_problem(mart, theirs[key])
        if shape:
            problems.setdefault("shape", []).append(f"{key}: {shape}")
    return [Difference(mart, what, len(found), found[:EXAMPLES]) for what, found in problems.items() if found]


def compare(marts: Marts, path: Path, months: list[str]) -> list[Difference]:
    """All differences between the oracle's marts and a published file, in the marts that the oracle was asked for."""
    differences = []
    for mart in (m for m in KEYS if m in marts):
        try:
            found = published(path, mart, months)
        except duckdb.CatalogException as error:
            differences.append(Difference(mart, "no such mart", 1, [str(error).splitlines()[0]]))
            continue
        differences += compare_mart(mart, marts.get(mart, []), found)
    return differences
