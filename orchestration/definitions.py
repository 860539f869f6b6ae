"""Assemble the definitions that Dagster loads, without a data home or an environment variable."""

from __future__ import annotations

from dagster import Definitions, in_process_executor

from orchestration.assets.due_dates import calendar_asset
from orchestration.assets.extracts import extract_assets
from orchestration.assets.feedback import feedback_assets
from orchestration.assets.landing import landing_assets
from orchestration.assets.marts import mart_keys, marts_assets
from orchestration.assets.month_report import month_report_asset
from orchestration.assets.month_status import month_status_asset
from orchestration.assets.published import published_asset
from orchestration.assets.reference import reference_assets
from orchestration.assets.reports import report_assets
from orchestration.assets.served import served_assets
from orchestration.assets.specs import with_code
from orchestration.automation.jobs import late_departments, monthly_run
from orchestration.automation.schedules import late_departments_schedule, monthly_run_schedule
from orchestration.automation.sensors import alerts, later_months, new_deliveries
from orchestration.resources import make_resources
from orchestration.runtime.county import contracts_here
from orchestration.runtime.settings import Settings
from orchestration.runtime.telemetry import quiet_environment

quiet_environment()
_SETTINGS = Settings()
_CONTRACTS = contracts_here(_SETTINGS.home)

defs = Definitions(
    assets=with_code(
        [
            *landing_assets(_CONTRACTS),
            *extract_assets(_CONTRACTS),
            *feedback_assets(_CONTRACTS),
            *reference_assets(_CONTRACTS),
            marts_assets(_CONTRACTS),
            published_asset(_CONTRACTS, mart_keys()),
            *served_assets(_SETTINGS),
            calendar_asset(_CONTRACTS),
            *report_assets(_CONTRACTS),
            month_report_asset(),
            month_status_asset(_CONTRACTS),
        ]
    ),
    jobs=[monthly_run, late_departments],
    schedules=[monthly_run_schedule, late_departments_schedule],
    sensors=[new_deliveries, later_months, alerts],
    resources=make_resources(_SETTINGS.target),
    # A month has many small steps, and importing Dagster, Great Expectations and dbt costs seconds per process.
    # A launch cannot configure it.
    executor=in_process_executor.configured(lambda _: {}, name="in_process", config_schema={}),
)
