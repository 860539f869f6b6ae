"""A data home that has been through the intake of a small register; tests work on copies of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sources.contracts.model import load_contracts
from sources.home import Home
from tests.paths import ODD_FOLDER
from tests.unit.workbooks.district import District, settled_district


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after the intake of its June register; tests work on copies."""
    return settled_district(Home(tmp_path_factory.mktemp("original") / "home")).home.root


@pytest.fixture
def settled(original: Path, tmp_path: Path) -> District:
    """The district after the intake of its June register."""
    shutil.copytree(original, tmp_path / ODD_FOLDER)
    return District(Home(tmp_path / ODD_FOLDER), load_contracts())


@pytest.fixture
def district(settled: District) -> District:
    """The district before anybody delivered anything."""
    for zone in (settled.home.inbox, settled.home.restricted / "deliveries"):
        shutil.rmtree(zone)
    for folder in [*settled.home.root.rglob("month=2021-06")]:
        shutil.rmtree(folder)
    return settled
