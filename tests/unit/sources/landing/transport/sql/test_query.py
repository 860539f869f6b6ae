"""Which queries are accepted, in which words others are refused, and how the month is bound to them."""

from __future__ import annotations

from datetime import date

import pytest

from sources.landing.transport.sql.query import PARAMETERS, checked, values_of
from sources.months import Month

ACCEPTED = [
    ("postgres", "select 1"),
    ("postgres", "SELECT 1;"),
    ("postgres", "select 1; -- the end"),
    ("postgres", "select * from t where note = 'a; drop table t'"),
    ("postgres", "select 'insert into t' as note from t"),
    ("postgres", "select $$a;b delete$$ as note"),
    ("postgres", "select E'it\\'s; update' as note"),
    ("postgres", 'select "delete", "update;" from "insert"'),
    ("postgres", "with a as (select 1 as x) select * from a"),
    ("postgres", "with recursive a as (select 1 as x union all select x + 1 from a where x < 3) select * from a"),
    ("postgres", "select 1 union select 2 union all select 3"),
    ("postgres", "(select 1) except (select 2)"),
    ("postgres", "(select 1)"),
    ("postgres", "select a::date, b::numeric(10, 2) from t where d >= :month_first"),
    ("postgres", "select /* insert; */ 1"),
    ("postgres", "select x, row_number() over (partition by y order by z) from t order by 1 limit 10"),
    ("postgres", "select 姓名, 身份证号 as 证件 from 民政.低保 where 月份 = :month"),
    ("postgres", "select (select max(b) from u where u.a = t.a) from t"),
    ("postgres", "select * from t where exists (select 1 from deleted_rows)"),
    ("postgres", "select a[1:2] from t"),
    ("postgres", "select coalesce(updated_at, inserted_at) from t"),
    ("mysql", "select `姓名` from `库`.`表` where date_format(d, '%Y-%m') = :month"),
    ("mysql", "select concat(a, ';', 'it''s') from t -- insert"),
    ("mysql", "select 'a\\'; delete from t' from t"),
    ("mysql", "select /*+ MAX_EXECUTION_TIME(1000) */ 1"),
    ("tsql", "select top 10 [姓名] from [dbo].[表] with (nolock) where m = :month_compact"),
    ("tsql", "select 1 as x option (recompile)"),
    ("oracle", "select 姓名 from 表 where to_char(d, 'YYYYMM') = :month_compact and rownum < 10"),
    ("oracle", "select level from dual connect by level < 3"),
]
REFUSED = [
    ("postgres", ""),
    ("postgres", "-- nothing"),
    ("postgres", "selec 1"),
    ("postgres", "select 1; select 2"),
    ("postgres", "select 1; drop table t"),
    ("postgres", "insert into t values (1)"),
    ("postgres", "update t set a = 1"),
    ("postgres", "delete from t"),
    ("postgres", "truncate t"),
    ("postgres", "drop table t"),
    ("postgres", "create table t as select 1"),
    ("postgres", "alter table t add a int"),
    ("postgres", "merge into t using s on true when matched then delete"),
    ("postgres", "select * into u from t"),
    ("postgres", "with a as (insert into t values (1) returning *) select * from a"),
    ("postgres", "with a as (update t set x = 1 returning *) select * from a"),
    ("postgres", "with a as (delete from t returning *) select * from a"),
    ("postgres", "with a as (select 1) insert into t select * from a"),
    ("postgres", "select * from t for update"),
    ("postgres", "select * from t for no key update skip locked"),
    ("postgres", "select * from t for share"),
    ("postgres", "select * from (select * from t for update) q"),
    ("postgres", "values (1)"),
    ("postgres", "explain select 1"),
    ("postgres", "copy t to stdout"),
    ("postgres", "do $$ begin end $$"),
    ("postgres", "set role admin"),
    ("postgres", "select nextval('s')"),
    ("postgres", "select pg_catalog.set_config('x', 'y', false)"),
    ("postgres", "select pg_advisory_lock(1)"),
    ("postgres", "select pg_sleep(1000)"),
    ("postgres", "select * from dblink('x', 'delete from t') as t(a int)"),
    ("postgres", "select lo_unlink(1)"),
    ("postgres", "select $1"),
    ("postgres", "select :year"),
    ("postgres", "select ?"),
    ("postgres", "select a[1:month] from t"),
    ("mysql", "select 1 into outfile '/tmp/x'"),
    ("mysql", "select a into @x from t"),
    ("mysql", "select @x := 1"),
    ("mysql", "select * from t lock in share mode"),
    ("mysql", "select 1 /*! into outfile '/tmp/x' */"),
    ("mysql", "select 1 /*M!100000 into outfile '/tmp/x' */"),
    ("mysql", "select get_lock('x', 10)"),
    ("mysql", "select sleep(1000)"),
    ("mysql", "call p()"),
    ("mysql", "replace into t values (1)"),
    ("tsql", "select * into u from t"),
    ("tsql", "select * from t with (updlock)"),
    ("tsql", "select @x = a from t"),
    ("tsql", "exec p"),
    ("tsql", "select next value for s"),
    ("tsql", "select * from openquery(x, 'delete from t')"),
    ("oracle", "select * from t for update nowait"),
    ("oracle", "begin null; end;"),
]
VALUES = values_of(Month(2021, 6))


@pytest.mark.parametrize(("dialect", "text"), ACCEPTED)
def test_a_query_that_reads_is_run_as_it_is_written(dialect: str, text: str) -> None:
    query = checked(text, dialect)
    assert text.startswith(query.text)
    assert not text[len(query.text) :].strip("; ").removeprefix("-- the end")


@pytest.mark.parametrize(("dialect", "text"), REFUSED)
def test_what_does_more_than_reading_is_refused(dialect: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"查询|语句|SELECT"):
        checked(text, dialect)


def test_parameters_have_the_month_in_four_forms() -> None:
    assert tuple(VALUES) == PARAMETERS
    assert list(VALUES.values()) == ["2021-06", date(2021, 6, 1), date(2021, 6, 30), "202106"]


def test_only_parameters_are_bound_not_what_looks_like_them() -> None:
    text = "select ':month', d::date, '50%' /* :month */ from t where a = :month and b like '%x' -- :month_last\n"
    query = checked(text, "postgres")
    assert query.names == ("month",)
    assert query.sql("pyformat") == text.replace("%", "%%").replace("= :month", "= %(month)s")
    assert query.sql("named") == text
    assert query.arguments("pyformat", VALUES) == {"month": "2021-06"}


def test_a_query_without_parameters_is_left_as_it_is() -> None:
    query = checked("select '50%' from t", "mysql")
    assert query.sql("pyformat") == "select '50%' from t"
    assert query.arguments("pyformat", VALUES) is None
    assert not query.has_month


def test_drivers_with_places_for_arguments_get_them_in_order() -> None:
    query = checked("select 1 from t where a = :month_last or b = :month or c = :MONTH", "oracle")
    assert query.sql("qmark") == "select 1 from t where a = ? or b = ? or c = ?"
    assert query.arguments("qmark", VALUES) == [date(2021, 6, 30), "2021-06", "2021-06"]
    assert query.written_out(VALUES).endswith("a = '2021-06-30' or b = '2021-06' or c = '2021-06'")
