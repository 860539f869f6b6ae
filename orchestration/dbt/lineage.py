"""Which columns a column of a model is made from, for the catalogue of the web interface.

    python -m orchestration.dbt.lineage

Belongs here: compiling the project over an empty warehouse, reading its SQL, keeping the result beside the manifest.
Does not belong here: showing it (``assets.dbt_specs``), tracing a figure of a month to rows (``workbooks.trace``).

This takes half a minute, so no run does it, and the catalogue works without it. What is kept names a fingerprint of the
whole project: once anything has changed, no lineage is shown rather than a former one. The SQL of a model alone would
not do, because a macro, or the columns of a model upstream, change what its columns are made from.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope
from sqlglot.schema import MappingSchema

from orchestration.dbt import manifest
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import DBT_PROJECT_DIR, PARSED_DIR
from orchestration.runtime.telemetry import QUIET
from sources.home import replacing

LINEAGE = PARSED_DIR / "lineage.json"
_MONTH = "2021-06"
"""The SQL of a month differs from that of another in dates only."""
_DIALECT = "duckdb"
Parents = dict[str, list[tuple[str, str]]]
"""Unique id and column of each parent, by the columns of a model."""


class LineageError(ShouwangError):
    """The project cannot be compiled."""


def load(file: Path = LINEAGE) -> dict[str, Parents]:
    """Load what was found; nothing if it was never built, or the project has changed since."""
    try:
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    if kept.get("project") != fingerprint(manifest.load()):
        return {}
    return {
        unique_id: {column: [(one, of) for one, of in parents] for column, parents in columns.items()}
        for unique_id, columns in kept["models"].items()
    }


def fingerprint(parsed: Mapping[str, Any]) -> str:
    """Hash whatever decides the lineage: SQL, seeds, columns and the macros of the project."""
    nodes = {unique_id: (node["checksum"]["checksum"], _columns(node)) for unique_id, node in _nodes(parsed)}
    own = parsed["metadata"]["project_name"]
    macros = {m["unique_id"]: m["macro_sql"] for m in parsed["macros"].values() if m["package_name"] == own}
    return hashlib.sha256(json.dumps([nodes, macros], sort_keys=True).encode()).hexdigest()


def ensure(file: Path = LINEAGE) -> int:
    """Build the lineage unless it is there and as the project; return the number of columns with parents.

    Raises LineageError with dbt's words.
    """
    return _count(load(file)) or build(file)


def build(file: Path = LINEAGE) -> int:
    """Compile the project, find the lineage of every model, keep it, and return the number of columns with parents.

    Raises LineageError with dbt's words.
    """
    compiled = _compile()
    columns = {unique_id: _columns(node) for unique_id, node in _nodes(compiled)}
    tables = {node["relation_name"]: unique_id for unique_id, node in _nodes(compiled) if node.get("relation_name")}
    found = {
        unique_id: parents_of(node, columns, tables)
        for unique_id, node in _nodes(compiled)
        if node["resource_type"] == "model"
    }
    kept = {"project": fingerprint(manifest.load()), "models": found}
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as temporary:
        temporary.write_text(json.dumps(kept, ensure_ascii=False, indent=0), encoding="utf-8")
    return _count(found)


def _count(found: Mapping[str, Parents]) -> int:
    return sum(len(parents) > 0 for columns in found.values() for parents in columns.values())


def parents_of(node: Mapping[str, Any], columns: Mapping[str, list[str]], tables: Mapping[str, str]) -> Parents:
    """Find the parents of each declared column of a compiled model.

    ``columns`` lists the columns of every node by unique id, ``tables`` maps names of relations to unique ids. The
    staging of a delivered table selects its columns as they are.
    """
    parents = node["depends_on"]["nodes"]
    if node["schema"] == "staging":
        sources = [parent for parent in parents if parent.startswith("source.")]
        return {column: [(source, column) for source in sources[:1]] for column in columns[node["unique_id"]]}
    schema = MappingSchema(dialect=_DIALECT)
    for name, unique_id in tables.items():
        if unique_id in parents or unique_id == node["unique_id"]:
            schema.add_table(exp.to_table(name, dialect=_DIALECT), dict.fromkeys(columns[unique_id], "text"))
    query = qualify(
        sqlglot.parse_one(node["compiled_code"], dialect=_DIALECT),
        schema=schema,
        dialect=_DIALECT,
        validate_qualify_columns=False,
    )
    scope = build_scope(query)
    selected = set(query.named_selects)
    return {
        column: sorted(set(_leaves(column, query, schema, scope, tables))) if column in selected else []
        for column in columns[node["unique_id"]]
    }


def _leaves(
    column: str, query: Any, schema: MappingSchema, scope: Any, tables: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for node in lineage(column, query, schema=schema, scope=scope, dialect=_DIALECT).walk():
        table = node.expression if isinstance(node.expression, exp.Table) else None
        if table is None or node.downstream:
            continue
        name = ".".join(f'"{part}"' for part in (table.catalog, table.db, table.name))
        if unique_id := tables.get(name):
            yield unique_id, exp.to_column(node.name).name


def _columns(node: Mapping[str, Any]) -> list[str]:
    # A seed has a type for every column; of its columns only those with a test may be described.
    return list(node["config"].get("column_types") or node["columns"])


def _nodes(compiled: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for unique_id, node in compiled["nodes"].items():
        if node["resource_type"] in ("model", "seed"):
            yield unique_id, node


def _compile() -> dict[str, Any]:
    """Compile the project in an empty home of its own. Raises LineageError."""
    with tempfile.TemporaryDirectory(prefix="shouwang-lineage-") as folder:
        (Path(folder) / "warehouse").mkdir()
        variables = json.dumps({"month": _MONTH})
        done = subprocess.run(  # noqa: S603 - our own dbt, our own project
            [*manifest.DBT, "--quiet", "--no-use-colors", "compile", *manifest.paths(folder), "--vars", variables],
            env={**os.environ, **QUIET, "SHOUWANG_HOME": folder, "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LineageError(f"dbt 项目编译失败:\n{done.stdout}{done.stderr}")
        compiled: dict[str, Any] = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
        return compiled


if __name__ == "__main__":
    print(f"字段血缘:{ensure()} 个字段", file=sys.stderr)
