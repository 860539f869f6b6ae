"""Compare the oracle's rows of a mart with those of the dbt warehouse, cell by cell.

Belongs here: strict equality of values. Does not belong here: published files (``compare``), right values.
"""

from __future__ import annotations

from typing import Any

from tests.oracle.compare import KEYS, Record


def _is_equal(wanted: Any, found: Any) -> bool:
    if isinstance(found, int | float) and not isinstance(found, bool) and wanted is not None:
        return abs(float(wanted) - found) <= 1e-9 * max(1.0, abs(float(wanted)))
    return bool(wanted == found)


def differences(mart: str, wanted: list[Record], found: list[Record]) -> list[str]:
    """List every key of one side only, and every different cell in the columns that the oracle computes.

    Raises AssertionError if a key occurs twice on either side.
    """
    ours, theirs = ({tuple(r[k] for k in KEYS[mart]): r for r in rows} for rows in (wanted, found))
    assert (len(ours), len(theirs)) == (len(wanted), len(found)), f"{mart}: a key occurs twice"
    lines = [f"{mart} {k}: only with the oracle: {ours[k]}" for k in ours.keys() - theirs.keys()]
    lines += [f"{mart} {k}: only with dbt: {theirs[k]}" for k in theirs.keys() - ours.keys()]
    for key in ours.keys() & theirs.keys():
        lines += [
            f"{mart} {key} {column}: oracle {value}, dbt {theirs[key][column]}"
            for column, value in ours[key].items()
            if not _is_equal(value, theirs[key][column])
        ]
    return sorted(lines)
