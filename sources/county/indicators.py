"""A county's own indicators: their rows of the catalogue.

Belongs here: what a SELECT has to return. Does not belong here: what it may read (``statements``), rows by themselves
(``folder``), running it (``dbt_project/models/intermediate/indicator/measures``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sources.contracts.model import Contracts
from sources.county.contracts import contracts_of
from sources.county.folder import County, CountyError
from sources.county.selects import file_of
from sources.county.statements import ROW, columns_of, datasets_of, empty_tables, not_numbers, tables_of

if TYPE_CHECKING:
    import duckdb

DOMAIN = "local"
"""The domain of every own indicator in the catalogue."""
_CASE = ("town_code", "division_code", *(name for name in ROW if name != "row_ref"), "numerator")
"""Columns that a SELECT returns, ``denominator`` apart."""


def own_indicators(county: County) -> list[dict[str, str]]:
    """Return the rows of the catalogue for the county's own indicators, as text by column.

    ``tables`` lists what the SELECT reads, ``datasets`` the departments' tables without which there is no figure, and
    ``statement`` is its text. Raises CountyError that names every problem.
    """
    if not county.indicators:
        return []
    contracts = contracts_of(county)
    with empty_tables(contracts) as connection:
        problems = [
            f"{file_of(row['code'])}:{problem}"
            for row in county.indicators
            for problem in _problems(county.selects[row["code"]], bool(row["denominator"]), connection)
        ]
        if problems:
            raise CountyError(county.folder, problems)
        return [_catalogued(row, county.selects[row["code"]], contracts, connection) for row in county.indicators]


def _catalogued(
    row: Mapping[str, str], statement: str, contracts: Contracts, connection: duckdb.DuckDBPyConnection
) -> dict[str, str]:
    tables = tables_of(statement, connection)
    cells = {name: text for name, text in row.items() if name != "line"}
    return cells | {
        "domain": DOMAIN, "name_en": row["name_en"] or row["name_zh"],
        "datasets": ",".join(datasets_of(tables, contracts)), "needs": "", "seed_id": "", "seed_value": "",
        "tables": ",".join(sorted(tables)), "statement": statement,
    }  # fmt: skip


def _problems(statement: str, has_denominator: bool, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    problems: list[str] = []
    columns = columns_of(statement, connection, problems)
    yield from problems
    if problems:
        return
    wanted = (*_CASE, "denominator") if has_denominator else _CASE
    if missing := [name for name in wanted if name not in columns]:
        yield (
            f"结果缺少列 {'、'.join(missing)};每行应带有所计的交付行的这些列(写 select 表名.* 即可),"
            "没有地点的表另写 null as town_code, null as division_code"
        )
    if not has_denominator and "denominator" in columns:
        yield "结果有 denominator 一列,而 dbt/indicators.csv 的 denominator 没有说明它是什么"
    yield from not_numbers(columns, ("numerator", "denominator"))
