"""Define the jobs: the monthly run over all assets, and the check for late departments."""

from __future__ import annotations

from dagster import AssetSelection, define_asset_job

from orchestration.assets.due_dates import CALENDAR

MONTHLY_RUN = "monthly_run"
LATE_DEPARTMENTS = "late_departments"

RETRIED = {"dagster/max_retries": "1", "dagster/retry_strategy": "ALL_STEPS"}
"""Tags of the runs that schedules and sensors request: Dagster's daemon repeats one whose process died, once.

The same request has the same run key, so it is never made again, and a person may not see for days that it died. A run
that failed for a reason is not repeated (``runtime.instance``).
"""

monthly_run = define_asset_job(
    MONTHLY_RUN,
    selection=AssetSelection.all(),
    description="一个月的全部工作:收取各部门数据、检查、接收、计算、发布。重复运行不改变结果。",
)

late_departments = define_asset_job(
    LATE_DEPARTMENTS,
    selection=AssetSelection.assets(CALENDAR),
    description="查看一个月的报送日历,逾期未报的部门告警;不收取数据。",
)
