"""What becomes of schemas, names and types, without a server."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.publishing.content import PublishError
from orchestration.publishing.postgres.layout import MAX_NAME, layout, plain_type, short
from orchestration.publishing.postgres.load import databases
from orchestration.publishing.postgres.parts import Part, compare, within
from orchestration.publishing.postgres.rights import READERS
from orchestration.publishing.version import current
from tests.unit.orchestration.publishing.postgres.conftest import KEYS, County


@pytest.mark.parametrize(
    ("dtype", "plain"),
    [
        ("VARCHAR", "text"),
        ("INTEGER", "integer"),
        ("UINTEGER", "bigint"),
        ("BIGINT", "bigint"),
        ("HUGEINT", "numeric(39,0)"),
        ("DECIMAL(38,10)", "numeric(38,10)"),
        ("DOUBLE", "double precision"),
        ("DATE", "date"),
        ("TIMESTAMP", "timestamp without time zone"),
        ("ENUM('red', 'yellow')", "text"),
        ("VARCHAR[]", "jsonb"),
        ("STRUCT(a INTEGER, b VARCHAR)", "jsonb"),
        ("MAP(VARCHAR, INTEGER)", "jsonb"),
    ],
)
def test_types_are_plain(dtype: str, plain: str) -> None:
    assert plain_type(dtype, "marts.x.y") == plain


def test_a_type_without_a_plain_one_is_refused_by_name() -> None:
    with pytest.raises(PublishError, match=r"marts\.x\.y 的类型 BLOB"):
        plain_type("BLOB", "marts.x.y")


def test_long_names_are_cut_at_a_character_and_stay_apart() -> None:
    name = "本年度累计住院自付金额超过标准的农户占本镇街全部农户的比例"
    first = short(name)
    second = short(name, {first})
    assert name.startswith(first)
    assert first != second
    assert max(len(n.encode()) for n in (first, second)) <= MAX_NAME
    assert short("month") == "month"


def test_households_are_in_no_schema_that_every_reader_may_open(county: County) -> None:
    version = current(county.home.published)
    assert version
    with databases(county.home.published, version) as connection:
        tables, views = layout(connection, KEYS)
    of = {t.place: t for t in tables}
    households = {place for place, t in of.items() if any(c.name == "household_key" for c in t.columns)}
    assert households == {
        ("marts_full", "household_month"),
        ("marts_full", "household_risk"),
        ("marts_case", "household_risk"),
    }
    assert all(READERS[of[place].audience] != READERS["open"] for place in households)
    case = of["marts_case", "household_risk"]
    assert "secret" not in {c.name for c in case.columns}
    assert case.towns == "town_code"
    assert {v.schema for v in views} == {"marts_zh", "marts_zh_full", "marts_zh_case"}


def test_other_schemas_of_a_version_become_tables(tmp_path: object) -> None:
    with duckdb.connect() as c:
        for name in ("open_marts", "full_marts"):
            c.execute(f"attach ':memory:' as {name}; create schema {name}.marts; create schema {name}.bi")
            c.execute(f"create table {name}.marts.dim_month (month date)")
            c.execute(
                f"create view {name}.bi.months as select month as 月份, ['a'] as 标签 from {name}.marts.dim_month"
            )
        tables, _ = layout(c, {})
    (months,) = [t for t in tables if t.place == ("bi", "months")]
    assert [(col.name, col.type) for col in months.columns] == [("月份", "date"), ("标签", "jsonb")]
    assert months.month == months.columns[0]
    assert ("bi_full", "months") in {t.place for t in tables}


def test_only_parts_that_differ_are_replaced() -> None:
    may, june, restated = Part(3, "m"), Part(4, "j"), Part(4, "r")
    change = compare({"2021-05": may, "2021-06": restated, "2021-07": june}, {"2021-05": may, "2021-06": june})
    assert (change.removed, change.added, change.rows) == (("2021-06",), ("2021-06", "2021-07"), 8)
    assert not change.is_whole
    gone = compare({}, {"2021-05": may})
    assert (gone.removed, gone.added, gone.is_whole) == (("2021-05",), (), True)
    assert not compare({"": may}, {"": may})


def test_the_condition_of_parts(county: County) -> None:
    version = current(county.home.published)
    assert version
    with databases(county.home.published, version) as connection:
        tables, _ = layout(connection, KEYS)
        table = next(t for t in tables if t.place == ("marts_full", "dim_month"))
        condition = within(table, "month", ("2021-05", ""))
        rows = connection.execute(f"select count(*) from {table.source} where {condition}").fetchall()
    assert condition == "month in (date '2021-05-01') or month is null"
    assert rows == [(1,)]
