"""``shouwang init CODE`` and the doctor's line about the county."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.commands.county import answer, write_county
from orchestration.publishing import rotation
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources.county.folder import DEFAULT, county_of
from tests.unit.sources.county.folders import write

YANGSHAN = "441823"


def written(home: Path, code: str) -> str:
    console = Console(file=io.StringIO(), width=400)
    write_county(console, Settings(home=home), code)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_init_writes_a_folder_that_can_be_used_and_says_what_there_is(tmp_path: Path) -> None:
    said = written(tmp_path / "home", YANGSHAN)
    assert "区县 441823 阳山县:镇 12、民族乡 1;村居 167 个。" in said
    assert "没有有效值的参数 4 个" in said
    assert "保洁费标准" in said
    assert county_of(tmp_path / "home").code == YANGSHAN
    assert sorted(p.name for p in (tmp_path / "home").glob("*county*")) == ["county"]


def test_the_default_county_gets_its_rows(tmp_path: Path) -> None:
    written(tmp_path / "home", "441802")
    found, shipped = county_of(tmp_path / "home"), county_of(tmp_path / "none")
    assert shipped.folder == DEFAULT
    assert (found.parameters, found.targets) == (shipped.parameters, shipped.targets)


def test_a_folder_is_never_overwritten(tmp_path: Path) -> None:
    written(tmp_path, YANGSHAN)
    with pytest.raises(ShouwangError, match="已有区县配置"):
        written(tmp_path, YANGSHAN)


def test_a_home_with_data_of_another_county_is_left_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    settings.paths.prepare()
    settings.warehouse_file.touch()
    with pytest.raises(ShouwangError, match="已有 441802 的数据,不能改为 441823"):
        written(tmp_path, YANGSHAN)
    assert not (tmp_path / "county").exists()


def test_an_unknown_code_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ShouwangError, match="没有代码为999999的县"):
        written(tmp_path / "home", "999999")
    assert not (tmp_path / "home" / "county").exists()


def test_the_doctor_says_which_county_it_is_and_what_it_lacks(tmp_path: Path) -> None:
    found = answer(tmp_path)
    assert (found.subject, found.level) == ("区县", "info")
    assert "没有 county 文件夹,按 441802 清城区" in found.text
    write(tmp_path / "county")
    found = answer(tmp_path)
    assert found.level == "look"
    assert found.text.startswith("441823 阳山县(镇 12、民族乡 1),自己的参数 0 行、指标目标 0 行;没有有效值的参数:")


def test_the_doctor_names_what_is_wrong_with_the_folder(tmp_path: Path) -> None:
    write(tmp_path / "county", parameters="parameter,colour\n")
    found = answer(tmp_path)
    assert found.level == "problem"
    assert "parameters.csv:没有名为“colour”的列" in found.text
    (tmp_path / "county" / "parameters.csv").unlink()
    (tmp_path / "county" / "synonyms.yaml").write_text("no_table.column: [甲]\n", "utf-8")
    assert "没有数据表“no_table”" in answer(tmp_path).text


def test_a_rotation_of_the_secret_builds_for_the_same_county(tmp_path: Path) -> None:
    written(tmp_path, YANGSHAN)
    home = Settings(home=tmp_path).paths
    (tmp_path / "restricted" / "archive").mkdir()
    (tmp_path / "restricted" / "deliveries").mkdir()
    assert county_of(rotation.begin(home).root).code == YANGSHAN
