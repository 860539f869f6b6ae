"""The units are what systemd accepts, hardened, and of commands that exist; the bundle has what the lock pins."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.commands import cli
from tests.paths import ROOT
from tests.servers.system import program

SYSTEMD = ROOT / "deploy" / "systemd"
UNITS = sorted(SYSTEMD.glob("*.service"))
HIGHEST_EXPOSURE = 2.0
"""Of ``systemd-analyze security``, from 0 (best) to 10."""
BUNDLE = runpy.run_path(str(ROOT / "deploy" / "bundle.py"))


def _installed(folder: Path) -> list[str]:
    """Copy the units, with a program that exists in place of ours."""
    for unit in SYSTEMD.iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/shouwang/current/bin/shouwang", "/bin/true")
        (folder / unit.name).write_text(text, encoding="utf-8")
    return [str(folder / unit.name) for unit in SYSTEMD.iterdir()]


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    command = [program("systemd-analyze", "systemd"), "verify", "--man=no", *_installed(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "shouwang" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_services_reach_little(unit: Path) -> None:
    command = [program("systemd-analyze", "systemd"), "security", "--offline=yes", "--no-pager", str(unit)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told)
    assert found
    assert float(found[1]) < HIGHEST_EXPOSURE


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_commands_of_units_exist(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=\S+/shouwang (.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    words = line.replace("%t", "/run").split()
    given = [word for word in words if word.startswith("--")]
    told = CliRunner().invoke(cli.app, [words[0], "--help"], env={"COLUMNS": "200"})
    assert told.exit_code == 0
    assert all(option in told.output for option in given)


def test_what_units_start_with_is_installed() -> None:
    text = (ROOT / "deploy" / "install.sh").read_text(encoding="utf-8")
    for unit in UNITS:
        (file,) = re.findall(r"^EnvironmentFile=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        tokens = re.findall(r"^Environment=SHOUWANG_UI_TOKEN_FILE=/etc/shouwang/(.*)$", unit.read_text(), re.MULTILINE)
        assert file in text
        assert all(f"token {name}" in text for name in tokens)


@pytest.mark.parametrize("script", ["install.sh", "shouwang"])
def test_scripts_are_of_the_plain_shell(script: str) -> None:
    shell = shutil.which("dash") or "sh"
    assert subprocess.run([shell, "-n", str(ROOT / "deploy" / script)], check=False).returncode == 0


LOCK = """\
networkx==3.6.1 ; python_full_version < '3.12' \\
    --hash=sha256:aa
    # via dbt
networkx==3.7 ; python_full_version >= '3.12' \\
    --hash=sha256:bb
ruff==1 \\
    --hash=sha256:cc
"""


def test_all_versions_of_a_package_in_the_lock() -> None:
    """Pip decides by the markers; a bundle with the last entry only had no networkx at all."""
    assert BUNDLE["locked"](LOCK, {"networkx"}) == LOCK[: LOCK.index("ruff")]
    with pytest.raises(ValueError, match=r"not in requirements\.lock: absent"):
        BUNDLE["locked"](LOCK, {"absent", "ruff"})


def test_a_server_needs_no_tools_of_development() -> None:
    needed = BUNDLE["needed"]("shouwang")
    assert {"dagster", "duckdb", "networkx", "paramiko", "psycopg", "psycopg-binary"} <= needed
    assert not needed & {"pytest", "ruff", "mypy", "shouwang"}
    BUNDLE["locked"]((ROOT / "requirements.lock").read_text(encoding="utf-8"), needed)
