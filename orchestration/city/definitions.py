"""Assemble what Dagster loads for the home of a city; a county's home loads ``orchestration.definitions``."""

from __future__ import annotations

from typing import ClassVar

from dagster import AssetSelection, Definitions, PartitionedConfig, define_asset_job, in_process_executor

from orchestration.assets.specs import with_code
from orchestration.automation.jobs import earlier_first
from orchestration.automation.sensors import alerts
from orchestration.city.assets import copied_asset, model_assets, published_asset, united_assets
from orchestration.city.automation import CITY_RUN, new_versions
from orchestration.city.counties import load_city
from orchestration.city.partitions import MONTHS
from orchestration.resources import Platform, make_resources
from orchestration.runtime.settings import DBT_CITY_DIR, Settings
from orchestration.runtime.telemetry import quiet_environment

quiet_environment()


class CityPlatform(Platform):
    """The home of a city, locked during a run; no files are taken in, so nothing goes on while dbt parses."""

    keeps_worker: ClassVar[bool] = False


_SETTINGS = Settings()
_CITY = load_city(_SETTINGS.home)

city_run = define_asset_job(
    CITY_RUN,
    selection=AssetSelection.all(),
    config=PartitionedConfig(
        partitions_def=MONTHS,
        run_config_for_partition_key_fn=lambda _: {},
        tags_for_partition_key_fn=earlier_first,
    ),
    description="一个月的市级汇总:取得各区县已发布的版本、汇总、计算、发布。重复运行不改变结果。",
)

defs = Definitions(
    assets=with_code(
        [
            united_assets(_CITY),
            *([copied_asset(_CITY)] if _CITY.object_store else []),
            model_assets(),
            published_asset(),
        ]
    ),
    jobs=[city_run],
    sensors=[new_versions, alerts],
    resources=make_resources(_SETTINGS.target, CityPlatform, DBT_CITY_DIR),
    executor=in_process_executor.configured(lambda _: {}, name="in_process", config_schema={}),
)
