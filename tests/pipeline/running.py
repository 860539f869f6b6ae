"""Running months of a data home in a process of their own, and commands in this one.

Belongs here: the call and its outcome. Does not belong here: what the process does (``run_months``), judging it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest

from orchestration.commands.cli import main
from tests.worlds.nasty.inboxes import SECRET


def environment(home: Path) -> dict[str, str]:
    """The environment of a process that works on ``home`` with the secret of the nasty inboxes."""
    secret = home / "secret"
    secret.write_text(f"{SECRET}\n", "utf-8")
    secret.chmod(0o600)
    return {**os.environ, "SHOUWANG_HOME": str(home), "SHOUWANG_SECRET_FILE": str(secret)}


def run_months(home: Path, months: list[str]) -> dict[str, bool]:
    """Run the months in order; whether each was published."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.pipeline.run_months", *months],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"month"')]
    assert [r["month"] for r in reports] == months, done.stdout + done.stderr
    return {r["month"]: r["success"] for r in reports}


def shouwang(variables: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with these variables of the environment in this process, which has imported the program already.

    A process of its own takes seconds for that. Not for commands that are killed or timed.
    """
    said, mistakes, umask = StringIO(), StringIO(), os.umask(0o022)
    os.umask(umask)
    try:
        with (
            patch.dict(os.environ, variables),
            patch.object(sys, "argv", ["shouwang", *arguments]),
            redirect_stdout(said),
            redirect_stderr(mistakes),
            pytest.raises(SystemExit) as end,
        ):
            main()
    finally:
        os.umask(umask)
    return subprocess.CompletedProcess(arguments, int(end.value.code or 0), said.getvalue(), mistakes.getvalue())
