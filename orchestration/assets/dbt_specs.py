"""Translate dbt's nodes to asset specs: keys, groups, owners, tags, table names, columns and where their SQL is.

Belongs here: what the catalogue shows of a node. Does not belong here: running dbt (``marts``), the descriptions
(YAML of ``dbt_project``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dagster import (
    AssetCheckSpec,
    AssetKey,
    AssetSpec,
    MetadataValue,
    TableColumn,
    TableColumnDep,
    TableColumnLineage,
    TableSchema,
)

from orchestration.assets import labels, specs
from orchestration.assets.tables import link
from orchestration.dbt import data_tests, lineage, manifest
from orchestration.dbt.dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject
from orchestration.dictionary import address, marts
from orchestration.publishing.content import MARTS, MARTS_OPEN
from orchestration.runtime.settings import DBT_PROJECT_DIR
from sources.contracts.model import Contracts, Dataset
from sources.contracts.row_schema import accepted_columns

_SEEDS = "seeds"
_STAGED = "stg_{department}__{name}"


class Translator(DagsterDbtTranslator):
    """Translate dbt's nodes: keys are schema and table, groups are the layers."""

    def __init__(self, contracts: Contracts, project: Path = DBT_PROJECT_DIR) -> None:
        """Keep the datasets of the contracts by the names of their staging models, and the folder of the project."""
        # One asset writes the catalogues of a county.
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
        self._project = project
        self._parents = lineage.load()
        self._staged = {_STAGED.format(department=d.department, name=d.name): d for d in contracts.datasets}

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """Return schema and table; for a source, the asset that its YAML names, else its name and table."""
        props = dbt_resource_props
        if props["resource_type"] == "source":
            return AssetKey(props["config"].get("meta", {}).get("asset") or [props["source_name"], props["name"]])
        return AssetKey([props["schema"], _table(props)])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the layer: seeds, staging, intermediate, marts or marts_open."""
        return str(dbt_resource_props["schema"])

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the description without the SQL, which would bury it and is shown elsewhere in the UI."""
        return str(dbt_resource_props.get("description") or dbt_resource_props["name"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        """Return the team of the office: no department makes what dbt computes."""
        return [specs.OFFICE]

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """Return layer, sensitivity and, for the staging of a department's table, the department."""
        props = dbt_resource_props
        is_open = props["schema"] == _SEEDS or props["config"].get("meta", {}).get("open")
        dataset = self._staged.get(props["name"])
        return specs.tags(props["schema"], "open" if is_open else "office", dataset.department if dataset else None)

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the name of the table, its columns as declared, and the file of its SQL or CSV."""
        props = dbt_resource_props
        if props["resource_type"] == "source":
            return {}
        parents = self._parents_of(props["unique_id"])
        columns = _columns(props, self._staged.get(props["name"]), parents)
        return {
            "dagster/table_name": f"{props['schema']}.{_table(props)}",
            **({"dagster/column_schema": TableSchema(columns=columns)} if columns else {}),
            **({"dagster/column_lineage": TableColumnLineage(parents)} if parents else {}),
            **specs.code_of(self._project / props["original_file_path"]),
            **(_in_dictionary(props) if self._project == DBT_PROJECT_DIR else {}),
        }

    def _parents_of(self, unique_id: str) -> dict[str, list[TableColumnDep]]:
        """List what the columns of a node are made from, if ``make lineage`` has found it."""
        known = {**manifest.load()["nodes"], **manifest.load()["sources"]}
        return {
            column: [TableColumnDep(self.get_asset_key(known[parent]), of) for parent, of in parents]
            for column, parents in self._parents.get(unique_id, {}).items()
        }

    def get_asset_check_spec(
        self, asset_spec: AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> AssetCheckSpec | None:
        """Return the check of a data test, described in Chinese."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        sentence = data_tests.sentence(manifest["nodes"][unique_id])
        return spec and spec._replace(description=spec.description or sentence)


def _in_dictionary(props: Mapping[str, Any]) -> dict[str, Any]:
    """Link what the dictionary says of a mart; of other nodes it says nothing."""
    if props["schema"] not in (MARTS, MARTS_OPEN):
        return {}
    place = address(marts.TITLE, f"{props['schema']}.{_table(props)}")
    return labels.shown({"dictionary": MetadataValue.md(link("打开", place))})


def _table(props: Mapping[str, Any]) -> str:
    return str(props.get("alias") or props["name"])


def _columns(
    props: Mapping[str, Any], dataset: Dataset | None, parents: Mapping[str, Sequence[TableColumnDep]]
) -> list[TableColumn]:
    """List the columns of a node with what is known of their types: by the contract, the seed's or the mart's YAML.

    The parents are in the description as well, because the open-source web interface shows no lineage of columns.
    """
    declared: dict[str, Any] = dict(props["config"].get("column_types") or {})
    declared |= {c.name: str(c.dtype) for c in accepted_columns(dataset)} if dataset else {}
    about = props["columns"]

    def described(name: str) -> str:
        made_from = "、".join(f"{dep.asset_key.path[-1]}.{dep.column_name}" for dep in parents.get(name, ()))
        text = str(about.get(name, {}).get("description") or "")
        return f"{text}(来自 {made_from})" if made_from else text

    return [
        TableColumn(
            name,
            type=str(about.get(name, {}).get("data_type") or declared.get(name) or ""),
            description=described(name),
        )
        for name in about or declared
    ]
