"""A county's own risk rules: rows and SQL that are refused, and their rows of the catalogue."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sources import parquet
from sources.county.catalogues import are_written, own_fingerprint, write_catalogues
from sources.county.folder import CountyError, county_of, read_county
from sources.county.rules import own_rules
from sources.home import Home
from tests.unit.sources.county.folders import write, write_own

ALONE = "local.alone"
HOUSEHOLDS = "select households.*, living_members as measure from households"
HEAD = "code,name_zh,kind,department,households,about,form,measure,unit,threshold,valid_from,valid_to,sentence\n"
ROW = f"{ALONE},独居,security,civil_affairs,all,household,max,健在人口,人,<= 1,2026-01-01,,家中只有{{measure}}人\n"


def with_rules(folder: Path, statement: str = HOUSEHOLDS, rows: str = ROW) -> Path:
    """Write a folder with one own rule."""
    write(folder)
    (folder / "dbt").mkdir(exist_ok=True)
    (folder / "dbt" / f"{ALONE}.sql").write_text(statement, "utf-8")
    (folder / "dbt" / "rules.csv").write_text(HEAD + rows, "utf-8")
    return folder


def refused(folder: Path) -> str:
    """What is said about a folder, without the line that names it."""
    with pytest.raises(CountyError) as raised:
        own_rules(read_county(folder))
    return str(raised.value).partition("\n")[2]


def test_a_county_without_own_rules_has_none(tmp_path: Path) -> None:
    assert own_rules(read_county(write(tmp_path))) == []


def test_the_row_of_the_catalogue_names_the_tables_that_are_read(tmp_path: Path) -> None:
    statement = f"{HOUSEHOLDS} where household_key not in (select household_key from household_income)"
    (found,) = own_rules(read_county(with_rules(tmp_path, statement)))
    assert (found["rule_code"], found["name_en"], found["threshold"]) == (ALONE, "独居", "<= 1")
    assert found["datasets"] == "household_register,household_income"
    assert found["tables"] == "household_income,households"
    assert found["statement"] == statement


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((",security,", ",bad,"), "kind:“bad”应为 income、shock、livelihood、security 之一"),
        ((",all,", ",some,"), "households:“some”应为 all、registered or monitored 之一"),
        ((",household,", ",things,"), "about:“things”应为 persons、household 之一"),
        ((",max,", ",mean,"), "form:“mean”应为 count、sum、max、min 之一"),
        ((",max,", ",count,"), "form:count 是不同的人数,只用于 about 为 persons 的规则"),
        (("<= 1", "<=1"), "threshold:“<=1”应写作 >= 1"),
        (("<= 1", "<= monitoring_line"), "threshold:“<= monitoring_line”应写作 >= 1"),
        (("{measure}", "{head_name}"), "sentence:大括号中只能写 {measure} 和 {threshold},不能写 {head_name}"),
        (("{measure}", "{"), "sentence:大括号中只能写 {measure} 和 {threshold},不能写 {"),
        (("2026-01-01,", "2026-01-01,2026-01-01"), "valid_to:2026-01-01 不晚于 valid_from 2026-01-01"),
        (("2026-01-01,", ","), "valid_from 没有填写"),
        ((",civil_affairs,", ",police,"), "department:“police”应为 agriculture、"),
        ((ALONE, "MED-03"), "code:“MED-03”应以 local. 开头"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_line(
    tmp_path: Path, change: tuple[str, str], expected: str
) -> None:
    assert f"- dbt/rules.csv 第 2 行 {expected}" in refused(with_rules(tmp_path, rows=ROW.replace(*change)))


@pytest.mark.parametrize(
    ("statement", "row", "expected"),
    [
        ("select * from read_text('/etc/passwd')", ROW, "from 中不能用函数 read_text"),
        ("select living_members as measure from households", ROW, "结果缺少列 household_key、department、dataset、"),
        ("select * from households", ROW, "结果缺少列 measure;"),
        (HOUSEHOLDS, ROW.replace("household,max", "persons,max"), "结果缺少列 person_key;"),
        ("select * from households", ROW.replace("household,max", "persons,count"), "结果缺少列 person_key;"),
        (HOUSEHOLDS.replace("living_members as", "town_code as"), ROW, "measure 应为数字,是 VARCHAR"),
        (HOUSEHOLDS.replace("living_members as", "wells as"), ROW, '不能执行:Binder Error: Referenced column "wells"'),
    ],
)
def test_sql_that_cannot_be_used_is_named_with_its_file(
    tmp_path: Path, statement: str, row: str, expected: str
) -> None:
    said = refused(with_rules(tmp_path, statement, row))
    assert said.startswith(f"- dbt/{ALONE}.sql:")
    assert expected in said


def test_persons_are_counted_without_a_measure(tmp_path: Path) -> None:
    (found,) = own_rules(
        read_county(with_rules(tmp_path, "select * from members", ROW.replace("household,max", "persons,count")))
    )
    assert found["datasets"] == "household_register"


def test_a_rule_and_an_indicator_do_not_share_a_file(tmp_path: Path) -> None:
    write_own(tmp_path, {ALONE: HOUSEHOLDS})
    with pytest.raises(CountyError, match=rf"rules.csv 第 2 行 code:{ALONE} 已是 dbt/indicators.csv 第 2 行的编码"):
        read_county(with_rules(tmp_path))


def test_what_dbt_reads_follows_the_folder(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    assert own_fingerprint(county_of(tmp_path)) == ""
    prints = set()
    for rows in (ROW, ROW.replace("<= 1", "<= 2"), ROW.replace("家中", "家里")):
        with_rules(tmp_path / "county", rows=rows)
        assert not are_written(home, county_of(tmp_path))
        assert write_catalogues(home, county_of(tmp_path))["own_rules"] == 1
        assert are_written(home, county_of(tmp_path))
        prints.add(own_fingerprint(county_of(tmp_path)))
    assert len(prints) == 3
    (row,) = parquet.read(tmp_path / "warehouse" / "reference" / "own_rules.parquet").rows(named=True)
    assert (row["valid_from"], row["valid_to"], row["statement"]) == (date(2026, 1, 1), None, HOUSEHOLDS)
