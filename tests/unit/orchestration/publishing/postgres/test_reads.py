"""Reads while versions are published: each sees one version, and none fails."""

from __future__ import annotations

from tests.bench.postgres_reads import is_whole, run
from tests.servers.marts_database import MartsDatabase
from tests.unit.orchestration.publishing.postgres.conftest import KEYS, TOWNS, County, copy


def test_reads_of_two_versions_are_told_from_those_of_one() -> None:
    expected = {1: (1, "a", "b"), 2: (2, "c", "d")}
    assert is_whole((2, "c", "d"), expected)
    assert is_whole((1, "a", None), expected)
    assert not is_whole((2, "a", "d"), expected)
    assert not is_whole((2, None, "b"), expected)
    assert not is_whole((3, "c", "d"), expected)


def test_nobody_reads_a_mixture(county: County, database: MartsDatabase) -> None:
    county.build(["2021-05", "2021-06", "2021-07"], income=9)
    county.publish_county("2021-07")
    copy(county, database)
    tables = {
        database.login("dashboard", "bi_reader"): ["marts.dim_month", "marts_zh.household_bands"],
        database.login("worker", "case_worker", TOWNS[0]): ["marts_case.household_risk", "marts.household_bands"],
        database.login("office", "office_reader"): ["marts_full.household_month", "marts_full.dim_month"],
    }
    done = run(county.home, database, KEYS, tables, reads=300, publications=6, readers=3)
    assert (done.mixed, done.failed) == ([], [])
    assert done.total >= 300
    assert set(done.seen) == {1, 2}
