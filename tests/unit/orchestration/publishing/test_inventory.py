"""Every version in ``published`` is known, with its problem; readers are never led to one that they cannot use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.commands.cli import app
from orchestration.publishing.content import PublishError
from orchestration.publishing.inventory import inventory
from orchestration.publishing.publish import roll_back
from orchestration.publishing.version import Version, current, versions
from tests.unit.orchestration.conftest import TinyWarehouse

TOP = "select max(net_income) from marts.household_month"


@pytest.fixture
def kept(tiny: TinyWarehouse) -> list[Version]:
    """Three versions of June, newest first."""
    for n in range(1, 4):
        tiny.build(["2021-06"], income=float(n))
        tiny.publish("2021-06")
    return versions(tiny.home.published)


def _overwrite(path: Path) -> None:
    path.write_bytes(b"damaged" * 1000)


@pytest.mark.parametrize(
    ("file", "damage", "said"),
    [
        ("{stem}/shouwang.duckdb", _overwrite, "数据库文件已损坏"),
        ("{stem}/shouwang.duckdb", Path.unlink, "数据库文件丢失"),
        ("{stem}/version.json", _overwrite, "版本说明(json)已损坏,或由别的程序版本写成"),
        ("{stem}/version.json", Path.unlink, "版本说明(json)丢失"),
        ("{stem}/parquet/dim_month.parquet", Path.unlink, "Parquet 副本 dim_month 丢失或已损坏"),
    ],
)
def test_a_damaged_version_is_listed_and_left_out(
    tiny: TinyWarehouse, kept: list[Version], file: str, damage: Callable[[Path], None], said: str
) -> None:
    _, second, first = kept
    damage(tiny.home.published / file.format(stem=second.stem))
    assert [f.problem for f in inventory(tiny.home.published) if f.stem == second.stem] == [said]
    with pytest.raises(PublishError, match="没有可以退回的版本2;") as refused:
        roll_back(tiny.home, 2)
    for named in (second.stem if "json" in file else "2(2021-06", f"不能用:{said}", "3(2021-06", "[现行]"):
        assert named in str(refused.value)
    assert roll_back(tiny.home).number == first.number, "the next one that readers can use"
    assert tiny.read(TOP) == [(99.0,)]


def test_where_the_current_version_cannot_be_described_an_earlier_one_is_the_way_back(
    tiny: TinyWarehouse, kept: list[Version]
) -> None:
    _overwrite(tiny.home.published / f"{kept[0].stem}/version.json")
    assert current(tiny.home.published) is None
    assert roll_back(tiny.home).number == 2


def test_a_version_of_another_program_is_known(tiny: TinyWarehouse, kept: list[Version]) -> None:
    file = tiny.home.published / f"{kept[1].stem}/version.json"
    raw = json.loads(file.read_text("utf-8"))
    del raw["engine"]
    raw["made_by"] = "0.9"
    raw["marts"]["dim_month"]["colour"] = "red"
    file.write_text(json.dumps(raw), "utf-8")
    assert [f.problem for f in inventory(tiny.home.published, deep=True)] == ["", "", ""]
    assert roll_back(tiny.home).number == 2


def test_the_command_lists_what_is_there(
    tiny: TinyWarehouse, kept: list[Version], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tiny.home.root))
    _overwrite(tiny.home.published / f"{kept[2].stem}/version.json")
    lines = CliRunner().invoke(app, ["rollback", "--list"]).output.splitlines()
    assert [line[:4] for line in lines] == ["版本 3", "版本 2", "版本 m"]
    assert "[现行]" in lines[0]
    assert "[不能用:版本说明(json)已损坏" in lines[2]
    assert current(tiny.home.published) == kept[0]
