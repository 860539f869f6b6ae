"""A daemon that is asked to end takes nothing away from the backfills that it looks at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.commands.ui import daemon

DAEMON = """
import signal, sys, time
def interrupt(*_): raise KeyboardInterrupt
for number in (signal.SIGTERM, signal.SIGINT): signal.signal(number, interrupt)
try:
    print("looks at backfills", sys.argv[1:], flush=True)
    time.sleep(60)
finally:
    print("takes the code away", flush=True)
"""
"""Ends as Dagster's does."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_without_taking_the_code_away(tmp_path: Path, number: signal.Signals) -> None:
    package = tmp_path / "dagster" / "_daemon"
    package.mkdir(parents=True)
    for file, text in ((package.parent / "__init__.py", ""), (package / "__init__.py", "")):
        file.write_text(text)
    (package / "__main__.py").write_text(DAEMON)
    command = [sys.executable, "-P", "-m", daemon.__name__, "run"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "looks at backfills ['run']\n"
        process.send_signal(number)
        assert process.stdout.read() == ""
        assert process.wait(30) == 0
