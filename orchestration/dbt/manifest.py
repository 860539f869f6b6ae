"""What dbt knows of its project: the manifest, from which the asset graph is made.

Belongs here: parsing the project when the manifest is missing or older than the project; reading it.
Does not belong here: running models (``assets.marts``), the models themselves.

The manifest is made at set-up in the checkout, and at first use where a wheel is installed (``settings.parsed_dir``);
that of a city at first use. It holds no month and no path of a data home. Without another project, all this is about
that of a county.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.publishing.content import MARTS, MARTS_OPEN
from orchestration.publishing.postgres.layout import Keys, keys_of
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import DBT_PROJECT_DIR, parsed_dir
from orchestration.runtime.telemetry import QUIET

MANIFEST = "manifest.json"
PARSED = "partial_parse.msgpack"
"""dbt's own record of the parsed project, in the manifest's folder; a new data home starts with a copy of it."""
DBT = (sys.executable, "-P", "-m", "dbt.cli.main")
_IGNORED = {"target", "logs", "dbt_packages"}
ANY_HOME = "data"
"""The profile names the data home; what is parsed does not depend on it, and is parsed with the same one always."""


class ManifestError(ShouwangError):
    """The dbt project cannot be parsed."""


def is_stale(manifest: Path, project: Path = DBT_PROJECT_DIR) -> bool:
    """Return True if the manifest is missing or a file or folder of the project is newer."""
    if not manifest.exists():
        return True
    made = manifest.stat().st_mtime_ns
    top = [p for p in project.iterdir() if p.name not in _IGNORED and not p.name.startswith(".")]
    return any(p.stat().st_mtime_ns > made for start in top for p in [start, *start.rglob("*")])


def parse(project: Path = DBT_PROJECT_DIR) -> None:
    """Let dbt parse a project and put the manifest in place, in one step for whoever reads it.

    Raises ManifestError with dbt's words.
    """
    folder = parsed_dir(project)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="parse-") as target:
        environment = {**os.environ, **QUIET, "SHOUWANG_HOME": ANY_HOME, "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR)}
        done = subprocess.run(  # noqa: S603 - our own dbt, our own project
            [*DBT, "--quiet", "--no-use-colors", "parse", "--no-partial-parse", *paths(target, project)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ManifestError(f"dbt 项目解析失败:\n{done.stdout}{done.stderr}")
        (Path(target) / PARSED).replace(folder / PARSED)
        (Path(target) / MANIFEST).replace(folder / MANIFEST)


def paths(target: str, project: Path = DBT_PROJECT_DIR) -> list[str]:
    """Return the arguments that name the project, and the folder of what dbt writes."""
    return ["--project-dir", str(project), "--target-path", target, "--log-path", target]


def ensure(project: Path = DBT_PROJECT_DIR) -> Path:
    """Return the path of a manifest that is not older than the project. Raises ManifestError."""
    manifest = parsed_dir(project) / MANIFEST
    if is_stale(manifest, project):
        parse(project)
    return manifest


@cache
def load(project: Path = DBT_PROJECT_DIR) -> dict[str, Any]:
    """Load the manifest, parsed first if it has to be. Raises ManifestError."""
    manifest: dict[str, Any] = json.loads(ensure(project).read_text(encoding="utf-8"))
    return manifest


def relations(manifest: dict[str, Any], schema: str | None = None) -> dict[str, tuple[str, str]]:
    """Map dbt's unique id of every model and seed to its schema and table, of one schema only if it is given."""
    return {
        unique_id: (node["schema"], node.get("alias") or node["name"])
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed") and schema in (None, node["schema"])
    }


def grains(manifest: dict[str, Any], schema: str) -> dict[str, tuple[str, ...]]:
    """Map every table of a schema to the columns that tell its rows apart: those of its test ``unique_key``.

    A test with the meta ``is_grain: false`` is of another key.
    """
    keys = {
        node["attached_node"]: tuple(node["test_metadata"]["kwargs"]["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "unique_key"
        and node["config"]["meta"].get("is_grain", True)
    }
    return {table: keys[unique_id] for unique_id, (_, table) in relations(manifest, schema).items()}


def not_null(manifest: dict[str, Any], schema: str) -> dict[str, frozenset[str]]:
    """Map every table of a schema to its columns that are never null, as its contract says."""
    return {
        table: frozenset(
            column["name"]
            for column in manifest["nodes"][unique_id]["columns"].values()
            if any(constraint["type"] == "not_null" for constraint in column["constraints"])
        )
        for unique_id, (_, table) in relations(manifest, schema).items()
    }


def types(manifest: dict[str, Any], schema: str) -> dict[str, dict[str, str]]:
    """Map every table of a schema to the types of its columns, as its contract says and DuckDB writes them."""
    return {
        table: {
            column["name"]: str(column["data_type"]).upper()
            for column in manifest["nodes"][unique_id]["columns"].values()
            if column.get("data_type")
        }
        for unique_id, (_, table) in relations(manifest, schema).items()
    }


def open_marts(manifest: dict[str, Any]) -> dict[str, str]:
    """Map every mart of the open database to its schema in the warehouse.

    ``dbt_project.yml`` decides, by ``meta: {open: true}``; a mart that it does not name is not open.
    """
    nodes = manifest["nodes"]
    return {
        table: schema
        for unique_id, (schema, table) in relations(manifest).items()
        if nodes[unique_id]["config"].get("meta", {}).get("open")
    }


def keys(manifest: dict[str, Any]) -> Keys:
    """Map every mart, by schema and name, to the columns that tell its rows apart, and whether one may be null."""
    return {
        place: key
        for schema in (MARTS, MARTS_OPEN)
        for place, key in keys_of(schema, grains(manifest, schema), not_null(manifest, schema)).items()
    }


if __name__ == "__main__":
    ensure()
