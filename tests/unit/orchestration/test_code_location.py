"""``shouwang ui`` and ``dg`` load the same definitions under the same name: schedules that are on belong to it."""

from __future__ import annotations

import tomllib

from orchestration.commands.ui import DEFINITIONS, LOCATION
from tests.paths import ROOT


def test_one_code_location_for_both() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dg"]["project"]
    assert project["code_location_target_module"] == DEFINITIONS
    assert project["code_location_name"] == LOCATION == "shouwang"
