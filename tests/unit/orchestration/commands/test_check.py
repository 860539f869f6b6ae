"""``shouwang check``: exit codes, the output in words and as JSON, the workbook; nothing is written or left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from orchestration.commands import check, cli
from orchestration.runtime.errors import ShouwangError
from sources.months import Month
from tests.paths import ROOT
from tests.unit.sources.builder import CONTRACTS, csv_file, row, table

ALLOWANCE = CONTRACTS.dataset("subsistence_allowance")
MAIN = "from orchestration.commands.cli import main; main()"


def allowance(folder: Path, *numbers: int, name: str = "低保.csv", **cells: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_file(table(ALLOWANCE, [row(ALLOWANCE, n, **cells) for n in numbers])))
    return path


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, ["check", "civil_affairs", *map(str, arguments), "--month", "2021-06"])
    return result.exit_code, result.stdout


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A file that the gate rejects: of two rows, both ids are wrong."""
    return allowance(tmp_path, 1, 2, name="低保_坏.csv", resident_id="44180219500101001")


def test_a_good_file_gives_zero_and_says_so(tmp_path: Path) -> None:
    code, said = run(allowance(tmp_path, 1, 2))
    assert code == 0
    assert "会被接收 低保.csv(农村低保对象花名册)  2 行:接收 2,隔离 0,重复 0" in said
    assert said.splitlines()[-1] == "结论:可以报送"


def test_a_refused_file_gives_one_and_the_reason(bad: Path) -> None:
    code, said = run(bad)
    assert code == 1
    assert "会被退回 低保_坏.csv" in said
    assert "身份证号的位数不对:2 处" in said
    assert "本次报送不予接收" in said
    assert "44180219500101001" not in said


def test_the_json_holds_every_figure_and_no_identity(tmp_path: Path, bad: Path) -> None:
    good = allowance(tmp_path, 1, 2, name="低保.csv", monthly_amount="1,234.50")
    text = run(good, "--json")[1]
    content = json.loads(text)
    (file,) = content["files"]
    assert {k: v for k, v in content.items() if k != "files"} == {
        "department": "civil_affairs", "month": "2021-06", "verdict": "accepted", "previous_not_compared": [],
    }  # fmt: skip
    expected = {
        "file": "低保.csv", "dataset": "subsistence_allowance", "verdict": "accepted", "sheets": [1], "rows_in_file": 2,
        "accepted": 2, "quarantined": 0, "duplicate": 0, "errors": {}, "totals": {"monthly_amount": "2469"},
        "units": {"monthly_amount": "元"}, "compared_with": None,
    }  # fmt: skip
    assert {k: file[k] for k in expected} == expected
    assert row(ALLOWANCE, 1)["resident_id"] not in text

    (tmp_path / "说明.docx").touch()
    code, text = run(bad, tmp_path / "说明.docx", "--json")
    rejected, unread = json.loads(text)["files"]
    assert code == 1
    assert (rejected["verdict"], rejected["quarantined"], rejected["errors"]) == ("rejected", 2, {"id_length": 2})
    assert rejected["checks"][0]["severity"] == "critical"
    assert (unread["file"], unread["dataset"], unread["verdict"]) == ("说明.docx", None, "unread")
    assert "不支持的文件类型" in unread["notices"][0]["message"]


def test_totals_are_exact(tmp_path: Path) -> None:
    path = allowance(tmp_path, *range(1, 11), monthly_amount="0.1")
    assert json.loads(run(path, "--json")[1])["files"][0]["totals"] == {"monthly_amount": "1"}
    path = allowance(tmp_path, 1, 2, 3, monthly_amount="1234.01")
    assert json.loads(run(path, "--json")[1])["files"][0]["totals"] == {"monthly_amount": "3702.03"}


def test_the_workbook_colours_the_cells_and_says_that_nothing_was_delivered(tmp_path: Path, bad: Path) -> None:
    report = tmp_path / "out" / "自查.xlsx"
    report.parent.mkdir()
    assert run(bad, "-o", report)[0] == 1
    assert report.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in report.parent.iterdir()] == ["自查.xlsx"]
    book = openpyxl.load_workbook(report)
    assert book.sheetnames == ["汇总", ALLOWANCE.label]
    summary = "\n".join(str(c.value) for r in book["汇总"].iter_rows() for c in r if c.value is not None)
    assert "文件没有报送,也没有保存" in summary
    assert "会被退回" in summary
    assert "必须更正(会被退回)" in summary
    assert "隐藏的也算" in summary
    assert "已退回" not in summary
    assert "收件箱" not in summary
    assert "未报送" not in summary
    coloured = [
        c for r in book[ALLOWANCE.label].iter_rows(min_row=4) for c in r if c.fill.start_color.rgb == "FFFF9F9F"
    ]
    assert [c.value for c in coloured] == ["44180219500101001"] * 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["没有.xlsx"], "没有文件"),
        ([".", "-o", "结果.csv"], "应写成 .xlsx 文件"),
        ([".", "-o", "没有/结果.xlsx"], "没有文件夹"),
        (["低保.xlsx", "-o", "低保.xlsx"], "不能覆盖"),
        ([".", "-o", "低保.xlsx"], "不能覆盖"),
        (["空"], "没有可以检查的文件"),
        (["补报"], "补报文件夹 r2"),
    ],
)
def test_a_wrong_command_line_gives_two_and_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    for folder in ("空", "补报/r2"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "低保.xlsx").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["shouwang", "check", "civil_affairs", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    shown = capsys.readouterr().err
    assert shown.startswith(f"错误 参数 {'-o' if '-o' in arguments else 'FILE'} 的值有误:")
    assert said in shown
    assert not (tmp_path / "结果.xlsx").exists()


def test_an_unknown_department_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="没有部门“教育局”;可用"):
        check.check_files(check.terminal(), check.Wanted("教育局", [allowance(tmp_path, 1)]), as_json=False)


def test_a_surprise_is_said_without_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("somebody's cell")

    monkeypatch.setattr("sources.checking.Desk.check", fail)
    with pytest.raises(ShouwangError, match="程序出错") as raised:
        check.check_files(check.terminal(), check.Wanted("民政局", [allowance(tmp_path, 1)]), as_json=False)
    assert "somebody" not in str(raised.value)


def test_the_default_month_is_the_one_before_this(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.app, ["check", "民政局", str(allowance(tmp_path, 1))])
    assert f"{check.last_full_month()}(没有写 --month,按上个月检查)" in result.stdout
    assert check.last_full_month() < Month(9999, 1)


def test_nothing_is_written_or_left_and_no_home_is_needed(tmp_path: Path, bad: Path) -> None:
    places = {name: tmp_path / name for name in ("tmp", "user", "here")}
    for place in places.values():
        place.mkdir()
    home = tmp_path / "home"
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
        "SHOUWANG_HOME": str(home), "TMPDIR": str(places["tmp"]), "HOME": str(places["user"]),
        "SHOUWANG_SECRET_FILE": str(tmp_path / "no secret"),
    }  # fmt: skip
    before = sorted(tmp_path.rglob("*"))
    arguments = ["check", "civil_affairs", str(bad), "--json", "--month", "2021-06"]
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments], cwd=places["here"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == b""
    assert json.loads(done.stdout.decode("utf-8"))["verdict"] == "rejected"
    assert sorted(tmp_path.rglob("*")) == before


def main_of(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """The exit code of the process with these arguments of ``check``."""
    monkeypatch.setattr(sys, "argv", ["shouwang", "check", "民政局", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def process(*arguments: str | Path, stdout: int | IO[bytes] = subprocess.PIPE, **environment: str):
    command = [sys.executable, "-c", MAIN, "check", "民政局", *map(str, arguments), "--month", "2021-06"]
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, cwd=ROOT, env=given, stdout=stdout, stderr=subprocess.PIPE, check=False)


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_signs_that_the_terminal_lacks_change_no_result(tmp_path: Path, encoding: str) -> None:
    path = allowance(tmp_path, 1, 2, name="低保_𠮷.csv")
    path.write_bytes(path.read_bytes() + csv_file([[*row(ALLOWANCE, 3, person_name="张\ufffd").values()]]))
    done = process(path, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode(encoding)
    assert "3 ?" in said if encoding == "ascii" else "低保_?.csv" in said and "显示为菱形里的问号" in said


def test_a_full_disk_is_said_once_and_has_an_exit_code_of_its_own(tmp_path: Path) -> None:
    path = allowance(tmp_path, 1)
    for arguments in ([path], [path, "--json"]):
        with Path("/dev/full").open("wb") as full:
            done = process(*arguments, stdout=full)
        assert done.returncode == 3
        assert done.stderr.decode().splitlines() == ["错误 检查没有完成:磁盘空间不足。报送的文件没有改动。"]


def test_nothing_but_json_is_on_standard_output_if_the_check_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise OSError(24, "Too many open files")

    assert main_of(monkeypatch, tmp_path / "没有.xlsx", "--json") == 2
    monkeypatch.setattr("sources.checking.Desk.check", fail)
    assert main_of(monkeypatch, allowance(tmp_path, 1), "--json") == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(":")[0] for line in err.splitlines()] == ["错误 参数 FILE 的值有误", "错误 检查没有完成"]


def test_an_interrupted_check_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sources.checking.Desk.check", interrupt)
    assert main_of(monkeypatch, allowance(tmp_path, 1)) == 130
    assert "已中断,没有完成。" in capsys.readouterr().err


def test_a_check_of_a_folder_can_be_repeated_with_its_workbook_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowance(tmp_path, 1, 2)
    monkeypatch.chdir(tmp_path)
    said = [run(".", "-o", "自查结果.xlsx") for _ in range(2)]
    assert said[0] == said[1]
    assert said[0][0] == 0
    assert "自查结果.xlsx(" not in said[1][1].split("逐格标色")[0]
    with pytest.raises(typer.BadParameter, match="不能覆盖"):
        check.check_files(
            check.terminal(), check.Wanted("民政局", [Path("自查结果.xlsx")], report=Path("自查结果.xlsx")), False
        )
