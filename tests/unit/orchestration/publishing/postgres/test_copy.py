"""A version in PostgreSQL: rows, comments, keys, what changes, and what a kill or an absent server leaves."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import psycopg
import pytest

from orchestration.publishing.content import PublishError
from orchestration.publishing.postgres import load
from orchestration.publishing.postgres.compare import lag, problems
from orchestration.publishing.publish import roll_back
from orchestration.publishing.version import current
from tests.servers.marts_database import MartsDatabase
from tests.unit.orchestration.publishing.postgres.conftest import COUNTY, KEYS, County, copy

INCOME = "select sum(net_income) from marts_full.household_month"


def test_a_copy_has_rows_comments_and_keys(county: County, database: MartsDatabase) -> None:
    done = copy(county, database)
    assert done.is_new
    assert database.read("select version, month, months from shouwang.published") == [
        (1, "2021-06", "2021-05、2021-06")
    ]
    query = "select month, household_key, net_income from {}.household_month"
    assert sorted(database.read(query.format("marts_full"))) == sorted(county.read(query.format("marts")))
    assert database.read("select 月份名称 from marts_zh.dim_month order by 1") == [("2021-05",), ("2021-06",)]
    comments = "select obj_description('marts_full.household_month'::regclass), col_description("
    assert database.read(f"{comments}'marts_full.household_month'::regclass, 2)") == [
        ("农户月表:每户每月一行", "户代码")
    ]
    labelled = "select col_description('marts_zh_full.household_month'::regclass, 2)"
    assert database.read(labelled) == [("户代码:假名",)]
    keys = dict(
        database.read(
            "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
            " where conname like '%one_row'"
        )
    )
    assert keys["marts_full.household_month"] == "PRIMARY KEY (month, household_key)"
    assert keys["marts.household_bands"] == "UNIQUE NULLS NOT DISTINCT (month, row_no)"
    assert not problems(county.home.published, database.setting, done.version, KEYS, deep=True)


def test_the_same_version_again_is_no_work(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    loaded_at = database.read("select loaded_at, xmin::text from shouwang.published")
    again = copy(county, database)
    assert (again.is_new, again.rows) == (False, 0)
    assert database.read("select loaded_at, xmin::text from shouwang.published") == loaded_at


def test_only_the_changed_month_is_copied(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    may = "select max(xmin::text) from marts_full.household_month where month = '2021-05-01'"
    before = database.read(may)
    county.change("update marts.household_month set net_income = 7 where month = date '2021-06-01'")
    county.publish_county("2021-06")
    done = copy(county, database)
    assert database.read(may) == before
    assert database.read("select distinct net_income from marts_full.household_month where month = '2021-06-01'") == [
        (7,)
    ]
    assert done.rows < 200
    assert not problems(county.home.published, database.setting, done.version, KEYS, deep=True)


def test_it_follows_a_rollback_and_a_lost_month(county: County, database: MartsDatabase) -> None:
    before = [copy(county, database).version.number, *database.read(INCOME)]
    county.build(["2021-05", "2021-06", "2021-07"], income=3)
    county.publish_county("2021-07")
    copy(county, database)
    assert database.read("select max(month) from marts.dim_month") == [(date(2021, 7, 1),)]
    roll_back(county.home)
    assert [copy(county, database).version.number, *database.read(INCOME)] == before
    assert database.read("select max(month) from marts.dim_month") == [(date(2021, 6, 1),)]


def test_other_columns_keep_the_views_of_others(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    with database.connect() as owner:
        owner.execute(
            "create schema own; create view own.incomes as select household_key from marts_full.household_month"
        )
    county.change(
        "alter table marts.household_month add column cars integer",
        "alter table marts.household_month alter net_income type varchar",
        "comment on column marts.household_month.cars is '车辆'",
        "comment on column marts.household_month.net_income is '纯收入'",
        "update marts.household_month set cars = 1",
        "create table marts.villages (village varchar); insert into marts.villages values ('清'), (''), (null)",
        "comment on column marts.villages.village is '村'",
    )
    county.publish_county("2021-06", COUNTY | {"villages": ("village",)})
    done = copy(county, database)
    assert not problems(county.home.published, database.setting, done.version, KEYS, deep=True)
    assert database.read("select count(*) from own.incomes") == [(200,)]
    assert database.read("select 车辆, pg_typeof(纯收入)::text from marts_zh_full.household_month limit 1") == [
        (1, "text")
    ]
    assert sorted(map(str, database.read("select village from marts_full.villages"))) == ["('',)", "('清',)", "(None,)"]
    roll_back(county.home)
    copy(county, database)
    assert database.read(
        "select to_regclass('marts_full.villages')::text, to_regclass('marts_zh_full.villages')::text"
    ) == [(None, None)]


def test_a_view_of_others_on_a_column_that_goes_is_named_as_the_cause(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    with database.connect() as owner:
        owner.execute("create schema own; create view own.v as select net_income from marts_full.household_month")
    county.change(
        "alter table marts.household_month drop column net_income",
        "alter table marts.household_month add column income double",
        "comment on column marts.household_month.income is '收入'",
    )
    county.publish_county("2021-06")
    with pytest.raises(PublishError, match="别人的视图"):
        copy(county, database)
    assert database.read("select version from shouwang.published") == [(1,)]
    assert database.read("select count(*) from own.v") == [(200,)]


@pytest.mark.parametrize("at", ["first", "later"])
def test_a_copy_that_dies_leaves_what_was_there_and_the_next_completes(
    county: County, database: MartsDatabase, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    if at == "later":
        copy(county, database)
        county.build(["2021-05", "2021-06"], income=9)
        county.publish_county("2021-06")
    before = database.read(INCOME) if at == "later" else None

    def killed(*_: object) -> None:
        with psycopg.connect(database.server.url.replace("+psycopg", ""), autocommit=True) as c:
            c.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'shouwang'")

    with monkeypatch.context() as patched:
        # Everything is done except for the end of the transaction.
        patched.setattr(load, "_kept", killed)
        with pytest.raises(PublishError, match="连接中途断开"):
            copy(county, database)
    if at == "later":
        assert database.read(INCOME) == before
        assert database.read("select version from shouwang.published") == [(1,)]
    else:
        assert database.read("select to_regclass('marts.dim_month')::text") == [(None,)]
    done = copy(county, database)
    assert done.is_new
    assert not problems(county.home.published, database.setting, done.version, KEYS, deep=True)


def test_a_reader_who_has_begun_sees_the_old_version_to_the_end(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    county.build(["2021-05", "2021-06"], income=5)
    county.publish_county("2021-06")
    login = database.login("analyst", "office_reader")
    with database.connect(login, autocommit=False) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        before = reader.execute("select version from shouwang.published").fetchall()
        done = copy(county, database)
        assert reader.execute("select version from shouwang.published").fetchall() == before
        old = reader.execute(INCOME).fetchall()
        reader.commit()
        assert reader.execute("select version from shouwang.published").fetchall() == [(done.version.number,)]
        assert reader.execute(INCOME).fetchall() != old


def test_a_reader_who_never_ends_stops_a_change_of_columns_only_for_now(
    county: County, database: MartsDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(county, database)
    county.change("alter table marts.household_month add column cars integer")
    county.change("comment on column marts.household_month.cars is '车辆'")
    county.publish_county("2021-06")
    monkeypatch.setattr(load, "PAUSES", (0.0,))
    monkeypatch.setattr(load, "LOCK_SECONDS", 0.2)
    login = database.login("analyst", "office_reader")
    with database.connect(login, autocommit=False) as reader:
        reader.execute(INCOME)
        with pytest.raises(PublishError, match="长时间占用"):
            copy(county, database)
        reader.execute(INCOME)
    assert copy(county, database).is_new


def test_two_copies_at_a_time_take_turns(county: County, database: MartsDatabase) -> None:
    failed: list[BaseException] = []

    def one() -> None:
        try:
            copy(county, database)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert database.read("select count(*) from marts.dim_month") == [(2,)]


def test_a_database_of_others_is_left_alone(county: County, database: MartsDatabase) -> None:
    with database.connect() as owner:
        owner.execute("create schema marts; create table marts.theirs (a int); insert into marts.theirs values (1)")
    with pytest.raises(PublishError, match="专用的空数据库"):
        copy(county, database)
    assert database.read("select a from marts.theirs") == [(1,)]


def test_damage_is_found_and_mended(county: County, database: MartsDatabase) -> None:
    version = copy(county, database).version
    with database.connect() as owner:
        owner.execute("update marts_full.household_month set net_income = 0 where household_key = '7'")
    published = county.home.published
    assert not problems(published, database.setting, version, KEYS, deep=False)
    (told,) = problems(published, database.setting, version, KEYS, deep=True)
    assert told.startswith("marts_full.household_month 的内容与已发布的不同")
    copy(county, database, again=True)
    assert not problems(published, database.setting, version, KEYS, deep=True)


def test_a_server_that_is_away_is_named_with_what_to_do(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    county.build(["2021-05", "2021-06"], income=4)
    county.publish_county("2021-06")
    database.server.stop()
    try:
        with pytest.raises(PublishError, match=r"拒绝连接.*shouwang publish --to postgres") as raised:
            copy(county, database)
        assert "of-everybody" not in str(raised.value)
        assert "拒绝连接" in lag(database.setting, current(county.home.published))
    finally:
        database.server.start()
    assert "现在发布的是版本 2" in lag(database.setting, current(county.home.published))
    assert copy(county, database).is_new
    assert not lag(database.setting, current(county.home.published))


def test_every_copy_is_in_the_audit_log(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    copy(county, database)
    log = (Path(county.home.restricted) / "audit.jsonl").read_text("utf-8")
    assert log.count('"act": "copy"') == 1
