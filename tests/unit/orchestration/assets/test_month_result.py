"""A check has one record per run, of its month; the newest month decides what the list of checks shows."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import (
    AssetCheckKey,
    AssetCheckSpec,
    AssetKey,
    DagsterInstance,
    Definitions,
    MaterializeResult,
    MonthlyPartitionsDefinition,
    asset,
    define_asset_job,
)
from dagster._core.loader import LoadingContextForTest
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecord
from dagster._core.storage.event_log.base import AssetCheckSummaryRecord

from orchestration.assets.month_result import MonthResult
from orchestration.runtime import instance
from tests.servers.dagster_database import STORAGES, prepared_home

BAD_MONTHS: set[str] = set()
CHECKS = [AssetCheckKey(AssetKey("table"), name) for name in ("one", "two")]


@asset(
    partitions_def=MonthlyPartitionsDefinition("2021-01", fmt="%Y-%m"),
    check_specs=[AssetCheckSpec(c.name, asset=c.asset_key) for c in CHECKS],
)
def table(context):
    passed = context.partition_key not in BAD_MONTHS
    yield MaterializeResult(check_results=[MonthResult(check_name=c.name, passed=passed) for c in CHECKS])


JOB = Definitions(assets=[table], jobs=[define_asset_job("job")]).resolve_job_def("job")


@pytest.fixture(params=STORAGES)
def opened(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", "")
    settings = prepared_home(request, tmp_path)
    BAD_MONTHS.clear()
    with instance.open_instance(settings) as opened:
        yield opened


def _run(opened: DagsterInstance, month: str) -> None:
    assert JOB.execute_in_process(instance=opened, partition_key=month).success


def _listed(opened: DagsterInstance) -> list[tuple[str | None, str]]:
    """Return month and status of each check as the list in the UI shows them."""

    async def look() -> list[tuple[str | None, str]]:
        context = LoadingContextForTest(opened)
        records = [await AssetCheckExecutionRecord.gen(context, check) for check in CHECKS]
        assert all([record and await record.targets_latest_materialization(context) for record in records])
        return [(record.partition, (await record.resolve_status(context)).value) for record in records if record]

    return asyncio.run(look())


def test_a_run_leaves_one_record_per_check_and_none_planned(opened: DagsterInstance) -> None:
    _run(opened, "2021-05")
    for check in CHECKS:
        (record,) = opened.event_log_storage.get_asset_check_execution_history(check, limit=9)
        assert (record.partition, record.status.value) == ("2021-05", "SUCCEEDED")


def test_after_a_bad_month_the_list_is_green_again(opened: DagsterInstance) -> None:
    BAD_MONTHS.add("2021-04")
    _run(opened, "2021-04")
    assert _listed(opened) == [("2021-04", "FAILED")] * 2
    _run(opened, "2021-05")
    assert _listed(opened) == [("2021-05", "SUCCEEDED")] * 2


def test_an_old_month_that_runs_again_leaves_the_newest_in_the_list(opened: DagsterInstance) -> None:
    _run(opened, "2021-05")
    BAD_MONTHS.update({"2021-04", "2021-05"})
    _run(opened, "2021-04")
    assert _listed(opened) == [("2021-05", "SUCCEEDED")] * 2
    summaries = opened.event_log_storage.get_asset_check_summary_records(CHECKS)
    assert [_month(summaries[check]) for check in CHECKS] == ["2021-05"] * 2
    _run(opened, "2021-05")
    assert _listed(opened) == [("2021-05", "FAILED")] * 2


def test_a_check_that_never_ran_has_no_record(opened: DagsterInstance) -> None:
    never = AssetCheckKey(AssetKey("table"), "never")
    assert opened.event_log_storage.get_latest_asset_check_execution_by_key([never]) == {}
    assert opened.event_log_storage.get_latest_asset_check_execution_by_key([]) == {}
    summary = opened.event_log_storage.get_asset_check_summary_records([never])[never]
    assert (summary.last_run_id, summary.last_completed_check_execution_record) == (None, None)


def _month(summary: AssetCheckSummaryRecord) -> str | None:
    record = summary.last_completed_check_execution_record
    return record and record.partition
