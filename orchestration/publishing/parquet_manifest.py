"""Describe the Parquet copies of a version for programs that read them: ``manifest.json`` in their folder.

Belongs here: names, labels, rows, columns, months. Does not belong here: hashes of content, which would confirm a
guessed small count.
"""

from __future__ import annotations

import json

from orchestration.publishing.version import Edition, Version

MANIFEST = "manifest.json"


def manifest_json(version: Version, edition: Edition) -> str:
    """Return the JSON of the Parquet files of one of the two editions."""
    described = {
        "version": version.number,
        "month": version.month,
        "months": version.months,
        "created_at": version.created_at,
        "tables": {
            name: {"file": f"{name}.parquet", "rows": mart.rows, "months": mart.months, "columns": mart.columns}
            for name, mart in sorted(version.content(edition).items())
        },
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"
