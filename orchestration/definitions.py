"""Everything that Dagster loads, in one place; ``workspace.yaml`` names this module.

Belongs here: putting the parts together. Does not belong here: the parts.

Loading needs no environment variable and no data home.
"""

from __future__ import annotations

from dagster import Definitions, in_process_executor

from orchestration.assets.extracts import extract_assets
from orchestration.assets.marts import mart_keys, marts_assets
from orchestration.assets.published import published_asset
from orchestration.assets.reference import reference_assets
from orchestration.instance import quiet_environment
from orchestration.jobs import monthly_run
from orchestration.resources import Platform, make_dbt
from orchestration.schedules import monthly_run_schedule
from orchestration.settings import Settings
from sources.contract import load_contracts

quiet_environment()
_CONTRACTS = load_contracts()

defs = Definitions(
    assets=[
        *extract_assets(_CONTRACTS),
        *reference_assets(_CONTRACTS),
        marts_assets(_CONTRACTS),
        published_asset(mart_keys()),
    ],
    jobs=[monthly_run],
    schedules=[monthly_run_schedule],
    resources={"platform": Platform(), "dbt": make_dbt(Settings().target)},
    # A month is many small steps; importing Dagster, Great Expectations and dbt costs seconds per process.
    executor=in_process_executor,
)
