"""The log of a service: private, limited in size, and searched once for errors."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from orchestration.commands.ui import service_log
from orchestration.commands.ui.service_log import ServiceLog


def test_errors_are_found_once_and_only_in_whole_lines(tmp_path: Path) -> None:
    log = ServiceLog(tmp_path / "logs" / "daemon.log")
    with log.open() as output:
        output.write(
            "WARNING - 慢\nx - ERROR - 一\nTraceback (most recent call last):\n  ERRORS here\nx - ERR".encode()
        )
        output.flush()
        assert log.errors() == ["x - ERROR - 一", "Traceback (most recent call last):"]
        output.write(b"OR - two\n")
        output.flush()
        assert log.errors() == ["x - ERROR - two"]
        assert log.errors() == []
    assert stat.S_IMODE(log.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.file.parent.stat().st_mode) == 0o700


def test_the_count_of_no_errors_is_no_error(tmp_path: Path) -> None:
    log = ServiceLog(tmp_path / "code-server.log")
    with log.open() as output:
        output.write(b"Done. PASS=208 WARN=0 ERROR=0 SKIP=0\nDone. PASS=207 WARN=0 ERROR=1 SKIP=0\n")
    assert log.errors() == ["Done. PASS=207 WARN=0 ERROR=1 SKIP=0"]


def test_errors_of_an_earlier_start_are_not_told_again(tmp_path: Path) -> None:
    for _ in range(2):
        log = ServiceLog(tmp_path / "web.log")
        with log.open() as output:
            assert log.errors() == []
            output.write(b"ERROR - now\n")
    assert log.errors() == ["ERROR - now"]
    assert log.file.read_bytes() == b"ERROR - now\n" * 2


def test_a_file_is_limited_and_the_service_writes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_log, "LARGEST", 100)
    log = ServiceLog(tmp_path / "web.log")
    with log.open() as output:
        for number in range(30):
            output.write(f"line {number:02}\n".encode())
            output.flush()
            log.errors()
        assert log.file.stat().st_size <= 100
        former = tmp_path / "web.log.1"
        assert former.stat().st_size <= 120
        assert (former.read_bytes() + log.file.read_bytes()).endswith(b"line 28\nline 29\n")
        output.write(b"ERROR - after\n")
        output.flush()
        assert log.errors() == ["ERROR - after"]
