"""Define landing as assets: one per department, upstream of its tables.

Belongs here: calling the intake, figures of the landed files. Does not belong here: archiving and recognising
(``sources.landing``), file names, because the people in them can be masked only after the tables are taken in.
"""

from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    DataVersion,
    MaterializeResult,
    MetadataValue,
    asset,
)

from orchestration import partitions
from orchestration.assets.tables import markdown
from orchestration.resources import Platform
from orchestration.runtime import failures, progress
from sources.contracts.model import Contracts, Department
from sources.intake import Intake
from sources.landing.land import Landing

LANDING = "landing"
"""Group of the landing assets, and first part of their keys."""


def landing_key(department: str) -> AssetKey:
    """Return the key of a department's landing asset."""
    return AssetKey([LANDING, department])


def landing_assets(contracts: Contracts) -> list[AssetsDefinition]:
    """Build one landing asset per department."""
    return [_landing(department) for department in contracts.values()]


def _landing(department: Department) -> AssetsDefinition:
    @asset(
        key=landing_key(department.name),
        group_name=LANDING,
        partitions_def=partitions.MONTHS,
        backfill_policy=partitions.ONE_BY_ONE,
        config_schema={},
        owners=[f"team:{department.name}"],
        kinds={"file"},
        description=f"**{department.label}收件**:收件目录中本月的文件按内容归档、登记,并识别属于哪张表。"
        "原文件含身份信息,只在限制区。",
    )
    def landing(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
        def waiting(seconds: float) -> None:
            text = f"有刚放入的文件,等它们传完(最多 {seconds:.0f} 秒)"
            progress.report(progress.Step("intake", department.label, text))
            context.log.info(text)

        what = f"收取{department.label}的文件"
        with failures.redacted(platform.settings.paths, what):
            intake = platform.intake(partitions.month_of(context))
            landed = intake.land(department.name, waiting)
            if landed.fault:
                context.log.error(failures.in_public(intake.home, landed.fault, what))
            metadata = _metadata(intake, department, landed)
        progress.report(progress.Step("intake", department.label, f"{metadata['files']} 个文件"))
        return MaterializeResult(metadata=metadata, data_version=DataVersion(landed.log.digest))

    return landing


def _metadata(intake: Intake, department: Department, landed: Landing) -> dict[str, Any]:
    recognised = intake.recognised(department.name)
    newest = {name: deliveries[-1] for name, deliveries in recognised.deliveries.items()}
    found = [(d.label, newest[d.name]) for d in department.datasets if d.name in newest]
    rows = [(label, delivery.delivery_no, len(delivery.files)) for label, delivery in found]
    return {
        "deliveries": len({state.delivery_no for state in landed.log.states}),
        "files": len({file.sha256 for state in landed.log.states for file in state.files}),
        "new_states": landed.new_states,
        "tables": len(rows),
        "not_recognised": len(recognised.notices),
        "not_landed": len(landed.notices),
        "recognised": MetadataValue.md(markdown(("数据表", "最新批次", "文件数"), rows) if rows else "没有文件。"),
    }
