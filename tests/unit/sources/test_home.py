"""The data home: writes are whole or not at all, restricted zones are closed."""

from __future__ import annotations

import grp
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


def _modes(home: Home) -> dict[str, str]:
    """The mode of every path of the home, in octal."""
    paths = [home.root, *home.root.rglob("*")]
    return {str(p.relative_to(home.root)): oct(stat.S_IMODE(p.lstat().st_mode)) for p in paths if not p.is_symlink()}


NEW_HOME = {
    ".": "0o750",
    "inbox": "0o750",
    "published": "0o750",
    "restricted": "0o700",
    "outbox": "0o700",
    "warehouse": "0o700",
    "dbt": "0o700",
    "dagster": "0o700",
}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_modes_of_a_home_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    home = Home(tmp_path / "h")
    former = os.umask(umask)
    try:
        assert home.prepare() == ()
        for zone in (home.published, home.warehouse, home.dagster):
            with home.replacing(zone / "a" / "b.json") as temporary:
                temporary.write_text("x")
        building = home.published / "building-marts-x"
        building.mkdir()
        for made_by_duckdb in ("shouwang.duckdb", "shouwang_open.duckdb"):
            (building / made_by_duckdb).touch()
        home.set_modes(building)
    finally:
        os.umask(former)
    assert _modes(home) == NEW_HOME | {
        "published/a": "0o700",
        "published/a/b.json": "0o600",
        "published/building-marts-x": "0o750",
        "published/building-marts-x/shouwang.duckdb": "0o600",
        "published/building-marts-x/shouwang_open.duckdb": "0o640",
        "warehouse/a": "0o700",
        "warehouse/a/b.json": "0o600",
        "dagster/a": "0o700",
        "dagster/a/b.json": "0o600",
    }


def test_a_home_that_was_open_is_closed(tmp_path: Path) -> None:
    home = Home(tmp_path / "h")
    for zone in NEW_HOME:
        (home.root / zone / "a").mkdir(parents=True)
        (home.root / zone / "a" / "f").touch()
    for path in home.root.rglob("*"):
        path.chmod(0o777)
    home.root.chmod(0o755)
    (home.published / "marts.duckdb").symlink_to("a/f")
    assert set(home.prepare()) == {home.root, home.published, *home.closed}
    modes = _modes(home)
    assert {zone: modes[zone] for zone in NEW_HOME} == NEW_HOME | {"inbox": "0o777"}, "the office decides on its inbox"
    assert (modes["published/a"], modes["published/a/f"]) == ("0o700", "0o600")
    assert (modes["warehouse/a"], modes["warehouse/a/f"]) == ("0o700", "0o600")
    assert home.prepare() == ()


def test_a_home_that_was_closed_further_stays_so(tmp_path: Path) -> None:
    home = Home(tmp_path / "h")
    home.prepare()
    home.root.chmod(0o700)
    home.published.chmod(0o700)
    assert home.prepare() == ()
    assert _modes(home) == NEW_HOME | {".": "0o700", "published": "0o700"}


def test_readers_get_the_open_marts_and_nothing_else(tmp_path: Path) -> None:
    gid = os.getgid()
    home = Home(tmp_path / "h", grp.getgrgid(gid).gr_name)
    version = home.published / "marts-x"
    version.mkdir(parents=True, mode=0o700)
    opened = version / "shouwang_open.duckdb"
    for file in (version / "version.json", opened):
        file.touch(mode=0o600)
    home.prepare()
    assert _modes(home) == NEW_HOME | {
        "published/marts-x": "0o750",
        "published/marts-x/version.json": "0o600",
        "published/marts-x/shouwang_open.duckdb": "0o640",
    }
    assert {p.stat().st_gid for p in (home.root, home.published, version, opened)} == {gid}
