"""Commands: arguments, exit codes, one Chinese sentence for what goes wrong, and a home that is not the demo's."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from orchestration.commands import cli, demo, run
from orchestration.commands.doctor import Answer
from orchestration.commands.run import DatasetReport, MonthError, RunReport
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.months import Month
from sources.privacy.secret import read_secret

JUNE = Month(2021, 6)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_table_that_is_not_due_is_not_called_missing(home: Path) -> None:
    agriculture = load_contracts()["agriculture"]

    def status(name: str, month: Month, found: str = "not_delivered") -> str:
        return run._status(Home(home), agriculture, agriculture[name], month, found)

    now = datetime.now(ZONE)
    not_over = Month(now.year, now.month)
    assert status("monitored_households", JUNE) == status("support_funds", JUNE) == "not_delivered"
    assert status("collective_income", JUNE) == status("support_funds", Month(2021, 5)) == "not_due"
    assert status("joint_meetings", JUNE) == "not_due", "it has never been delivered"
    assert status("monitored_households", not_over) == "not_due"
    assert status("monitored_households", not_over, "rejected") == "rejected"


def _report(success: bool, status: str = "accepted") -> RunReport:
    dataset = DatasetReport("health", "serious_illness", "大病专项救治名单", status, {"rows_in_file": 3})
    errors = () if success else ("2021-06 没有已接收的农户基础信息名册",)
    return RunReport(JUNE, "run", success, 1.0, (dataset,), errors, published={"version": 1} if success else {})


@pytest.mark.parametrize(
    ("report", "code", "text"),
    [
        (_report(True), 0, "2021-06 已发布"),
        (_report(True, "rejected"), 0, "退回 大病专项救治名单"),
        (_report(True, "failed"), 1, "出错 大病专项救治名单"),
        (_report(False), 1, "2021-06 未完成,此前发布的版本保持不变"),
    ],
)
def test_the_exit_code_of_a_run(monkeypatch: pytest.MonkeyPatch, report: RunReport, code: int, text: str) -> None:
    monkeypatch.setattr(run, "run_month", lambda *_: report)
    monkeypatch.setattr("orchestration.commands.month_figures.risk_summary", lambda *_: None)
    result = CliRunner().invoke(cli.app, ["run", "2021-06"])
    assert result.exit_code == code
    assert text in result.output


def test_several_months_run_in_order_until_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run_month(_settings: object, month: Month, *_: object) -> RunReport:
        asked.append(str(month))
        return replace(_report(str(month) != "2021-05"), month=month)

    monkeypatch.setattr(run, "run_month", run_month)
    monkeypatch.setattr("orchestration.commands.month_figures.risk_summary", lambda *_: None)
    result = CliRunner().invoke(cli.app, ["run", "2021-06", "2021-05", "2021-04", "2021-04"])
    assert (result.exit_code, asked) == (1, ["2021-04", "2021-05"])


LATER = [Month(2021, 7), Month(2021, 8), Month(2021, 9)]


@pytest.mark.parametrize("failing", [None, "2021-08", "2021-09"])
def test_months_that_run_again_are_published_together(monkeypatch: pytest.MonkeyPatch, failing: str | None) -> None:
    asked: list[tuple[str, str]] = []
    computed = set(run.assets_in(lambda group: group not in ("published", "served")))
    made_of_it = {"month_indicators", "month_reconciliation", "month_report", "month_status"}
    assert not computed & {"published_marts", *made_of_it}
    assert {"landing/health", "health/serious_illness", "marts/household_risk", "outbox/health"} <= computed

    def run_month(_settings: object, month: Month, _level: str, selection: list[str] | None = None) -> RunReport:
        part = {None: "all", frozenset(computed): "computed", frozenset(made_of_it): "made of the version"}
        asked.append((str(month), part[selection and frozenset(selection)]))
        report = replace(_report(str(month) != failing), month=month)
        return report if selection is None else replace(report, published={}, datasets=())

    monkeypatch.setattr(run, "run_month", run_month)
    monkeypatch.setattr("orchestration.commands.month_figures.risk_summary", lambda *_: None)
    monkeypatch.setattr("orchestration.commands.running.earlier_than", lambda *_: [])
    monkeypatch.setattr("orchestration.commands.running.later_than", lambda *_: LATER)
    result = CliRunner().invoke(cli.app, ["run", "2021-06"])
    chain = [("2021-07", "computed"), ("2021-08", "computed"), ("2021-09", "all")]
    chain += [("2021-07", "made of the version"), ("2021-08", "made of the version")]
    ran = {None: chain, "2021-08": chain[:2], "2021-09": chain[:3]}[failing]
    assert asked == [("2021-06", "all"), *ran]
    assert result.exit_code == (0 if failing is None else 1)
    assert (f"{failing} 未完成,此前发布的版本保持不变" in result.output) is (failing is not None)


def test_a_month_that_is_none() -> None:
    result = CliRunner().invoke(cli.app, ["run", "2021-13"])
    assert result.exit_code == 2
    assert "不是月份:2021-13" in result.output


def _said(error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command line prints for an error."""

    def fail(*, prog_name: str, standalone_mode: bool) -> None:
        assert prog_name == "shouwang"
        assert not standalone_mode
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as exited:
        cli.main()
    assert exited.value.code == 1
    return capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MonthError("2099-01 不能运行"), "错误 2099-01 不能运行"),
        (MonthError("[red]红[/red] [link=http://x]y[/link]"), "错误 [red]红[/red] [link=http://x]y[/link]"),
        (MonthError("一\n二\x1b[31m三\u202e\x07"), "错误 一\n二 [31m三"),
        (PermissionError(13, "Permission denied", "/data/[b]"), "错误 /data/[b]:没有权限"),
        (OSError(30, "Read-only file system", "/data"), "错误 /data:文件系统或文件是只读的"),
        (OSError(28, "No space left on device"), "错误 数据目录 {home}:磁盘空间不足"),
        (OSError(93, "Protocol not supported"), "错误 数据目录 {home}:系统错误 93"),
    ],
)
def test_what_goes_wrong_is_said_in_words_as_they_are(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, words: str
) -> None:
    said = _said(error, monkeypatch, capsys)
    assert said.startswith(words.replace("{home}", str(home)))
    assert "Errno" not in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("run", "缺少参数 MONTH。用法见 shouwang run --help。"),
        ("run 2021-13", "参数 MONTH 的值有误:不是月份:2021-13,应写作 YYYY-MM,例如 2021-06。"),
        ("sample --out x --months 2021-04..2021-06", "参数 --months 的值有误:不是月份:2021-04..2021-06,"),
        ("rollback newest", "参数 VERSION 的值有误:应为整数。"),
        ("rollback 0", "参数 VERSION 的值有误:应不小于 1。"),
        ("ui --port 70000", "参数 --port 的值有误:应不大于 65535。"),
        ("ui --port", "选项 --port 后面要写值。"),
        ("ui --read-only=yes", "选项 --read-only 后面不能写值。"),
        ("run 202101", "参数 MONTH 的值有误:不是月份:202101,"),
        ("run 2021-06 --verbos", "没有选项 --verbos,是不是 --verbose。"),
        ("serve all", "参数 PART 的值有误:应为 'code'、'daemon'、'web'、'viewer' 之一。"),
        ("", "没有写命令;可用的有:run、"),
        ("doctr", "没有这个命令,是不是 doctor;可用的有:run、"),
        ("run --fast", "没有选项 --fast。"),
        ("pull 2021-06 2021-07", "参数多了或不完整。用法见 shouwang pull --help。"),
        ("walk", "没有这个命令;可用的有:run、init、pull、rebuild、"),
    ],
)
def test_a_wrong_command_line_is_explained_in_chinese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: str, words: str
) -> None:
    monkeypatch.setattr("sys.argv", ["shouwang", *arguments.split()])
    with pytest.raises(SystemExit) as exited:
        cli.main()
    assert exited.value.code == 2
    assert capsys.readouterr().err.startswith(f"错误 {words}")


def test_a_command_leaves_a_folder_that_its_account_cannot_enter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Root calls it in root's own folder; Dagster and dbt look into the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["shouwang", "--help"])
    # Root, who may run the tests, enters everything.
    monkeypatch.setattr("os.access", lambda path, _: path != ".")
    with pytest.raises(SystemExit):
        cli.main()
    assert Path.cwd() == Path("/")


def test_a_slow_command_says_at_once_what_it_does_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("orchestration.commands.running.run_months", lambda *_: True)
    monkeypatch.setattr("sys.argv", ["shouwang", "run", "2021-06"])
    said = []
    for is_terminal in (True, False):
        monkeypatch.setattr("sys.stderr.isatty", lambda is_terminal=is_terminal: is_terminal)
        with pytest.raises(SystemExit):
            cli.main()
        said.append(capsys.readouterr())
    assert [(s.out, s.err) for s in said] == [("", "准备运行,请稍候……\n"), ("", "")]


def _commands(app: typer.Typer) -> list[str]:
    return [(c.name or c.callback.__name__).replace("_", "-") for c in app.registered_commands if c.callback]


COMMANDS = _commands(cli.app)
for group in cli.app.registered_groups:
    COMMANDS += [str(group.name), *(f"{group.name} {name}" for name in _commands(group.typer_instance))]


def _help(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.argv", ["shouwang", *command.split(), "--help"])
    with pytest.raises(SystemExit) as exited:
        cli.main()
    assert exited.value.code == 0
    return capsys.readouterr().out


def test_the_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Their order, arguments and words are a text: a change is seen in review."""
    snapshot = Path(__file__).with_name("help.txt")
    found = "\n".join(_help(command, monkeypatch, capsys) for command in ("", *COMMANDS))
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.write_text(found, encoding="utf-8")
    assert found == snapshot.read_text(encoding="utf-8"), "UPDATE_SNAPSHOTS=1 pytest writes help.txt anew"


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_chinese(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str) -> None:
    said = _help(command, monkeypatch, capsys)
    assert said.startswith("用法:shouwang")
    for english in (
        "Usage",
        "Options",
        "Arguments",
        "Commands",
        "Show this",
        "[required",
        "[default",
        "INTEGER",
        "PATH",
    ):
        assert english not in said, said


@pytest.mark.parametrize(("arguments", "code"), [("run 2021-06", 0), ("doctor", 1), ("--help", 0)])
def test_the_exit_code_of_a_command_is_that_of_the_process(
    monkeypatch: pytest.MonkeyPatch, arguments: str, code: int
) -> None:
    monkeypatch.setattr("orchestration.commands.running.run_months", lambda *_: True)
    monkeypatch.setattr("orchestration.commands.doctor.examine", lambda *_: [Answer("a", "problem", "b")])
    monkeypatch.setattr("sys.argv", ["shouwang", *arguments.split()])
    with pytest.raises(SystemExit) as exited:
        cli.main()
    assert exited.value.code == code


def test_an_unexpected_error_keeps_its_text_in_the_restricted_zone(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _said(ValueError("somebody's cell"), monkeypatch, capsys)
    (kept,) = (home / "restricted" / "errors").iterdir()
    assert said == f"错误 程序出错(ValueError),详情见 {kept}(可能含个人信息,只给维护人员)。"
    assert "somebody's cell" in kept.read_text(encoding="utf-8")


def test_an_error_that_cannot_be_kept_is_said_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.write_text("a file", encoding="utf-8")
    said = _said(ValueError("somebody's cell"), monkeypatch, capsys)
    assert said == "错误 程序出错(ValueError),详情无法写入数据目录;请执行 shouwang doctor 检查。"


def test_a_month_with_another_secret_is_refused_before_it_begins(home: Path) -> None:
    settings = Settings()
    settings.paths.prepare()
    read_secret(settings.paths, load_contracts())
    (home / "published" / "marts-2021-05-x").mkdir()
    (home / "restricted" / "secret").write_text("another", encoding="utf-8")
    with pytest.raises(MonthError, match="不是生成现有代码的那个密钥"):
        run.run_month(settings, JUNE)
    assert not list(home.glob("dagster/history/*"))


def test_damaged_records_of_dagster_are_told_and_do_not_stop_a_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "run_month", lambda *_: _report(True))
    monkeypatch.setattr("orchestration.commands.month_figures.risk_summary", lambda *_: None)
    (home / "dagster" / "history").mkdir(parents=True)
    (home / "dagster" / "history" / "runs.db").write_bytes(b"no database" * 100)
    result = CliRunner().invoke(cli.app, ["run", "2021-06"])
    assert result.exit_code == 0
    assert "Dagster 的记录(history)已损坏,已移到" in result.output
    assert not (home / "dagster" / "history").exists()


def test_several_months_after_one_option(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[object] = []
    monkeypatch.setattr(demo, "write_sample", lambda _console, *arguments: asked.append(arguments))
    arguments = [
        "sample",
        "--out",
        str(tmp_path),
        "--households",
        "80",
        "--months",
        "2021-06",
        "2021-04",
        "2021-05",
        "--seed",
        "7",
    ]
    assert CliRunner().invoke(cli.app, arguments).exit_code == 0
    assert asked == [(tmp_path, 80, [Month(2021, 4), Month(2021, 5), JUNE], 7, Settings().home)]


def test_the_demo_leaves_a_real_home_alone(home: Path) -> None:
    real = home / "inbox" / "health"
    real.mkdir(parents=True)
    with pytest.raises(ShouwangError, match="已有别的数据"):
        demo.prepare_demo(Console(), Settings(), 300)
    assert [str(p.relative_to(home)) for p in home.rglob("*")] == ["inbox", "inbox/health"]


def test_the_demo_takes_the_place_of_the_empty_folders_of_the_doctor(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "write_sample", lambda _console, out, *_: (out / "health").mkdir())
    Settings().paths.make_inbox("health", JUNE)
    demo.prepare_demo(Console(), Settings(), 300)
    assert [str(p.relative_to(home / "inbox")) for p in (home / "inbox").rglob("*")] == ["health"]


def test_the_demo_names_the_inbox_that_its_files_end_up_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(out: Path, *_: object) -> SimpleNamespace:
        (out / "health").mkdir()
        return SimpleNamespace(households=1, persons=2)

    monkeypatch.setattr("sample.write.write_district", write)
    said = StringIO()
    demo.prepare_demo(Console(file=said), Settings(), 300)
    assert f"在 {home / 'inbox'}(" in said.getvalue()


def test_the_demo_is_written_once_and_whole(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []

    def write(_console: Console, out: Path, *_: object) -> None:
        written.append(out)
        (out / "health").mkdir()

    monkeypatch.setattr(demo, "write_sample", write)
    (home / ".inbox-being-written" / "killed").mkdir(parents=True)
    for _ in range(2):
        demo.prepare_demo(Console(), Settings(), 300)
    assert len(written) == 1
    assert [p.name for p in (home / "inbox").iterdir()] == ["health"]
    assert Settings().last_month == demo.DEMO_MONTHS[-1], "the UI names no month after the sample as missing"
    with pytest.raises(ShouwangError, match="已有别的数据"):
        demo.prepare_demo(Console(), Settings(), 500)
