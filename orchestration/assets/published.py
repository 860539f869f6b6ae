"""Define the published marts, which BI tools read, as an asset.

Belongs here: calling ``publishing``, metadata of the version. Does not belong here: the steps of publishing.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    DataVersion,
    Failure,
    MaterializeResult,
    MetadataValue,
    asset,
)

from orchestration.assets import labels, specs
from orchestration.assets.tables import markdown
from orchestration.dbt import manifest
from orchestration.dictionary.codes import codes
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.publishing.bi.view import views
from orchestration.publishing.content import MARTS, PublishError
from orchestration.publishing.publish import Publication, publish
from orchestration.publishing.restate import causes
from orchestration.publishing.version import FULL
from orchestration.resources import Platform
from orchestration.runtime import failures, progress
from orchestration.working_days import ZONE
from sources.acceptance.provenance import built_from, changes, computed_from, inputs_of, is_made_from, publish_built
from sources.contracts.model import Contracts
from sources.home import Home
from sources.months import Month

PUBLISHED = AssetKey(["published_marts"])
WAREHOUSE_POOL = "warehouse"
"""Pool in which building and publishing take turns, because DuckDB allows one writer."""
_NOT_BUILT = (
    "数据仓库里的 {month} 不是按现在已接收的数据算出来的,不能发布。请在同一次运行中一并选择 dbt 的全部资产"
    "(seeds、staging、intermediate、marts),或运行整个 monthly_run。"
)


def published_asset(contracts: Contracts, marts: Sequence[AssetKey]) -> AssetsDefinition:
    """Build the asset of the published version, downstream of ``marts``, the keys (schema and table) of all marts."""
    grains, opened = manifest.grains(manifest.load(), MARTS), manifest.open_marts(manifest.load())
    shown = views(codes(contracts))

    @asset(
        key=PUBLISHED,
        deps=marts,
        **specs.about("published", "office"),
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        pool=WAREHOUSE_POOL,
        kinds={"duckdb", "parquet"},
        description="已发布数据集市:校验后一次切换的只读版本,保留三个版本。published/marts.duckdb 供本办公室,"
        "published/open.duckdb 供所有看板。",
    )
    def published_marts(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
        settings, month = platform.settings, month_of(context)
        home = settings.paths
        with failures.redacted(home, "发布"):
            try:
                inputs = inputs_of(home, contracts, month)
                if not is_made_from(built_from(home, month), inputs):
                    raise PublishError(_NOT_BUILT.format(month=month))
                caused_by = partial(_causes, home, contracts, month)
                run_id, now = context.run.run_id, datetime.now(ZONE)
                done = publish(home, settings.warehouse_file, month, run_id, grains, opened, now, caused_by, shown)
                publish_built(home)
            except PublishError as error:
                raise Failure(description=str(error), allow_retries=False) from None
        progress.report(progress.Step("publish", done.version.stem, "新版本" if done.is_new else "内容未变"))
        data_version = DataVersion(done.version.stem)
        return MaterializeResult(metadata=labels.shown(_metadata(done)), data_version=data_version)

    return published_marts


def _causes(home: Home, contracts: Contracts, run: Month, month: str, update: str) -> str:
    """Name what changed since a month was last published: several months may be published at once.

    Where nothing of the month itself changed, the month of the ``run`` is the cause: it may close what earlier months
    have opened.
    """
    former, now = computed_from(home, Month.parse(month)) or {}, inputs_of(home, contracts, Month.parse(month))
    found = changes(former, now) or changes(computed_from(home, run) or {}, inputs_of(home, contracts, run))
    return causes(found, contracts, update)


def _metadata(done: Publication) -> dict[str, Any]:
    version = done.version
    rows = [(name, f"{mart.rows:,}", len(mart.months)) for name, mart in version.marts.items()]
    return {
        "is_new": done.is_new,
        "version": version.number,
        "file": FULL.file(version.stem),
        "months": "、".join(version.months),
        "rows": sum(mart.rows for mart in version.marts.values()),
        "open_marts": len(version.open),
        "marts": MetadataValue.md(markdown(("数据表", "行数", "月份数"), rows)),
        "restated_rows": sum(sum(counts) for _, _, *counts in done.restated),
        "restated": MetadataValue.md(markdown(("月份", "数据表", "增加", "减少", "改变"), done.restated)),
    }
