"""The audit log is appended to, private, and survives a line that was cut short."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sources import audit
from sources.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def test_a_line_names_time_act_account_and_origin(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.7 50000 10.0.0.1 22")
    audit.record(home, "rollback", version=3)
    monkeypatch.delenv("SSH_CONNECTION")
    audit.record(home, "publish", version=4)
    first, second = audit.entries(home)
    assert (first["act"], first["arguments"], first["from"]) == ("rollback", {"version": 3}, "ssh 10.0.0.7")
    assert second["from"] != first["from"]
    assert first["os_user"] == audit.os_user()
    assert first["host"]
    assert first["at"].endswith("+08:00")
    file = home.restricted / "audit.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_line_that_was_cut_short_is_left_and_the_next_one_is_whole(home: Home) -> None:
    audit.record(home, "publish", version=1)
    file = home.restricted / "audit.jsonl"
    before = file.read_bytes()
    file.write_bytes(before + b'{"at": "2021')
    audit.record(home, "publish", version=2)
    assert file.read_bytes().startswith(before + b'{"at": "2021\n')
    assert [e["arguments"]["version"] for e in audit.entries(home)] == [1, 2]
