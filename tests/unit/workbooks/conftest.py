"""A data home that has been through the intake of a small register; tests work on copies of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sources.contracts.model import load_contracts
from sources.home import Home
from tests.paths import ODD_FOLDER
from tests.unit.workbooks.district import FAMILIES, JUNE, REGISTER, District, valid_id, write_csv


def _settled(home: Home) -> District:
    home.prepare()
    district = District(home, load_contracts())
    rows = [(*f[:5], valid_id(f[5]), *f[6:], "普通劳动力", "非在校生", "C级", "是") for f in FAMILIES]
    write_csv(district.inbox("agriculture", JUNE) / "农户基础信息名册.csv", [REGISTER, *rows])
    district.take("agriculture", JUNE)
    return district


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after the intake of its June register; tests work on copies."""
    return _settled(Home(tmp_path_factory.mktemp("original") / "home")).home.root


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
