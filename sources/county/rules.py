"""A county's own risk rules: their rows of the catalogue.

Belongs here: what a SELECT has to return. Does not belong here: what it may read (``statements``), rows by themselves
(``folder``), running it (``dbt_project/models/intermediate/risk/rules``), wording a flag (``workbooks``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sources.contracts.model import Contracts
from sources.county.columns import RULES, Row
from sources.county.contracts import contracts_of
from sources.county.folder import County, CountyError
from sources.county.selects import file_of
from sources.county.statements import columns_of, datasets_of, empty_tables, not_numbers, tables_of

if TYPE_CHECKING:
    import duckdb

_CASE = ("household_key", "department", "dataset", "extract_month", "row_ref")
"""Columns that a SELECT returns: whose household, and which delivered row is the evidence."""


def own_rules(county: County) -> list[dict[str, str]]:
    """Return the rows of the catalogue for the county's own rules, as text by column.

    ``tables`` lists what the SELECT reads, ``datasets`` the departments' tables without which nobody is screened, and
    ``statement`` is its text. Raises CountyError that names every problem.
    """
    if not county.rules:
        return []
    contracts = contracts_of(county)
    with empty_tables(contracts) as connection:
        problems = [*_unknown_departments(county.rules, contracts)]
        for row in county.rules:
            problems += (f"{file_of(row['code'])}:{p}" for p in _problems(row, county.selects[row["code"]], connection))
        if problems:
            raise CountyError(county.folder, problems)
        return [_catalogued(row, county.selects[row["code"]], contracts, connection) for row in county.rules]


def _unknown_departments(rows: tuple[Row, ...], contracts: Contracts) -> Iterator[str]:
    for row in rows:
        if (name := row["department"]) not in contracts:
            yield f"{RULES.file} 第 {row['line']} 行 department:“{name[:40]}”应为 {'、'.join(contracts)} 之一"


def _catalogued(
    row: Mapping[str, str], statement: str, contracts: Contracts, connection: duckdb.DuckDBPyConnection
) -> dict[str, str]:
    tables = tables_of(statement, connection)
    of_statement = {"tables": ",".join(sorted(tables)), "statement": statement}
    datasets = {"datasets": ",".join(datasets_of(tables, contracts)), "lookback": ""}
    own = {"rule_code": row["code"], "name_en": row["name_en"] or row["name_zh"]}
    same = ("name_zh", "kind", "department", "households", "measure", "unit", "threshold", "valid_from", "valid_to")
    return own | {name: row[name] for name in (*same, "about", "form")} | datasets | of_statement


def _problems(row: Row, statement: str, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    problems: list[str] = []
    columns = columns_of(statement, connection, problems)
    yield from problems
    if problems:
        return
    needed = _CASE if row["about"] == "household" else (*_CASE, "person_key")
    needed = needed if row["form"] == "count" else (*needed, "measure")
    if missing := [name for name in needed if name not in columns]:
        yield (
            f"结果缺少列 {'、'.join(missing)};每行应是作为依据的一行交付数据(写 select 表名.* 即可),"
            "并带有所在户的 household_key;按人的规则还要 person_key,不计人数的还要 measure"
        )
    yield from not_numbers(columns, ("measure",))
