"""A county's own indicators: their rows of the catalogue.

Belongs here: what a SELECT has to return. Does not belong here: what it may read (``statements``), rows by themselves
(``folder``), running it (``dbt_project/models/intermediate/indicator/measures``).
"""

from __future__ import annotations

from collections.abc import Iterator

from sources.county.columns import Row
from sources.county.folder import County
from sources.county.statements import ROW, Columns, checked, not_numbers

DOMAIN = "local"
"""The domain of every own indicator in the catalogue."""
_CASE = ("town_code", "division_code", *(name for name in ROW if name != "row_ref"), "numerator")
"""Columns that a SELECT returns, ``denominator`` apart."""


def own_indicators(county: County) -> list[dict[str, str]]:
    """Return the rows of the catalogue for the county's own indicators, as text by column.

    ``tables`` lists what the SELECT reads, ``datasets`` the departments' tables without which there is no figure, and
    ``statement`` is its text. Raises CountyError that names every problem.
    """
    selects = checked(county, county.indicators, _lacks)
    return [_catalogued(row) | select for row, select in zip(county.indicators, selects, strict=True)]


def _catalogued(row: Row) -> dict[str, str]:
    cells = {name: text for name, text in row.items() if name != "line"}
    name_en = row["name_en"] or row["name_zh"]
    return cells | {"domain": DOMAIN, "name_en": name_en, "needs": "", "seed_id": "", "seed_value": ""}


def _lacks(row: Row, columns: Columns) -> Iterator[str]:
    wanted = (*_CASE, "denominator") if row["denominator"] else _CASE
    if missing := [name for name in wanted if name not in columns]:
        yield (
            f"结果缺少列 {'、'.join(missing)};每行应带有所计的交付行的这些列(写 select 表名.* 即可),"
            "没有地点的表另写 null as town_code, null as division_code"
        )
    if not row["denominator"] and "denominator" in columns:
        yield "结果有 denominator 一列,而 dbt/indicators.csv 的 denominator 没有说明它是什么"
    yield from not_numbers(columns, ("numerator", "denominator"))
