"""Say of every asset who owns it, which layer it belongs to, how open it is, and which file makes it.

Belongs here: the words that all asset specs share. Does not belong here: descriptions and keys (the modules of the
assets), what dbt knows of its nodes (``dbt_specs``).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypedDict

from dagster import AssetsDefinition, AssetSpec, BetaWarning
from dagster._core.definitions.metadata.source_code import (
    CodeReferencesMetadataSet,
    CodeReferencesMetadataValue,
    LocalFileCodeReference,
    merge_code_references,
)

# Code references are in beta, but Dagster's version is pinned; the warnings would precede every command's output.
warnings.filterwarnings("ignore", message="Class `(LocalFile)?CodeReference", category=BetaWarning)

OFFICE = "team:revitalization"
"""Owner of everything that no department delivers: the office of rural revitalization."""

Layer = Literal[
    "landing",
    "acceptance",
    "reference",
    "seeds",
    "staging",
    "intermediate",
    "marts",
    "marts_open",
    "published",
    "served",
    "workbooks",
    "counties",
    "united",
]
"""Layers in the order of the stages (docs/architecture.md); each is a group, and tables are grouped by department.

The last two are those of a city.
"""
Sensitivity = Literal["identities", "office", "open"]
"""Who may see what an asset stands for.

``identities``: files of the restricted zone and the outbox; ``office``: rows of households under pseudonyms, and small
counts; ``open``: every reader.
"""


class About(TypedDict):
    """Arguments that the decorators of all assets take."""

    group_name: str
    owners: list[str]
    tags: dict[str, str]


def owner_of(department: str | None) -> str:
    """Return the team of a department, or of the office."""
    return f"team:{department}" if department else OFFICE


def tags(layer: Layer, sensitivity: Sensitivity, department: str | None = None) -> dict[str, str]:
    """Return the tags by which the catalogue is searched."""
    return {"layer": layer, "sensitivity": sensitivity, **({"department": department} if department else {})}


def about(layer: Layer, sensitivity: Sensitivity, department: str | None = None) -> About:
    """Return group, owners and tags for the decorator of an asset that is alone in its step."""
    return {
        "group_name": layer,
        "owners": [owner_of(department)],
        "tags": tags(layer, sensitivity, department),
    }


def code_of(file: Path, line: int | None = None) -> dict[str, Any]:
    """Return the metadata that links a file, from which an asset is made, to it; nothing if the file is missing."""
    if not file.is_file():
        return {}
    place = LocalFileCodeReference(file_path=str(file), line_number=line)
    return dict(CodeReferencesMetadataSet(code_references=CodeReferencesMetadataValue(code_references=[place])))


def with_code(definitions: Iterable[AssetsDefinition]) -> list[AssetsDefinition]:
    """Link the Python function of each step to its assets, after the files that they are linked to already."""
    return [_with_function(definition) for definition in definitions]


def _with_function(definition: AssetsDefinition) -> AssetsDefinition:
    code = definition.op.compute_fn.decorated_fn.__code__  # type: ignore[union-attr]
    place = LocalFileCodeReference(file_path=str(Path(code.co_filename).absolute()), line_number=code.co_firstlineno)

    def linked(spec: AssetSpec) -> AssetSpec:
        return merge_code_references(spec, [place])

    return definition.map_asset_specs(linked)
