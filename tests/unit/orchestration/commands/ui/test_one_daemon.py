"""A home has one daemon at a time, and a killed one leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.commands.ui import UiError, services
from orchestration.commands.ui.one_daemon import become_only_daemon, only_daemon
from orchestration.commands.ui.services import open_ui
from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from tests.paths import ROOT

INTERFACE = """
from orchestration.commands.ui.one_daemon import only_daemon
from orchestration.runtime.settings import Settings
with only_daemon(Settings(), "shouwang ui --port 3000"): print(flush=True); input()
"""
# The service is another program by then, as Dagster's daemon is.
SERVICE = """
import os, sys
from orchestration.commands.ui.one_daemon import become_only_daemon
from orchestration.runtime.settings import Settings
become_only_daemon(Settings(), "shouwang serve daemon")
os.execv(sys.executable, [sys.executable, "-c", "print(flush=True); input()"])
"""
FIRST = {"shouwang ui --port 3000": INTERFACE, "shouwang serve daemon": SERVICE}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", "")
    made = Settings()
    instance.prepare(made)
    return made


@contextmanager
def _running(what: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", FIRST[what]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as first:
        assert first.stdout
        assert first.stdout.readline()
        yield first
        first.kill()


@pytest.mark.parametrize("what", FIRST)
def test_a_second_daemon_is_refused_until_the_first_is_killed(settings: Settings, what: str) -> None:
    with _running(what) as first:
        named = rf"的守护进程已在运行:进程 {first.pid}\({what}"
        with pytest.raises(UiError, match=named):
            become_only_daemon(settings, "shouwang serve daemon")
        with pytest.raises(UiError, match=named), only_daemon(settings, "shouwang ui"):
            pass
    with only_daemon(settings, "shouwang ui"):
        pass


def test_an_interface_is_refused_before_it_starts_anything(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(services, "_handle_interrupts", lambda *_: None)
    with _running("shouwang serve daemon"), pytest.raises(UiError, match="shouwang ui --read-only"):
        open_ui(Console(), settings, 0, read_only=False)
    assert capsys.readouterr().out == ""
