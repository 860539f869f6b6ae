"""What each role sees, and that nobody else sees anything."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from orchestration.publishing.content import PublishError
from tests.servers.marts_database import DATABASE, MartsDatabase
from tests.unit.orchestration.publishing.postgres.conftest import TOWNS, County, copy

RISK = "select household_key from {}.household_risk group by 1 order by 1"


def _refused(database: MartsDatabase, user: str, *queries: str) -> None:
    for query in queries:
        with pytest.raises(InsufficientPrivilege):
            database.read(query, user)


def test_a_bi_reader_sees_the_open_schemas_only(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    reader = database.login("dashboard", "bi_reader")
    assert database.read("select count(*) from marts.household_bands", reader) == [(2,)]
    assert database.read("select count(*) from marts_zh.dim_month", reader) == [(2,)]
    assert database.read("select version from shouwang.published", reader) == [(1,)]
    _refused(database, reader, *(RISK.format(s) for s in ("marts_full", "marts_case")))
    _refused(database, reader, "select * from marts_zh_full.household_risk", "select * from shouwang.loaded")
    _refused(database, reader, "select * from shouwang.case_towns", "delete from marts.dim_month")
    _refused(
        database,
        reader,
        "create table marts.mine (a int)",
        "create table public.mine (a int)",
        "create temp table a ()",
    )


@pytest.mark.parametrize(
    ("towns", "seen"),
    [((), []), ((TOWNS[0],), ["a"]), (TOWNS, ["a", "b"]), (("*",), ["a", "b", "c"]), (("441802999",), [])],
)
def test_a_case_worker_sees_the_households_of_own_towns(
    county: County, database: MartsDatabase, towns: tuple[str, ...], seen: list[str]
) -> None:
    copy(county, database)
    worker = database.login("worker", "case_worker", *towns)
    database.login("colleague", "case_worker", "*")
    assert [key for (key,) in database.read(RISK.format("marts_case"), worker)] == seen
    assert len(database.read("select * from marts_zh_case.household_risk", worker)) == 2 * len(seen)
    assert database.read("select login, town_code from shouwang.case_towns order by 2", worker) == [
        ("worker", town) for town in sorted(towns)
    ]
    _refused(database, worker, RISK.format("marts_full"), "insert into shouwang.case_towns values ('worker', '*')")
    _refused(database, worker, "select * from shouwang.loaded")
    with database.connect(worker) as connection:
        connection.execute("set role case_worker")
        assert connection.execute(RISK.format("marts_case")).fetchall() == []


def test_towns_and_logins_outlast_publications(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    worker = database.login("worker", "case_worker", TOWNS[1])
    county.build(["2021-05", "2021-06"], income=2)
    county.publish_county("2021-06")
    copy(county, database)
    copy(county, database, again=True)
    assert database.read(RISK.format("marts_case"), worker) == [("b",)]


def test_the_office_sees_every_mart(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    office = database.login("office", "office_reader")
    assert database.read("select count(*), max(secret) from marts_full.household_risk", office) == [(6, 1.5)]
    _refused(database, office, RISK.format("marts_case"), "update marts_full.dim_month set month = null")


def test_rights_that_somebody_gave_our_roles_are_taken_back(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    reader = database.login("dashboard", "bi_reader")
    with database.connect() as owner:
        owner.execute("grant usage on schema marts_full to bi_reader, public")
        owner.execute("grant select, update on marts_full.household_risk to bi_reader, public")
        owner.execute("revoke select on marts.dim_month from bi_reader")
    county.build(["2021-05", "2021-06"], income=2)
    county.publish_county("2021-06")
    copy(county, database)
    _refused(database, reader, RISK.format("marts_full"))
    assert database.read("select count(*) from marts.dim_month", reader) == [(2,)]


def test_nobody_else_can_connect(county: County, database: MartsDatabase) -> None:
    copy(county, database)
    database.login("stranger", "pg_monitor")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        database.read("select 1", "stranger")
    open_to_all: list[tuple[Any, ...]] = database.read(
        "select n.nspname from pg_namespace as n cross join aclexplode(n.nspacl) as a"
        " where a.grantee = 0 and n.nspname in (select distinct table_schema from information_schema.tables"
        " where table_schema like 'marts%' or table_schema = 'shouwang')"
    )
    assert open_to_all == []
    assert database.read(
        "select count(*) from pg_database cross join aclexplode(datacl) as a"
        f" where datname = '{DATABASE}' and grantee = 0"
    ) == [(0,)]


def test_an_owner_who_may_not_make_roles_hears_what_to_ask_for(county: County, database: MartsDatabase) -> None:
    with psycopg.connect(database.server.url.replace("+psycopg", ""), autocommit=True) as administrator:
        administrator.execute("alter role marts_owner nocreaterole")
        with pytest.raises(PublishError, match="create role bi_reader nologin"):
            copy(county, database)
        for role in ("bi_reader", "case_worker", "office_reader"):
            administrator.execute(f"create role {role} nologin")
    assert copy(county, database).is_new
