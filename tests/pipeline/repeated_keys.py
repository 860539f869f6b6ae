"""Find rows of the views for analysts that their key does not tell apart: a copy in another database needs the key."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.dictionary.codes import codes
from orchestration.publishing.bi.view import views
from orchestration.publishing.content import CONFIG, quoted
from orchestration.publishing.version import EDITIONS
from sources.contracts.model import load_contracts


def repeated_keys(published: Path) -> list[tuple[str, str, int]]:
    """Database, view and number of rows beyond the first of their key, for every view that has any."""
    found = []
    for edition in EDITIONS:
        with duckdb.connect(str(published / "current" / edition.database), read_only=True, config=CONFIG) as opened:
            query = "select view_name from duckdb_views() where schema_name = 'bi'"
            there = {name for (name,) in opened.execute(query).fetchall()}
            for view in (v for v in views(codes(load_contracts())) if v.name in there):
                rows = opened.table(f"bi.{quoted(view.name)}")
                beyond = len(rows) - len(rows.project(", ".join(map(quoted, view.key))).distinct())
                found += [(edition.database, view.name, beyond)] if beyond else []
            assert there, "the version has views"
    return found
