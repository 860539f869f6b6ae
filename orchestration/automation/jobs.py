"""Define the jobs: the monthly run over all assets, and the check for late departments."""

from __future__ import annotations

from dagster import AssetSelection, PartitionedConfig, define_asset_job

from orchestration.assets.due_dates import CALENDAR
from orchestration.partitions import MONTHS
from sources.months import Month

MONTHLY_RUN = "monthly_run"
LATE_DEPARTMENTS = "late_departments"

PRIORITY = "dagster/priority"
RETRIED = {"dagster/max_retries": "1"}
"""Tag of the runs that schedules and sensors request: one whose process died is repeated, once.

The same request has the same run key, so it is never made again, and a person may not see for days that it died. A run
that failed for a reason is not repeated (``runtime.queued_runs``).
"""


def earlier_first(month: str) -> dict[str, str]:
    """Return the tags by which Dagster starts the earlier one of two waiting months: later months look back on it.

    The page of the job queues the months of a backfill one by one, the page of the assets in order by itself.
    """
    parsed = Month.parse(month)
    return {PRIORITY: str(-(parsed.year * 12 + parsed.number))}


monthly_run = define_asset_job(
    MONTHLY_RUN,
    selection=AssetSelection.all(),
    # No launch configures a run; only the tags are of interest.
    config=PartitionedConfig(
        partitions_def=MONTHS,
        run_config_for_partition_key_fn=lambda _: {},
        tags_for_partition_key_fn=earlier_first,
    ),
    description="一个月的全部工作:收取各部门数据、检查、接收、计算、发布。重复运行不改变结果。",
)

late_departments = define_asset_job(
    LATE_DEPARTMENTS,
    selection=AssetSelection.assets(CALENDAR),
    description="查看一个月的报送日历,逾期未报的部门告警;不收取数据。",
)
