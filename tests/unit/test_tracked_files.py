"""The names of the files in the repository: a checkout works on every system."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from tests.paths import ROOT


def test_no_tracked_file_has_a_name_that_windows_refuses() -> None:
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        assert not os.environ.get("CI"), "CI needs a git checkout"
        pytest.skip("no git checkout, so the names of the tracked files are unknown")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    names = listed.rstrip("\0").split("\0")
    assert "pyproject.toml" in names
    assert [name for name in names if re.search(r'[<>:"|?*\\]', name)] == []
