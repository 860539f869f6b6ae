"""Look up the dated divisions of the district by the names and codes that offices write.

Belongs here: vintages, and the accepted forms of towns and villages (semantics §3, "town, village").
Does not belong here: conforming a column (``conforming.places``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sources.months import Month
from sources.text import plain

_COMMITTEES = ("村民委员会", "居民委员会", "村民委会", "居民委会", "村委会", "居委会", "村委", "居委")
SUFFIXES = (
    *(f"社区{c}" for c in _COMMITTEES),
    *("嘎查村民委员会", "嘎查村委会", "嘎查委员会"),
    *_COMMITTEES,
    *("嘎查村", "行政村", "嘎查", "社区", "村"),
)
"""Ends of village names, longest first: committees by their full and short names, and kinds of villages."""
_OFFICES = ("人民政府", "政府", "办事处")
AMBIGUOUS = "?"
"""The division of a form that fits more than one village of the town."""
ANYWHERE = ""
"""The town of a village that is delivered without one: the whole district then counts as one town."""


@dataclass(frozen=True)
class Vintage:
    """The divisions in force in one month, ready for look-up."""

    district_code: str
    prefix: str
    """Expression for the names of the district and of what it belongs to, as people write them before a place."""
    towns: pl.DataFrame
    """form, town_code: every form of a town (its name, its office, its 9-digit code, the code with three zeros)."""
    villages: pl.DataFrame
    """town_code, form, division_code: every form of a village within its town and within the district (``ANYWHERE``);
    ``AMBIGUOUS`` where a form fits several villages."""


def load_vintages(path: Path) -> pl.DataFrame:
    """Read the dated divisions with the district of each, whose name is in ``districts.csv`` in the same folder.

    All columns are text: vintage_cutoff, town_code, town_name, village_code, village_name, kind, district_code,
    district_name. Raises FileNotFoundError if a file is missing.
    """
    vintages, districts = (
        pl.read_csv(file, infer_schema=False, glob=False) for file in (path, path.with_name("districts.csv"))
    )
    vintages = vintages.with_columns(district_code=pl.col("town_code").str.head(6))
    return vintages.join(districts, on="district_code", how="left", maintain_order="left")


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
        district_code=rows["district_code"][0],
        prefix=_prefix(rows["district_name"][0]),
        towns=pl.concat(
            [
                towns.select(form=pl.col("town_name").map_elements(plain, pl.String), town_code="town_code"),
                towns.select(form="town_code", town_code="town_code"),
                towns.select(form=pl.col("town_code") + "000", town_code="town_code"),
                *(
                    towns.select(form=pl.col("town_name").map_elements(plain, pl.String) + o, town_code="town_code")
                    for o in _OFFICES
                ),
            ]
        ).unique("form", keep="first", maintain_order=True),
        villages=pl.concat([_village_forms(rows), _village_forms(rows.with_columns(town_code=pl.lit(ANYWHERE)))]),
    )


def _prefix(district: str | None) -> str:
    """Match the district's name with or without province and city; without a name, match nothing."""
    above = r"(?:[\u{4e00}-\u{9fff}]{2,8}(?:省|自治区))?(?:[\u{4e00}-\u{9fff}]{2,8}(?:市|自治州|盟|地区))?"
    return rf"^{above}{re.escape(plain(district))}" if district else r"^\b\B"


def _stem(name: str) -> str:
    suffix = next((s for s in SUFFIXES if name.endswith(s)), "")
    return name.removesuffix(suffix)


def _village_forms(rows: pl.DataFrame) -> pl.DataFrame:
    """List every form of every village with its division, or ``AMBIGUOUS``.

    The official name and the code take precedence over other forms; a form in 村 means a village first, not a
    community. Every form may have the name of its town in front.
    """
    exact: dict[tuple[str, str], set[str]] = {}
    forms: dict[tuple[str, str], set[str]] = {}
    villages: dict[tuple[str, str], set[str]] = {}
    for town, town_name, code, raw, kind in rows.select(
        "town_code", "town_name", "village_code", "village_name", "kind"
    ).rows():
        name, stem = plain(raw), _stem(plain(raw))
        exact.setdefault((town, code), set()).add(code)
        for before in ("", plain(town_name)):
            exact.setdefault((town, before + name), set()).add(code)
            for form in {stem, *(stem + s for s in SUFFIXES)} - {""}:
                forms.setdefault((town, before + form), set()).add(code)
            if kind == "village":
                villages.setdefault((town, f"{before}{stem}村"), set()).add(code)
    return pl.DataFrame(
        [
            (*key, next(iter(codes)) if len(codes) == 1 else AMBIGUOUS)
            for key, codes in (forms | villages | exact).items()
        ],
        schema=["town_code", "form", "division_code"],
        orient="row",
    )
