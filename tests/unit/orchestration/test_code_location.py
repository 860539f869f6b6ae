"""``shouwang ui`` and ``dg`` load the same definitions under the same name: schedules that are on belong to it."""

from __future__ import annotations

import tomllib

import yaml

from orchestration.commands.cli import WORKSPACE
from tests.paths import ROOT


def test_one_code_location_for_both() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dg"]["project"]
    (location,) = yaml.safe_load(WORKSPACE.read_text(encoding="utf-8"))["load_from"]
    assert location["python_module"] == {
        "module_name": project["code_location_target_module"],
        "location_name": project["code_location_name"],
    }
    assert project["code_location_name"] == "shouwang"
