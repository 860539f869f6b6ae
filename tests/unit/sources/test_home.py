"""The data home: writes are whole or not at all, restricted zones are closed."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sources.home import Home
from tests.paths import ROOT
from tests.unit.sources.builder import CONTRACTS, MONTH

REGISTER = CONTRACTS.dataset("household_register")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def test_a_file_is_replaced_as_a_whole(home: Home) -> None:
    path = home.accepted(REGISTER, MONTH) / "rows.parquet"
    for text in ("old", "new"):
        with home.replacing(path) as temporary:
            temporary.write_text(text)
            assert not path.exists() or path.read_text() == "old"
        assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(home: Home) -> None:
    path = home.accepted(REGISTER, MONTH) / "rows.parquet"
    with home.replacing(path) as temporary:
        temporary.write_text("old")
    with pytest.raises(ZeroDivisionError), home.replacing(path) as temporary:
        temporary.write_text("half" * (1 // 0))
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_a_killed_writer_leaves_the_old_file_and_nothing_that_a_glob_sees(home: Home) -> None:
    path = home.accepted(REGISTER, MONTH) / "rows.parquet"
    with home.replacing(path) as temporary:
        temporary.write_text("old")
    program = (
        "import os, signal, sys; from pathlib import Path; from sources.home import Home\n"
        "with Home(Path(sys.argv[1])).replacing(Path(sys.argv[2])) as temporary:\n"
        "    temporary.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(home.root), str(path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    assert list(home.warehouse.glob("accepted/*/*/month=*/*.parquet")) == [path]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_restricted_zones_are_for_their_owner_only_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    former = os.umask(umask)
    try:
        home = Home(tmp_path / "h")
        home.prepare()
        paths = [home.identities(REGISTER, MONTH) / "rows.parquet", home.outbox / "a" / "b.xlsx"]
        for path in paths:
            with home.replacing(path) as temporary:
                temporary.write_text("x")
    finally:
        os.umask(former)
    for zone in (home.restricted, home.outbox):
        for path in [zone, *zone.rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_zone_that_was_open_is_closed(tmp_path: Path) -> None:
    home = Home(tmp_path / "h")
    home.restricted.mkdir(parents=True, mode=0o755)
    home.prepare()
    assert stat.S_IMODE(home.restricted.stat().st_mode) == 0o700
