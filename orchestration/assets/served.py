"""Define the copy of the published marts on a server as an asset, if the settings name one.

Belongs here: calling the copy, its check. Does not belong here: copying (``publishing.postgres``).

A server that is away fails the check, never the run: the month is published, and the next run copies what is lacking.
"""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    DataVersion,
    MaterializeResult,
    asset,
)

from orchestration.assets import POSTGRES, labels, specs
from orchestration.assets.month_result import MonthResult
from orchestration.assets.published import PUBLISHED
from orchestration.dbt import manifest
from orchestration.partitions import MONTHS, ONE_BY_ONE
from orchestration.publishing.content import PublishError
from orchestration.publishing.postgres.load import publish_to
from orchestration.resources import Platform
from orchestration.runtime import failures, progress
from orchestration.runtime.settings import Settings

COPIED = "copied"
KEY = AssetKey([POSTGRES])


def served_assets(settings: Settings) -> list[AssetsDefinition]:
    """Build the asset of the copy in PostgreSQL; none without a server in the settings."""
    return [_postgres()] if settings.postgres else []


def _postgres() -> AssetsDefinition:
    keys = manifest.keys(manifest.load())

    @asset(
        key=KEY,
        deps=[PUBLISHED],
        **specs.about("served", "office"),
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        kinds={"postgres"},
        check_specs=[
            AssetCheckSpec(
                COPIED,
                asset=KEY,
                description="PostgreSQL 是否已是现在发布的版本。没有时,已发布的不受影响,下一次运行补上。",
            )
        ],
        description="PostgreSQL 中的数据集市:现在发布的版本,在一个事务中换入;公开的模式供看板,"
        "按镇街授权的供办理人员,全部的供本办公室。",
    )
    def published_postgres(context: AssetExecutionContext, platform: Platform) -> Iterator[MaterializeResult[Any]]:
        settings = platform.settings
        home, server = settings.paths, settings.postgres
        try:
            if server is None:
                raise PublishError("设置里已没有 [postgres];请重新载入代码位置,或重启界面。")
            done = publish_to(home, server, keys)
        except Exception as error:
            text = (
                str(error) if isinstance(error, PublishError) else failures.in_public(home, error, "复制到 PostgreSQL")
            )
            progress.report(progress.Step("publish", "PostgreSQL", "没有复制"))
            yield MaterializeResult(metadata=labels.shown({"message": text}), check_results=[_result(False, text)])
            return
        progress.report(progress.Step("publish", "PostgreSQL", f"{done.rows:,} 行" if done.is_new else "内容未变"))
        figures = {
            "version": done.version.number,
            "tables_copied": done.tables,
            "rows_copied": done.rows,
            "seconds": done.seconds,
        }
        yield MaterializeResult(
            metadata=labels.shown(figures),
            check_results=[_result(True, done.told)],
            data_version=DataVersion(done.version.stem),
        )

    return published_postgres


def _result(passed: bool, text: str) -> MonthResult:
    return MonthResult(
        check_name=COPIED, asset_key=KEY, passed=passed, severity=AssetCheckSeverity.ERROR, description=text
    )
