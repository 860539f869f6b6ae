"""Jobs: the monthly run.

Belongs here: which assets run together.
Does not belong here: when they run (``schedules``), starting one by hand (``run``).
"""

from __future__ import annotations

from dagster import AssetSelection, define_asset_job

MONTHLY_RUN = "monthly_run"

monthly_run = define_asset_job(
    MONTHLY_RUN,
    selection=AssetSelection.all(),
    description="一个月的全部工作:收取各部门数据、检查、接收、计算、发布。重复运行不改变结果。",
)
