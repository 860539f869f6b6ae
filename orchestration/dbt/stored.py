"""Compare what keeps all months, accepted rows and monthly tables, with the contracts and models of this program.

A run replaces its own month only. So a column that a contract or a model gained would be empty in the months before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt import manifest
from orchestration.publishing.content import CONFIG
from sources.acceptance import store
from sources.contracts.model import Contracts
from sources.home import Home
from sources.months import Month

_COLUMNS = "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal"


def problem(home: Home, warehouse: Path, contracts: Contracts, until: Month | None = None) -> str:
    """Say in Chinese which stored columns are those of an earlier program, and what to do; empty if none are.

    ``until`` is the last month whose accepted rows are compared. Raises duckdb.Error if the warehouse cannot be read.
    """
    return rows_problem(home, contracts, until) or _tables_problem(warehouse)


def rows_problem(home: Home, contracts: Contracts, until: Month | None = None) -> str:
    """Say in Chinese which months have accepted rows of an earlier program; empty if none have."""
    found = store.outdated(home, contracts, until)
    if not found:
        return ""
    months = "、".join(map(str, sorted({month for _, month in found})))
    tables = list(dict.fromkeys(f"《{dataset.label}》" for dataset, _ in found))
    named = "".join(tables[:3]) + (f"等 {len(tables)} 张表" if len(tables) > 3 else "")
    return f"{months} {named}已接收的行是旧版程序写的,列与本程序不同,不能直接计算。{_REBUILD}"


def _tables_problem(warehouse: Path) -> str:
    found = outdated_tables(warehouse, manifest.load()) if warehouse.exists() else []
    return f"数据仓库的 {'、'.join(found)} 是旧版程序建的,列与本程序不同。{_REBUILD}" if found else ""


_REBUILD = "请执行 shouwang rebuild,按月重建并发布一次;已发布的版本不受影响。"


def outdated_tables(warehouse: Path, manifest: dict[str, Any]) -> list[str]:
    """List the monthly tables of the warehouse whose columns are not those of their models; none without a warehouse.

    Raises duckdb.Error if the warehouse cannot be read.
    """
    if not warehouse.exists():
        return []
    with duckdb.connect(str(warehouse), read_only=True, config=CONFIG) as connection:
        kept: dict[tuple[str, str], dict[str, str]] = {}
        for schema, table, column, dtype in connection.execute(_COLUMNS).fetchall():
            kept.setdefault((schema, table), {})[column] = dtype
        monthly = {_table(node): node for node in manifest["nodes"].values() if _is_monthly(node)}
        declared = {key: _declared(monthly[key]) for key in kept.keys() & monthly.keys()}
        types = _spelled(connection, {dtype for columns in declared.values() for dtype in columns.values() if dtype})
    return sorted(key[1] for key, columns in declared.items() if _differs(kept[key], columns, types))


def _is_monthly(node: dict[str, Any]) -> bool:
    return bool(node["resource_type"] == "model" and node["config"]["materialized"] == "incremental")


def _table(node: dict[str, Any]) -> tuple[str, str]:
    return node["schema"], node.get("alias") or node["name"]


def _declared(node: dict[str, Any]) -> dict[str, str | None]:
    """Return the columns of a model; a model without a contract declares no types."""
    return {name: column.get("data_type") for name, column in node["columns"].items()}


def _differs(kept: dict[str, str], declared: dict[str, str | None], types: dict[str, str]) -> bool:
    if set(kept) != set(declared):
        return True
    return any(dtype is not None and types[dtype] != kept[name] for name, dtype in declared.items())


def _spelled(connection: duckdb.DuckDBPyConnection, dtypes: set[str]) -> dict[str, str]:
    """Spell types as DuckDB does."""
    asked = sorted(dtypes)
    if not asked:
        return {}
    row = connection.execute(f"select {', '.join(f'typeof(cast(null as {dtype}))' for dtype in asked)}").fetchone()
    return dict(zip(asked, row or (), strict=True))
