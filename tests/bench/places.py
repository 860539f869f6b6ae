"""Look up every village of China by the names that people say: ``python -m tests.bench.places [PREFIX]``.

Belongs here: spoken forms, made without the endings that the product knows, and how many of them find their village.
Does not belong here: single forms (``tests/unit/sources/test_divisions.py``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import polars as pl

from sources import national
from sources.conforming.places import conform_villages
from sources.divisions import vintage_of
from sources.months import Month
from sources.text_series import plain_frame

_REMARK = r"\([^()]*\)"
_COMMITTEE = "(?:社区|嘎查)?(?:村民|居民|牧民|渔民|村|居|牧|渔|家|街道)?(?:管理)?(?:委员会|委会|委)$"
_WORD = "(?:嘎查村?|社区|村)$"
LEAST_VILLAGES, LEAST_SHARE = 20, 0.95
"""A county of more villages must have this share of them found."""
FORMS = ("official", "short", "committee", "full_committee", "with_town", "bare")


def spoken(villages: pl.DataFrame) -> pl.DataFrame:
    """Add the names that people say: 黄溪村, 黄溪村委会, 黄溪村民委员会, 源潭镇黄溪村, 黄溪; communities likewise."""
    villages = villages.with_columns(plain_frame(villages.select("town_name", "village_name")))
    official, is_village = pl.col("village_name"), pl.col("kind") == "village"
    name = official.str.replace_all(_REMARK, "")
    is_committee = name.str.contains(_COMMITTEE)
    bare = pl.when(is_committee).then(name.str.replace(_COMMITTEE, "")).otherwise(name.str.replace(_WORD, ""))
    bare = pl.when(bare == "").then(name).otherwise(bare)
    word = (
        pl.when(name.str.contains("嘎查"))
        .then(pl.lit("嘎查"))
        .when(is_village)
        .then(pl.lit("村"))
        .otherwise(pl.lit("社区"))
    )
    short = pl.when(bare.str.ends_with("村") & is_village).then(bare).otherwise(bare + word)
    return villages.with_columns(
        official=official,
        short=short,
        committee=bare + pl.when(is_village).then(pl.lit("村委会")).otherwise(pl.lit("居委会")),
        full_committee=bare + pl.when(is_village).then(pl.lit("村民委员会")).otherwise(pl.lit("社区居民委员会")),
        with_town=pl.col("town_name") + short,
        bare=bare,
    )


def found(villages: pl.DataFrame) -> pl.DataFrame:
    """Say for each village of one county and each form whether it finds the village within its town."""
    vintage = vintage_of(villages, Month.parse(villages["vintage_cutoff"][0][:7]))
    names = spoken(villages.filter(pl.col("kind") != "virtual"))
    columns = []
    for form in FORMS:
        place = conform_villages(names.select("town_code", text=form), vintage)["value"]
        columns.append((place == names["village_code"]).fill_null(False).alias(form))
    return names.select("district_code", "town_code", "village_code", "village_name", "kind").with_columns(columns)


def counties(prefix: str = "") -> Iterator[pl.DataFrame]:
    """Yield ``found`` for every county of the newest vintage."""
    newest = national.vintage_files()[-1].stem
    for frame in national.villages(newest, prefix).partition_by("district_code", maintain_order=True):
        yield found(frame)


def main() -> None:
    """Print the share of villages that each form finds, and the counties with too small a share."""
    rows = pl.concat(counties(*sys.argv[1:2]))
    shares = rows.select(pl.col(FORMS).mean())
    print(f"{len(rows)} villages and communities of {rows['district_code'].n_unique()} counties")
    large = pl.len().over("district_code") > LEAST_VILLAGES
    by_county = rows.filter(large).group_by("district_code").agg(pl.col(FORMS).mean())
    for form in FORMS:
        few = by_county.filter(pl.col(form) < LEAST_SHARE).sort(form, "district_code")["district_code"].to_list()
        print(f"{form:15}{shares[form][0]:9.4%}   counties below {LEAST_SHARE:.0%}: {len(few)} {few[:12]}")


if __name__ == "__main__":
    main()
