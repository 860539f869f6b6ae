"""Define landing as assets: one per department, upstream of its tables.

Belongs here: calling the pulls and the intake, figures of the landed files. Does not belong here: what the pulls say
(``pulling``), archiving and recognising (``sources.landing``), file names, because the people in them can be masked
only after the tables are taken in.

A location that cannot be used fails the check of its department, never the asset: Dagster would skip everything
downstream of a failed asset, and the month would stop for one department (docs/decisions.md).
"""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    DataVersion,
    MaterializeResult,
    MetadataValue,
    RetryRequested,
    asset,
)

from orchestration import partitions
from orchestration.assets import LANDING, labels, pulling, specs
from orchestration.assets.tables import markdown
from orchestration.resources import Platform
from orchestration.runtime import failures, progress
from sources.contracts.model import Contracts, Department
from sources.intake import Intake
from sources.landing.land import Landing


def landing_key(department: str) -> AssetKey:
    """Return the key of a department's landing asset."""
    return AssetKey([LANDING, department])


def landing_assets(contracts: Contracts) -> list[AssetsDefinition]:
    """Build one landing asset per department."""
    return [_landing(department) for department in contracts.values()]


def _landing(department: Department) -> AssetsDefinition:
    key = landing_key(department.name)

    @asset(
        key=key,
        partitions_def=partitions.MONTHS,
        backfill_policy=partitions.ONE_BY_ONE,
        config_schema={},
        **specs.about("landing", "identities", department.name),
        kinds={"file"},
        check_specs=[pulling.pulled_check(department, key)],
        description=f"{department.label}收件:先从设置中的位置取回本月的新数据(若有),再把本月的文件按内容归档、"
        "登记,并识别属于哪张表。原文件含身份信息,只在限制区。",
    )
    def landing(context: AssetExecutionContext, platform: Platform) -> Iterator[MaterializeResult[Any]]:
        def tell(text: str) -> None:
            progress.report(progress.Step("intake", department.label, text))
            context.log.info(text)

        def waiting(seconds: float) -> None:
            tell(f"有刚放入的文件,等它们传完(最多 {seconds:.0f} 秒)")

        what, month = f"收取{department.label}的文件", partitions.month_of(context)
        with failures.redacted(platform.settings.paths, what):
            intake, pulls = platform.intake(month), platform.pulls(department, month)
            pulls.run(waiting)
        if pulls.may_succeed_later and context.retry_number < len(platform.settings.pull_again_seconds):
            again = platform.settings.pull_again_seconds
            tell(f"没有取到,{again[context.retry_number]:.0f} 秒后再试(第 {context.retry_number + 1} 次)")
            raise RetryRequested(len(again), again[context.retry_number])
        with failures.redacted(platform.settings.paths, what):
            landed = intake.land(department.name, waiting)
            if landed.fault:
                context.log.error(failures.in_public(intake.home, landed.fault, what))
            metadata = _metadata(intake, department, landed) | pulling.metadata(pulls.results, department)
        progress.report(progress.Step("intake", department.label, f"{metadata['landed_files']} 个文件"))
        yield MaterializeResult(
            metadata=labels.shown(metadata),
            check_results=[pulling.checked(pulls.results, key)],
            data_version=DataVersion(landed.log.digest),
        )

    return landing


def _metadata(intake: Intake, department: Department, landed: Landing) -> dict[str, Any]:
    recognised = intake.recognised(department.name)
    newest = {name: deliveries[-1] for name, deliveries in recognised.deliveries.items()}
    found = [(d.label, newest[d.name]) for d in department.datasets if d.name in newest]
    rows = [(label, delivery.delivery_no, len(delivery.files)) for label, delivery in found]
    return {
        "deliveries": len({state.delivery_no for state in landed.log.states}),
        "landed_files": len({file.sha256 for state in landed.log.states for file in state.files}),
        "new_states": landed.new_states,
        "tables": len(rows),
        "files_not_recognised": len(recognised.notices),
        "not_landed": len(landed.notices),
        "recognised": MetadataValue.md(markdown(("数据表", "最新批次", "文件数"), rows) if rows else "没有文件。"),
    }
