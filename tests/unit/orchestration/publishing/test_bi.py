"""The views for analysts: which database has which, what they show, and the questions that they answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date

import duckdb
import pytest

from orchestration.dashboards.shapes import make, marts_of
from orchestration.dbt import manifest
from orchestration.dictionary.codes import codes
from orchestration.publishing.bi import questions
from orchestration.publishing.bi.view import View, ViewColumn, rounded
from orchestration.publishing.content import PublishError, quoted
from orchestration.publishing.inventory import inventory
from orchestration.publishing.version import FULL, OPEN, Edition
from sources import parquet
from sources.contracts.model import load_contracts
from sources.months import Month
from tests.paths import ROOT
from tests.unit.orchestration.conftest import TinyWarehouse
from tests.unit.orchestration.publishing.analysts import ALL

JUNE = date(2021, 6, 1)
BY_NAME = {view.name: view for view in ALL}
OFFICE = {"农户", "风险标记", "风险线索", "数据冲突", "低收入人口", "指标分项"}
"""The views with a row per household, lead or conflict."""
Database = Callable[[Edition], duckdb.DuckDBPyConnection]


@pytest.fixture
def database() -> Database:
    """The marts of a database without rows, and its views."""

    def build(edition: Edition) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        make(connection, edition)
        return connection

    return build


def _names(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        n for (n,) in connection.execute("select view_name from duckdb_views() where schema_name = 'bi'").fetchall()
    }


def test_the_open_database_has_no_view_for_the_office_only(database: Database) -> None:
    assert _names(database(OPEN)) == set(BY_NAME) - OFFICE
    assert _names(database(FULL)) == set(BY_NAME) - {"农户分段"}


@pytest.mark.parametrize("edition", [FULL, OPEN], ids=["full", "open"])
def test_every_view_fits_itsmarts_of(database: Database, edition: Edition) -> None:
    connection = database(edition)
    for name in _names(connection):
        assert connection.execute(f"select * from bi.{quoted(name)}").fetchall() == []


@pytest.mark.parametrize("view", ALL, ids=lambda view: view.name)
def test_every_column_is_explained_and_its_name_fits_other_databases(view: View) -> None:
    names = [column.name for column in view.columns]
    assert len(names) == len(set(names))
    assert set(view.key) <= set(names)
    assert view.name not in marts_of(FULL)
    for column in view.columns:
        assert column.about
        # PostgreSQL cuts a name after 63 bytes.
        assert len(column.name.encode()) <= 63


def test_a_key_tells_rows_apart(database: Database) -> None:
    """Two vintages, of which one renames a town and moves a village: each month has one row per division."""
    c = database(FULL)
    c.execute("insert into marts.dim_month (month, label_zh, is_closed) values ('2021-05-01', '五月', true)")
    c.execute("insert into marts.dim_month (month, label_zh, is_closed) values ('2021-06-01', '六月', false)")
    for day, name, town in (("2020-01-01", "旧镇", "t1"), ("2021-06-30", "新镇", "t2")):
        c.execute(
            "insert into marts.dim_division (division_code, level, name, parent_code, kind, valid_from) values"
            f" ('t1', 'town', '{name}', 'd', 'town', '{day}'), ('t2', 'town', '他镇', 'd', 'town', '{day}'),"
            f" ('v', 'village', '某村', '{town}', 'village', '{day}')"
        )
    found = c.execute(
        'select "月份名称", "区划代码", "区划名称", "镇街", "村居" from bi."区划" order by all'
    ).fetchall()
    assert found == [
        ("五月", "t1", "旧镇", "旧镇", None),
        ("五月", "t2", "他镇", "他镇", None),
        ("五月", "v", "某村", "旧镇", "某村"),
        ("六月", "t1", "新镇", "新镇", None),
        ("六月", "t2", "他镇", "他镇", None),
        ("六月", "v", "某村", "他镇", "某村"),
    ]


def test_an_indicator_is_shown_as_people_read_it(database: Database) -> None:
    c = database(FULL)
    c.execute("insert into marts.dim_month (month, label_zh, is_closed) values ('2021-06-01', '2021年6月', false)")
    c.execute(
        "insert into marts.dim_indicator (indicator_code, domain, name_zh, unit, decimals, better)"
        " values ('x', 'construction', '某率', '%', 1, 'higher')"
    )
    c.execute(
        "insert into marts.rural_indicators (month, indicator_code, division_code, level, value, status, target,"
        " previous_value, change, year_ago_value)"
        " values ('2021-06-01', 'x', 'd', 'district', 89.98, 'computed', 90, 89.93, 0.05, 80)"
    )
    shown = "领域, 层级, 指标值, 上月值, 较上月变化, 较上年变化, 目标差距, 是否达标, 状态"
    assert c.execute(f"select {shown} from bi.指标").fetchall() == [
        ("乡村建设", "区", 90.0, 89.9, 0.1, 10.0, 0.02, False, "已计算")
    ]


def test_a_notice_names_its_subject(database: Database) -> None:
    c = database(OPEN)
    c.execute("insert into marts.dim_month (month, label_zh, is_closed) values ('2026-01-01', '2026年1月', false)")
    subjects = ["issue_case_days||2021-01-01", "prevention|2026-01-01", "natural_villages", "2023-06-30", "旧词"]
    for number, subject in enumerate(subjects):
        c.execute(
            "insert into marts.month_notices (month, notice_code, subject, message) values ('2026-01-01', ?, ?, '某')",
            [str(number), subject],
        )
    assert c.execute("select 对象 from bi.月度提示 order by 提示代码").fetchall() == [
        ("问题办结时限",),
        ("防止返贫致贫对象",),
        ("自然村人居环境台账",),
        ("2023-06-30",),
        ("旧词",),
    ]


def test_a_chain_names_its_breaks_and_shows_the_fen_that_is_short(database: Database) -> None:
    c = database(FULL)
    c.execute("insert into marts.dim_month (month, label_zh, is_closed) values ('2026-01-01', '2026年1月', false)")
    c.execute("insert into marts.dim_conflict_rule (rule_code, name_zh) values ('REC-18', '闲置'), ('REC-19', '未分')")
    c.execute(
        "insert into marts.project_chain (month, fund_document_nos, project_no, asset_no, dividend_due, dividend_paid,"
        " break_codes) values ('2026-01-01', '', 'P', 'A', 2, 1.999999, 'REC-18,REC-19'),"
        " ('2026-01-01', '', 'P', 'B', null, null, null)"
    )
    assert c.execute("select 应分红, 已分红, 断点 from bi.资金项目资产链 order by 资产编号").fetchall() == [
        (2.0, 1.999999, "闲置、未分"),
        (None, None, None),
    ]


@pytest.mark.parametrize(
    ("value", "decimals", "shown"), [(1.005, 2, 1.01), (-0.5, 0, 0), (2.5, 0, 3), (89.546, 1, 89.5)]
)
def test_figures_are_rounded_half_up(value: float, decimals: int, shown: float) -> None:
    assert duckdb.sql(f"select {rounded(str(value), decimals)}").fetchall() == [(shown,)]


def test_every_code_of_the_marts_has_a_word() -> None:
    """The codes that a data test of a mart accepts are those that the views put into words."""
    known = codes(load_contracts())
    tests = [
        n for n in manifest.load()["nodes"].values() if (n.get("test_metadata") or {}).get("name") == "accepted_values"
    ]
    accepted = {
        node["column_name"]: set(node["test_metadata"]["kwargs"]["values"])
        for node in tests
        if "marts" in node["path"] or "marts" in node["original_file_path"]
    }
    kinds = {"kind": "risk_kind", "form": "form", "better": "better", "base": "base", "status": "status"}
    assert set(kinds) <= set(accepted)
    for column, kind in kinds.items():
        assert accepted[column] <= set(known[kind]), column


def _months(about: str) -> View:
    column = ViewColumn("月份", about, "m.month")
    return View("各月", "每月一行", ("月份",), (column,), "marts.dim_month as m", frozenset({"dim_month"}))


def test_both_databases_have_the_views_of_theirmarts_of(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    number = ViewColumn("序号", "", "row_no")
    bands = View("分段", "", ("序号",), (number,), "marts.household_bands", frozenset({"household_bands"}))
    tiny.publish("2021-06", views=[_months("每月第一天"), bands])
    named = "select view_name from duckdb_views() where schema_name = 'bi' order by 1"
    assert tiny.read(named) == [("各月",)]
    assert tiny.read(named, "open.duckdb") == [("分段",), ("各月",)]
    for link in ("marts.duckdb", "open.duckdb"):
        assert tiny.read("from bi.各月", link) == [(JUNE,)]
        comments = "select comment from duckdb_columns() where schema_name = 'bi' and table_name = '各月'"
        assert tiny.read(comments, link) == [("每月第一天",)]


def test_readers_of_open_parquet_have_the_views_as_files(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05", "2021-06"])
    tiny.publish("2021-06", views=[_months("每月第一天")])
    folder = tiny.home.published / "current" / "parquet_open"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["views"] == {
        "各月": {
            "file": "bi/各月.parquet",
            "about": "每月一行",
            "rows": 2,
            "key": ["月份"],
            "columns": [{"name": "月份", "about": "每月第一天"}],
        }
    }
    file = folder / manifest["views"]["各月"]["file"]
    assert parquet.read(file)["月份"].to_list() == [date(2021, 5, 1), JUNE]
    assert file.stat().st_mode & 0o777 == 0o640
    assert not (folder.with_name("parquet") / "bi").exists()
    assert [found.problem for found in inventory(tiny.home.published)] == [""]
    file.unlink()
    assert [found.problem for found in inventory(tiny.home.published)] == ["公开Parquet 副本 各月 丢失或已损坏"]


def test_other_views_make_a_new_version_that_restates_nothing(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06", views=[_months("每月第一天")])
    assert not tiny.publish("2021-06", views=[_months("每月第一天")]).is_new
    again = tiny.publish("2021-06", views=[_months("报告月第一天")])
    assert (again.is_new, again.restated) == (True, ())


def test_a_view_that_does_not_fit_its_marts_is_not_published(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    wrong = View("各月", "", (), (ViewColumn("年", "", "m.year"),), "marts.dim_month as m", frozenset({"dim_month"}))
    with pytest.raises(PublishError, match="发布失败"):
        tiny.publish("2021-06", views=[wrong])
    assert tiny.names() == []


@pytest.mark.parametrize("question", questions.questions(), ids=lambda question: question.sheet)
def test_a_question_needs_one_view_and_no_join(database: Database, question: questions.Question) -> None:
    assert len(re.findall(r"\b(?:bi|marts)\.\w+", question.template)) == 1
    assert " join " not in question.template
    assert questions.answer(database(question.edition), question, Month.parse("2021-06")).rows in ((), ((None,),))


def test_the_document_shows_the_questions() -> None:
    written = (ROOT / "docs" / questions.DOCUMENT).read_text(encoding="utf-8")
    asked = questions.questions()
    for number, question in enumerate(asked, 1):
        assert f"## {number} {question.asks}\n" in written
        assert f"```sql\n{question.sql(Month.parse('2021-06'))};\n```\n" in written
