"""The login of a start, the port, and a family of processes that ends as one."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.commands.ui import UiError, services
from orchestration.commands.ui.services import Services, fixed_token, open_ui
from orchestration.runtime.settings import Settings
from tests.paths import ROOT

TOKEN = "sixteen-letters!"
FAMILY = """
import signal, subprocess, sys, time
from pathlib import Path
child = subprocess.Popen([sys.executable, "-c", "import signal, time; {child}; print(flush=True); time.sleep(100)"],
                         stdout=subprocess.PIPE)
child.stdout.readline()
Path(sys.argv[1]).write_text(str(child.pid))
try:
    time.sleep(100)
except KeyboardInterrupt:
    pass
"""
OBEYS, IGNORES = "0", "signal.signal(signal.SIGINT, signal.SIG_IGN)"


def _token_file(folder: Path, text: str = TOKEN, mode: int = 0o600) -> Path:
    file = folder / "token"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_a_fixed_token(tmp_path: Path) -> None:
    assert fixed_token(_token_file(tmp_path, f"{TOKEN}\n")) == TOKEN


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_token_that_others_can_read(tmp_path: Path, mode: int) -> None:
    with pytest.raises(UiError, match="对他人开放,请执行 chmod 600"):
        fixed_token(_token_file(tmp_path, mode=mode))


@pytest.mark.parametrize("text", ["", "\n", TOKEN[1:], f" {TOKEN[1:]} \n"])
def test_a_token_that_can_be_guessed(tmp_path: Path, text: str) -> None:
    with pytest.raises(UiError, match="至少 16 个字符"):
        fixed_token(_token_file(tmp_path, text))


def test_a_token_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UiError, match="不可读"):
        fixed_token(tmp_path / "nowhere")


@pytest.fixture
def signals() -> Iterator[None]:
    before = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_a_port_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UiError, match=f"端口 {port} 上打开界面.*--port"):
            open_ui(Console(), Settings(), port, read_only=True)


@pytest.mark.usefixtures("signals")
def test_a_start_is_announced_before_anything_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path))
    said: list[str] = []
    monkeypatch.setattr(services, "_prepare", lambda *_: said.append(capsys.readouterr().out))
    monkeypatch.setattr(services, "_serve", lambda *_: None)
    open_ui(Console(), Settings(), 0, read_only=True)
    assert said == ["正在启动界面:载入 Dagster 和 dbt 项目,请稍候……\n"]


def _wait_for(process: subprocess.Popen[str]) -> None:
    assert process.wait(30) == 0


def test_what_a_service_writes_is_kept_and_only_errors_are_shown(
    family: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "chatty.py").write_text(
        "import sys; print('INFO - a thousand lines'); print('x - \\x1b[31mERROR\\x1b[0m - it broke', file=sys.stderr)",
        encoding="utf-8",
    )
    process = family.start("chatty")
    _wait_for(process)
    with pytest.raises(UiError, match=r"chatty.log 的末尾"):
        family.look()
    log = tmp_path / "logs" / "chatty.log"
    assert "a thousand lines" in log.read_text(encoding="utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    shown = capsys.readouterr().out.replace("\n", "")
    assert shown.startswith("错误 chatty有 1 处错误,详情见")
    assert shown.endswith("x - ERROR - it broke")
    assert "thousand" not in shown
    family.end()


def test_an_answer_of_a_service(family: Services, tmp_path: Path) -> None:
    (tmp_path / "echo.py").write_text("import sys; print(sys.stdin.readline()); input()", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert family.ask("echo", fd=listener, line="the token") == "the token"
    assert not (tmp_path / "logs" / "echo.log").read_bytes()
    family.end()


def test_a_service_that_ends_without_an_answer(family: Services, tmp_path: Path) -> None:
    (tmp_path / "silent.py").write_text("raise SystemExit(4)", encoding="utf-8")
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(UiError, match=r"silent 意外结束\(退出码 4\)"),
    ):
        family.ask("silent", fd=listener, line="")
    family.end()


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    return Services(tmp_path, tmp_path / "logs", Console())


def _start(family: Services, folder: Path, child: str) -> tuple[int, int]:
    """The process ids of a service and of its child."""
    (folder / "family.py").write_text(FAMILY.format(child=child), encoding="utf-8")
    parent = family.start("family", str(folder / "child"))
    deadline = time.monotonic() + 30
    while not (folder / "child").exists() or not (folder / "child").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return parent.pid, int((folder / "child").read_text())


def _runs(pid: int) -> bool:
    """False for a process that nobody has waited for, too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("child", [OBEYS, IGNORES])
def test_children_end_with_their_service(
    family: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, child: str
) -> None:
    monkeypatch.setattr(services, "END_SECONDS", 2.0)
    pids = _start(family, tmp_path, child)
    assert all(map(_runs, pids))
    family.look()
    family.end()
    deadline = time.monotonic() + 5
    while any(map(_runs, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_runs, pids))


def test_a_service_that_ends_by_itself(family: Services, tmp_path: Path) -> None:
    (tmp_path / "brief.py").write_text("raise SystemExit(3)", encoding="utf-8")
    process = family.start("brief")
    process.wait()
    with pytest.raises(UiError, match=r"brief 意外结束\(退出码 3\)"):
        family.look()
    family.end()


def test_services_keep_their_temporary_files_to_themselves(family: Services, tmp_path: Path) -> None:
    (tmp_path / "where.py").write_text(
        f"import tempfile; open({str(tmp_path / 'answer')!r}, 'w').write(tempfile.gettempdir())", encoding="utf-8"
    )
    family.start("where").wait()
    assert (tmp_path / "answer").read_text() == str(tmp_path)
