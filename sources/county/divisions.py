"""The dated divisions of a county: its part of the national list, with the county's corrections.

Belongs here: applying corrections, and rows of the folder that name divisions nobody knows.
Does not belong here: the list (``national``), the names that offices write (``sources.divisions``).

A row of ``divisions.csv`` replaces or adds a village in the vintage of its cut-off day; without a name it takes the
village out. A cut-off day that the national list does not have makes a vintage of the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import polars as pl

from sources import national
from sources.county.columns import DIVISIONS, PARAMETERS, TARGETS, Row
from sources.county.folder import County, CountyError
from sources.refusal import RefusedError

KINDS = ("village", "community", "virtual")


def divisions_of(county: County) -> pl.DataFrame:
    """Return every vintage of a county, all columns text, with district_code and district_name.

    Raises CountyError if the national list has no such county, or if the folder names divisions that it does not have.
    """
    try:
        frame = _national(county.code)
    except RefusedError as error:
        raise CountyError(county.folder, [str(error)]) from None
    if problems := [*_correction_problems(county, frame)]:
        raise CountyError(county.folder, problems)
    frame = _corrected(frame, county.divisions)
    if problems := [*_unknown_divisions(county, set(frame["town_code"]))]:
        raise CountyError(county.folder, problems)
    return frame.with_columns(district_name=pl.lit(county.name)) if county.name else frame


@cache
def _national(code: str) -> pl.DataFrame:
    return national.county(code)


def _corrected(frame: pl.DataFrame, rows: tuple[Row, ...]) -> pl.DataFrame:
    district = frame.select("district_code", "district_name").row(-1)
    for cutoff in sorted({row["vintage_cutoff"] for row in rows}):
        of_vintage = [row for row in rows if row["vintage_cutoff"] == cutoff]
        past = frame.filter(pl.col("vintage_cutoff") <= cutoff)["vintage_cutoff"].max()
        base = frame.filter(pl.col("vintage_cutoff") == past).with_columns(vintage_cutoff=pl.lit(cutoff))
        names = dict(base.select("town_code", "town_name").iter_rows())
        kept = base.filter(~pl.col("village_code").is_in([row["village_code"] for row in of_vintage]))
        added = [
            (cutoff, _town(row), row["town_name"] or names.get(_town(row)), row["village_code"], row["village_name"],
             row["kind"], *district)
            for row in of_vintage if row["village_name"]
        ]  # fmt: skip
        vintage = pl.concat([kept, pl.DataFrame(added, schema=frame.schema, orient="row")]).sort("village_code")
        frame = pl.concat([frame.filter(pl.col("vintage_cutoff") != cutoff), vintage])
    return frame.sort("vintage_cutoff", maintain_order=True)


def _town(row: Row) -> str:
    return row["town_code"] or row["village_code"][: national.LEVELS["town"]]


def _correction_problems(county: County, frame: pl.DataFrame) -> Iterator[str]:
    towns, oldest = set(frame["town_code"]), str(min(frame["vintage_cutoff"]))
    for row in county.divisions:
        place = f"{DIVISIONS.file} 第 {row['line']} 行"
        if len(row["village_code"]) != national.LEVELS["village"] or not row["village_code"].isdecimal():
            yield f"{place} village_code:“{row['village_code']}”应为 12 位代码"
        elif row["village_name"] and row["kind"] not in KINDS:
            yield f"{place} kind:“{row['kind']}”应为 {'、'.join(KINDS)} 之一"
        elif _town(row) != row["village_code"][: national.LEVELS["town"]]:
            yield f"{place} town_code:“{row['town_code']}”不是 village_code 的前 9 位"
        elif row["village_name"] and not row["town_name"] and _town(row) not in towns:
            yield f"{place} town_name:全国区划表中没有镇街 {_town(row)},请写明名称"
        elif row["vintage_cutoff"] < oldest:
            yield f"{place} vintage_cutoff:早于全国区划表的第一次名单 {oldest}"


def _unknown_divisions(county: County, towns: set[str]) -> Iterator[str]:
    """Name rows of the folder for a place that is neither the county nor one of its towns."""
    for table, rows in ((PARAMETERS, county.parameters), (TARGETS, county.targets)):
        for row in rows:
            if row["division_prefix"] not in (county.code, *towns):
                yield f"{table.file} 第 {row['line']} 行 division_prefix:本区县没有镇街 {row['division_prefix']}"
