"""The regime as dated data: category schemes, dated rules, recognition days, benchmarks.

Belongs here: which dated row holds in a month. Does not belong here: parameters (``catalogue``), what a figure counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from tests.oracle.catalogue import DISTRICT, dispatched_on, last_day, parameter, rules, seed

Row = dict[str, str]


def _holds(row: Row, day: str) -> bool:
    return row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"])


def categories(month: str) -> list[Row]:
    """The categories valid on the month's last day; before the first of all, the earliest."""
    rows, day = seed("category_schemes"), last_day(month).isoformat()
    first = min(r["valid_from"] for r in rows)
    return [r for r in rows if _holds(r, max(day, first))]


def _is_named(row: Row, word: str) -> bool:
    return word in (row["name_zh"], *row["synonyms"].split("|"))


def _nearest(row: Row | None, valid: Iterable[str]) -> Row | None:
    """The row, or the nearest of its ancestors, that is among the valid codes."""
    by_code = {r["code"]: r for r in seed("category_schemes")}
    seen = set()
    while row is not None and row["code"] not in seen:
        if row["code"] in valid:
            return row
        seen.add(row["code"])
        row = by_code.get(row["parent"])
    return None


def category(word: str, month: str) -> Row | None:
    """The category of the month's scheme that a delivered word says, also of another time; None for another word."""
    valid = categories(month)
    own = next((r for r in valid if _is_named(r, word)), None)
    if own:
        return own
    codes = {r["code"] for r in valid}
    said = [r for r in seed("category_schemes") if _is_named(r, word)]
    return next((found for r in said if (found := _nearest(r, codes))), None)


def category_name(word: str | None, month: str) -> str | None:
    """The name in the month's scheme of a delivered word."""
    found = category(word, month) if word else None
    return found["name_zh"] if found else None


def is_mapped(word: str, month: str) -> bool:
    """Whether a word is another category's, of which the month's scheme has an ancestor only."""
    found = category(word, month)
    return found is not None and not _is_named(found, word)


def of_role(role: str, month: str) -> str | None:
    """The name of the month's category of a role."""
    return next((r["name_zh"] for r in categories(month) if r["role"] == role), None)


def candidate(role: str, month: str) -> str | None:
    """The category that is proposed for a role; for one that the month lacks, that of role other."""
    return of_role(role, month) or of_role("other", month)


def rules_valid(catalogue: str, month: str) -> list[str]:
    """The codes of the rules of ``risk_rules`` or ``conflict_rules`` that hold on the month's last day."""
    day = last_day(month).isoformat()
    return [code for code, r in rules(catalogue).items() if (r.get("valid_from") or "") <= day]


def recognition_day(opened: str) -> date | None:
    """The last day for the recognition of a lead opened in the month; None without a valid number of days."""
    days = parameter("recognition_days", DISTRICT, opened)
    return None if days is None else dispatched_on(opened) + timedelta(days=int(days))


def benchmark(code: str, scope: str, month: str) -> float | None:
    """The figure of the province (全省) or the country (全国) that an indicator is held against.

    Of the actual ones valid on the month's last day: the longest prefix of the district, then the newest. A newer
    unknown one hides an old figure.
    """
    day = last_day(month).isoformat()
    valid = [
        r
        for r in seed("indicator_benchmarks")
        if (r["indicator_code"], r["scope"], r["kind"]) == (code, scope, "actual")
        and DISTRICT.startswith(r["division_prefix"])
        and _holds(r, day)
    ]
    best = max(valid, key=lambda r: (len(r["division_prefix"]), r["valid_from"]), default=None)
    return float(best["value"]) if best and best["value"] else None


def _dates(row: dict[str, Any], *names: str) -> None:
    for name in names:
        row[name] = date.fromisoformat(row[name]) if row[name] else None


def category_schemes() -> list[dict[str, Any]]:
    """The mart of that name."""
    rows: list[dict[str, Any]] = [dict(r) for r in seed("category_schemes")]
    for row in rows:
        _dates(row, "valid_from", "valid_to")
        row["is_placeholder"] = row["is_placeholder"] == "true"
        row |= {k: row[k] or None for k in ("parent", "synonyms")}
    return rows


def indicator_benchmarks() -> list[dict[str, Any]]:
    """The mart of that name."""
    rows: list[dict[str, Any]] = [dict(r) for r in seed("indicator_benchmarks")]
    for row in rows:
        _dates(row, "valid_from", "valid_to")
        row["value"] = float(row["value"]) if row["value"] else None
        row["is_placeholder"] = row["is_placeholder"] == "true"
    return rows
