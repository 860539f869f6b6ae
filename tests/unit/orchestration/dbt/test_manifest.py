"""The manifest follows the dbt project."""

from __future__ import annotations

import os
from pathlib import Path

from orchestration.dbt.manifest import grains, is_stale, load


def test_the_manifest_is_made_anew_when_the_project_changes(tmp_path: Path) -> None:
    project, manifest = tmp_path / "project", tmp_path / "project" / "target" / "manifest.json"
    model = project / "models" / "deep" / "model.sql"
    for path in (model, manifest):
        path.parent.mkdir(parents=True)
    assert is_stale(manifest, project)
    for path, seconds in ((model, 100), (model.parent, 100), (project / "models", 100), (project, 100)):
        path.touch() if path == model else None
        os.utime(path, (seconds, seconds))
    manifest.touch()
    os.utime(manifest, (200, 200))
    assert not is_stale(manifest, project)
    os.utime(model, (300, 300))
    assert is_stale(manifest, project)
    os.utime(model, (100, 100))
    os.utime(model.parent, (300, 300))  # a model was removed
    assert is_stale(manifest, project)


def test_a_mart_has_the_grain_of_its_key_and_not_of_another_one() -> None:
    found = grains(load(), "marts")
    assert found["reconciliation_deliveries"] == ("month", "dataset", "delivery_no", "file_name")
    assert found["household_risk_flags"] == ("month", "household_key", "rule_code")
