"""A county's own indicators: what their SQL may read, and their rows of the catalogue.

Belongs here: which tables a SELECT is offered, checking it without any data. Does not belong here: files (``selects``),
rows by themselves (``folder``), running it (``dbt_project/models/intermediate/indicator/measures``).

A SELECT sees tables by plain names: those of the contracts, ``households``, ``members`` and ``this_month``. DuckDB
parses it, and whatever else it names is refused: files, other schemas, functions that make tables or answer otherwise
each time. So it can reach no identity, whichever way it is written. Then it is bound to empty tables with the columns
of the real ones, which finds unknown columns and wrong types before a month runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from sources.contracts.model import Contracts
from sources.contracts.row_schema import LINEAGE, AcceptedColumn, accepted_columns
from sources.county.contracts import contracts_of
from sources.county.folder import County, CountyError
from sources.county.selects import file_of

if TYPE_CHECKING:
    import duckdb

DOMAIN = "local"
"""The domain of every own indicator in the catalogue."""
REGISTER = "household_register"
_TYPES: Mapping[Any, str] = {
    pl.String: "varchar", pl.Date: "date", pl.Boolean: "boolean", pl.Int32: "integer", pl.Int64: "bigint",
    pl.Decimal(28, 10): "decimal(28, 10)",
}  # fmt: skip
Columns = Mapping[str, str]
"""Types in SQL by the name of a column."""


def _typed(columns: tuple[AcceptedColumn, ...]) -> Columns:
    return {"department": "varchar", "dataset": "varchar", **{c.name: _TYPES[c.dtype] for c in columns}}


_ROW = _typed(tuple(column for column in LINEAGE if column.name != "row_order"))
OFFERED: Mapping[str, Columns] = {
    "households": {
        **_ROW, "household_key": "varchar", "town_code": "varchar", "division_code": "varchar",
        "household_type": "varchar", "is_registered": "boolean", "housing_grade": "varchar",
        "has_safe_water": "boolean", "policy_status": "varchar", "living_members": "integer", "labourers": "integer",
    },
    "members": {
        **_ROW, "household_key": "varchar", "person_key": "varchar", "id_birth_month": "varchar",
        "schooling_status": "varchar", "has_labour_ability": "boolean", "is_living": "boolean",
    },
    "this_month": {"month_start": "date", "month_end": "date"},
}  # fmt: skip
"""What a SELECT may read beside the departments' tables: the register's households and people, the month of the run."""
_CASE = ("town_code", "division_code", *(name for name in _ROW if name != "row_ref"), "numerator")
"""Columns that a SELECT returns, ``denominator`` apart."""
_TABLE_FUNCTIONS = ("unnest", "range", "generate_series")
_CLOCKS = ("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp")
_NUMBERS = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL|FLOAT|DOUBLE|\"NULL\")\b.*")
_NAME = re.compile(r"\w+")


def own_indicators(county: County) -> list[dict[str, str]]:
    """Return the rows of the catalogue for the county's own indicators, as text by column.

    ``tables`` lists what the SELECT reads, ``datasets`` the departments' tables without which there is no figure, and
    ``statement`` is its text. Raises CountyError that names every problem.
    """
    if not county.indicators:
        return []
    contracts = contracts_of(county)
    with _empty(contracts) as connection:
        problems = [
            f"{file_of(row['code'])}:{problem}"
            for row in county.indicators
            for problem in _problems(connection, county.selects[row["code"]], bool(row["denominator"]))
        ]
        if problems:
            raise CountyError(county.folder, problems)
        return [_catalogued(row, county.selects[row["code"]], contracts, connection) for row in county.indicators]


def _catalogued(
    row: Mapping[str, str], statement: str, contracts: Contracts, connection: duckdb.DuckDBPyConnection
) -> dict[str, str]:
    tables = _tables(_parsed(connection, statement))
    datasets = {REGISTER if name in ("households", "members") else name for name in tables - {"this_month"}}
    known = [d.name for d in contracts.datasets if d.name in datasets]
    cells = {name: text for name, text in row.items() if name != "line"}
    return cells | {
        "domain": DOMAIN, "name_en": row["name_en"] or row["name_zh"], "datasets": ",".join(known), "needs": "",
        "seed_id": "", "seed_value": "", "tables": ",".join(sorted(tables)), "statement": statement,
    }  # fmt: skip


def _problems(connection: duckdb.DuckDBPyConnection, statement: str, has_denominator: bool) -> Iterator[str]:
    import duckdb

    try:
        tree = _parsed(connection, statement)
        # What is not whole by itself, such as a query with a semicolon, is not whole in brackets either.
        _parsed(connection, f"select * from (\n{statement}\n) as cases")  # noqa: S608 - parsed only
    except ValueError as error:
        yield f"应为一条 SELECT,末尾不写分号({error})"
        return
    if refused := list(_refused(tree, connection)):
        yield from refused
        return
    try:
        found = connection.execute(f"describe from (\n{statement}\n) as cases").fetchall()
    except duckdb.Error as error:
        yield f"不能执行:{_first_line(error)}"
        return
    types = {row[0]: row[1] for row in found}
    wanted = (*_CASE, "denominator") if has_denominator else _CASE
    if missing := [name for name in wanted if name not in types]:
        yield (
            f"结果缺少列 {'、'.join(missing)};每行应带有所计的交付行的这些列(写 select 表名.* 即可),"
            "没有地点的表另写 null as town_code, null as division_code"
        )
    if not has_denominator and "denominator" in types:
        yield "结果有 denominator 一列,而 dbt/indicators.csv 的 denominator 没有说明它是什么"
    for name in ("numerator", "denominator"):
        if name in types and not _NUMBERS.fullmatch(types[name]):
            yield f"{name} 应为数字,是 {types[name]};不计入的写 null"


def _refused(tree: Any, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Name what a SELECT may not read or call."""
    offered = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    own = _own_names(tree)
    yield from (f"with 中的名称“{name}”只能由字母、数字和下划线组成" for name in own if not _NAME.fullmatch(name))
    yield from (f"with 中的名称“{name}”是数据表的代码,请另取一个" for name in sorted(own & offered))
    if not _tables(tree) - {"this_month"}:
        yield "没有读任何一张数据表;每行应是某张数据表中交付的一行"
    changing = {*_changing(connection), *_CLOCKS}
    for node in _nodes(tree):
        kind = node.get("type")
        if kind == "BASE_TABLE":
            path = [part for part in (node["catalog_name"], node["schema_name"], node["table_name"]) if part]
            if len(path) > 1 or path[0].lower() not in own | offered:
                yield (
                    f"不能读“{'.'.join(path)}”;可用:本程序各数据表的代码(见 shouwang expectations)、"
                    f"{'、'.join(OFFERED)}"
                )
        elif kind == "SHOW_REF":
            yield "from 中不能写 show、describe 或 summarize"
        elif kind == "TABLE_FUNCTION" and node["function"].get("function_name") not in _TABLE_FUNCTIONS:
            yield f"from 中不能用函数 {node['function'].get('function_name')}"
        elif kind == "FUNCTION" and str(node["function_name"]).lower() in changing:
            yield f"不能用函数 {node['function_name']}:同一个月再算一次,结果应当相同;本月的起止日期见 this_month"
        elif kind == "COLUMN_REF" and str(node["column_names"][-1]).lower() in _CLOCKS:
            yield f"不能用 {node['column_names'][-1]}:同一个月再算一次,结果应当相同;本月的起止日期见 this_month"


def _tables(tree: Any) -> set[str]:
    """Return the tables that a statement reads, without those that it makes itself."""
    return {node["table_name"].lower() for node in _nodes(tree) if node.get("type") == "BASE_TABLE"} - _own_names(tree)


def _own_names(tree: Any) -> set[str]:
    return {entry["key"].lower() for node in _nodes(tree) for entry in (node.get("cte_map") or {}).get("map", ())}


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every node of a parsed statement."""
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for part in tree:
            yield from _nodes(part)


def _parsed(connection: duckdb.DuckDBPyConnection, statement: str) -> Any:
    """Parse one SELECT. Raises ValueError that says why it is none."""
    row = connection.execute("select json_serialize_sql(?)", [statement]).fetchone()
    tree = json.loads(row[0]) if row else {}
    if tree.get("error"):
        raise ValueError(_first_line(tree["error_message"]))
    if len(tree["statements"]) != 1:
        raise ValueError(f"有 {len(tree['statements'])} 条语句")
    return tree["statements"][0]


def _empty(contracts: Contracts) -> duckdb.DuckDBPyConnection:
    """Open a database in memory, without access to files, that has every offered table without rows."""
    import duckdb

    connection = duckdb.connect(config={"enable_external_access": "false", "threads": "1"})
    delivered = {d.name: _typed(accepted_columns(d)) for d in contracts.datasets}
    for name, columns in {**delivered, **OFFERED}.items():
        connection.execute(f"create table {name} ({', '.join(f'{c} {dtype}' for c, dtype in columns.items())})")
    return connection


def _changing(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Name the functions that may answer otherwise each time, or do something; macros of PostgreSQL hide such."""
    found = (
        "select distinct function_name from duckdb_functions()"
        " where stability <> 'CONSISTENT' or schema_name = 'pg_catalog'"
    )
    return {name for (name,) in connection.execute(found).fetchall()}


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0][:300]
