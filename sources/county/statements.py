"""What the SQL of a county's own indicators and rules may read, and checking it without any data.

Belongs here: the offered tables, refusing what else a SELECT names, the columns that it returns. Does not belong here:
files (``selects``), which columns are needed (``indicators``, ``rules``), running it (``dbt_project``).

A SELECT sees tables by plain names: those of the contracts, ``households``, ``members`` and ``this_month``. DuckDB
parses it, and whatever else it names is refused: files, other schemas, functions that make tables or answer otherwise
each time. So it can reach no identity, whichever way it is written. Then it is bound to empty tables with the columns
of the real ones, which finds unknown columns and wrong types before a month runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from sources.contracts.model import Contracts
from sources.contracts.row_schema import LINEAGE, AcceptedColumn, accepted_columns
from sources.county.columns import Row
from sources.county.contracts import contracts_of
from sources.county.folder import County, CountyError
from sources.county.selects import file_of

if TYPE_CHECKING:
    import duckdb

REGISTER = "household_register"
_TYPES: Mapping[Any, str] = {
    pl.String: "varchar", pl.Date: "date", pl.Boolean: "boolean", pl.Int32: "integer", pl.Int64: "bigint",
    pl.Decimal(28, 10): "decimal(28, 10)",
}  # fmt: skip
Columns = Mapping[str, str]
"""Types in SQL by the name of a column."""


def _typed(columns: tuple[AcceptedColumn, ...]) -> Columns:
    return {"department": "varchar", "dataset": "varchar", **{c.name: _TYPES[c.dtype] for c in columns}}


ROW = _typed(tuple(column for column in LINEAGE if column.name != "row_order"))
"""Columns that name a delivered row; every table but ``this_month`` has them."""
OFFERED: Mapping[str, Columns] = {
    "households": {
        **ROW, "household_key": "varchar", "town_code": "varchar", "division_code": "varchar",
        "household_type": "varchar", "is_registered": "boolean", "housing_grade": "varchar",
        "has_safe_water": "boolean", "policy_status": "varchar", "living_members": "integer", "labourers": "integer",
    },
    "members": {
        **ROW, "household_key": "varchar", "person_key": "varchar", "id_birth_month": "varchar",
        "schooling_status": "varchar", "has_labour_ability": "boolean", "is_living": "boolean",
    },
    "this_month": {"month_start": "date", "month_end": "date"},
}  # fmt: skip
"""What a SELECT may read beside the departments' tables: the register's households and people, the month of the run."""
_TABLE_FUNCTIONS = ("unnest", "range", "generate_series")
_CLOCKS = ("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp")
_NUMBERS = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL|FLOAT|DOUBLE|\"NULL\")\b.*")
_NAME = re.compile(r"\w+")


def checked(
    county: County, rows: Sequence[Row], lacks: Callable[[Row, Columns], Iterable[str]], problems: Iterable[str] = ()
) -> list[dict[str, str]]:
    """Return of the SELECT of each row the ``tables`` that it reads, the ``datasets`` behind them, its ``statement``.

    ``lacks`` names what is wrong with the columns that a row's SELECT returns. Raises CountyError that names every
    problem, those in ``problems`` first.
    """
    if not rows:
        return []
    contracts, found, said = contracts_of(county), [], list(problems)
    with _empty_tables(contracts) as connection:
        for row in rows:
            statement, wrong = county.selects[row["code"]], list[str]()
            columns = _columns(statement, connection, wrong)
            wrong += () if wrong else lacks(row, columns)
            said += (f"{file_of(row['code'])}:{problem}" for problem in wrong)
            if not wrong:
                tables = _tables(_parsed(connection, statement))
                datasets = ",".join(_datasets(tables, contracts))
                found.append({"tables": ",".join(sorted(tables)), "datasets": datasets, "statement": statement})
    if said:
        raise CountyError(county.folder, said)
    return found


def not_numbers(columns: Columns, names: tuple[str, ...]) -> Iterator[str]:
    """Name those of these columns that hold no numbers."""
    for name in names:
        if name in columns and not _NUMBERS.fullmatch(columns[name]):
            yield f"{name} 应为数字,是 {columns[name]};不计入的写 null"


def _empty_tables(contracts: Contracts) -> duckdb.DuckDBPyConnection:
    """Open a database in memory, without access to files, that has every offered table without rows."""
    import duckdb

    connection = duckdb.connect(config={"enable_external_access": "false", "threads": "1"})
    delivered = {d.name: _typed(accepted_columns(d)) for d in contracts.datasets}
    for name, columns in {**delivered, **OFFERED}.items():
        connection.execute(f"create table {name} ({', '.join(f'{c} {dtype}' for c, dtype in columns.items())})")
    return connection


def _columns(statement: str, connection: duckdb.DuckDBPyConnection, problems: list[str]) -> Columns:
    """Return what a SELECT returns; nothing with a problem, which is added to ``problems``."""
    import duckdb

    try:
        tree = _parsed(connection, statement)
        # What is not whole by itself, such as a query with a semicolon, is not whole in brackets either.
        _parsed(connection, f"select * from (\n{statement}\n) as cases")  # noqa: S608 - parsed only
    except ValueError as error:
        problems.append(f"应为一条 SELECT,末尾不写分号({error})")
        return {}
    if refused := list(_refused(tree, connection)):
        problems += refused
        return {}
    try:
        found = connection.execute(f"describe from (\n{statement}\n) as cases").fetchall()
    except duckdb.Error as error:
        problems.append(f"不能执行:{_first_line(error)}")
        return {}
    return {row[0]: row[1] for row in found}


def _datasets(tables: set[str], contracts: Contracts) -> list[str]:
    """Return the departments' tables without which these offered tables have no rows, in the order of the contracts."""
    datasets = {REGISTER if name in ("households", "members") else name for name in tables - {"this_month"}}
    return [d.name for d in contracts.datasets if d.name in datasets]


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


def _changing(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Name the functions that may answer otherwise each time, or do something; macros of PostgreSQL hide such."""
    found = (
        "select distinct function_name from duckdb_functions()"
        " where stability <> 'CONSISTENT' or schema_name = 'pg_catalog'"
    )
    return {name for (name,) in connection.execute(found).fetchall()}


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0][:300]
