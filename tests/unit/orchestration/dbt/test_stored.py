"""Monthly tables with other columns than their models are found; those that every run makes are not compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.dbt import manifest
from orchestration.dbt.stored import outdated_tables


def _node(name: str, columns: dict[str, str | None], materialized: str = "incremental") -> dict[str, Any]:
    return {
        "resource_type": "model",
        "schema": "marts",
        "name": name,
        "config": {"materialized": materialized},
        "columns": {column: {"data_type": dtype} for column, dtype in columns.items()},
    }


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts; create table marts.monthly (month date, value decimal(18, 4))")
    return file


@pytest.mark.parametrize(
    ("columns", "materialized", "is_outdated"),
    [
        ({"month": "date", "value": "decimal(18,4)"}, "incremental", False),
        ({"month": None, "value": None}, "incremental", False),
        ({"month": "date", "value": "double"}, "incremental", True),
        ({"month": "date", "value": "decimal(18,4)", "new": None}, "incremental", True),
        ({"month": "date"}, "incremental", True),
        ({"month": "date"}, "table", False),
    ],
)
def test_names_and_declared_types_are_compared(
    warehouse: Path, columns: dict[str, str | None], materialized: str, is_outdated: bool
) -> None:
    nodes = {"monthly": _node("monthly", columns, materialized), "missing": _node("missing", {"month": "date"})}
    assert outdated_tables(warehouse, {"nodes": nodes}) == (["monthly"] if is_outdated else [])


def test_without_a_warehouse_nothing_is_outdated(tmp_path: Path) -> None:
    assert outdated_tables(tmp_path / "none.duckdb", {"nodes": {}}) == []


def test_every_monthly_model_names_its_columns() -> None:
    nodes = manifest.load()["nodes"].values()
    monthly = [n for n in nodes if n["resource_type"] == "model" and n["config"]["materialized"] == "incremental"]
    assert len(monthly) > 10
    assert [n["name"] for n in monthly if "month" not in n["columns"]] == []
