"""Every column of every seed has a declared type.

Belongs here: the seeds' headers beside their types. Does not belong here: the seeds' rows.

dbt infers the type of a column that has none: codes of digits become integers and lose their zeros, and a code that
turns up later with a letter changes the type of the table.
"""

from __future__ import annotations

import csv
from typing import Any

import pytest

from orchestration.dbt import manifest
from tests.dbt_fixture import DBT_PROJECT

SEEDS = {node["name"]: node for node in manifest.load()["nodes"].values() if node["resource_type"] == "seed"}


def header(seed: dict[str, Any]) -> list[str]:
    with (DBT_PROJECT / seed["original_file_path"]).open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def test_every_file_is_a_seed() -> None:
    assert set(SEEDS) == {path.stem for path in (DBT_PROJECT / "seeds").glob("*.csv")}


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_every_column_has_a_type(name: str) -> None:
    assert sorted(SEEDS[name]["config"]["column_types"]) == sorted(header(SEEDS[name]))
