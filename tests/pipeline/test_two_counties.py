"""Two counties on one checkout: each home has its own folder, is published, and is not seen by the other.

Belongs here: the command line from ``init`` to a published month, and a parameter that changes later.
Does not belong here: what a folder may hold (``tests/unit/sources/county``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from openpyxl import load_workbook

from sources.county.statements import OFFERED
from tests.paths import ROOT

pytestmark = pytest.mark.usefixtures("parsed")

MONTH = "2021-06"
YANGSHAN, ARUKORQIN = "441823", "150421"
"""A county without streets, and a banner with sumu."""
LARGE = "local.large_households"
TRAINED = "local.trained_persons"
OWN = f"""\
code,name_zh,form,unit,decimals,numerator,denominator,levels,better,about
{LARGE},多口之家占比,ratio,%,1,健在人口较多的户,有健在人口的户,DTV,neutral,things
{TRAINED},培训合格人次,count,人次,0,本年培训合格的人次,,D,higher,persons
"""
SELECTS = {
    LARGE: """
        select households.*, case when living_members >= {size} then 1 end as numerator, 1 as denominator
        from households where living_members > 0 -- 没有健在人口的户不计
    """,
    TRAINED: """
        with done as (select * from skills_training where completed)
        select done.*, null as town_code, null as division_code, 1 as numerator
        from done, this_month where year(started_on) = year(month_start)
    """,
}
"""A county's own indicators, over a table that dbt makes and one that a department delivers."""
WORKLESS = "local.nobody_able_to_work"
PENSION = "local.low_pension"
OWN_RULES = f"""\
code,name_zh,kind,department,households,about,form,measure,unit,threshold,valid_from,valid_to,sentence
{WORKLESS},没有劳动力,livelihood,agriculture,all,household,max,没有劳动力的户的人口,人,>= 2,\
2021-01-01,,全家{{measure}}口人没有劳动力
{PENSION},养老金偏低,income,human_resources,registered or monitored,persons,count,月养老金低于300元的成员,人,> 0,\
2021-06-30,2021-07-31,{{measure}}名成员的月养老金低于300元
local.not_yet,以后才有,shock,agriculture,all,household,max,健在人口,人,>= 1,2021-07-01,,{{measure}}
local.no_longer,不再有,shock,agriculture,all,household,max,健在人口,人,>= 1,2020-01-01,2021-06-30,{{measure}}
"""
EVERYBODY = "select households.*, living_members as measure from households"
OWN_FLAGS = {
    WORKLESS: f"{EVERYBODY} where labourers = 0",
    PENSION: """
        select pension_enrolment.*, members.household_key
        from pension_enrolment inner join members using (person_key)
        where monthly_pension < 300 and is_living
    """,
    "local.not_yet": EVERYBODY,
    "local.no_longer": EVERYBODY,
}
"""A county's own rules: about households and about persons, one that begins later, and one that has ended."""
LEVY = "cleaning_levy_per_person_month,,2021-01-01,,{value},元/人·月,县文件\n"


@dataclass(frozen=True)
class Home:
    code: str
    root: Path

    def shouwang(self, *arguments: str) -> str:
        done = self.try_(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *arguments: str) -> str:
        """Return what a command says that does not succeed."""
        done = self.try_(*arguments)
        assert done.returncode != 0
        return done.stdout + done.stderr

    def try_(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("shouwang")), *arguments]
        variables = {**os.environ, "SHOUWANG_HOME": str(self.root), "SHOUWANG_SETTLE_SECONDS": "0", "COLUMNS": "500"}
        return subprocess.run(
            command, env=variables, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )

    def say(self, levy: str) -> None:
        """Write the county's own levy."""
        file = self.root / "county" / "parameters.csv"
        head = file.read_text("utf-8").splitlines()[0]
        row = LEVY.format(value=levy).strip() + "," * (head.count(",") - LEVY.count(","))
        file.write_text(f"{head}\n{row}\n", "utf-8")

    def measure(self, size: int) -> None:
        """Write the county's own indicators; a household of ``size`` persons or more is large."""
        folder = self.root / "county" / "dbt"
        folder.mkdir(exist_ok=True)
        (folder / "indicators.csv").write_text(OWN, "utf-8")
        for code, statement in SELECTS.items():
            (folder / f"{code}.sql").write_text(statement.replace("{size}", str(size)), "utf-8")

    def watch(self) -> None:
        """Write the county's own rules."""
        folder = self.root / "county" / "dbt"
        (folder / "rules.csv").write_text(OWN_RULES, "utf-8")
        for code, statement in OWN_FLAGS.items():
            (folder / f"{code}.sql").write_text(statement, "utf-8")

    def accepted(self, department: str, dataset: str) -> pl.DataFrame:
        """Return the rows that were accepted of a table."""
        return pl.read_parquet(
            self.root / "warehouse" / "accepted" / department / dataset / f"month={MONTH}" / "rows.parquet"
        )

    def large(self, size: int) -> list[tuple[Any, ...]]:
        """Count the households with that many living persons, and those with any, by district, towns and villages."""
        counts = f"count(*) filter (living_members >= {size}), count(*) from marts.household_month"
        places = (f"'{self.code}'", "town_code", "division_code")
        every = " union all ".join(f"select {p} as place, {counts} where living_members > 0 group by 1" for p in places)
        return self.read(f"select place, numbers.* exclude (place) from ({every}) as numbers order by 1")

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.root / "published" / "marts.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def checkout() -> str:
    """Say what differs from the last commit; empty outside of a repository."""
    command = ["git", "status", "--porcelain", "--untracked-files=all"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Home]]:
    before = checkout()
    homes = tuple(Home(code, tmp_path_factory.mktemp(code) / "home") for code in (YANGSHAN, ARUKORQIN))
    for home in homes:
        home.shouwang("init", home.code)
    homes[0].say("2")
    homes[0].measure(5)
    homes[0].watch()
    with (homes[0].root / "county" / "county.toml").open("a", encoding="utf-8") as file:
        file.write('[due_days]\nhealth = 20\n[departments]\nhealth = "卫生健康局"\n')
    for home in homes:
        home.shouwang("sample", "--out", str(home.root / "inbox"), "--months", MONTH, "--households", "160")
        home.shouwang("run", MONTH)
    yield homes[0], homes[1]
    assert checkout() == before


def test_each_home_has_the_towns_of_its_county_only(homes: tuple[Home, Home]) -> None:
    for home in homes:
        assert home.read("select distinct left(division_code, 6) from marts.dim_division") == [(home.code,)]
        assert home.read("select distinct left(town_code, 6) from marts.household_month") == [(home.code,)]
        (households,) = home.read("select count(*) from marts.household_month")[0]
        assert households > 0


def test_each_home_is_measured_by_its_own_parameters_and_by_nobody_elses_targets(homes: tuple[Home, Home]) -> None:
    levies = "select value from marts.policy_parameters where parameter = 'cleaning_levy_per_person_month'"
    assert [home.read(levies) for home in homes] == [[(2,)], []]
    rate = "select distinct status from marts.rural_indicators where indicator_code = 'cleaning_fund.collection_rate'"
    assert [home.read(f"{rate} and level = 'district'") for home in homes] == [[("computed",)], [("not_computable",)]]
    for home in homes:
        assert home.read("select count(target) from marts.rural_indicators") == [(0,)]


def test_each_home_has_its_own_due_days_and_names(homes: tuple[Home, Home]) -> None:
    days = "select distinct department, due_day from marts.dim_dataset where due_day <> 5"
    assert [home.read(days) for home in homes] == [[("health", 20)], []]
    assert [home.read("select count(*) from marts.dim_dataset") for home in homes] == [[(40,)], [(40,)]]
    line = next(text for text in homes[0].shouwang("doctor", MONTH).splitlines() if "卫生健康局 应报" in text)
    assert "截止 2021-07-20" in line


def figures(code: str) -> str:
    """Select place, numerator and denominator of an indicator wherever there is something to divide by."""
    return (
        "select division_code, numerator, denominator from marts.rural_indicators"
        f" where indicator_code = '{code}' and (denominator > 0 or denominator is null) order by 1"
    )


def test_a_home_has_the_indicators_of_its_county_and_no_others(homes: tuple[Home, Home]) -> None:
    home, other = homes
    found = home.read(figures(LARGE))
    assert found == home.large(5)
    assert 0 < found[0][1] < found[0][2]
    rows = home.accepted("human_resources", "skills_training")
    rows = rows.filter("completed", pl.col("started_on").dt.year() == 2021)
    (trained,) = home.read(figures(TRAINED))
    assert trained == (home.code, rows.unique(["class_no", "person_key"]).height, None)
    names = "select indicator_code, name_zh from marts.dim_indicator where domain = 'local' order by 1"
    assert home.read(names) == [(LARGE, "多口之家占比"), (TRAINED, "培训合格人次")]
    assert other.read(names) == []


def flags(code: str) -> str:
    """Select what is flagged by a rule."""
    return (
        "select household_key, kind, measure, threshold, persons, json_array_length(evidence)"
        f" from marts.household_risk_flags where rule_code = '{code}' order by 1"
    )


def test_a_home_has_the_risk_rules_of_its_county_and_no_others(homes: tuple[Home, Home]) -> None:
    home, other = homes
    workless = "select household_key, living_members from marts.household_month where labourers = 0"
    wanted = [(key, "livelihood", n, 2, n, 1) for key, n in home.read(f"{workless} and living_members >= 2 order by 1")]
    assert home.read(flags(WORKLESS)) == wanted
    register = home.accepted("agriculture", "household_register").select("person_key", "household_key")
    dead = home.accepted("civil_affairs", "deaths")["person_key"].implode()
    found = (
        home.accepted("human_resources", "pension_enrolment")
        .filter(pl.col("monthly_pension") < 300, ~pl.col("person_key").is_in(dead))
        .join(register, on="person_key")
        .group_by("household_key")
        .agg(persons=pl.col("person_key").n_unique(), rows=pl.len())
    )
    helped = "where household_type = '脱贫户' or monitoring_category is not null"
    helped_keys = {key for (key,) in home.read(f"select household_key from marts.household_month {helped}")}
    wanted = [(key, "income", n, 0, n, rows) for key, n, rows in sorted(found.rows()) if key in helped_keys]
    assert home.read(flags(PENSION)) == wanted
    assert 0 < len(wanted) < found.height
    own = "select distinct rule_code from marts.{} where rule_code like 'local.%' order by 1"
    assert home.read(own.format("household_risk_flags")) == [(PENSION,), (WORKLESS,)]
    assert home.read(own.format("risk_screening")) == [(PENSION,), (WORKLESS,)]
    with duckdb.connect(str(home.root / "published" / "open.duckdb"), read_only=True) as connection:
        shown = "select distinct status, screened_households, flagged_households from marts.risk_screening"
        assert connection.execute(f"{shown} where rule_code like 'local.%'").fetchall() == [("suppressed", None, None)]
    assert len(home.read(own.format("dim_risk_rule"))) == 4
    assert other.read(own.format("dim_risk_rule")) == []


def test_a_flag_of_an_own_rule_is_a_lead_with_a_sentence_and_evidence(homes: tuple[Home, Home], tmp_path: Path) -> None:
    home = homes[0]
    query = f"select lead_id, measure from marts.household_risk_flags where rule_code = '{PENSION}' limit 1"
    lead, measure = home.read(query)[0]
    home.shouwang("worklist", MONTH)
    said = {}
    for path in (home.root / "outbox" / "worklists" / MONTH).glob("*.xlsx"):
        for row in load_workbook(path).worksheets[0].iter_rows(values_only=True):
            said |= {str(cell): " ".join(map(str, row)) for cell in row if str(cell).startswith("L")}
    assert f"【养老金偏低】2021年6月:{measure:.0f}名成员的月养老金低于300元\n依据:《" in said[lead]
    assert "全户" not in said[lead]
    ((whole,),) = home.read(f"select lead_id from marts.household_risk_flags where rule_code = '{WORKLESS}' limit 1")
    assert "口人没有劳动力" in said[whole]
    assert "全户:" in said[whole]
    home.shouwang("trace", lead, "--out", str(tmp_path / "rows.csv"))
    traced = pl.read_csv(tmp_path / "rows.csv", infer_schema=False)
    assert set(traced["dataset"]) == {"pension_enrolment"}
    home.shouwang("docs", "--out", str(tmp_path))
    page = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.html"))
    assert "月养老金低于300元的成员" in page
    assert "超过 0" in page


def test_own_sql_is_checked_against_the_columns_that_it_reads(homes: tuple[Home, Home]) -> None:
    with duckdb.connect(str(homes[0].root / "warehouse" / "warehouse.duckdb"), read_only=True) as connection:
        for name in ("households", "members"):
            about = connection.table(f"intermediate.int_{name}")
            there = dict(zip(about.columns, (str(dtype).lower() for dtype in about.types), strict=True))
            offered = {c: dtype for c, dtype in OFFERED[name].items() if c not in ("department", "dataset")}
            assert {c: there.get(c) for c in offered} == offered


def test_an_own_indicator_is_explained_and_traced_as_any_other(homes: tuple[Home, Home], tmp_path: Path) -> None:
    home = homes[0]
    home.shouwang("docs", "--out", str(tmp_path))
    page = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.html"))
    assert LARGE in page
    assert "健在人口较多的户" in page
    home.shouwang("trace", f"{LARGE}@{home.code}@{MONTH}", "--out", str(tmp_path / "rows.csv"))
    traced = pl.read_csv(tmp_path / "rows.csv", infer_schema=False)
    assert traced.height == home.read(figures(LARGE))[0][2]


def test_another_parameter_restates_the_month_and_is_the_cause(homes: tuple[Home, Home]) -> None:
    home, other = homes
    home.say("4")
    home.shouwang("run", MONTH)
    restated = home.read("select distinct caused_by from marts.restatements")
    assert restated == [(f"参数 {MONTH} 起有变",)]
    marts = home.read("select distinct mart from marts.restatements")
    assert ("rural_indicators",) in marts
    assert other.read("select count(*) from marts.restatements") == [(0,)]


def test_another_select_restates_the_month_and_is_the_cause(homes: tuple[Home, Home]) -> None:
    home = homes[0]
    home.measure(4)
    home.shouwang("run", MONTH)
    assert home.read(figures(LARGE)) == home.large(4)
    restated = home.read("select distinct mart from marts.restatements where caused_by like '自有指标%'")
    assert restated == [("rural_indicators",)]
    assert (f"自有指标和规则 {MONTH} 起有变",) in home.read("select caused_by from marts.restatements")


def test_sql_that_cannot_be_used_stops_the_month_and_is_named(homes: tuple[Home, Home]) -> None:
    home = homes[0]
    before = home.read(figures(LARGE))
    file = home.root / "county" / "dbt" / f"{LARGE}.sql"
    reads = {
        f"select * from read_parquet('{home.root}/restricted/**/*.parquet')": "from 中不能用函数 read_parquet",
        f"select * from '{home.root}/restricted/identities.parquet'": "不能读",
        "select households.*, wells as numerator, 1 as denominator from households": '"wells" not found',
    }
    for statement, expected in reads.items():
        file.write_text(statement, "utf-8")
        said = home.refused("doctor")
        assert f"dbt/{LARGE}.sql:" in said
        assert expected in said
    assert '"wells" not found' in home.refused("run", MONTH)
    fails = "select households.*, cast(housing_grade as integer) as numerator, 1 as denominator from households"
    file.write_text(fails, "utf-8")
    assert f"{home.root / 'county'} 的 dbt/{LARGE}.sql。" in home.refused("run", MONTH)
    home.measure(4)
    rule = home.root / "county" / "dbt" / f"{WORKLESS}.sql"
    rule.write_text("select households.*, cast(housing_grade as integer) as measure from households", "utf-8")
    said = home.refused("run", MONTH)
    assert "int_flags_local 是本区县自有规则的 SELECT" in said
    assert f"的 dbt/{WORKLESS}.sql。" in said
    assert home.read(figures(LARGE)) == before
    (home.root / "county" / "dbt" / "rules.csv").write_text(OWN_RULES.replace("livelihood", "bad"), "utf-8")
    assert "dbt/rules.csv 第 2 行 kind:“bad”应为" in home.refused("worklist", MONTH)
