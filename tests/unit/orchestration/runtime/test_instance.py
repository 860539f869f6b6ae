"""A prepared process makes files for its owner only, and no memory image when it crashes; nor do its children."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.paths import ROOT

PROGRAM = """
import subprocess, sys
from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
instance.prepare(Settings())
child = "import os, resource; print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE)[0])"
print(subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True).stdout)
"""


def test_what_a_run_starts_is_closed_as_well(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "SHOUWANG_HOME": str(tmp_path / "home")},
        cwd=ROOT,
        umask=0,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0o77", "0"]
    assert (tmp_path / "home" / "dagster" / "dagster.yaml").stat().st_mode & 0o777 == 0o600
