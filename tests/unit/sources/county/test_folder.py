"""A county's folder: what it may hold, and that every problem is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.county.columns import PARAMETERS, TARGETS
from sources.county.folder import DEFAULT, CountyError, county_of, product_rows, read_county, rows_of
from tests.unit.sources.county.folders import HEAD, YANGSHAN, write

LEVY = "cleaning_levy_per_person_month"


def problems(folder: Path) -> list[str]:
    with pytest.raises(CountyError) as raised:
        read_county(folder)
    first, *lines = str(raised.value).splitlines()
    assert first == f"区县配置 {folder} 不能使用:"
    return [line.removeprefix("- ") for line in lines]


def test_a_home_without_a_folder_serves_the_default_county(tmp_path: Path) -> None:
    county = county_of(tmp_path)
    assert (county.code, county.is_default, county.folder) == ("441802", True, DEFAULT)


def test_own_rows_come_after_those_of_the_product_and_get_the_countys_prefix(tmp_path: Path) -> None:
    rows = f"{LEVY},,2021-01-01,,2,元/人·月,县文件\n{LEVY},441823101,2021-01-01,,3,元/人·月,镇文件\n"
    write(tmp_path / "county", parameters=HEAD + rows, targets="indicator_code,valid_from,target,source\n")
    county = county_of(tmp_path)
    merged = rows_of(county, PARAMETERS)
    assert [r["parameter"] for r in merged[:-2]] == [r["parameter"] for r in product_rows(PARAMETERS)]
    assert [(r["division_prefix"], r["value"], r["is_placeholder"]) for r in merged[-2:]] == [
        (YANGSHAN, "2", "false"),
        ("441823101", "3", "false"),
    ]
    assert len(rows_of(county, TARGETS)) == len(product_rows(TARGETS))
    assert not any(r["division_prefix"].startswith("441802") for table in (PARAMETERS, TARGETS) for r in merged)


def test_a_folder_without_its_settings_is_refused(tmp_path: Path) -> None:
    (tmp_path / "county").mkdir()
    with pytest.raises(CountyError, match=r"缺少 county\.toml"):
        county_of(tmp_path)


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("code = 441823\n", "county.toml:code 应为加引号的 6 位区划代码"),
        ('code = "4418"\n', "county.toml:code 应为加引号的 6 位区划代码"),
        ('code = "441823"\ncolour = "red"\n', "county.toml:没有名为 colour 的设置项"),
        ('code = "441823"\nname = ""\n', "county.toml:name 应为加引号的名称"),
        ('code = "441823"\nwords = 1\n', "county.toml:[words] 应为一节"),
        ('code = "441823"\n[words]\n"甲" = 1\n', "county.toml [words] 甲:“1”不能用;应写作"),
        ('code = "441823"\n[due_days]\nhealth = 29\n', "county.toml [due_days] health:“29”不能用;应写作 health = 8"),
        ('code = "441823"\n[due_days]\nhealth = 0\n', "county.toml [due_days] health:“0”不能用"),
        ('code = "441823"\n[due_days]\nhealth = "8"\n', "county.toml [due_days] health:“8”不能用"),
        ('code = "441823"\n[due_days]\nhealth = true\n', "county.toml [due_days] health:“True”不能用"),
        ('code = "441823"\n[departments]\nhealth = ""\n', "county.toml [departments] health:“”不能用"),
        ('code = "441823"\n[departments]\nhealth = "a/b"\n', "county.toml [departments] health:“a/b”不能用"),
        ("code = \n", "county.toml:无法读取"),
    ],
)
def test_settings_that_are_wrong_are_named(tmp_path: Path, toml: str, expected: str) -> None:
    assert any(line.startswith(expected) for line in problems(write(tmp_path / "county", toml)))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("no_such,,2021-01-01,,2,元,文件", "parameters.csv 第 2 行 parameter:没有参数“no_such”"),
        (f"{LEVY},,2021/1/1,,2,元/人·月,文件", "parameters.csv 第 2 行 valid_from:“2021/1/1”应为日期"),
        (f"{LEVY},,2021-01-01,,2元,元/人·月,文件", "parameters.csv 第 2 行 value:“2元”应为数字"),
        (f"{LEVY},,2021-01-01,,2,元/人·年,文件", f"parameters.csv 第 2 行 unit:{LEVY} 的单位应为 元/人·月"),
        (f"{LEVY},,2021-01-01,,2,元/人·月,", "parameters.csv 第 2 行 source 没有填写"),
        (f"{LEVY},441802,2021-01-01,,2,元/人·月,文件", "parameters.csv 第 2 行 division_prefix:“441802”不属于本区县"),
        (f"{LEVY},,2021-01-01,2020-01-01,2,元/人·月,文件", "parameters.csv 第 2 行 valid_to:2020-01-01 不晚于"),
        (f"{LEVY},,2021-01-01,,2,元/人·月,文件,第四条", "parameters.csv 第 2 行 的格比列名多"),
    ],
)
def test_a_wrong_row_is_named_with_file_line_and_column(tmp_path: Path, row: str, expected: str) -> None:
    (found,) = problems(write(tmp_path / "county", parameters=f"{HEAD}{row}\n"))
    assert found.startswith(expected)


def test_overlapping_rows_are_named_with_what_to_write(tmp_path: Path) -> None:
    rows = f"{LEVY},,2021-01-01,,2,元/人·月,甲\n{LEVY},,2022-01-01,,3,元/人·月,乙\n"
    (found,) = problems(write(tmp_path / "county", parameters=HEAD + rows))
    assert found.endswith(f"{LEVY} 与第 2 行的有效期重叠;请把第 2 行的 valid_to 写作 2022-01-01")
    followed = rows.replace("2021-01-01,,2", "2021-01-01,2022-01-01,2")
    assert len(read_county(write(tmp_path / "county", parameters=HEAD + followed)).parameters) == 2


def test_unknown_and_missing_columns_are_named(tmp_path: Path) -> None:
    assert problems(write(tmp_path / "a", parameters="parameter,colour\n")) == [
        f"parameters.csv:没有名为“colour”的列;可用:{'、'.join(PARAMETERS.columns)}"
    ]
    assert problems(write(tmp_path / "b", targets="indicator_code,valid_from,target\n")) == [
        "targets.csv:缺少列 source"
    ]


def test_every_problem_of_every_file_is_named_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "county",
        'code = "441823"\ncolour = "red"\n',
        parameters=f"{HEAD}no_such,,2021-01-01,,2,元,文件\n",
        working_days="day,is_working_day,source\n2027-01-01,no,通知\n",
    )
    assert [line.partition(":")[0].split()[0] for line in problems(folder)] == [
        "county.toml",
        "working_days.csv",
        "parameters.csv",
    ]


def test_a_file_from_excel_in_gbk_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path / "county")
    (folder / "parameters.csv").write_bytes(f"{HEAD}{LEVY},,2021-01-01,,2,元/人·月,县文件\n".encode("gb18030"))
    assert read_county(folder).parameters[0]["source"] == "县文件"
