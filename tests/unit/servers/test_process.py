"""Servers stand still, and end with the process that started them even if it is killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers.process import Process
from tests.servers.sftp import sftp_server
from tests.servers.system import HOST, absent, free_port

_STARTS_AND_WAITS = """
import pathlib, sys, time
from tests.servers.sftp import sftp_server
with sftp_server(pathlib.Path(sys.argv[1])) as server:
    print(server.port, flush=True)
    time.sleep(60)
"""


def test_ends_with_a_killed_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _STARTS_AND_WAITS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        port = int(parent.stdout.readline())
        socket.create_connection((HOST, port), 5).close()
        parent.send_signal(signal.SIGKILL)
    time.sleep(0.5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port), 5)


def test_pauses_and_goes_on(tmp_path: Path) -> None:
    with sftp_server(tmp_path) as server:
        server.process.pause()
        with socket.create_connection((HOST, server.port), 5) as connection:
            connection.settimeout(0.5)
            with pytest.raises(TimeoutError):
                connection.recv(8)
            server.process.resume()
            connection.settimeout(5)
            assert connection.recv(8) == b"SSH-2.0-"


def test_says_why_a_server_did_not_start(tmp_path: Path) -> None:
    process = Process(["sh", "-c", "echo no such option; exit 3"], free_port(), tmp_path / "log")
    with pytest.raises(RuntimeError, match=r"(?s)\(3\).*no such option"):
        process.start()


def test_an_absent_program_is_skipped_here_and_fails_on_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="absent program: smbd; apt-get install samba"):
        absent("smbd", "samba")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install samba"):
        absent("smbd", "samba")
