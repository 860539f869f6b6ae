"""Storage that hangs costs a county its newest version, and no other county anything."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from orchestration.city import reaching
from orchestration.publishing.version import EDITIONS
from sources.home import CURRENT, DESCRIPTION
from tests.unit.orchestration.city.conftest import JUNE, RATE, TinyCity

BROKEN = "441823"


def test_the_names_are_those_of_a_version(city: TinyCity) -> None:
    assert (CURRENT, (*(e.database for e in EDITIONS), DESCRIPTION)) == (reaching._LINK, reaching.NAMES)


def test_storage_that_does_not_answer_holds_up_nobody(city: TinyCity, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that nobody writes to hangs as a share does whose server is gone."""
    before = city.take()[BROKEN]
    monkeypatch.setattr(reaching, "PATIENCE_SECONDS", 1.0)
    description = city.counties[BROKEN].home.published / CURRENT / DESCRIPTION
    description.unlink()
    os.mkfifo(description)
    city.counties["441802"].publish(figures={RATE: (60, 100)})
    began = time.monotonic()
    taken = city.take()
    assert time.monotonic() - began < 30
    told = taken[BROKEN].told(JUNE)
    assert "存储没有回应(等了 1 秒)" in told
    assert "沿用此前取得的版本 1" in told
    assert taken[BROKEN].version == before.version
    newest = taken["441802"].version
    assert newest
    assert newest.number == 2
    assert not taken["450102"].told(JUNE)


def test_many_that_hang_cost_no_more_than_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "PATIENCE_SECONDS", 2.0)
    folders = [tmp_path / str(n) for n in range(12)]
    for folder in folders[:-1]:
        (folder / "version").mkdir(parents=True)
        (folder / CURRENT).symlink_to("version")
        os.mkfifo(folder / "version" / DESCRIPTION)
    began = time.monotonic()
    looks = reaching.look_all(folders)
    assert time.monotonic() - began < 12, "one after the other takes 22 seconds"
    assert [type(looks[folder]) for folder in folders] == [*[reaching.HangingError] * 11, type(None)]


def test_a_copy_that_stands_still_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit counts from the last byte: a copy that goes on slowly is waited for."""
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import sys, time, pathlib\n"
        "for n in range(6):\n"
        "    pathlib.Path(sys.argv[3], 'file').write_bytes(b'.' * n); time.sleep(.5)\n"
        "pathlib.Path(sys.argv[3], 'pid').write_text(str(__import__('os').getpid())); time.sleep(600)\n"
    )
    monkeypatch.setattr(reaching, "__file__", str(slow))
    monkeypatch.setattr(reaching, "PATIENCE_SECONDS", 2.0)
    (target := tmp_path / "target").mkdir()
    began = time.monotonic()
    with pytest.raises(reaching.HangingError):
        reaching.copy(tmp_path, target, 1)
    assert time.monotonic() - began > 4.5
    pid = int((target / "pid").read_text())
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:
        # subprocess has asked for its end already.
        assert not Path(f"/proc/{pid}").exists()
    else:
        assert os.WTERMSIG(status) == signal.SIGKILL


def test_an_error_of_storage_is_told_as_such(city: TinyCity) -> None:
    description = city.counties[BROKEN].home.published / CURRENT / DESCRIPTION
    description.unlink()
    description.mkdir()
    assert "读不出已发布的版本" in city.take()[BROKEN].told(JUNE)
