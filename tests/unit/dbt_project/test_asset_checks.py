"""Every data test of dbt is an asset check in Dagster.

Belongs here: that none is lost on the way. Does not belong here: the wording of a check (``test_data_tests``).

dagster-dbt turns a test of several models into an observation, without a result that anybody looks at, unless its
``meta.dagster.ref`` names one of these models.
"""

from __future__ import annotations

import re

import pytest
from dagster import AssetCheckSpec
from dagster_dbt.asset_utils import DAGSTER_DBT_UNIQUE_ID_METADATA_KEY

from orchestration.assets.marts import marts_assets
from orchestration.dbt import manifest
from sources.contracts.model import load_contracts

CHINESE = re.compile("[一-鿿]")


@pytest.fixture(scope="module")
def checks() -> list[AssetCheckSpec]:
    return list(marts_assets(load_contracts()).check_specs)


def test_every_data_test_is_one_check(checks: list[AssetCheckSpec]) -> None:
    tests = [unique_id for unique_id, node in manifest.load()["nodes"].items() if node["resource_type"] == "test"]
    assert sorted(check.metadata[DAGSTER_DBT_UNIQUE_ID_METADATA_KEY] for check in checks) == sorted(tests)


def test_every_check_is_described_in_chinese(checks: list[AssetCheckSpec]) -> None:
    assert [check.name for check in checks if not CHINESE.search(check.description or "")] == []
