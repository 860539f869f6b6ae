"""Every problem is told once to each channel, whoever looks and however often, and again if it comes again."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetKey,
    AssetSpec,
    DagsterInstance,
    Definitions,
    Failure,
    MaterializeResult,
    SkipReason,
    build_sensor_context,
    define_asset_job,
    multi_asset,
)
from dagster._daemon.types import DaemonHeartbeat

from orchestration.assets import checks
from orchestration.assets.tables import literal
from orchestration.automation import sensors
from orchestration.automation.alerts import home as home_problems
from orchestration.automation.alerts.record import load
from orchestration.automation.alerts.tell import Told, tell
from orchestration.partitions import MONTHS
from orchestration.publishing.postgres import state
from orchestration.publishing.version import Version
from orchestration.runtime import locks
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.acceptance.provenance import building, inputs_of, keep_input, publish_built
from sources.contracts.model import load_contracts
from sources.home import CURRENT, DATABASE, DESCRIPTION, Home, point
from sources.landing.transport.trouble import TransportError
from sources.months import Month

CONTRACTS = load_contracts()
INCOME = CONTRACTS.dataset("household_income")
APRIL, MAY, JUNE = Month(2021, 4), Month(2021, 5), Month(2021, 6)
NIGHT = datetime(2021, 7, 30, 3, tzinfo=ZONE)
"""Before anybody is called late."""
MORNING = NIGHT.replace(hour=9)
TABLE = ("health", "medical_settlements")
PERSON = "上官云锦"
UI = "https://shouwang.example.gov.cn"
Result = tuple[str, bool, AssetCheckSeverity, str]
ERROR, WARN = AssetCheckSeverity.ERROR, AssetCheckSeverity.WARN
REJECTED: Sequence[Result] = (
    ("volume", False, WARN, "行数少了。"),
    ("ids", False, ERROR, "《医疗费用结算明细》2021-06:“身份证号”有效的行要求不低于 98%。"),
    ("delivered", False, ERROR, literal("医疗费用结算明细 2021-06 已退回,未接收:“身份证号*”有效的行要求不低于 98%。")),
)
ACCEPTED: Sequence[Result] = tuple((name, True, severity, "好。") for name, _, severity, _ in REJECTED)


@dataclass
class Receivers:
    """Channels by name: what each received, and which are down."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    limit: int = 2048

    def opened(self, channel: object) -> Receiver:
        return Receiver(self, getattr(channel, "address_env", ""))

    def take(self, name: str) -> list[str]:
        """Return what a channel received since the last time."""
        return self.texts.pop(name, [])


@dataclass
class Receiver:
    """One channel."""

    all: Receivers
    name: str
    label: str = "测试"

    @property
    def limit(self) -> int:
        return self.all.limit

    def send(self, text: str) -> None:
        if self.name in self.all.down:
            raise TransportError("对方服务器拒绝连接", "请检查网络", True)
        self.all.texts.setdefault(self.name, []).append(text)


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as opened:
        yield opened


@dataclass
class Office:
    """A home with two channels, and a Dagster instance whose runs the tests make."""

    instance: DagsterInstance
    received: Receivers

    @property
    def settings(self) -> Settings:
        return Settings()

    def look(self, now: datetime = NIGHT, is_daemon: bool = True) -> Told:
        return tell(self.settings, self.instance, now, is_daemon)

    def run(self, results: Sequence[Result] = (), error: Exception | None = None, asset: Sequence[str] = TABLE) -> str:
        """Run a month of one asset, with these results of checks, or with an error; return the id of the run."""
        key = AssetKey(asset)

        @multi_asset(
            specs=[AssetSpec(key, partitions_def=MONTHS)],
            check_specs=[checks.AssetCheckSpec(name, asset=key) for name, *_ in results],
        )
        def extract() -> Iterator[MaterializeResult[None]]:
            if error:
                raise error
            yield MaterializeResult(
                asset_key=key,
                check_results=[
                    AssetCheckResult(check_name=name, passed=passed, severity=severity, description=text)
                    for name, passed, severity, text in results
                ],
            )

        job = Definitions(assets=[extract], jobs=[define_asset_job("monthly_run")]).resolve_job_def("monthly_run")
        result = job.execute_in_process(instance=self.instance, partition_key="2021-06", raise_on_error=False)
        return result.run_id

    def settle(self) -> None:
        """Begin to watch, before anything happens."""
        self.look()
        self.received.texts.clear()


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Receivers:
    receivers = Receivers()
    monkeypatch.setattr("orchestration.automation.alerts.tell.opened", receivers.opened)
    return receivers


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instance: DagsterInstance, received: Receivers) -> Office:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHOUWANG_ALERTS", json.dumps({n: {"address_env": n} for n in ("chat", "mail")}))
    monkeypatch.setenv("SHOUWANG_UI_ADDRESS", f"{UI}/")
    monkeypatch.setattr(home_problems, "free_bytes", lambda _: 1 << 40)
    Settings().paths.prepare()
    office = Office(instance, received)
    office.settle()
    return office


class TestRuns:
    def test_a_failed_run_is_told_once_with_its_reason_and_a_link(self, office: Office, received: Receivers) -> None:
        run_id = office.run(error=Failure("磁盘空间不足。"))
        assert office.look().sent == {"chat": 1, "mail": 1}
        (text,) = received.take("chat")
        assert f"【运行失败】2021-06 的运行没有完成(运行 {run_id[:8]}):磁盘空间不足。" in text
        assert f"查看:{UI}/runs/{run_id}" in text
        assert received.take("mail") == [text]
        for _ in range(3):
            assert office.look().sent == {}
        assert received.texts == {}
        office.run(error=Failure("磁盘空间不足。"))
        assert office.look().sent == {"chat": 1, "mail": 1}, "another run that failed"

    def test_a_run_that_was_queued_again_is_not_told(self, office: Office, received: Receivers) -> None:
        run_id = office.run(error=Failure("磁盘空间不足。"))
        office.instance.add_run_tags(run_id, {"dagster/auto_retry_run_id": "another"})
        assert office.look().sent == {}

    def test_the_text_of_an_unexpected_error_is_not_told(self, office: Office, received: Receivers) -> None:
        office.run(error=ValueError(f"cannot parse {PERSON}"))
        office.look()
        (text,) = received.take("chat")
        assert "步骤 extract 出错,详情见运行的页面。" in text
        assert PERSON not in text + (office.settings.dagster_home / "alerts" / "sent.json").read_text("utf-8")

    def test_runs_count_from_the_first_look_on(
        self, office: Office, received: Receivers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(home_problems, "late", lambda *_: None)
        (office.settings.dagster_home / "alerts" / "sent.json").unlink()
        office.run(error=Failure("以前的事。"))
        office.look(datetime.now(ZONE))
        assert received.texts == {}
        office.run(error=Failure("现在的事。"))
        assert office.look(datetime.now(ZONE)).sent == {"chat": 1, "mail": 1}
        assert "现在的事" in received.take("chat")[0]


class TestDeliveries:
    def test_a_rejected_delivery_has_its_first_reason(self, office: Office, received: Receivers) -> None:
        office.run(REJECTED)
        assert office.look().sent == {"chat": 1, "mail": 1}
        (text,) = received.take("chat")
        assert "【报送有问题】医疗费用结算明细 2021-06 已退回,未接收:“身份证号*”有效" in text
        assert "有效的行要求不低于 98%。(另有 1 项)\n" in text
        assert f"{UI}/assets/health/medical_settlements?view=checks" in text

    def test_runs_that_find_the_same_tell_nothing(self, office: Office) -> None:
        for results, sent in ((REJECTED, 1), (REJECTED, 0), (ACCEPTED, 0), (REJECTED, 1), (REJECTED[:2], 0)):
            office.run(results)
            assert office.look().sent.get("chat", 0) == sent

    def test_another_reason_is_told(self, office: Office, received: Receivers) -> None:
        office.run(REJECTED)
        office.look()
        received.take("chat")
        office.run([*REJECTED, ("totals", False, WARN, "合计不符。")])
        assert office.look().sent["chat"] == 1

    def test_what_was_rejected_comes_before_warnings(self, office: Office, received: Receivers) -> None:
        office.run([("volume", False, WARN, "行数少了。")], asset=("agriculture", "household_income"))
        office.run(REJECTED)
        office.look()
        (text,) = received.take("chat")
        assert text.index("【报送有问题】医疗费用结算明细") < text.index("【报送有提醒】行数少了。")

    def test_the_last_of_several_runs_decides(self, office: Office) -> None:
        office.run(REJECTED)
        office.run(ACCEPTED)
        assert office.look().sent == {}

    def test_an_accepted_delivery_and_marts_are_not_told(self, office: Office) -> None:
        office.run(ACCEPTED)
        office.run([("jumps", False, WARN, "跳变")], asset=("marts", "rural_indicators"))
        assert office.look().sent == {}

    def test_a_location_that_does_not_answer_is_told(self, office: Office, received: Receivers) -> None:
        office.run([("pulled", False, WARN, "卫健局的位置没有回应。")], asset=("landing", "health"))
        office.look()
        assert "【报送有提醒】卫健局的位置没有回应。" in received.take("chat")[0]


class TestHome:
    def test_nobody_is_late_for_a_month_that_the_settings_leave_out(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SHOUWANG_LAST_MONTH", "2021-05")
        assert office.look(MORNING).sent == {}

    def test_late_departments_from_nine_on(self, office: Office, received: Receivers) -> None:
        assert office.look().sent == {}
        assert office.look(MORNING).sent == {"chat": 4, "mail": 4}
        assert office.look(MORNING).sent == {}
        text = "\n".join(received.take("chat"))
        for department in CONTRACTS.values():
            assert f"【逾期未报】{department.label} 2021-06:应报" in text
        assert office.look(NIGHT + timedelta(days=1)).sent == {}, "the night forgets nothing"
        assert office.look(MORNING + timedelta(days=1)).sent == {}

    def test_an_outdated_month_waits_for_the_end_of_runs(
        self, office: Office, received: Receivers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = office.settings.paths
        for month in (APRIL, MAY, JUNE):
            _accept(home, month, "x")
        for month in (APRIL, MAY, JUNE):
            _publish(home, month)
        _accept(home, APRIL, "other rows")
        with monkeypatch.context() as patched:
            patched.setattr("orchestration.runtime.locks.home_holder", lambda _: "进程 1")
            assert office.look().sent == {}
        assert office.look().sent["chat"] == 2
        text = "\n".join(received.take("chat"))
        assert f"【结果已过时】2021-06 的结果已过时:它发布后,2021-04《{INCOME.label}》又有变化。" in text
        assert office.look().sent == {}

    def test_a_copy_that_lags_is_told_once_until_it_was_made(
        self, office: Office, received: Receivers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        setting = {"url": "postgresql://db.example.gov.cn/shouwang", "user": "shouwang", "password_env": "PASSWORD"}
        monkeypatch.setenv("SHOUWANG_POSTGRES", json.dumps(setting))
        home, server = office.settings.paths, office.settings.postgres
        assert server
        version = Version("marts-2021-06-1", 2, "2021-06", "run", "", "", ("2021-06",), {})
        (folder := home.published / version.stem).mkdir()
        (folder / DESCRIPTION).write_text(version.to_json(), "utf-8")
        (folder / DATABASE).touch()
        point(home.published / CURRENT, version.stem)
        state.copied(home, server, replace(version, stem="marts-2021-05-1", number=1), "")
        state.failed(home, server, "没有复制到 PostgreSQL:连不上;请检查网络。")
        with monkeypatch.context() as patch:
            patch.setattr(locks, "home_holder", lambda _: "shouwang run 2021-06")
            assert office.look().sent == {}, "it may still be made"
        assert office.look().sent == {"chat": 1, "mail": 1}
        (text,) = received.take("chat")
        assert "【没有复制到 PostgreSQL】已发布版本 2,数据库里仍是版本 1。没有复制到 PostgreSQL:连不上" in text
        assert f"查看:{UI}/assets/published_postgres?view=checks" in text
        state.failed(home, server, "没有复制到 PostgreSQL:仍连不上。")
        assert office.look().sent == {}, "the same matter"
        state.owe(home, server, "被删除的人的行")
        assert office.look().sent == {"chat": 1, "mail": 1}
        assert "其中还有被删除的人的行。" in received.take("chat")[0]
        state.copied(home, server, version, "")
        assert office.look().sent == {}
        state.failed(home, server, "没有复制。")
        assert office.look().sent == {}, "PostgreSQL has the version all the same"

    def test_a_full_disk_is_told_again_if_it_fills_again(
        self, office: Office, received: Receivers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for free, sent in ((1 << 30, 1), (1 << 29, 0), (1 << 40, 0), (1 << 30, 1)):
            monkeypatch.setattr(home_problems, "free_bytes", lambda _, free=free: free)
            assert office.look().sent.get("mail", 0) == sent
        assert "剩余 1.0 GiB,不足 5 GiB" in received.take("mail")[0]

    def test_a_disk_that_takes_nothing_is_told_once_an_hour(
        self, office: Office, received: Receivers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(home_problems, "free_bytes", lambda _: 0)

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr("orchestration.automation.alerts.record.save", full)
            for minutes, count in ((0, 1), (1, 1), (59, 1), (61, 2)):
                with pytest.raises(OSError, match="No space left"):
                    office.look(NIGHT + timedelta(minutes=minutes))
                assert len(received.texts["chat"]) == count
        assert "【磁盘空间不足】数据目录所在磁盘剩余 0.0 GiB" in received.take("chat")[0]
        assert office.look(NIGHT + timedelta(minutes=62)).sent["chat"] == 1

    def test_a_daemon_that_went_silent_is_told_by_others(self, office: Office, received: Receivers) -> None:
        assert office.look(is_daemon=False).sent == {}, "there never was one"
        office.instance.add_daemon_heartbeat(DaemonHeartbeat(NIGHT.timestamp(), "SENSOR", "1", []))
        for minutes, is_daemon, sent in ((4, False, 0), (6, False, 1), (7, False, 0), (8, True, 0), (9, False, 1)):
            assert office.look(NIGHT + timedelta(minutes=minutes), is_daemon).sent.get("chat", 0) == sent
        assert "【守护进程没有响应】Dagster 守护进程已 6 分钟没有心跳" in received.take("chat")[0]


class TestChannels:
    def test_one_that_fails_holds_up_no_other_and_gets_it_later(self, office: Office, received: Receivers) -> None:
        received.down = {"chat"}
        office.run(REJECTED)
        told = office.look()
        assert (told.failed, told.sent["mail"]) == (["告警通道 chat:对方服务器拒绝连接;请检查网络"], 1)
        assert len(received.take("mail")) == 1
        told = office.look(NIGHT + timedelta(seconds=30))
        assert (told.failed, told.resting) == ([], ["告警通道 chat 上次没有发出,03:01 后再试"])
        received.down = set()
        assert office.look(NIGHT + timedelta(minutes=1)).sent == {"chat": 1}
        assert len(received.take("chat")) == 1
        assert received.take("mail") == []

    def test_it_rests_longer_with_every_failure(self, office: Office, received: Receivers) -> None:
        received.down = {"chat", "mail"}
        office.run(error=Failure("出错。"))
        now, pauses = NIGHT, []
        for _ in range(8):
            office.look(now)
            until = load(office.settings.paths, now).rests_until("chat", now)
            assert until is not None
            pauses.append((until - now).total_seconds() / 60)
            now = until
        assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
        received.down = set()
        assert office.look(now).sent == {"chat": 1, "mail": 1}, "a failed run is told however long that took"

    def test_one_gets_what_the_settings_say(
        self, office: Office, received: Receivers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        channels: Mapping[str, object] = {
            "chat": {"address_env": "chat", "departments": ["health"]},
            "mail": {"address_env": "mail", "kinds": ["failed_run"]},
        }
        monkeypatch.setenv("SHOUWANG_ALERTS", json.dumps(channels))
        office.run(REJECTED)
        office.run(REJECTED, asset=("agriculture", "household_income"))
        office.run(error=Failure("出错。"))
        assert office.look().sent == {"chat": 1, "mail": 1}
        assert "运行失败" in received.take("mail")[0]

    def test_many_alerts_are_split_and_follow_each_other(
        self, office: Office, received: Receivers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        received.limit = 600
        monkeypatch.setattr("orchestration.automation.alerts.tell.MOST_MESSAGES", 2)
        for dataset in list(CONTRACTS.datasets)[:5]:
            office.run([("ids", False, ERROR, f"{dataset.label}:" + "原因" * 30)], asset=("health", dataset.name))
        counts = [office.look().sent.get("chat", 0) for _ in range(4)]
        assert counts == [2, 2, 1, 0]
        texts = received.take("chat")
        assert all(len(text.encode()) <= 600 for text in texts)
        assert all(any(d.label in text for text in texts) for d in list(CONTRACTS.datasets)[:5])

    def test_a_slow_channel_leaves_the_rest_for_the_next_time(
        self, office: Office, received: Receivers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        received.limit = 600
        for name in ("a", "b"):
            office.run([("ids", False, ERROR, "原因" * 40 + name)], asset=("health", name))
        monkeypatch.setattr("orchestration.automation.alerts.tell.PATIENCE_SECONDS", 0.3)
        monkeypatch.setattr(Receiver, "send", lambda *_: time.sleep(0.4))
        assert [office.look().sent for _ in range(5)] == [{"chat": 1}, {"chat": 1}, {"mail": 1}, {"mail": 1}, {}]

    def test_what_was_received_before_a_failure_is_not_repeated(self, office: Office, received: Receivers) -> None:
        received.limit = 600
        for name in ("a", "b"):
            office.run([("ids", False, ERROR, "原因" * 40 + name)], asset=("health", name))
        send, sent = Receiver.send, list[str]()

        def once(self: Receiver, text: str) -> None:
            if len(sent) == 1:
                raise TransportError("连接中途断开", "请检查网络", True)
            sent.append(text)
            send(self, text)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Receiver, "send", once)
            office.look()
        office.look(NIGHT + timedelta(minutes=1))
        assert [text.split("?")[0][-1] for text in received.take("chat")] == ["a", "b"]


class TestSensor:
    def tick(self, office: Office) -> str:
        result = sensors.alerts(build_sensor_context(instance=office.instance))
        assert isinstance(result, SkipReason)
        return result.skip_message or ""

    def test_tells_what_is_new(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(home_problems, "late", lambda *_: None)
        office.run(REJECTED)
        assert self.tick(office) == "已发出:chat 1 条、mail 1 条。"
        assert self.tick(office) == "没有新的告警。"

    def test_fails_if_a_channel_does(
        self, office: Office, received: Receivers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(home_problems, "late", lambda *_: None)
        received.down = {"mail"}
        office.run(REJECTED)
        with pytest.raises(ShouwangError, match="告警没有全部发出:告警通道 mail:对方服务器拒绝连接"):
            self.tick(office)

    def test_does_nothing_without_channels(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHOUWANG_ALERTS", "{}")
        assert "没有告警通道" in self.tick(office)


def test_a_killed_look_repeats_nothing_that_was_noted(office: Office, received: Receivers) -> None:
    office.run(REJECTED)
    with pytest.MonkeyPatch.context() as patched:

        def killed(self: Receiver, text: str) -> None:
            if self.name == "mail":
                raise KeyboardInterrupt
            self.all.texts.setdefault(self.name, []).append(text)

        patched.setattr(Receiver, "send", killed)
        with suppress(KeyboardInterrupt):
            office.look()
    assert len(received.take("chat")) == 1
    assert office.look().sent == {"mail": 1}


def _accept(home: Home, month: Month, rows: str) -> None:
    ledger = pl.DataFrame({"delivery_no": [1], "file_sha256": [rows], "is_in_force": [True]})
    keep_input(home, INCOME, month, rows, ledger)


def _publish(home: Home, month: Month) -> None:
    with building(home, month, inputs_of(home, CONTRACTS, month)):
        pass
    publish_built(home)
