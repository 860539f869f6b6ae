"""A backfill that repeats the rest of another repeats its months as a whole; of a run, no outputs are stored.

Runs that are repeated: ``test_runs_in_web_interface``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetKey,
    AssetSpec,
    DagsterEventType,
    DagsterInstance,
    MaterializeResult,
    asset,
    materialize,
    multi_asset,
)
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


@multi_asset(
    specs=[AssetSpec("table", skippable=True), AssetSpec("left_out", skippable=True)],
    check_specs=[AssetCheckSpec("holds", asset="table")],
)
def tables():
    yield MaterializeResult("table", metadata={"rows": 5})
    yield AssetCheckResult(passed=False, asset_key="table", check_name="holds")


@asset(deps=["table"])
def after_table() -> None:
    pass


@asset(deps=["left_out"])
def after_left_out() -> None:
    pass


@asset(deps=["table"])
def failing() -> None:
    raise ValueError


def _stored(opened: DagsterInstance) -> tuple[list[tuple[str, str | None, str | None]], list[object]]:
    """Run the assets, and return the events of the run by type, and what the web server shows of its steps."""
    assets = [tables, after_table, after_left_out, failing]
    run_id = materialize(assets, instance=opened, raise_on_error=False).run_id
    events = [entry.dagster_event for entry in opened.all_logs(run_id) if entry.dagster_event]
    steps = [
        (s.step_key, s.status, len(s.materialization_events), len(s.attempts_list))
        for s in opened.get_run_step_stats(run_id)
    ]
    run = opened.get_run_stats(run_id)
    counts = (run.steps_succeeded, run.steps_failed, run.materializations)
    told = (DagsterEventType.ASSET_MATERIALIZATION, DagsterEventType.ASSET_CHECK_EVALUATION)
    shown = [(str(e.event_type), e.step_key, e.message if e.event_type in told else None) for e in events]
    return shown, [*sorted(steps), counts]


def test_a_run_stores_all_but_its_outputs(opened: DagsterInstance) -> None:
    with DagsterInstance.ephemeral() as stock:
        events, stats = _stored(stock)
    output = str(DagsterEventType.STEP_OUTPUT)
    assert [step for kind, step, _ in events if kind == output].count("tables") == 2
    assert _stored(opened) == ([event for event in events if event[0] != output], stats)
