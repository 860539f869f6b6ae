"""Define the dbt project as assets: staging, intermediate, marts and seeds, with its data tests as checks.

Belongs here: running the month's build, its events. Does not belong here: the models (``dbt_project``), what is shown
of them (``dbt_specs``), the command line of dbt (``resources``).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from dagster import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    DagsterInstance,
    DagsterRunStatus,
    Failure,
    Output,
    RunsFilter,
)
from dagster._core.storage.tags import PARTITION_NAME_TAG

from orchestration.assets import OUTBOX, labels
from orchestration.assets.data_test_result import data_test_result
from orchestration.assets.dbt_specs import Translator
from orchestration.assets.extracts import require_taken_in
from orchestration.assets.published import WAREHOUSE_POOL
from orchestration.dbt import apart, manifest, stored
from orchestration.dbt.dagster_dbt import DbtCliInvocation, dbt_assets
from orchestration.dbt.row_counts import counts_in
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.publishing import condition, unfinished
from orchestration.publishing.content import CONFIG, MARTS, MARTS_OPEN
from orchestration.publishing.restate import has_restatements
from orchestration.resources import Dbt, Platform
from orchestration.runtime import failures, progress
from orchestration.runtime.county import CountyFolderError, county
from orchestration.runtime.settings import Settings
from orchestration.working_days import working_days_until
from sources import parquet
from sources.acceptance.provenance import Inputs, accepted_months, building, built_from, inputs_of, is_made_from
from sources.contracts.model import Contracts, Dataset, Department
from sources.contracts.row_schema import LEDGER_FILE
from sources.county.catalogues import are_written
from sources.county.folder import County, CountyError
from sources.county.selects import files_behind
from sources.home import Home
from sources.months import Month

SHOWN_FAILURES = 5
OWN_SQL = {"int_measures_local": "自有指标", "int_flags_local": "自有规则"}
"""The models with the county's own SQL, and what it is."""
SECONDS = "Execution Duration"
"""Name of dbt's own figure of seconds."""


def mart_keys() -> list[AssetKey]:
    """List the keys of the marts that dbt builds, ordered by name."""
    found = [manifest.relations(manifest.load(), schema).values() for schema in (MARTS, MARTS_OPEN)]
    return [AssetKey(list(relation)) for relation in sorted(relation for of_schema in found for relation in of_schema)]


def marts_assets(contracts: Contracts) -> AssetsDefinition:
    """Build the assets of the whole dbt project, in one step."""
    core = next(d for d in contracts.datasets if d.is_core)

    @dbt_assets(
        manifest=manifest.load(),
        name="dbt",
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        dagster_dbt_translator=Translator(contracts),
        pool=WAREHOUSE_POOL,
    )
    def dbt_models(context: AssetExecutionContext, platform: Platform, dbt: Dbt) -> Iterator[Any]:
        settings, month = platform.settings, month_of(context)
        require_taken_in(platform, month)
        _require_reference(settings.paths, month)
        if not is_accepted(settings.paths, contracts, core.name, month):
            raise Failure(
                description=f"{month} 没有已接收的{core.label}({core.name}),本月不能运行。"
                f"请看 {core.department}/{core.name} 的检查结果,补报后重新运行整个 monthly_run。",
                allow_retries=False,
            )
        if trouble := condition.problem(settings.warehouse_file, read_only=False):
            raise Failure(description=trouble, allow_retries=False)
        platform.make_room()
        dbt.clear_target(settings.dbt_dir)
        apart.remove_left(settings.paths)
        # Build the whole project, whatever is selected: intermediate tables hold the month of the last run, and a mart
        # built from those of another month would be silently wrong.
        build = ["build", "--select", "fqn:*", "--exclude-resource-type", "unit_test"]
        build += ["--vars", json.dumps({"month": str(month)})]
        inputs = inputs_of(settings.paths, contracts, month)
        if trouble := stored.problem(settings.paths, settings.warehouse_file, contracts, until=month):
            raise Failure(description=trouble, allow_retries=False)
        _require_earlier_months(settings, context.instance, inputs, core, month)
        with (
            failures.redacted(settings.paths, "运行 dbt"),
            unfinished.mark_until_finished(settings.paths, month),
            building(settings.paths, month, inputs),
            platform.writing_beside(month, _with_feedback(context, contracts)),
        ):
            unfinished.remove_rows_of_others(settings.paths, settings.warehouse_file, month)
            invocation = dbt.cli(build, context=context, raise_on_error=False)
            yield from _of_selection(context, events_of(invocation, month))
            if not invocation.is_successful():
                found = what_failed(invocation.target_path, county(settings.home))
                raise Failure(description=found, allow_retries=False)

    return dbt_models


def _with_feedback(context: AssetExecutionContext, contracts: Contracts) -> list[Department]:
    """List the departments whose feedback this run writes."""
    asked = context.run.asset_selection
    return [d for d in contracts.values() if asked is None or AssetKey([OUTBOX, d.name]) in asked]


def _require_earlier_months(
    settings: Settings, opened: DagsterInstance, inputs: Inputs, core: Dataset, month: Month
) -> None:
    """Raise Failure if an earlier accepted month is not in the warehouse as its rows are now: figures look back on it.

    The month itself would not be noticed as outdated later: its inputs hold those rows already.
    """
    home = settings.paths
    earlier = [m for m in accepted_months(home, core) if m < month]
    kept = _months_in(settings.warehouse_file) - set(unfinished.list_months(home)) if earlier else set()
    now = {m: {key: one for key, one in inputs.items() if key[0] <= m} for m in earlier}
    if open_months := [m for m in earlier if m not in kept or not is_made_from(built_from(home, m), now[m])]:
        raise Failure(
            description=f"{month} 要回看的月份 {'、'.join(map(str, open_months))} 已接收但没有算完"
            f"{_by_a_person(opened, open_months)},{month} 现在不能计算。"
            "请先按顺序运行这些月份,或执行 shouwang rebuild。",
            allow_retries=False,
        )


def _by_a_person(opened: DagsterInstance, months: Sequence[Month]) -> str:
    """Name the months whose newest run a person ended, in brackets; such a run is not repeated by itself."""
    newest = {m: opened.get_runs(RunsFilter(tags={PARTITION_NAME_TAG: str(m)}), limit=1) for m in months}
    ended = [str(m) for m, runs in newest.items() if runs and runs[0].status == DagsterRunStatus.CANCELED]
    return f"({'、'.join(ended)} 的运行已被人终止,不会自动重新运行)" if ended else ""


def _require_reference(home: Home, month: Month) -> None:
    """Raise Failure if what dbt reads besides the departments' tables is missing, too short or changed."""
    try:
        is_written = are_written(home, county(home.root))
    except (CountyFolderError, CountyError) as error:
        raise Failure(description=str(error), allow_retries=False) from None
    days = working_days_until(home)
    if not is_written or days is None or days.year <= month.year or not has_restatements(home):
        raise Failure(
            description=f"缺少 {month} 计算所需的区县配置、工作日历或更正记录,或区县配置写入后又有改动。"
            "请在同一次运行中一并选择 reference/county、reference/working_days 和 publishing/restatements,"
            "或运行整个 monthly_run。",
            allow_retries=False,
        )


def _months_in(warehouse: Path) -> set[Month]:
    if not warehouse.exists():
        return set()
    with duckdb.connect(str(warehouse), read_only=True, config=CONFIG) as connection:
        if not connection.execute("from duckdb_tables() where table_name = 'dim_month'").fetchall():
            return set()
        months = connection.execute("select month from marts.dim_month").fetchall()
    return {Month(month.year, month.month) for (month,) in months}


def _of_selection(context: AssetExecutionContext, events: Iterator[Any]) -> Iterator[Any]:
    """Keep check results and the outputs of selected assets, because dbt built the whole project."""
    asked = context.op_execution_context.selected_output_names
    for event in events:
        if isinstance(event, AssetCheckResult) or (isinstance(event, Output) and event.output_name in asked):
            yield event


def is_accepted(home: Home, contracts: Contracts, dataset: str, month: Month) -> bool:
    """Return True if a delivery of the dataset is in force for the month."""
    files = home.deliveries(contracts.dataset(dataset), month) / LEDGER_FILE
    return files.exists() and bool(parquet.read(files, columns=["is_in_force"])["is_in_force"].any())


def events_of(invocation: DbtCliInvocation, month: Month) -> Iterator[Any]:
    """Yield what dbt has built as it goes on: tables with their row counts, data tests in words."""
    for said in invocation.stream_raw_events():
        for event in said.to_default_asset_events(
            manifest=invocation.manifest,
            dagster_dbt_translator=invocation.dagster_dbt_translator,
            context=invocation.context,
            target_path=invocation.target_path,
        ):
            unique_id = str(event.metadata["unique_id"].value)
            progress.report(progress.Step("dbt", unique_id.split(".")[2], unique_id.split(".")[0]))
            if isinstance(event, AssetCheckResult):
                yield data_test_result(event, month, invocation.project_dir)
            else:
                yield event.with_metadata(_shown(event.metadata) | counts_in(said.raw_event))


def _shown(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what people read of dbt's metadata of a table: not the codes of its states and invocations."""
    return labels.shown({name: metadata[name].value for name in ("unique_id", SECONDS) if name in metadata})


def what_failed(target: Path, served: County | None = None) -> str:
    """Describe the failed nodes in dbt's words, and where the county's own SQL is; without results, name dbt's log."""
    try:
        results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    except FileNotFoundError:
        return f"dbt 没有完成,日志在 {target / 'dbt.log'}。"
    failed = [r for r in results if r["status"] in ("error", "fail")]
    lines = [f"{r['unique_id'].split('.')[2]}:{(r['message'] or r['status']).strip()}" for r in failed[:SHOWN_FAILURES]]
    more = f"\n…共 {len(failed)} 项" if len(failed) > SHOWN_FAILURES else ""
    named = [(r["unique_id"].split(".")[2], r["message"]) for r in failed]
    own = [_of_county(served, model, message) for model, message in named if served and model in OWN_SQL]
    return "dbt 计算或检验未通过,未发布:\n" + "\n".join([*lines, *own]) + more


def _of_county(served: County, model: str, message: str) -> str:
    rows = served.rules if model == "int_flags_local" else served.indicators
    files = "、".join(files_behind(message, {row["code"]: served.selects[row["code"]] for row in rows}))
    return (
        f"{model} 是本区县{OWN_SQL[model]}的 SELECT:{served.folder} 的 {files}。"
        "本月数据中有的行算不出来,应改写成不会出错的写法(例如用 try_cast),改好后重新运行本月。"
    )
