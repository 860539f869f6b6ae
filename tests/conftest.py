"""What holds for every test: a run closes its process to others, and the next test starts with the umask as it was.

A test without a home of its own has none: ``data/`` of the checkout, which ``make demo`` fills, changes no result.
Every month since 2020 can run: the definitions load once for all homes.
No test waits for the files that it has just written to be at rest, nor does any process that it starts.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest

pytest_plugins = ["tests.servers.fixtures"]

os.environ["SHOUWANG_HOME"] = f"{tempfile.gettempdir()}/no-home-of-tests"
os.environ["SHOUWANG_SETTLE_SECONDS"] = "0"
os.environ["SHOUWANG_FIRST_MONTH"] = "2020-01"


@pytest.fixture(autouse=True)
def _same_umask() -> Iterator[None]:
    former = os.umask(0o022)
    os.umask(former)
    yield
    os.umask(former)
