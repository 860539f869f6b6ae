"""Fixtures of the intake: a desk that puts files into an inbox of its own, and no waiting for files to rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.home import Home
from sources.landing import locations
from tests.unit.sources.builder import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Home(tmp_path / "home"))


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files rest already: they get a time long past."""
    monkeypatch.setattr(locations, "SETTLING_SECONDS", 0.0)
