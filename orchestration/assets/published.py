"""The published marts as an asset: what BI tools read.

Belongs here: calling ``publishing`` and showing what it did. Does not belong here: how it is done.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, Failure, MaterializeResult, MetadataValue, asset

from orchestration import failures, progress
from orchestration.calendar import ZONE
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.publishing.content import PublishError
from orchestration.publishing.publish import Publication, publish
from orchestration.resources import Platform
from orchestration.tables import markdown

PUBLISHED = AssetKey(["published_marts"])
WAREHOUSE_POOL = "warehouse"
"""DuckDB has one writer: building and publishing take turns."""


def published_asset(marts: Sequence[AssetKey]) -> AssetsDefinition:
    """The published version, after every mart; ``marts`` are their keys, schema and table."""

    @asset(
        key=PUBLISHED,
        deps=marts,
        group_name="published",
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        pool=WAREHOUSE_POOL,
        kinds={"duckdb", "parquet"},
        description="**已发布数据集市**:校验后一次切换的只读版本(`published/marts.duckdb`),保留三个版本。",
    )
    def published_marts(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
        settings, month = platform.settings, month_of(context)
        expected = [key.path[-1] for key in marts]
        with failures.masked(settings.paths, "发布"):
            try:
                now = datetime.now(ZONE)
                done = publish(settings.paths, settings.warehouse_file, month, context.run.run_id, expected, now)
            except PublishError as error:
                raise Failure(description=str(error), allow_retries=False) from None
        progress.report(progress.Step("publish", done.manifest.stem, "新版本" if done.is_new else "内容未变"))
        return MaterializeResult(metadata=_metadata(done))

    return published_marts


def _metadata(done: Publication) -> dict[str, Any]:
    manifest = done.manifest
    rows = [(name, f"{mart.rows:,}", len(mart.months)) for name, mart in manifest.marts.items()]
    return {
        "is_new": done.is_new,
        "version": manifest.version,
        "file": f"{manifest.stem}.duckdb",
        "months": "、".join(manifest.months),
        "rows": sum(mart.rows for mart in manifest.marts.values()),
        "marts": MetadataValue.md(markdown(("数据表", "行数", "月份数"), rows)),
    }
