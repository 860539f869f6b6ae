"""The state of a month is that of the newest deliveries, whoever asks and whatever dbt did with them."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from dagster import AssetCheckKey, DagsterInstance, materialize
from dagster._core.event_api import PartitionKeyFilter

from orchestration.assets.month_status import COMPLETE, MONTH_STATUS, PUBLISHED, UP_TO_DATE, month_status_asset
from orchestration.assets.status_page import MOST_NAMED
from orchestration.resources import Platform
from orchestration.runtime.queued_runs import FOUND, without_found
from orchestration.runtime.settings import Settings
from orchestration.status.month import MonthStatus, month_status
from sources.acceptance.provenance import building, inputs_of, keep_input, publish_built
from sources.contracts.model import Dataset, load_contracts
from sources.contracts.row_schema import FILE_LEDGER, LEDGER_FILE, schema_of
from sources.home import Home
from sources.months import Month
from sources.profiling.profile import ExpectationResult
from workbooks.intake_report import DatasetReport, DeliveryReport, folder

APRIL, MAY, JUNE = Month(2021, 4), Month(2021, 5), Month(2021, 6)
CONTRACTS = load_contracts()
INCOME = CONTRACTS.dataset("household_income")
IN_TIME, OVER = date(2021, 6, 3), date(2021, 6, 9)
REASON = "《农户收入监测表》2021-05:有效的行太少。"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", "")
    home = Settings().paths
    home.prepare()
    return home


def deliver(home: Home, dataset: Dataset, *is_accepted: bool, month: Month = MAY, day: int = 4) -> None:
    """Write what the intake writes of deliveries 1, 2 …: each is accepted or not."""
    rows = [
        {
            "delivery_no": number,
            "file_name": "王小明.xlsx",
            "file_sha256": f"{number}{day}",
            "received_at": datetime(2021, 6, day, 8, number),
            "is_in_force": accepted,
            "rows_in_file": 1000,
            "rows_accepted": 990 if accepted else 0,
            "rows_quarantined": 10 if accepted else 1000,
        }
        for number, accepted in enumerate(is_accepted, 1)
    ]
    ledger = pl.DataFrame(rows, schema=schema_of(FILE_LEDGER))
    path = home.deliveries(dataset, month) / LEDGER_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    ledger.write_parquet(path)
    keep_input(home, dataset, month, f"rows {is_accepted} {day}", ledger)
    failed = ExpectationResult("volume", "rows", "critical", False, "0", "1", REASON)
    reports = tuple(
        DeliveryReport(number, accepted, ("王小明.xlsx",), () if accepted else (failed, failed))
        for number, accepted in enumerate(is_accepted, 1)
    )
    report = DatasetReport(dataset.name, "accepted" if is_accepted[-1] else "rejected", any(is_accepted), reports)
    _write(home, dataset, month, report)


def _write(home: Home, dataset: Dataset, month: Month, report: DatasetReport) -> None:
    import json
    from dataclasses import asdict

    path = folder(home, dataset.department, month) / f"{dataset.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(report)), encoding="utf-8")


def deliver_all(home: Home, month: Month = MAY) -> None:
    for dataset in CONTRACTS.datasets:
        if dataset.is_due(month):
            deliver(home, dataset, True, month=month)


def publish(home: Home, *months: Month) -> None:
    for month in months:
        with building(home, month, inputs_of(home, CONTRACTS, month)):
            pass
    publish_built(home)


def status_of(home: Home, today: date = OVER) -> MonthStatus:
    return month_status(home, CONTRACTS, MAY, today)


def test_a_month_without_files_waits_until_the_due_day(home: Home) -> None:
    before, after = status_of(home, IN_TIME), status_of(home, OVER)
    assert {t.state for t in before.of_all} == {"awaited", "not_due"}
    assert {t.state for t in after.of_all} == {"overdue", "not_due"}
    assert {t.days_late for t in after.of_all if t.is_due} == {4}
    assert after.level == "act", "without the register, nothing can run"


def test_levels(home: Home) -> None:
    deliver_all(home)
    assert status_of(home).level == "ok"
    (home.deliveries(INCOME, MAY) / LEDGER_FILE).unlink()
    (folder(home, INCOME.department, MAY) / f"{INCOME.name}.json").unlink()
    assert status_of(home).level == "look"
    deliver(home, INCOME, False)
    assert status_of(home).level == "act"


def test_a_rejected_correction_leaves_the_earlier_delivery_in_force(home: Home) -> None:
    deliver(home, INCOME, True, False, day=8)
    income = next(t for t in status_of(home).of_all if t.dataset == INCOME)
    assert (income.state, income.newest, income.in_force) == ("rejected", 2, (1,))
    assert (income.reason, income.days_late, income.files) == (REASON, 3, 2)
    assert (income.rows_in_file, income.rows_accepted, income.rows_quarantined) == (2000, 990, 1010)


def test_without_a_report_the_ledger_says_what_was_accepted(home: Home) -> None:
    deliver(home, INCOME, True, False)
    (folder(home, INCOME.department, MAY) / f"{INCOME.name}.json").unlink()
    assert next(t for t in status_of(home).of_all if t.dataset == INCOME).state == "rejected"


def test_a_table_that_could_not_be_processed_is_not_on_time(home: Home) -> None:
    deliver_all(home)
    _write(home, INCOME, MAY, DatasetReport(INCOME.name, "failed", message="归档的原件已损坏。"))
    status = status_of(home)
    assert (status.level, [t.dataset for t in status.of_all if t.state == "failed"]) == ("act", [INCOME])


class TestPage:
    """The asset, materialised alone in an instance of its own."""

    @pytest.fixture
    def instance(self, home: Home) -> DagsterInstance:
        return DagsterInstance.ephemeral()

    def page(self, instance: DagsterInstance, month: Month = MAY) -> tuple[dict[str, Any], dict[str, tuple[bool, str]]]:
        assets, platform = [month_status_asset(CONTRACTS)], {"platform": Platform()}
        result = materialize(assets, partition_key=str(month), resources=platform, instance=instance)
        (event,) = result.get_asset_materialization_events()
        shown: dict[str, Any] = {name: value.value for name, value in event.materialization.metadata.items()}
        found = result.get_asset_check_evaluations()
        return shown, {c.check_name: (c.passed, f"{c.severity.value} {c.description}") for c in found}

    def last(self, instance: DagsterInstance, month: Month) -> bool | None:
        """Return whether the newest check of a month that it is up to date has passed; None without one."""
        records = instance.event_log_storage.get_asset_check_execution_history(
            AssetCheckKey(MONTH_STATUS, UP_TO_DATE), 1, partition_filter=PartitionKeyFilter(key=str(month))
        )
        return records[0].evaluation.passed if records and records[0].evaluation else None

    def test_a_rejected_and_a_late_table(self, home: Home, instance: DagsterInstance) -> None:
        deliver_all(home)
        deliver(home, INCOME, True, False)
        (home.deliveries(CONTRACTS.dataset("deaths"), MAY) / LEDGER_FILE).unlink()
        (folder(home, "civil_affairs", MAY) / "deaths.json").unlink()
        shown, checks = self.page(instance)
        assert (shown["已退回的表"], shown["逾期未报的表"]) == (1, 1)
        assert "第 1 批继续有效" in str(shown["需要处理"])
        assert "[农户收入监测表](/assets/agriculture/household_income?view=checks)" in str(shown["需要处理"])
        assert "/runs/" in str(shown["本月概况"])
        passed, text = checks[COMPLETE]
        assert not passed
        assert text.startswith("ERROR")
        assert REASON.rstrip("。") in text
        assert "王小明" not in repr(shown) + repr(checks), "a file name may hold the name of a person"

    def test_the_list_of_runs_says_what_a_run_found(self, home: Home, instance: DagsterInstance) -> None:
        for dataset in CONTRACTS.datasets:
            if dataset.is_due(MAY) and dataset.department == "civil_affairs":
                deliver(home, dataset, dataset.name == "deaths")
        self.page(instance)
        (run,) = instance.get_runs()
        found = {name: value for name, value in run.tags.items() if name in FOUND}
        assert set(found) == {"已退回", "逾期未报"}
        assert re.match(r"\d+ 张:民政局/", found["已退回"])
        assert found["已退回"].count("民政局/") == MOST_NAMED
        assert found["逾期未报"].endswith("……")
        assert not FOUND & set(without_found(run.tags))

    def test_a_good_month(self, home: Home, instance: DagsterInstance) -> None:
        deliver_all(home)
        shown, checks = self.page(instance)
        assert {name: passed for name, (passed, _) in checks.items()} == {
            COMPLETE: True,
            PUBLISHED: False,
            UP_TO_DATE: True,
        }
        assert checks[PUBLISHED][1].startswith("WARN 2021-05 还没有按现在的数据算出并发布")
        assert shown["需要处理"] == "无。"
        assert not FOUND & set(instance.get_runs()[0].tags)

    def test_the_figures_add_up_if_an_annual_table_comes_early(self, home: Home, instance: DagsterInstance) -> None:
        deliver_all(home)
        early, also_early = [d for d in CONTRACTS.datasets if not d.is_due(MAY)][:2]
        deliver(home, early, True)
        shown, checks = self.page(instance)
        due = sum(d.is_due(MAY) for d in CONTRACTS.datasets)
        rest = sum(not d.is_due(MAY) for d in CONTRACTS.datasets)
        text = f"应报 {due} 张:已接收 {due};另收本月不要求报送的 1 张;本月不报 {rest - 1} 张"
        assert text in str(shown["本月概况"])
        assert (shown["应报的表"], shown["已接收的表"], shown["另收的表"], shown["本月不报的表"]) == (
            due,
            due,
            1,
            rest - 1,
        )
        assert f"应报 {due} 张表,接收 {due} 张;另收本月不要求报送的 1 张" in checks[COMPLETE][1]
        deliver(home, also_early, False)
        shown, checks = self.page(instance)
        assert (shown["已接收的表"], shown["已退回的表"], shown["另收的表"]) == (due, 0, 2)
        assert "另收本月不要求报送的 2 张(其中已退回或处理出错 1)" in checks[COMPLETE][1]
        assert not checks[COMPLETE][0]

    def test_an_earlier_month_that_nobody_can_look_back_on(self, home: Home, instance: DagsterInstance) -> None:
        deliver_all(home, JUNE)
        assert "早前月份" not in self.page(instance, JUNE)[0]["本月概况"]
        register = next(d for d in CONTRACTS.datasets if d.is_core)
        rows = home.accepted(register, APRIL) / "rows.parquet"
        rows.parent.mkdir(parents=True)
        rows.touch()
        shown, checks = self.page(instance, JUNE)
        assert "2021-05 没有已接收的农户名册,没有计算,本月回看不到" in shown["本月概况"]
        assert "2021-05 没有已接收的农户名册" in checks[PUBLISHED][1]

    def test_an_old_month_that_changed_marks_those_that_look_back_until_they_ran(
        self, home: Home, instance: DagsterInstance
    ) -> None:
        for month in (APRIL, MAY, JUNE):
            deliver_all(home, month)
        publish(home, APRIL, MAY, JUNE)
        self.page(instance, JUNE)
        assert (self.last(instance, MAY), self.last(instance, JUNE)) == (None, True)
        deliver(home, INCOME, True, True, month=APRIL)
        publish(home, APRIL)
        passed, text = self.page(instance, APRIL)[1][UP_TO_DATE]
        assert not passed
        assert "WARN" in text
        assert "shouwang run 2021-05" in text
        assert (self.last(instance, MAY), self.last(instance, JUNE)) == (False, False)
        publish(home, MAY)
        assert self.page(instance, MAY)[1][UP_TO_DATE][0]
        assert [self.last(instance, m) for m in (APRIL, MAY, JUNE)] == [False, True, False]
        publish(home, JUNE)
        self.page(instance, JUNE)
        assert [self.last(instance, m) for m in (APRIL, MAY, JUNE)] == [True, True, True]


def test_a_month_does_without_what_somebody_owes(home: Home) -> None:
    meetings = CONTRACTS.dataset("joint_meetings")
    lacking = {lack.code for lack in month_status(home, CONTRACTS, MAY, OVER).lacks}
    assert "monitoring.unstable_households" in lacking
    assert "monitoring.joint_meetings" not in lacking, "nobody has ever delivered the table"
    deliver(home, meetings, True, month=APRIL)
    assert "monitoring.joint_meetings" in {lack.code for lack in month_status(home, CONTRACTS, MAY, OVER).lacks}
