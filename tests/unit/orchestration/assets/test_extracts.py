"""What Dagster is told of a month's deliveries: materialisations and checks, never a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from dagster import (
    AssetCheckEvaluation,
    AssetCheckKey,
    AssetCheckSeverity,
    AssetKey,
    AssetSelection,
    DagsterInstance,
    ExecuteInProcessResult,
    materialize,
)

from expectations.gate import groups
from orchestration.assets import checks, labels
from orchestration.assets.extracts import extract_assets
from orchestration.resources import Platform
from sources.acceptance.outcome import DatasetOutcome, DeliveryOutcome
from sources.contracts.model import Contracts, Dataset, load_contracts
from sources.contracts.row_schema import FILE_LEDGER, schema_of
from sources.home import Home
from sources.months import Month
from sources.notice import Notice
from sources.profiling.profile import ExpectationResult, Severity, Verdict
from sources.refusal import DamagedOriginalError

MONTH = Month(2021, 6)
IDENTITY = "441802199001011234"
CONTRACTS = load_contracts()
SERIOUS = AssetKey(["health", "serious_illness"])
HEALTH = extract_assets(Contracts({"health": CONTRACTS["health"]}))[0]

Outcomes = dict[str, DatasetOutcome | Exception]


def finding(group: str, passed: bool, severity: Severity = "warning") -> ExpectationResult:
    return ExpectationResult(
        group, f"{group}_rule", severity, passed, "94%", "不低于 95%", f"{group} 的说明。", {"accepted_share": 0.94}
    )


def outcome(
    name: str, status: str, results: tuple[ExpectationResult, ...] = (), in_force: bool | None = None
) -> DatasetOutcome:
    dataset = CONTRACTS.dataset(name)
    balance = pl.DataFrame(
        [{"file_name": "结算.csv", "rows_in_file": 10, "rows_accepted": 9, "rows_quarantined": 1}]
        if status != "not_delivered"
        else [],
        schema=schema_of(FILE_LEDGER),
    )
    return DatasetOutcome(
        dataset=dataset,
        month=MONTH,
        status=status,  # type: ignore[arg-type]
        is_in_force=status == "accepted" if in_force is None else in_force,
        deliveries=() if status == "not_delivered" else (DeliveryOutcome(1, Verdict(results), ("结算.csv",)),),
        ledger=balance,
        notices=(Notice(dataset.department, name, "结算.csv", "info", "隐藏的工作表未读取"),),
        error_counts={"id_check_digit": 1},
        rows_read=balance.height * 10,
    )


class FakeIntake:
    """An intake whose outcomes are given."""

    def __init__(self, home: Home, outcomes: Outcomes) -> None:
        self.home, self._outcomes = home, outcomes

    def notices(self) -> tuple[Notice, ...]:
        return ()

    def has_landed(self, department: str) -> bool:
        return False

    def refusal(self, datasets: Sequence[Dataset]) -> str:
        return ""

    def take(self, dataset: Dataset) -> DatasetOutcome:
        result = self._outcomes.get(dataset.name) or outcome(dataset.name, "not_delivered")
        if isinstance(result, Exception):
            raise result
        return result


Run = Callable[..., ExecuteInProcessResult]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", "")

    def _run(outcomes: Outcomes) -> ExecuteInProcessResult:
        home = Home(tmp_path / "home")
        monkeypatch.setattr(Platform, "intake", lambda self, month: FakeIntake(home, outcomes))
        with DagsterInstance.ephemeral() as instance:
            result = materialize(
                [HEALTH],
                partition_key=str(MONTH),
                resources={"platform": Platform()},
                instance=instance,
                raise_on_error=False,
            )
            entries = instance.all_logs(result.run_id)
        assert IDENTITY not in "".join(str(e) for e in entries)
        return result

    return _run


def _is(evaluation: AssetCheckEvaluation, dataset: str, name: str) -> bool:
    return (evaluation.asset_key.path[-1], evaluation.check_name) == (dataset, name)


def _check(result: ExecuteInProcessResult, dataset: str, name: str) -> tuple[bool, AssetCheckSeverity, str]:
    found = [e for e in result.get_asset_check_evaluations() if _is(e, dataset, name)]
    assert len(found) == 1
    assert found[0].partition == str(MONTH)
    return found[0].passed, found[0].severity, found[0].description or ""


def _metadata(result: ExecuteInProcessResult, dataset: str) -> dict[str, object]:
    events = result.asset_materializations_for_node("health")
    found = next(e for e in events if e.asset_key == AssetKey(["health", dataset]))
    return labels.read({name: value.value for name, value in found.metadata.items()})


def test_an_accepted_delivery(run: Run) -> None:
    result = run({"medical_settlements": outcome("medical_settlements", "accepted", (finding("ids", True),))})
    assert result.success
    metadata = _metadata(result, "medical_settlements")
    assert metadata["status"] == "accepted"
    assert (metadata["rows_in_file"], metadata["rows_accepted"], metadata["rows_quarantined"]) == (10, 9, 1)
    assert (metadata["dagster/partition_row_count"], metadata["问题单元格:身份证号的校验位不对"]) == (9, 1)
    assert "| 结算.csv |" in str(metadata["files"])
    assert "隐藏的工作表未读取" in str(metadata["notices"])
    assert _check(result, "medical_settlements", "delivered")[0]
    assert _check(result, "medical_settlements", "ids") == (
        True,
        AssetCheckSeverity.WARN,
        "2021-06 身份证号:1 项检查全部通过。",
    )


def test_figures_have_chinese_names_and_are_rounded(run: Run) -> None:
    figures = {"accepted_share": 59 / 60, "rows": 60.0}
    found = ExpectationResult("completeness", "accepted_share", "critical", True, "59 行", "不低于 95%", "x", figures)
    result = run({"serious_illness": outcome("serious_illness", "accepted", (found,))})
    (check,) = [e for e in result.get_asset_check_evaluations() if _is(e, "serious_illness", "completeness")]
    shown = {name: entry.value for name, entry in check.metadata.items() if name != "逐项结果"}
    assert shown == {"检查项": 1, "不符项": 0, "合格或重复的行占全部行的比例(%)": 98.33, "报送行数(行)": 60}


def test_a_missing_dataset_still_materialises_and_its_absence_is_an_error(run: Run) -> None:
    result = run({})
    assert result.success
    assert _metadata(result, "serious_illness")["status"] == "not_delivered"
    passed, severity, text = _check(result, "serious_illness", "delivered")
    assert (passed, severity) == (False, AssetCheckSeverity.ERROR)
    assert text == "大病专项救治名单 2021-06 逾期未报送。本月不筛查的规则(1):MED-03 新确诊大病。"


def test_nothing_to_check_is_no_failure_and_no_check(run: Run) -> None:
    result = run({})
    evaluations = [e for e in result.get_asset_check_evaluations() if e.asset_key.path[-1] == "serious_illness"]
    assert {e.check_name for e in evaluations if not e.passed} == {"delivered"}
    assert {e.check_name for e in evaluations} == {c.name for c in HEALTH.check_specs if c.asset_key == SERIOUS}
    _, _, text = _check(result, "serious_illness", "ids")
    assert text == "没有检查“身份证号”:大病专项救治名单 2021-06 逾期未报送,没有可检查的内容。"
    assert all(e.metadata["检查项"].value == 0 for e in evaluations if e.check_name != "delivered")


def test_a_table_that_is_not_due_says_so() -> None:
    quarterly = CONTRACTS.dataset("rural_roads")
    taken = replace(outcome(quarterly.name, "not_delivered"), month=Month(2021, 5))
    results = list(checks.dataset_results(taken, AssetKey(["agriculture", quarterly.name])))
    assert [r.passed for r in results] == [True] * (1 + len(groups(quarterly)))
    assert all("2021-05 未报送,本月不要求报送" in (r.description or "") for r in results)


def test_a_table_is_not_missing_before_its_due_day() -> None:
    taken = outcome("serious_illness", "not_delivered")
    result = checks.delivered(taken, SERIOUS, date(2021, 7, 5))
    assert (result.passed, result.description) == (True, "大病专项救治名单 2021-06 未报送,尚未到期(截止 2021-07-05)。")
    assert not checks.delivered(taken, SERIOUS).passed


def test_the_core_register_stops_the_month_before_its_due_day() -> None:
    taken = outcome("household_register", "not_delivered")
    result = checks.delivered(taken, AssetKey(["agriculture", "household_register"]), date(2021, 7, 5))
    assert not result.passed
    assert (result.description or "").endswith("农户名册是核心数据,本月不能运行。")


@pytest.mark.parametrize(
    ("severity", "shown"), [("critical", AssetCheckSeverity.ERROR), ("warning", AssetCheckSeverity.WARN)]
)
def test_a_failed_group_is_as_severe_as_its_worst_failure(
    run: Run, severity: Severity, shown: AssetCheckSeverity
) -> None:
    results = (finding("ids", True, "critical"), finding("ids", False, severity), finding("volume", True))
    result = run({"serious_illness": outcome("serious_illness", "accepted", results)})
    assert _check(result, "serious_illness", "ids") == (False, shown, "ids 的说明。")
    assert _check(result, "serious_illness", "volume")[0]


def test_a_rejected_redelivery_leaves_the_former_in_force(run: Run) -> None:
    rejected = outcome("serious_illness", "rejected", (finding("ids", False, "critical"),), in_force=True)
    result = run({"serious_illness": rejected})
    assert _metadata(result, "serious_illness")["message"] == "ids 的说明。此前批次继续有效。"
    assert result.success
    passed, severity, text = _check(result, "serious_illness", "delivered")
    assert (passed, severity) == (False, AssetCheckSeverity.ERROR)
    assert text == ("大病专项救治名单 2021-06 已退回,未接收:ids 的说明。此前批次继续有效,本月按此前批次计算。")


def test_a_rejection_is_an_error_of_its_table_alone(run: Run) -> None:
    found = replace(finding("ids", False, "critical"), message="《大病专项救治名单》2021-06:ids 的说明。")
    rejected = outcome("serious_illness", "rejected", (found,))
    result = run({"serious_illness": rejected, "medical_settlements": outcome("medical_settlements", "accepted")})
    assert result.success
    passed, severity, text = _check(result, "serious_illness", "delivered")
    assert (passed, severity) == (False, AssetCheckSeverity.ERROR)
    assert "已退回,未接收:ids 的说明。本月不筛查的规则(1):MED-03 新确诊大病" in text
    assert _check(result, "medical_settlements", "delivered")[0]


def test_one_dataset_that_breaks_stops_nothing_and_shows_no_cell(run: Run, tmp_path: Path) -> None:
    broken = ValueError(f"cannot convert '{IDENTITY}'")
    result = run({"medical_settlements": broken, "serious_illness": outcome("serious_illness", "accepted")})
    assert result.success
    assert _metadata(result, "medical_settlements")["status"] == "failed"
    assert _metadata(result, "serious_illness")["status"] == "accepted"
    passed, severity, text = _check(result, "medical_settlements", "delivered")
    assert (passed, severity) == (False, AssetCheckSeverity.ERROR)
    assert text.startswith("处理医疗费用结算明细时出错(ValueError),详情见 restricted/errors/")
    details = list((tmp_path / "home" / "restricted" / "errors").iterdir())
    assert IDENTITY in details[0].read_text(encoding="utf-8")
    assert details[0].stat().st_mode & 0o777 == 0o600


def test_a_damaged_original_fails_its_table_in_its_own_words(run: Run) -> None:
    damage = DamagedOriginalError("《医疗费用结算明细》2021-06 归档的原件已损坏或丢失:结算.csv。")
    result = run({"medical_settlements": damage, "serious_illness": outcome("serious_illness", "accepted")})
    assert result.success
    assert _metadata(result, "medical_settlements")["message"] == str(damage)
    assert _check(result, "medical_settlements", "delivered")[2] == str(damage)
    assert _metadata(result, "serious_illness")["status"] == "accepted"


def test_a_full_disk_fails_the_run_in_words(run: Run) -> None:
    result = run({"serious_illness": OSError(28, "No space left on device", f"/data/{IDENTITY}.parquet")})
    assert not result.success
    failure = result.failure_data_for_node("health")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert failure.user_failure_data.description is not None
    assert failure.user_failure_data.description.startswith("接收卫生健康局(医疗保障局)的数据时读写失败:")


def test_checks_that_are_executed_alone_have_no_month_and_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button of a check launches a run without a partition."""
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    result = materialize(
        [HEALTH],
        selection=AssetSelection.checks(AssetCheckKey(SERIOUS, "ids")),
        resources={"platform": Platform()},
        raise_on_error=False,
    )
    (failed,) = [e for e in result.all_events if e.is_step_failure]
    told = failed.step_failure_data.user_failure_data
    assert told is not None
    assert "没有月份" in str(told.description)
