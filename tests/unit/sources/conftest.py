"""Fixtures of the intake: a desk that puts files into an inbox of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.home import Home
from tests.unit.sources.builder import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Home(tmp_path / "home"))
