"""A backfill that repeats the rest of another repeats its months as a whole; runs: ``test_runs_in_web_interface``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import AssetKey, DagsterInstance
from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
from dagster._core.execution.backfill import PartitionBackfill

from orchestration.partitions import MONTHS
from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from orchestration.runtime.whole_runs import WHOLE_MONTHS

LANDED, BUILT = AssetKey("landed"), AssetKey("built")
APRIL, MAY = "2021-04", "2021-05"


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DagsterInstance]:
    """The instance of a new home."""
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    instance.prepare(Settings())
    with instance.open_instance(Settings()) as found:
        yield found


def _backfill(opened: DagsterInstance, name: str, months: dict[AssetKey, list[str]], parent: str = "") -> None:
    subsets = {key: MONTHS.subset_with_partition_keys(of) for key, of in months.items()}
    opened.add_backfill(
        PartitionBackfill.from_asset_graph_subset(
            backfill_id=name,
            backfill_timestamp=time.time(),
            tags={"dagster/parent_backfill_id": parent} if parent else {},
            dynamic_partitions_store=opened,
            asset_graph_subset=AssetGraphSubset.create_empty_subset()._replace(partitions_subsets_by_asset_key=subsets),
            title=None,
            description=None,
            run_config=None,
        )
    )


def _kept(opened: DagsterInstance, name: str) -> tuple[dict[AssetKey, set[str]], str | None]:
    backfill = opened.get_backfill(name)
    assert backfill
    assert backfill.asset_backfill_data
    assert backfill.asset_selection
    subsets = backfill.asset_backfill_data.target_subset.partitions_subsets_by_asset_key
    months = {key: set(of.get_partition_keys()) for key, of in subsets.items()}
    assert set(backfill.asset_selection) == set(months)
    return months, backfill.description


def test_what_is_left_of_a_month_is_repeated_with_all_that_comes_before_it(opened: DagsterInstance) -> None:
    _backfill(opened, "first", {LANDED: [APRIL, MAY], BUILT: [APRIL, MAY]})
    _backfill(opened, "rest", {BUILT: [MAY]}, parent="first")
    assert _kept(opened, "rest") == ({LANDED: {MAY}, BUILT: {MAY}}, WHOLE_MONTHS)
    _backfill(opened, "rest of the rest", {BUILT: [MAY]}, parent="rest")
    assert _kept(opened, "rest of the rest") == ({LANDED: {MAY}, BUILT: {MAY}}, WHOLE_MONTHS)


def test_other_backfills_are_as_they_were_asked_for(opened: DagsterInstance) -> None:
    everything = {LANDED: {APRIL, MAY}, BUILT: {MAY}}
    asked = {key: sorted(months) for key, months in everything.items()}
    _backfill(opened, "first", asked)
    _backfill(opened, "again", asked, parent="first")
    assert _kept(opened, "first") == _kept(opened, "again") == (everything, None)
