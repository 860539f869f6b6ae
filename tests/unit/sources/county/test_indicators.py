"""A county's own indicators: rows and SQL that are refused, what they may read, and their rows of the catalogue."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sources import parquet
from sources.contracts.model import load_contracts
from sources.county.catalogues import are_written, write_catalogues
from sources.county.folder import CountyError, county_of, read_county
from sources.county.indicators import own_indicators
from sources.county.statements import OFFERED
from sources.home import Home
from tests.unit.sources.county.folders import write, write_own

WELLS = "local.wells"
VILLAGES = "select natural_villages.*, 1 as numerator from natural_villages"


def refused(folder: Path, statement: str, rows: str | None = None) -> str:
    """What is said about a folder with this SQL, without the line that names the folder."""
    with pytest.raises(CountyError) as raised:
        own_indicators(read_county(write_own(folder, {WELLS: statement}, rows)))
    first, *lines = str(raised.value).splitlines()
    assert first == f"区县配置 {folder} 不能使用:"
    return "\n".join(lines)


def test_a_county_without_own_indicators_has_none(tmp_path: Path) -> None:
    assert own_indicators(read_county(write(tmp_path))) == []


def test_the_tables_that_a_select_reads_are_those_without_which_there_is_no_figure(tmp_path: Path) -> None:
    statement = """
        -- 每户一行
        with poor as (select * from Households, this_month where is_registered and extract_month <= month_end)
        select poor.*, 1 as numerator, 1.5 as denominator
        from poor left join toilet_retrofits as t on poor.household_key = t.household_key
        where poor.household_key not in (select household_key from deaths inner join members using (person_key))
    """
    statement = statement.replace("poor.household_key = t.household_key", "poor.division_code = t.division_code")
    row = f"{WELLS},水井,ratio,%,1,分子,分母,DT,higher,persons\n"
    (found,) = own_indicators(read_county(write_own(tmp_path, {WELLS: statement}, row)))
    assert found["tables"] == "deaths,households,members,this_month,toilet_retrofits"
    assert found["datasets"] == "household_register,toilet_retrofits,deaths"
    assert (found["code"], found["domain"], found["name_en"], found["statement"]) == (WELLS, "local", "水井", statement)


def test_every_table_of_the_contracts_is_offered(tmp_path: Path) -> None:
    names = [*(d.name for d in load_contracts().datasets), *OFFERED]
    reads = " ".join(f"and exists (select 1 from {name})" for name in names if name != "natural_villages")
    (found,) = own_indicators(read_county(write_own(tmp_path, {WELLS: f"{VILLAGES} where true {reads}"})))
    assert found["tables"].split(",") == sorted(names)


@pytest.mark.parametrize(
    "source",
    [
        "read_text('/etc/passwd')",
        "read_parquet('restricted/identities/*.parquet')",
        "'restricted/identities.parquet'",
        '"restricted/identities.parquet"',
        "glob('*')",
        "duckdb_settings()",
        "query('select 1')",
        "information_schema.tables",
        "staging.stg_agriculture__household_register",
        "main.natural_villages",
        "sqlite_master",
        '(with "a.csv" as (select 1) select 1), "a.csv"',
        "(show tables)",
        "(describe natural_villages)",
        "(select * from (values (1)) as v (x) where x in (select 1 from read_csv('a.csv')))",
    ],
)
def test_nothing_but_the_offered_tables_can_be_read(tmp_path: Path, source: str) -> None:
    said = refused(tmp_path, f"{VILLAGES}, {source}")
    assert f"- dbt/{WELLS}.sql:" in said
    assert "不能读" in said or "不能用函数" in said or "不能写 show" in said or "只能由字母" in said


def test_no_function_of_the_offered_engine_reads_files_by_itself() -> None:
    """Files are read by functions that make tables, and those are refused; scalar ones only work on values."""
    import duckdb

    names = duckdb.sql(
        "select distinct function_name from duckdb_functions() where function_type in ('scalar', 'aggregate', 'macro')"
        " and schema_name = 'main'"
        " and regexp_matches(function_name, 'read|file|getenv|load|attach|scan|http|secret')"
    ).fetchall()
    assert {name for (name,) in names} <= {"parse_filename"}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("drop table natural_villages", "应为一条 SELECT,末尾不写分号"),
        (f"{VILLAGES};", "应为一条 SELECT,末尾不写分号"),
        (f"{VILLAGES}; {VILLAGES}", "应为一条 SELECT,末尾不写分号"),
        ("select 1) union all (select 2", "应为一条 SELECT,末尾不写分号"),
        ("selekt 1", "应为一条 SELECT"),
        ("copy natural_villages to 'a.csv'", "应为一条 SELECT"),
        ("{{ env_var('HOME') }}", "应为一条 SELECT"),
        (VILLAGES.replace("1 as", "wells as"), '不能执行:Binder Error: Referenced column "wells" not found'),
        (VILLAGES.replace("1 as", "sum(1) as"), "不能执行:"),
        ("select 1 as numerator from natural_villages", "结果缺少列 town_code、division_code、department、dataset"),
        ("select members.*, 1 as numerator from members", "结果缺少列 town_code、division_code;"),
        (VILLAGES.replace("1 as", "'a' as"), "numerator 应为数字,是 VARCHAR"),
        (VILLAGES.replace("1 as", "1 as denominator, 2 as"), "没有说明它是什么"),
        (VILLAGES.replace("1 as", "random() as"), "不能用函数 random:同一个月再算一次"),
        (f"{VILLAGES} where extract_month < current_date", "不能用 current_date:"),
        (f"{VILLAGES} where extract_month < now()", "不能用函数 now:"),
        (f"{VILLAGES} where extract_month < pg_conf_load_time()", "不能用函数 pg_conf_load_time:"),
        ("select 1 as numerator from this_month", "没有读任何一张数据表"),
        (f"with members as (select 1) {VILLAGES}", "“members”是数据表的代码"),
        (f"{VILLAGES} where extract_month < ?", "不能执行:"),
    ],
)
def test_sql_that_cannot_be_used_is_named_with_its_file(tmp_path: Path, statement: str, expected: str) -> None:
    said = refused(tmp_path, statement)
    assert said.startswith(f"- dbt/{WELLS}.sql:")
    assert expected in said


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("toilets.coverage,水井,count,个,0,井,,D,higher,things", "code:“toilets.coverage”应以 local. 开头"),
        (f"{WELLS},水井,share,个,0,井,,D,higher,things", "form:“share”应为 count、sum、mean、ratio 之一"),
        (f"{WELLS},水井,ratio,%,0,井,,D,higher,things", "denominator:ratio 是分子除以分母"),
        (f"{WELLS},水井,count,个,9,井,,D,higher,things", "decimals:“9”应为"),
        (f"{WELLS},水井,count,个,0,井,,TV,higher,things", "levels:“TV”应为 D、DT、DTV 之一"),
        (f"{WELLS},水井,count,个,0,井,,D,up,things", "better:“up”应为"),
        (f"{WELLS},水井,count,个,0,井,,D,higher,", "about 没有填写"),
        (f"{WELLS},水井,count,个,0,,,D,higher,things", "numerator 没有填写"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, row: str, expected: str) -> None:
    said = refused(tmp_path, VILLAGES, f"{row}\n")
    assert f"- dbt/indicators.csv 第 2 行 {expected}" in said


def test_rows_and_files_belong_together(tmp_path: Path) -> None:
    rows = "".join(f"local.{code},名称,count,个,0,井,,D,higher,things\n" for code in ("a", "a", "b"))
    with pytest.raises(CountyError) as raised:
        read_county(write_own(tmp_path, {"local.a": VILLAGES, "local.c": VILLAGES}, rows))
    said = str(raised.value)
    assert "dbt/local.c.sql:dbt/indicators.csv 和 dbt/rules.csv 中没有编码为 local.c 的行" in said
    assert "dbt/indicators.csv 第 4 行 code:缺少文件 dbt/local.b.sql" in said
    assert "dbt/indicators.csv 第 3 行:local.a 已在第 2 行" in said
    assert "dbt/indicators.csv 第 3 行:名称 已在第 2 行" in said


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    folder = write_own(tmp_path, {WELLS: VILLAGES})
    (folder / "dbt" / f"{WELLS}.sql").write_bytes(b"select '\xff\xff'")
    with pytest.raises(CountyError, match=rf"dbt/{WELLS}\.sql:无法读取,应为 UTF-8 或 GBK 编码"):
        read_county(folder)


def test_what_dbt_reads_follows_the_folder(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    written = tmp_path / "warehouse" / "reference" / "own_indicators.parquet"
    for statement in (VILLAGES, f"{VILLAGES} where has_piped_water"):
        write_own(tmp_path / "county", {WELLS: statement})
        assert not are_written(home, county_of(tmp_path))
        assert write_catalogues(home, county_of(tmp_path))["own_indicators"] == 1
        assert are_written(home, county_of(tmp_path))
        (row,) = parquet.read(written).rows(named=True)
        assert (row["code"], row["decimals"], row["denominator"], row["statement"]) == (WELLS, 0, None, statement)
    assert parquet.read(written).schema["decimals"] == pl.Int32
