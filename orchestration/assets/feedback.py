"""Define the departments' feedback workbooks as assets.

Belongs here: one asset per department, downstream of its tables.
Does not belong here: the content of a workbook (``workbooks``).
"""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    asset,
)

from orchestration.assets import OUTBOX, labels, specs
from orchestration.assets.extracts import key_of
from orchestration.assets.month_result import MonthResult
from orchestration.assets.reference import PUBLISHED_LEADS
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.resources import Platform
from orchestration.runtime import failures
from sources.contracts.model import Contracts, Department

BESIDE_DBT = {"dagster/priority": "-1"}
"""Where both can run, the executor takes dbt first, and the workbooks are written while dbt works (``Platform``)."""
WRITTEN = "written"
GIVEN_BACK = "given_back"


def feedback_assets(contracts: Contracts) -> list[AssetsDefinition]:
    """Build one asset per department; it writes the department's workbook of the month to the outbox."""
    return [_feedback(department) for department in contracts.values()]


def _feedback(department: Department) -> AssetsDefinition:
    key = AssetKey([OUTBOX, department.name])

    @asset(
        key=key,
        deps=[*(key_of(dataset) for dataset in department.datasets), PUBLISHED_LEADS],
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        op_tags=BESIDE_DBT,
        **specs.about("workbooks", "identities", department.name),
        kinds={"excel"},
        check_specs=[
            AssetCheckSpec(WRITTEN, asset=key, description="反馈工作簿是否写成"),
            AssetCheckSpec(GIVEN_BACK, asset=key, description="反馈工作簿是否放回部门的位置(设置 give_back)"),
        ],
        description=f"给{department.label}的反馈:每个文件的接收情况、退回原因,以及有问题的行(原文、原文件、原行号)。"
        "含身份信息,只在发件目录 outbox/ 中,只交本部门。",
    )
    def feedback(context: AssetExecutionContext, platform: Platform) -> Iterator[MaterializeResult[Any]]:
        from workbooks.give_back import give_back

        home, month = platform.settings.paths, month_of(context)
        location = platform.settings.locations.get(department.name)
        # A workbook that cannot be written, or given back, does not fail the run.
        try:
            path = platform.written_feedback(department, month)
        except Exception as error:
            message = failures.in_public(home, error, f"写{department.label}反馈")
            results = [_result(key, WRITTEN, False, message), _result(key, GIVEN_BACK, False, "反馈工作簿没有写成。")]
            yield MaterializeResult(metadata=labels.shown({"message": message}), check_results=results)
            return
        file = str(path.relative_to(home.root))
        try:
            given = give_back(home, department.name, month, location, [path])
            result = _result(key, GIVEN_BACK, not given.problem, given.problem or given.text)
        except Exception as error:
            message = failures.in_public(home, error, f"把反馈放回{department.label}的位置")
            result = _result(key, GIVEN_BACK, False, message)
        yield MaterializeResult(
            metadata=labels.shown({"file": file}), check_results=[_result(key, WRITTEN, True, file), result]
        )

    return feedback


def _result(key: AssetKey, check: str, passed: bool, text: str) -> AssetCheckResult:
    return MonthResult(
        check_name=check, asset_key=key, passed=passed, severity=AssetCheckSeverity.ERROR, description=text
    )
