"""dbt's own documentation as one page: the project's models, their SQL and the lineage graph.

Belongs here: filling dbt's page in, as ``dbt docs generate --static`` does. Does not belong here: the manifest.

dbt itself would connect to a warehouse for the types of columns, and write down the time and the folder of the
project. The parsed manifest has the types under contract, and is the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from orchestration.runtime.errors import ShouwangError

_MANIFEST, _CATALOG = '"MANIFEST.JSON INLINE DATA"', '"CATALOG.JSON INLINE DATA"'
"""What the page has in place of the two documents."""
_OF_ONE_RUN = ("generated_at", "invocation_id", "invocation_started_at", "run_started_at", "user_id", "env")
_OF_ONE_MACHINE = ("root_path", "created_at", "build_path", "compiled_path")


class NoDbtPageError(ShouwangError):
    """The installed version of dbt has no page that can be filled in."""


def html(parsed: Mapping[str, Any]) -> str:
    """Return the page of a manifest, without times and paths of this machine.

    Raises NoDbtPageError if dbt's page does not have the two places to fill in.
    """
    page = _template().read_text(encoding="utf-8")
    if not (_MANIFEST in page and _CATALOG in page):
        raise NoDbtPageError("dbt 的文档页面没有可以填入的位置;请核对 dbt-core 的版本。")
    return page.replace(_MANIFEST, _script(_portable(parsed))).replace(_CATALOG, _script(_catalog(parsed)))


def _template() -> Path:
    spec = find_spec("dbt.task.docs")
    if spec is None or spec.origin is None:
        raise NoDbtPageError("没有安装 dbt-core。")
    return Path(spec.origin).with_name("index.html")


def _script(document: Mapping[str, Any]) -> str:
    """Write JSON that cannot end the script element that it is in."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True).replace("</", "<\\/")


def _portable(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what depends on the time and the machine of parsing."""
    metadata = {key: value for key, value in parsed["metadata"].items() if key not in _OF_ONE_RUN}
    return {**_without(dict(parsed)), "metadata": {**metadata, "generated_at": ""}}


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(item) for key, item in value.items() if key not in _OF_ONE_MACHINE}
    return [_without(item) for item in value] if isinstance(value, list) else value


def _catalog(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Make the catalogue of tables and columns from the manifest, with the types that the YAML declares."""
    nodes = {
        unique_id: _relation(unique_id, node)
        for unique_id, node in parsed["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    return {"metadata": {"generated_at": ""}, "nodes": nodes, "sources": {}, "errors": None}


def _relation(unique_id: str, node: Mapping[str, Any]) -> dict[str, Any]:
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    about = {"type": kind, "schema": node["schema"], "name": node["name"], "database": node["database"]}
    declared = {name: column.get("data_type") or "" for name, column in node["columns"].items()}
    types = declared or node["config"].get("column_types") or {}
    columns = {
        name: {"name": name, "type": str(dtype), "index": index, "comment": None}
        for index, (name, dtype) in enumerate(types.items(), 1)
    }
    return {
        "unique_id": unique_id,
        "metadata": {**about, "comment": None, "owner": None},
        "columns": columns,
        "stats": {"has_stats": {"id": "has_stats", "label": "", "value": False, "include": False, "description": ""}},
    }
