"""What the catalogue shows of every asset: an owner, tags, kinds, Chinese words, and the files that make it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from dagster import AssetKey, AssetSpec, TableSchema

from orchestration.assets.specs import OFFICE, Layer, Sensitivity
from orchestration.dbt import manifest
from orchestration.definitions import defs
from sources.contracts.model import load_contracts

CONTRACTS = load_contracts()
SPECS = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
OF_DBT = ("seeds", "staging", "intermediate", "marts", "marts_open")
IN_ORDER = [spec for _, spec in sorted(SPECS.items())]
EACH = pytest.mark.parametrize("spec", IN_ORDER, ids=lambda spec: spec.key.to_user_string())


def _code(spec: AssetSpec) -> list[tuple[Path, int | None]]:
    found = spec.metadata["dagster/code_references"].code_references
    return [(Path(place.file_path), place.line_number) for place in found]


def _spec(*path: str) -> AssetSpec:
    return SPECS[AssetKey(list(path))]


@EACH
def test_an_asset_has_owner_tags_and_kind(spec: AssetSpec) -> None:
    department = spec.tags.get("department")
    made_by_department = department in CONTRACTS and spec.tags["layer"] not in OF_DBT
    assert spec.owners == [f"team:{department}" if made_by_department else OFFICE]
    assert spec.tags["layer"] in get_args(Layer)
    assert spec.group_name in (spec.tags["layer"], department)
    assert spec.tags["sensitivity"] in get_args(Sensitivity)
    assert spec.kinds


@EACH
def test_the_first_line_of_a_description_is_plain_chinese(spec: AssetSpec) -> None:
    first = (spec.description or "").splitlines()[0]
    assert re.search(r"[\u4e00-\u9fff]", first)
    assert not re.search(r"\*\*|`", first), "the list of assets shows signs of Markdown as they are"
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", spec.description or ""), "no English sentence"


@EACH
def test_an_asset_links_the_code_that_makes_it(spec: AssetSpec) -> None:
    places = _code(spec)
    assert [file for file, _ in places if not file.is_file()] == []
    function, line = places[-1]
    assert function.suffix == ".py"
    assert line
    assert function.read_text("utf-8").splitlines()[line - 1].strip().startswith(("@", "def "))


def test_a_table_links_its_contract() -> None:
    file, line = _code(_spec("health", "serious_illness"))[0]
    assert file.name == "health.odcs.yaml"
    assert file.read_text("utf-8").splitlines()[(line or 0) - 1] == "- name: serious_illness"


@pytest.mark.parametrize("unique_id", manifest.relations(manifest.load()))
def test_a_node_of_dbt_has_its_table_columns_and_sql(unique_id: str) -> None:
    node: dict[str, Any] = manifest.load()["nodes"][unique_id]
    schema, table = manifest.relations(manifest.load())[unique_id]
    spec = _spec(schema, table)
    assert spec.metadata["dagster/table_name"] == f"{schema}.{table}"
    columns = spec.metadata["dagster/column_schema"]
    assert isinstance(columns, TableSchema)
    declared = node["columns"] or node["config"]["column_types"]
    assert [column.name for column in columns.columns] == list(declared)
    assert str(_code(spec)[0][0]).endswith(node["original_file_path"])


def test_only_seeds_and_the_marts_for_every_reader_are_open() -> None:
    nodes = manifest.relations(manifest.load()).values()
    opened = {(schema, table) for schema, table in nodes if _spec(schema, table).tags["sensitivity"] == "open"}
    marts = {(schema, table) for table, schema in manifest.open_marts(manifest.load()).items()}
    assert opened == marts | {(schema, table) for schema, table in nodes if schema == "seeds"}
