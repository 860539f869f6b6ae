"""A home is backed up while a month runs, restored elsewhere, and is what it was when the run ended.

Belongs here: a real run, a real backup. Does not belong here: each property of a backup
(``tests/unit/orchestration/backup``).
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from orchestration.runtime import locks
from sources import audit
from sources.home import Home
from tests.pipeline.running import environment
from tests.worlds.nasty.inboxes import INBOXES

_MAIN = "from orchestration.commands.cli import main; main()"


def _start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _MAIN, *arguments]
    return subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _said(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return said


def _content(home: Path) -> dict[str, object]:
    """Every file but those of Dagster and dbt, the lock, the audit log and the secret of these tests."""
    left_out = (".lock", "secret", "restricted/audit.jsonl")
    files = {str(p.relative_to(home)): p for p in home.rglob("*") if p.is_file()}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if name not in left_out and not name.startswith(("dagster/", "dbt/"))
    }


def _records(home: Path) -> dict[str, list[str]]:
    """The records of Dagster, as text, by database."""
    found = {}
    for path in (home / "dagster").rglob("*.db"):
        with sqlite3.connect(path) as connection:
            found[str(path.relative_to(home))] = list(connection.iterdump())
    return found


def test_a_backup_during_a_run_is_restored_byte_by_byte_and_verified(tmp_path: Path) -> None:
    home, backup = Home(tmp_path / "home"), tmp_path / "backup"
    home.inbox.mkdir(parents=True)
    month = INBOXES["edges"](home.inbox)[0]
    run = _start(home.root, "run", month)
    while locks.home_holder(home.root) is None:
        assert run.poll() is None, run.communicate()
        time.sleep(0.05)
    backing_up = _start(home.root, "backup", str(backup))
    _said(run)
    said = _said(backing_up)
    assert f"shouwang run {month}" in said, "the backup says what it waits for"
    assert "备份没有加密" in said
    assert sorted(e["act"] for e in audit.entries(home)) == ["backup", *["export"] * 4, "publish"]

    (tmp_path / "elsewhere").mkdir()
    restored = tmp_path / "elsewhere" / "home"
    # The environment puts the secret into the home, which must be empty.
    command = [sys.executable, "-c", _MAIN, "restore", str(backup)]
    settings = {**environment(home.root), "SHOUWANG_HOME": str(restored)}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert _content(restored) == _content(home.root)
    assert _records(restored) == _records(home.root)
    said = _said(_start(restored, "verify", "--deep"))
    assert "问题" not in said
