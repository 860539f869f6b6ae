"""Look up the dated divisions of the district by the names and codes that offices write.

Belongs here: vintages, and the accepted forms of towns and villages (semantics §3, "town, village").
Does not belong here: conforming a column (``conforming.places``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sources.months import Month
from sources.text import plain

SUFFIXES = ("社区居委会", "村委会", "居委会", "社区", "村")
AMBIGUOUS = "?"
"""The division of a form that fits more than one village of the town."""
ANYWHERE = ""
"""The town of a village that is delivered without one: the whole district then counts as one town."""


@dataclass(frozen=True)
class Vintage:
    """The divisions in force in one month, ready for look-up."""

    district_code: str
    towns: pl.DataFrame
    """form, town_code: every form of a town (its name, its 9-digit code, the code with three zeros)."""
    villages: pl.DataFrame
    """town_code, form, division_code: every form of a village within its town and within the district (``ANYWHERE``);
    ``AMBIGUOUS`` where a form fits several villages."""


def load_vintages(path: Path) -> pl.DataFrame:
    """Read the dated divisions: vintage_cutoff, town_code, town_name, village_code, village_name, kind (all text).

    Raises FileNotFoundError if the file is missing.
    """
    return pl.read_csv(path, infer_schema=False, glob=False)


def in_force(vintages: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Select the newest vintage up to the month's last day, or the oldest vintage if all are later."""
    cutoffs = vintages["vintage_cutoff"].unique().sort()
    past = cutoffs.filter(cutoffs <= month.last_day.isoformat())
    return vintages.filter(pl.col("vintage_cutoff") == (past[-1] if len(past) else cutoffs[0]))


def vintage_of(vintages: pl.DataFrame, month: Month) -> Vintage:
    """Build the look-up of the divisions in force in a month."""
    rows = in_force(vintages, month)
    towns = rows.select("town_code", "town_name").unique(maintain_order=True)
    return Vintage(
        district_code=rows["town_code"][0][:6],
        towns=pl.concat(
            [
                towns.select(form=pl.col("town_name").map_elements(plain, pl.String), town_code="town_code"),
                towns.select(form="town_code", town_code="town_code"),
                towns.select(form=pl.col("town_code") + "000", town_code="town_code"),
            ]
        ).unique("form", keep="first", maintain_order=True),
        villages=pl.concat([_village_forms(rows), _village_forms(rows.with_columns(town_code=pl.lit(ANYWHERE)))]),
    )


def _stem(name: str) -> str:
    suffix = next((s for s in SUFFIXES if name.endswith(s)), "")
    return name.removesuffix(suffix)


def _village_forms(rows: pl.DataFrame) -> pl.DataFrame:
    """List every form of every village with its division, or ``AMBIGUOUS``.

    The official name and the code take precedence over other forms; a form in 村 means a 村委会 first.
    """
    exact: dict[tuple[str, str], set[str]] = {}
    forms: dict[tuple[str, str], set[str]] = {}
    committees: dict[tuple[str, str], set[str]] = {}
    for town, code, raw in rows.select("town_code", "village_code", "village_name").rows():
        name = plain(raw)
        exact.setdefault((town, code), set()).add(code)
        exact.setdefault((town, name), set()).add(code)
        stem = _stem(name)
        for form in {stem, *(stem + s for s in SUFFIXES)} - {""}:
            forms.setdefault((town, form), set()).add(code)
        if name.endswith("村委会"):
            committees.setdefault((town, stem + "村"), set()).add(code)
    return pl.DataFrame(
        [
            (*key, next(iter(codes)) if len(codes) == 1 else AMBIGUOUS)
            for key, codes in (forms | committees | exact).items()
        ],
        schema=["town_code", "form", "division_code"],
        orient="row",
    )
