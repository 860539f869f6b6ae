"""What every server needs of the system: programs, a free port, and commands that prepare it."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

HOST = "127.0.0.1"
PASSWORD = "extracts-of-the-tests"
"""Of every account; no other text has it, so that a search for secrets finds it."""
ABSENT = "absent program: "
# Where Debian keeps servers, which the path of an ordinary user leaves out.
_FOLDERS = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def absent(program: str, package: str) -> NoReturn:
    """Skip the test because a program is absent, with the package to install; fail it on CI, which installs all."""
    reason = f"{ABSENT}{program}; apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def program(name: str, package: str, folders: Sequence[Path] = ()) -> str:
    """Path of a program of the system, also where only administrators look; `absent` if there is none."""
    searched = os.pathsep.join([*map(str, folders), _FOLDERS])
    return shutil.which(name, path=searched) or absent(name, package)


def free_port() -> int:
    """A port that nobody listens on, below those that the kernel gives to clients: it is still free at a restart."""
    for _ in range(100):
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port between 20000 and 32000")


def run(command: Sequence[str], text: str = "", folder: Path | None = None) -> str:
    """Output of a command that prepares a server; its words are in the error if it fails."""
    done = subprocess.run(
        command, input=text, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout
