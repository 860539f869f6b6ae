"""Files at rest are taken at once, fresh ones after a wait, and those that change meanwhile not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.landing import settling
from sources.landing.settling import being_written

COPIED_AT = 1_625_000_000.0


class Clock:
    """A clock that only sleeping moves on; ``then`` happens during the first sleep."""

    def __init__(self, now: float) -> None:
        self.now, self.slept = now, 0.0
        self.then: Callable[[], object] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds
        self.then()

    def time(self) -> float:
        return self.now

    monotonic = time


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x")
    return path


def _clock(monkeypatch: pytest.MonkeyPatch, file: Path, age: float) -> Clock:
    """The clock by which a file is so many seconds old."""
    clock = Clock(file.lstat().st_ctime + age)
    monkeypatch.setattr(settling, "time", clock)
    return clock


@pytest.mark.parametrize(("age", "waits"), [(60.01, 0), (59.5, 0.5), (18, 42), (0, 60), (-3600, 60)])
def test_a_file_is_taken_once_it_has_been_unchanged_for_a_minute(
    file: Path, monkeypatch: pytest.MonkeyPatch, age: float, waits: float
) -> None:
    clock, told = _clock(monkeypatch, file, age), []
    assert being_written([file], 60, told.append) == set()
    assert clock.slept == pytest.approx(waits, abs=0.01)
    assert told == ([pytest.approx(waits, abs=0.01)] if waits else [])


def test_an_old_modification_time_does_not_make_a_copy_complete(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.utime(file, (COPIED_AT, COPIED_AT))
    clock = _clock(monkeypatch, file, 0)
    being_written([file], 60)
    assert clock.slept == pytest.approx(60, abs=0.01)


def test_a_file_that_changes_while_it_is_watched_is_not_waited_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _clock(monkeypatch, file, 0)
    clock.then = lambda: file.write_bytes(b"more")
    assert being_written([file], 60) == {file}
    assert clock.slept <= 1


def test_a_file_that_vanishes_or_is_replaced_is_not_at_rest(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _clock(monkeypatch, file, 0)
    clock.then = file.unlink
    other = file.with_name("b.csv")
    other.write_bytes(b"y")
    clock.then = lambda: other.replace(file)
    assert being_written([file, other], 60) == {file, other}


def test_no_waiting_is_asked_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _clock(monkeypatch, file, 0)
    assert being_written([file, file.with_name("missing.csv")], 0) == set()
    assert clock.slept == 0
