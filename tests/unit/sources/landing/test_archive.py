"""Originals stay as they came, and the log keeps every state of a delivery folder."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from datetime import datetime
from pathlib import Path

import pytest

from sources.home import Home
from sources.landing.archive import ArchivedFile, DeliveryLog, FolderState, UnreadableError, fetch, keep_original
from sources.refusal import RefusedError
from tests.unit.sources.builder import MONTH


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def _everything(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file()]


def test_an_original_lies_unchanged_under_its_hash_and_once(home: Home, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_bytes(content)
    second.write_bytes(content)
    assert keep_original(home, first) == keep_original(home, second) == hashlib.sha256(content).hexdigest()
    assert fetch(home, keep_original(home, first)) == content
    assert len(_everything(home.archive)) == 1


def test_the_archive_is_for_its_owner_only(home: Home, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x")
    keep_original(home, tmp_path / "a.csv")
    for path in [home.restricted, *home.restricted.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_an_original_that_is_too_large_is_kept_and_not_read(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.landing.archive.MAX_SIZE", 3)
    (tmp_path / "a.csv").write_bytes(b"1234")
    sha256 = keep_original(home, tmp_path / "a.csv")
    with pytest.raises(RefusedError, match="拆分"):
        fetch(home, sha256)


def test_a_file_that_cannot_be_read_is_unreadable(home: Home, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("missing.csv", "link.csv", "pipe.csv", "."):
        with pytest.raises(UnreadableError):
            keep_original(home, tmp_path / name)
    assert _everything(home.archive) == []


def test_a_file_that_changes_while_it_is_copied_is_not_stored(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"before")
    replacing = Home.replacing

    def change_first(self: Home, target: Path):  # type: ignore[no-untyped-def]
        path.write_bytes(b"after")
        return replacing(self, target)

    monkeypatch.setattr(Home, "replacing", change_first)
    with pytest.raises(UnreadableError):
        keep_original(home, path)
    assert _everything(home.archive) == []


def test_a_full_disk_stores_nothing_and_says_so(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_bytes(b"x")

    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("sources.home.sync", full)
    with pytest.raises(OSError, match="No space left"):
        keep_original(home, tmp_path / "a.csv")
    assert _everything(home.archive) == []


def _state(number: int = 1, mode: str = "replace_all", **files: str) -> FolderState:
    archived = tuple(ArchivedFile(name, sha, "2021-07-03T09:30:00") for name, sha in files.items())
    return FolderState(number, mode, archived)


def test_the_log_keeps_every_state_in_order_of_delivery(home: Home) -> None:
    log = DeliveryLog(home, "health", MONTH)
    states = [_state(2, a="1"), _state(1, a="1"), _state(1, a="2"), _state(1, a="1")]
    for state in states:
        log.add(state)
    again = DeliveryLog(home, "health", MONTH)
    assert again.states == states
    assert again.in_order() == [states[1], states[2], states[3], states[0]]
    assert again.last(1) == states[3]
    assert again.last(3) is None


def test_a_folder_that_looks_the_same_or_was_cleaned_adds_nothing(home: Home) -> None:
    log = DeliveryLog(home, "health", MONTH)
    for state in (_state(a="1"), _state(a="1"), _state(), FolderState(1, "replace_all", ())):
        log.add(state)
    assert len(log.states) == 1
    log.add(_state(1, "replace_towns", a="1"))
    assert len(log.states) == 2


def test_a_file_keeps_the_time_when_it_was_first_seen(home: Home) -> None:
    log = DeliveryLog(home, "health", MONTH)
    log.add(_state(a="1"))
    later = datetime(2021, 8, 1)
    assert log.received_at(1, "a", "1", later) == "2021-07-03T09:30:00"
    assert log.received_at(1, "a", "2", later) == "2021-08-01T00:00:00"
    assert log.received_at(2, "a", "1", later) == "2021-08-01T00:00:00"


def test_logs_of_departments_and_months_are_apart(home: Home) -> None:
    DeliveryLog(home, "health", MONTH).add(_state(a="1"))
    assert DeliveryLog(home, "health", MONTH.shift(1)).states == []
    assert DeliveryLog(home, "civil_affairs", MONTH).states == []


def test_what_a_killed_writer_left_of_a_log_is_cleared(home: Home) -> None:
    path = DeliveryLog.path(home, "health", MONTH)
    home.make_dir(path.parent)
    (path.parent / f".{path.name}.01234567.tmp").write_text("half")
    other = path.parent / ".2021-07.json.01234567.tmp"
    other.write_text("another month, which may be written now")
    DeliveryLog(home, "health", MONTH).add(FolderState(1, "replace_all", (ArchivedFile("a.csv", "0" * 64, ""),)))
    assert sorted(path.parent.iterdir()) == [other, path]
