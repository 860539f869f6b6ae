"""Versions of an earlier program keep their readers, and are versions of this one."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.inventory import inventory
from orchestration.publishing.publish import roll_back
from orchestration.publishing.version import current
from orchestration.runtime import former_layout
from tests.unit.orchestration.conftest import TinyWarehouse

TOP = "select max(net_income) from marts.household_month"


@pytest.fixture
def former(tiny: TinyWarehouse) -> TinyWarehouse:
    """Two versions, with the names that the earlier program gave them."""
    for n in (1, 2):
        tiny.build(["2021-06"], income=float(n))
        tiny.publish("2021-06")
    published = tiny.home.published
    now = current(published)
    assert now is not None
    for folder in list(published.glob("marts-*")):
        stem = folder.name
        (folder / "shouwang.duckdb").rename(published / f"{stem}.duckdb")
        (folder / "shouwang_open.duckdb").rename(published / f"{stem}.open.duckdb")
        (folder / "version.json").rename(published / f"{stem}.json")
        (published / "parquet").mkdir(exist_ok=True)
        for name, was in (("parquet", stem), ("parquet_open", f"{stem}.open")):
            (folder / name / "manifest.json").unlink()
            (folder / name).rename(published / "parquet" / was)
        folder.rmdir()
    for link, ending in (("current", None), ("marts.duckdb", ""), ("open.duckdb", ".open")):
        (published / link).unlink()
        if ending is not None:
            (published / link).symlink_to(f"{now.stem}{ending}.duckdb")
    return tiny


def test_former_versions_are_adopted(former: TinyWarehouse) -> None:
    reader = duckdb.connect(str(former.home.published / "marts.duckdb"), read_only=True)
    former_layout.adopt(former.home)
    assert former.read(TOP) == [(198.0,)]
    assert former.read("select max(row_no) from marts.household_bands", "open.duckdb") == [(1,)]
    assert [f.problem for f in inventory(former.home.published, deep=True)] == ["", ""]
    assert {name.split("/")[0].split("-")[0] for name in former.names()} == {
        "marts",
        "current",
        "marts.duckdb",
        "open.duckdb",
    }
    assert reader.execute(TOP).fetchall() == [(198.0,)], "who reads keeps reading"
    assert not former.home.is_open(former.home.published)
    roll_back(former.home)
    assert former.read(TOP) == [(99.0,)]


@pytest.mark.parametrize("step", ["link", "chmod", "replace"])
def test_a_killed_adoption_is_repeated(former: TinyWarehouse, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    owner = {"link": former_layout.os, "chmod": Path, "replace": Path}[step]
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, die)
        with pytest.raises(KeyboardInterrupt):
            former_layout.adopt(former.home)
    assert former.read(TOP) == [(198.0,)]
    former_layout.adopt(former.home)
    assert former.read(TOP) == [(198.0,)]
    assert [f.problem for f in inventory(former.home.published, deep=True)] == ["", ""]


def test_a_home_of_this_program_is_left_alone(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    before = tiny.names()
    former_layout.adopt(tiny.home)
    assert tiny.names() == before
    shutil.rmtree(tiny.home.published)
    former_layout.adopt(tiny.home)
