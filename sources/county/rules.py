"""A county's own risk rules: their rows of the catalogue.

Belongs here: what a SELECT has to return. Does not belong here: what it may read (``statements``), rows by themselves
(``folder``), running it (``dbt_project/models/intermediate/risk/rules``), wording a flag (``workbooks``).
"""

from __future__ import annotations

from collections.abc import Iterator

from sources.county.columns import RULES, Row
from sources.county.contracts import contracts_of
from sources.county.folder import County
from sources.county.statements import Columns, checked, not_numbers

_CASE = ("household_key", "department", "dataset", "extract_month", "row_ref")
"""Columns that a SELECT returns: whose household, and which delivered row is the evidence."""


def own_rules(county: County) -> list[dict[str, str]]:
    """Return the rows of the catalogue for the county's own rules, as text by column.

    ``tables`` lists what the SELECT reads, ``datasets`` the departments' tables without which nobody is screened, and
    ``statement`` is its text. Raises CountyError that names every problem.
    """
    selects = checked(county, county.rules, _lacks, _unknown_departments(county))
    return [_catalogued(row) | select for row, select in zip(county.rules, selects, strict=True)]


def _unknown_departments(county: County) -> Iterator[str]:
    known = contracts_of(county)
    for row in county.rules:
        if (name := row["department"]) not in known:
            yield f"{RULES.file} 第 {row['line']} 行 department:“{name[:40]}”应为 {'、'.join(known)} 之一"


def _catalogued(row: Row) -> dict[str, str]:
    cells = {name: text for name, text in row.items() if name not in ("code", "line", "sentence")}
    return cells | {"rule_code": row["code"], "name_en": row["name_en"] or row["name_zh"], "lookback": ""}


def _lacks(row: Row, columns: Columns) -> Iterator[str]:
    needed = _CASE if row["about"] == "household" else (*_CASE, "person_key")
    needed = needed if row["form"] == "count" else (*needed, "measure")
    if missing := [name for name in needed if name not in columns]:
        yield (
            f"结果缺少列 {'、'.join(missing)};每行应是作为依据的一行交付数据(写 select 表名.* 即可),"
            "并带有所在户的 household_key;按人的规则还要 person_key,不计人数的还要 measure"
        )
    yield from not_numbers(columns, ("measure",))
