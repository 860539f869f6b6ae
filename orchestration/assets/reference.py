"""Define the reference assets: deliveries, the county, working days, earlier restatements, published leads.

Belongs here: assets that dbt or the feedback reads and no department delivers.
Does not belong here: the departments' tables (``extracts``).
"""

from datetime import datetime
from typing import Any

import polars as pl
from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, Failure, MaterializeResult, MetadataValue, asset

from orchestration.assets import labels, specs, tables
from orchestration.assets.extracts import key_of, require_taken_in
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.publishing.restate import prepare_restatements
from orchestration.resources import Platform
from orchestration.runtime import failures
from orchestration.working_days import ZONE, due_day, own_days_of, write_working_days
from sources import parquet
from sources.contracts.model import Contracts
from sources.contracts.row_schema import FILE_LEDGER, LEDGER_FILE, schema_of
from sources.county.catalogues import write_catalogues
from sources.county.contracts import contracts_of
from sources.county.folder import County, CountyError, county_of
from sources.home import Home
from sources.months import Month
from workbooks.leads import keep_published_leads

DELIVERIES = AssetKey(["intake", "deliveries"])
WORKING_DAYS = AssetKey(["reference", "working_days"])
COUNTY = AssetKey(["reference", "county"])
RESTATEMENTS = AssetKey(["publishing", "restatements"])
PUBLISHED_LEADS = AssetKey(["publishing", "leads"])


def reference_assets(contracts: Contracts) -> list[AssetsDefinition]:
    """Build the assets of deliveries, county, working days, restatements by earlier runs, and published leads."""
    return [_deliveries(contracts), _county(), _working_days(), _restatements(), _published_leads()]


def _deliveries(contracts: Contracts) -> AssetsDefinition:
    @asset(
        key=DELIVERIES,
        deps=[key_of(d) for d in contracts.datasets],
        **specs.about("acceptance", "office"),
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        kinds={"parquet"},
        description="交付台账:本月收到的全部文件,每个文件的行数平衡关系,以及未能识别的文件。",
    )
    def deliveries(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
        home = platform.settings.paths
        month = month_of(context)
        # File names are shown with people masked, so every table that names people must be taken in first.
        require_taken_in(platform, month)
        with failures.redacted(home, "汇总本月交付"):
            ledger = _month_ledger(home, contracts, month)
            notices = platform.intake(month).notices()
            metadata = {
                "ledger_files": ledger.height,
                "files_not_recognised": sum(1 for n in notices if n.severity == "error"),
                **tables.sums(ledger),
                "ledger": MetadataValue.md(tables.file_table(ledger, contracts)),
                "notices": MetadataValue.md(tables.notice_table(notices, contracts)),
            }
            return MaterializeResult(metadata=labels.shown(metadata))

    return deliveries


def _working_days() -> AssetsDefinition:
    @asset(
        key=WORKING_DAYS,
        **specs.about("reference", "open"),
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        kinds={"parquet"},
        description="工作日历:法定节假日和调休上班日(国务院办公厅通知),未公布的年份按周一至周五计;"
        "本区县另行写明的日子以区县配置为准。",
    )
    def working_days(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
        home, month = platform.settings.paths, month_of(context)
        with failures.redacted(home, "写入工作日历"):
            own = own_days_of(_served(home))
            days = write_working_days(home, month, datetime.now(ZONE).date(), own)
        return MaterializeResult(metadata=labels.shown({"days": days, "dispatched_on": str(due_day(month, own))}))

    return working_days


def _county() -> AssetsDefinition:
    @asset(
        key=COUNTY,
        **specs.about("reference", "open"),
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        kinds={"parquet"},
        description="区县配置:本区县的区划名单、政策参数和指标目标,由程序自带的各行和数据目录的 county 文件夹合成。",
    )
    def county(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
        home = platform.settings.paths
        with failures.redacted(home, "写入区县配置"):
            served = _served(home)
            try:
                contracts_of(served)
                rows = write_catalogues(home, served)
            except CountyError as error:
                raise Failure(description=str(error), allow_retries=False) from None
        return MaterializeResult(metadata=labels.shown({"county": served.code, **rows}))

    return county


def _served(home: Home) -> County:
    """Return the county of the home. Raises Failure that names every problem of its folder."""
    try:
        return county_of(home.root)
    except CountyError as error:
        raise Failure(description=str(error), allow_retries=False) from None


def _restatements() -> AssetsDefinition:
    @asset(
        key=RESTATEMENTS,
        **specs.about("reference", "open"),
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        kinds={"parquet"},
        description="更正记录:以前各发布版本对已发布月份的更正;本次运行的更正在发布时加入。",
    )
    def restatements(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
        home = platform.settings.paths
        with failures.redacted(home, "查看更正记录"):
            return MaterializeResult(metadata={"dagster/row_count": prepare_restatements(home)})

    return restatements


def _published_leads() -> AssetsDefinition:
    @asset(
        key=PUBLISHED_LEADS,
        **specs.about("reference", "office"),
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        kinds={"parquet"},
        description="已发布的线索:本次运行之前发布的线索编号,各部门反馈用来核对核查反馈表中的编号。",
    )
    def published_leads(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
        home = platform.settings.paths
        with failures.redacted(home, "查看已发布的线索"):
            return MaterializeResult(metadata={"dagster/row_count": keep_published_leads(home)})

    return published_leads


def _month_ledger(home: Home, contracts: Contracts, month: Month) -> pl.DataFrame:
    files = [home.deliveries(d, month) / LEDGER_FILE for d in contracts.datasets]
    nothing = pl.DataFrame(schema=schema_of(FILE_LEDGER))
    return pl.concat([nothing, *[parquet.read(f) for f in files if f.exists()]])
