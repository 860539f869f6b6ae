"""Define the departments' tables as assets: one per dataset, one step per department.

Belongs here: asset specs from the contracts, calling the intake, metadata of its outcomes.
Does not belong here: reading, judging and accepting rows (``sources``, ``expectations``).
"""

from collections.abc import Iterator, Sequence, Set
from datetime import date, datetime
from typing import Any

from dagster import (
    AssetCheckKey,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    DataVersion,
    Failure,
    MarkdownMetadataValue,
    MaterializeResult,
    MetadataValue,
    TableColumn,
    TableSchema,
    multi_asset,
)

from orchestration.assets import checks, labels, specs, tables
from orchestration.assets.landing import landing_key
from orchestration.dictionary import address, department_tables
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.resources import Platform
from orchestration.runtime import failures, progress
from orchestration.working_days import ZONE
from sources.acceptance.outcome import DatasetOutcome
from sources.contracts.model import CONTRACTS_DIR, Contracts, Dataset, Department
from sources.contracts.row_schema import accepted_columns
from sources.intake import Intake, RegisterNotTakenInError
from sources.months import Month
from sources.refusal import DamagedOriginalError
from workbooks import intake_report

NO_ROWS = "no rows"
"""Data version of a table that never had an accepted row for the month."""
_CADENCE = {"monthly": "每月", "quarterly": "每季度末月", "annual": "每年 12 月"}


def key_of(dataset: Dataset) -> AssetKey:
    """Return the asset key of a dataset: department and name, as in the dbt source."""
    return AssetKey([dataset.department, dataset.name])


def extract_assets(contracts: Contracts) -> list[AssetsDefinition]:
    """Build one multi-asset per department; each of its datasets can be selected alone."""
    registers = [key_of(dataset) for dataset in contracts.datasets if dataset.is_core]
    return [_department_assets(department, registers) for department in contracts.values()]


def _spec(department: Department, dataset: Dataset, registers: Sequence[AssetKey]) -> AssetSpec:
    columns = [TableColumn(c.name, type=str(c.dtype), description=c.label) for c in accepted_columns(dataset)]
    identifies = "、".join(dataset[name].label for name in dataset.key)
    return AssetSpec(
        key_of(dataset),
        # The register masks people in every other table, so it runs first and they are all downstream of it.
        deps=[landing_key(department.name), *(r for r in registers if r != key_of(dataset))],
        group_name=department.name,
        partitions_def=MONTHS,
        description=f"{dataset.label}:{department.label}{_due(dataset)}报送,"
        f"次月 {department.due_day} 日前;{'月末全量' if dataset.extract_mode == 'snapshot' else '当月新增'};"
        f"主键:{identifies}。身份信息只在限制区,这里只有代码。",
        owners=[specs.owner_of(department.name)],
        kinds={"excel", "parquet"},
        tags={
            **specs.tags("acceptance", "office", department.name),
            "cadence": dataset.cadence,
            **({"core": "true"} if dataset.is_core else {}),
        },
        metadata={
            "dagster/column_schema": TableSchema(columns=columns),
            "dagster/table_name": f"{department.name}.{dataset.name}",
            **labels.shown({"label": dataset.label, "dictionary": _in_dictionary(dataset)}),
            **_contract_of(dataset),
        },
        skippable=True,
    )


def _due(dataset: Dataset) -> str:
    """Word when a table is due."""
    return f"{'自首次报送起' if dataset.is_expected_once_received else ''}{_CADENCE[dataset.cadence]}"


def _in_dictionary(dataset: Dataset) -> MarkdownMetadataValue:
    """Link what the dictionary says of a dataset."""
    place = address(department_tables.TITLE, f"{dataset.department}/{dataset.name}")
    return MetadataValue.md(tables.link("打开", place))


def _contract_of(dataset: Dataset) -> dict[str, Any]:
    """Link the place of a dataset in the contract of its department."""
    file = CONTRACTS_DIR / f"{dataset.department}.odcs.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    return specs.code_of(file, lines.index(f"- name: {dataset.name}") + 1)


def _department_assets(department: Department, registers: Sequence[AssetKey]) -> AssetsDefinition:
    keys = {dataset.name: key_of(dataset) for dataset in department.datasets}

    @multi_asset(
        name=department.name,
        specs=[_spec(department, d, registers) for d in department.datasets],
        check_specs=[c for d in department.datasets for c in checks.dataset_checks(d, keys[d.name])],
        can_subset=True,
        backfill_policy=ONE_BY_ONE,
    )
    def extracts(context: AssetExecutionContext, platform: Platform) -> Iterator[Any]:
        selected = [d for d in department.datasets if keys[d.name] in context.selected_asset_keys]
        checked = context.selected_asset_check_keys
        with failures.redacted(platform.settings.paths, f"接收{department.label}的数据"):
            month = month_of(context)
            intake = platform.intake(month)
            if refusal := intake.refusal(selected):
                raise Failure(description=refusal, allow_retries=False)
            awaited_until = department.awaited_until(month, datetime.now(ZONE).date())
            taken: dict[str, DatasetOutcome | str] = {}
            for dataset in selected:
                taken[dataset.name] = result = _take(intake, dataset)
                yield _shown(department, dataset, keys[dataset.name], result, checked, awaited_until)
            outcomes = [r for r in taken.values() if isinstance(r, DatasetOutcome)]
            not_processed = {name: r for name, r in taken.items() if isinstance(r, str)}
            notices = intake.notices() if intake.has_landed(department.name) else None
            intake_report.save(intake.home, department, month, outcomes, notices, not_processed)

    return extracts


def require_taken_in(platform: Platform, month: Month) -> None:
    """Check that every table is as a whole run of the month would leave it.

    Raises Failure if one is not, with the tables to select.
    """
    with failures.redacted(platform.settings.paths, "核对已接收的数据"):
        outstanding = platform.intake(month).outstanding()
    if outstanding:
        tables = "、".join(f"{d.label}({d.department}/{d.name})" for d in outstanding)
        raise Failure(
            description=f"{month} 有 {len(outstanding)} 张表还没有按最新收到的文件和农户名册接收:{tables}。"
            "请在同一次运行中一并选择这些表,或运行整个 monthly_run。",
            allow_retries=False,
        )


def _take(intake: Intake, dataset: Dataset) -> DatasetOutcome | str:
    """Take in one dataset, or return its error message, so that the other tables go on.

    Raises OSError, which stops the run, if the disk is full or not writable.
    """
    try:
        outcome = intake.take(dataset)
    except OSError:
        raise
    except (RegisterNotTakenInError, DamagedOriginalError) as error:
        return str(error)
    except Exception as error:
        progress.report(progress.Step("intake", dataset.name, "处理出错"))
        return failures.in_public(intake.home, error, f"处理{dataset.label}")
    progress.report(progress.Step("intake", dataset.name, f"{outcome.status} {outcome.rows_read:,}"))
    return outcome


def _shown(
    department: Department,
    dataset: Dataset,
    key: AssetKey,
    taken: DatasetOutcome | str,
    checked: Set[AssetCheckKey],
    awaited_until: date | None,
) -> MaterializeResult[Any]:
    """Convert the outcome of a dataset to its materialization, with the results of the selected checks."""
    if isinstance(taken, str):
        metadata: dict[str, Any] = {"status": "failed", "message": taken}
        results = checks.not_processed(dataset, key, taken)
        version = None
    else:
        metadata = _metadata(department, taken)
        results = checks.dataset_results(taken, key, awaited_until)
        version = DataVersion(taken.fingerprint or NO_ROWS)
    shown = [r for r in results if AssetCheckKey(key, r.check_name or "") in checked]
    return MaterializeResult(asset_key=key, metadata=labels.shown(metadata), check_results=shown, data_version=version)


def _metadata(department: Department, outcome: DatasetOutcome) -> dict[str, Any]:
    rows = tables.sums(outcome.ledger)
    return {
        "status": outcome.status,
        **({"message": _why_rejected(outcome)} if outcome.status == "rejected" else {}),
        "dagster/partition_row_count": rows["rows_accepted"],
        **rows,
        **{f"error_{code}": cells for code, cells in sorted(outcome.error_counts.items())},
        "seconds": outcome.seconds,
        "fingerprint": outcome.fingerprint,
        "files": MetadataValue.md(tables.file_table(outcome.ledger)),
        "notices": MetadataValue.md(tables.notice_table(outcome.notices, {department.name: department})),
    }


def _why_rejected(outcome: DatasetOutcome) -> str:
    """Join the gate's reasons against the newest delivery, and note if an earlier one stays in force."""
    results = outcome.deliveries[-1].verdict.results
    reasons = [f.message for f in results if not f.passed and f.severity == "critical"]
    return "".join([*reasons, "此前批次继续有效。" if outcome.is_in_force else ""])
