"""The oracle's marts beside those of the dbt warehouse, cell by cell.

Belongs here: keys and tolerance. Does not belong here: right values.
"""

from __future__ import annotations

from typing import Any

KEYS = {
    "rural_indicators": ("month", "indicator_code", "division_code"),
    "town_assessment": ("month", "town_code"),
    "project_assets": ("month", "asset_no"),
    "fund_ledger": ("month", "fund_year", "fund_level"),
}
Record = dict[str, Any]


def _is_equal(wanted: Any, found: Any) -> bool:
    if isinstance(found, int | float) and not isinstance(found, bool) and wanted is not None:
        return abs(float(wanted) - found) <= 1e-9 * max(1.0, abs(float(wanted)))
    return bool(wanted == found)


def differences(mart: str, wanted: list[Record], found: list[Record]) -> list[str]:
    """A line for every key that only one side has and every cell that differs, in the columns that the oracle computes.

    Raises AssertionError where a key stands twice in ``found``.
    """
    ours, theirs = ({tuple(r[k] for k in KEYS[mart]): r for r in rows} for rows in (wanted, found))
    assert len(theirs) == len(found), f"{mart}: a key stands twice"
    lines = [f"{mart} {key}: only in one of the two" for key in ours.keys() ^ theirs.keys()]
    for key in ours.keys() & theirs.keys():
        lines += [
            f"{mart} {key} {column}: oracle {value}, dbt {theirs[key][column]}"
            for column, value in ours[key].items()
            if not _is_equal(value, theirs[key][column])
        ]
    return sorted(lines)
