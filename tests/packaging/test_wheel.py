"""The wheel holds every file of the packages and runs the demo from an empty folder, without the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import duckdb

from orchestration.publishing.bi import questions
from sources.months import Month
from tests.paths import ROOT

MODULES = ("expectations", "orchestration", "reports", "sample", "sources", "workbooks")
PACKAGES = ("dbt_city", "dbt_project", *MODULES)
NEEDED_TO_BUILD = ("pyproject.toml", "README.md", "LICENSE")


def _files(*paths: str) -> set[str]:
    """Files of the checkout below ``paths`` as Git knows them; what it ignores is left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *paths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.splitlines() if (ROOT / name).exists()}


def _build(folder: Path) -> Path:
    """Build the wheel from a copy: what earlier builds left in the checkout does not get in."""
    for name in _files(*PACKAGES, *NEEDED_TO_BUILD):
        copy = folder / "source" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), "source"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


def _install(wheel: Path, folder: Path) -> Path:
    """Install the wheel into a new environment that sees the packages of this one, but not the checkout.

    The editable checkout is on this environment's path by a ``.pth`` file, which a folder that is itself put on the
    path by a ``.pth`` file does not have read.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return site_packages


def _installed(site_packages: Path) -> set[str]:
    found = (p.relative_to(site_packages) for package in PACKAGES for p in (site_packages / package).rglob("*"))
    return {str(p) for p in found if "__pycache__" not in p.parts and (site_packages / p).is_file()}


def test_the_wheel_runs_the_demo_without_the_checkout(tmp_path: Path) -> None:
    wheel, tracked = _build(tmp_path), _files(*PACKAGES)
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == tracked

    site_packages = _install(wheel, tmp_path / "venv")
    bin_, cwd = tmp_path / "venv" / "bin", tmp_path / "office"
    cwd.mkdir()
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "user")}

    def run(*command: str) -> str:
        done = subprocess.run(
            [str(bin_ / command[0]), *command[1:]],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    where = "import importlib; print({importlib.import_module(n).__file__.rsplit('/', 2)[0] for n in %r})"
    assert run("python", "-c", where % (MODULES,)) == f"{ {str(site_packages)} }\n"
    assert "2021-06 已发布" in run("shouwang", "demo")
    published = cwd / "data" / "published"
    with duckdb.connect(str(published / "marts.duckdb"), read_only=True) as marts:
        months = marts.execute(
            "select distinct strftime(month, '%Y-%m') from marts.household_risk order by 1"
        ).fetchall()
    assert months == [("2021-04",), ("2021-05",), ("2021-06",)]
    # The demo is the same everywhere, so the document can show its answers.
    written = (ROOT / "docs" / questions.DOCUMENT).read_text(encoding="utf-8")
    assert questions.document(published, Month.parse("2021-06")) == written
    assert "依赖与安装包的要求一致" in run("shouwang", "doctor", "2021-06")
    # The folder of an installed wheel may be read-only, and the current folder is the office's.
    assert _installed(site_packages) == tracked
    assert [p.name for p in cwd.iterdir()] == ["data"]
