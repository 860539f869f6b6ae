"""The doctor says what is wrong with the installation and what to do; it imports no engine."""

from __future__ import annotations

import grp
import os
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import DagsterRunStatus
from dagster._daemon.types import DaemonHeartbeat
from typer.testing import CliRunner

from orchestration.commands import doctor
from orchestration.commands.cli import app
from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from reports import fonts
from sources.contracts.model import load_contracts
from sources.months import Month
from sources.privacy.secret import read_secret
from tests.paths import ROOT
from tests.unit.orchestration.conftest import TinyWarehouse
from tests.unit.orchestration.runtime.test_dead_runs import create_run


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    settings.paths.prepare()
    return settings


def _texts(answers: object) -> dict[str, str]:
    return {a.level: a.text for a in answers}  # type: ignore[attr-defined]


def test_a_new_home_has_no_problem_and_stays_new(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")
    answers = list(doctor.home(settings)) + list(doctor.privacy(settings)) + [doctor.secret(settings)]
    assert {a.level for a in answers} == {"ok", "info"}
    assert not (tmp_path / "new").exists()


def test_a_question_that_cannot_be_answered_stops_no_other(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Settings) -> doctor.Answer:
        raise PermissionError(13, "Permission denied", "/data/secret")

    monkeypatch.setattr(doctor, "secret", fail)
    answers = {a.subject: a for a in doctor.examine(settings, Month(2021, 6))}
    assert (answers["密钥"].level, answers["密钥"].text.split("。")[0]) == ("problem", "/data/secret 无法查看:没有权限")
    assert {"数据目录", "时钟", "运行日"} <= set(answers)


def test_a_missing_font_for_charts_deserves_a_look_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "chinese_font", lambda: "Noto Sans SC")
    assert (doctor.font().level, "Noto Sans SC" in doctor.font().text) == ("ok", True)

    def none() -> str:
        raise fonts.FontError(fonts.MISSING)

    monkeypatch.setattr(fonts, "chinese_font", none)
    answer = doctor.font()
    assert answer.level == "look"
    assert "fonts-noto-cjk" in answer.text
    assert "google-noto-sans-cjk-ttc-fonts" in answer.text


def test_a_damaged_warehouse_is_a_problem(settings: Settings) -> None:
    settings.warehouse_file.write_bytes(b"\0" * 100_000)
    levels = {a.subject: a for a in doctor.holders(settings)}
    assert levels["数据仓库"].level == "problem"
    assert "文件已损坏" in levels["数据仓库"].text


def test_an_open_restricted_zone(settings: Settings) -> None:
    settings.paths.restricted.chmod(0o750)
    problems = [a.text for a in doctor.privacy(settings) if a.level == "problem"]
    todo = f"请执行 chmod 700 {settings.paths.restricted}(下次运行时自动收紧)"
    assert problems == [f"{settings.paths.restricted} 对他人开放,{todo}"]


def test_zones_that_are_open_to_others(settings: Settings) -> None:
    for zone in (settings.home, settings.warehouse_file.parent, settings.paths.published):
        zone.chmod(0o755)
    problems = [a.text for a in doctor.privacy(settings) if a.level == "problem"]
    assert [text.split(" ")[0] for text in problems] == [
        str(settings.paths.warehouse), str(settings.home), str(settings.paths.published),
    ]  # fmt: skip
    assert "chmod 750" in problems[-1]
    settings.paths.prepare()
    assert not [a for a in doctor.privacy(settings) if a.level == "problem"]


def test_a_zone_of_somebody_else(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.paths.published.chmod(0o777)
    monkeypatch.setattr(doctor.os, "geteuid", lambda: -1)
    (problem,) = [a.text for a in doctor.privacy(settings) if a.level == "problem"]
    assert f"须由属主 {settings.paths.published.owner()} 或 root 执行" in problem


def test_readers_that_cannot_read(settings: Settings) -> None:
    group = grp.getgrgid(next(g for g in (*os.getgroups(), os.getgid()))).gr_name
    settings = Settings(home=settings.home, readers_group=group)
    settings.paths.published.chmod(0o700)
    (problem,) = [a.text for a in doctor.privacy(settings) if a.level == "problem"]
    assert problem.startswith(f"组 {group} 读不到 {settings.paths.published}")
    settings.paths.prepare()
    assert not [a for a in doctor.privacy(settings) if a.level == "problem"]


def test_an_inbox_that_everybody_on_the_machine_can_read(settings: Settings) -> None:
    folder = settings.paths.inbox / "health"
    folder.mkdir()
    # Whatever the umask.
    folder.chmod(0o755)
    assert not [a for a in doctor.privacy(settings) if a.level == "problem"]
    settings.paths.inbox.chmod(0o755)
    (problem,) = [a.text for a in doctor.privacy(settings) if a.level == "problem"]
    assert problem.startswith("health 的收件目录本机任何人可读")
    folder.chmod(0o750)
    assert not [a for a in doctor.privacy(settings) if a.level == "problem"]


@pytest.mark.parametrize(
    ("full", "mode", "level", "text"),
    [
        (True, 0o600, "ok", "存在"),
        (True, 0o644, "problem", "chmod 600"),
        (False, 0o600, "problem", "是空的"),
        (None, 0, "info", "尚未生成"),
    ],
)
def test_the_secret(tmp_path: Path, full: bool | None, mode: int, level: str, text: str) -> None:
    file = tmp_path / "secret"
    if full is not None:
        file.write_text("s3cret\n" if full else "  \n", encoding="utf-8")
        file.chmod(mode)
    answer = doctor.secret(Settings(home=tmp_path / "home", secret_file=file))
    assert answer.level == level
    assert text in answer.text
    assert "s3cret" not in answer.text


def test_a_secret_that_is_missing_or_another_where_keys_exist(tiny: TinyWarehouse) -> None:
    settings, secret = Settings(home=tiny.home.root), tiny.home.restricted / "secret"
    read_secret(tiny.home, load_contracts())
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    assert doctor.secret(settings).level == "ok"
    aside = secret.rename(tiny.home.root / "aside")
    answer = doctor.secret(settings)
    assert (answer.level, "密钥文件不存在" in answer.text) == ("problem", True)
    secret.write_text("another", encoding="utf-8")
    assert "不是生成现有代码的那个密钥" in doctor.secret(settings).text
    aside.replace(secret)
    assert doctor.secret(settings).level == "ok"


def test_what_a_quick_verification_finds_is_a_problem(tiny: TinyWarehouse) -> None:
    settings = Settings(home=tiny.home.root)
    (answer,) = doctor.content(settings)
    assert (answer.level, answer.subject) == ("ok", "保存的数据")
    tiny.file.write_bytes(b"damaged")
    (answer,) = doctor.content(settings)
    assert (answer.level, answer.subject) == ("problem", "数据仓库")
    assert "shouwang rebuild" in answer.text


def test_versions_are_compared_with_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "duckdb==0.0.1 \\\n    --hash=sha256:0\nno-such-thing==1 ; sys_platform == 'win32'\n", encoding="utf-8"
    )
    answer = doctor.versions(lock)
    assert answer.level == "look"
    assert "duckdb" in answer.text
    assert "应为 0.0.1" in answer.text
    assert "no-such-thing" not in answer.text
    lock.write_text("no-such-thing==1\n", encoding="utf-8")
    answer = doctor.versions(lock)
    assert (answer.level, "no-such-thing 未安装(应为 1)" in answer.text) == ("problem", True)


def test_a_clock_behind_the_last_publication(tiny: TinyWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tiny.home.root)
    assert doctor.clock(settings).level == "ok"
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    assert doctor.clock(settings).level == "ok"
    manifest = next(tiny.home.published.glob("*/version.json"))
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("2021-07-05", "2121-07-05"), encoding="utf-8")
    assert doctor.clock(settings).level == "problem"


@pytest.mark.parametrize(("age", "level"), [(10, "ok"), (3600, "info"), (None, "info")])
def test_the_daemon(settings: Settings, age: int | None, level: str) -> None:
    assert doctor.daemon(settings).level == "info"
    history = settings.dagster_home / "history"
    history.mkdir(parents=True)
    with sqlite3.connect(history / "runs.db") as connection:
        connection.execute("create table daemon_heartbeats (daemon_type text, timestamp timestamp)")
        if age is not None:
            beat = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=age)
            connection.execute("insert into daemon_heartbeats values ('SCHEDULER', ?)", [str(beat)])
    assert doctor.daemon(settings).level == level


def test_the_queue_says_what_it_waits_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("SHOUWANG_HOME", str(settings.home))
    assert list(doctor.queue(settings)) == []
    instance.prepare(settings)
    with instance.open_instance(settings) as opened:
        working = create_run(opened, DagsterRunStatus.STARTED, "2021-06").run_id[:8]
        assert list(doctor.queue(settings)) == []
        queued = create_run(opened, DagsterRunStatus.QUEUED, "2021-07").run_id[:8]
        (alone,) = doctor.queue(settings)
        assert (alone.level, "守护进程没有运行" in alone.text) == ("look", True)
        beat = DaemonHeartbeat(time.time(), "SENSOR", None, None)
        opened.add_daemon_heartbeat(beat)
        (waiting,) = doctor.queue(settings)
    assert (waiting.level, waiting.text) == ("info", f"2021-07({queued}) 在等 2021-06({working}) 结束")


@pytest.mark.parametrize(("free", "level"), [(10, "ok"), (3, "look"), (0.5, "problem")])
def test_the_room_on_the_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch, free: float, level: str) -> None:
    monkeypatch.setattr(doctor, "free_bytes", lambda _: int(free * doctor.GIB))
    answers = {a.subject: a for a in doctor.home(settings)}
    assert answers["磁盘空间"].level == level


def test_a_location_of_nobody_is_said_once_per_question(settings: Settings) -> None:
    settings = Settings(home=settings.home, locations={"helth": str(settings.home)})
    problems = [a.text for a in doctor.examine(settings, Month(2021, 6)) if a.level == "problem"]
    assert any("未知的部门或数据表 helth" in text for text in problems)


def test_exit_code(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(settings.home))
    monkeypatch.setattr(doctor, "versions", lambda _: doctor.Answer("版本", "look", ""))
    result = CliRunner().invoke(app, ["doctor", "2021-06"])
    assert (result.exit_code, "还没有报送,本月不能运行" in result.output) == (1, True)
    assert f"{settings.paths.inbox}/agriculture/2021-06/(已新建)" in result.output
    assert result.output.splitlines()[-1] == "2021-06 现在不能运行:请先处理上面标为“问题”的各项。"
    (settings.paths.inbox / "agriculture" / "2021-06" / "农户基础信息名册.csv").write_text("x", encoding="utf-8")
    result = CliRunner().invoke(app, ["doctor", "2021-06"])
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "2021-06 可以运行。")
    settings.paths.outbox.chmod(0o755)
    result = CliRunner().invoke(app, ["doctor", "2021-06"])
    assert result.exit_code == 1
    assert "chmod 700" in result.output


ENGINES = {"dagster", "dbt", "great_expectations", "pandas"}
READERS = {"polars", "duckdb", "numpy"}
SETTINGS = {"pydantic_settings", "yaml"}


@pytest.mark.parametrize(
    ("arguments", "slow"),
    [
        (["--help"], ENGINES | READERS | SETTINGS),
        (["run", "--help"], ENGINES | READERS | SETTINGS),
        (["doctor"], ENGINES),
    ],
)
def test_what_answers_at_once_imports_nothing_slow(settings: Settings, arguments: list[str], slow: set[str]) -> None:
    script = (
        "import sys\nfrom orchestration.commands.cli import app\n"
        f"sys.argv[1:] = {arguments!r}\ntry: app()\nexcept SystemExit: pass\n"
        f"print('IMPORTED', sorted({slow} & set(sys.modules)))"
    )
    environment = {"SHOUWANG_HOME": str(settings.home), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment,
        cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.endswith("IMPORTED []\n")


def test_the_first_answer_of_the_doctor_waits_for_nothing_that_reads_data() -> None:
    """The linter of imports cannot tell an import within a function, which only one question waits for."""
    code = (
        "import sys, orchestration.commands.console, orchestration.commands.doctor\n"
        f"print(sorted({ENGINES | READERS} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"
