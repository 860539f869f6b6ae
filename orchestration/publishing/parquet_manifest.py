"""Describe the Parquet copies of a version for programs that read them: ``manifest.json`` in their folder.

Belongs here: names, labels, rows, columns, months. Does not belong here: hashes of content, which would confirm a
guessed small count.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.publishing.bi.view import View
from orchestration.publishing.build import view_file
from orchestration.publishing.version import Edition, Version
from sources import parquet

MANIFEST = "manifest.json"


def manifest_json(version: Version, edition: Edition, folder: Path, views: Collection[View]) -> str:
    """Return the JSON of the Parquet files of one of the two editions; of ``views`` those with a file in ``folder``."""
    files = {view: file for view in views if (file := view_file(folder, view)).exists()}
    described = {
        "version": version.number,
        "month": version.month,
        "months": version.months,
        "created_at": version.created_at,
        "major": version.major,
        **({"counties": [asdict(county) for county in version.counties]} if version.counties else {}),
        "tables": {
            name: {"file": f"{name}.parquet", "rows": mart.rows, "months": mart.months, "columns": mart.columns}
            for name, mart in sorted(version.content(edition).items())
        },
        "views": {view.name: _of_view(view, file, folder) for view, file in files.items()},
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _of_view(view: View, file: Path, folder: Path) -> Mapping[str, Any]:
    return {
        "file": str(file.relative_to(folder)),
        "about": view.about,
        "rows": parquet.scan(file).select(pl.len()).collect().item(),
        "key": view.key,
        "columns": [{"name": column.name, "about": column.about} for column in view.columns],
    }
