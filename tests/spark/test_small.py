"""A month of little data on Spark and on DuckDB, delivered again: equal marts, untouched months, contracts that hold.

Belongs here: what fits into every `make test`, where Java and Spark are installed.
Does not belong here: whole months of the demo (``python -m tests.spark``).
"""

from __future__ import annotations

import importlib.util
import os

import pytest

from orchestration.dbt import manifest
from tests.dbt_fixture import DbtFixture
from tests.servers.system import ABSENT, program
from tests.spark.engines import DUCKDB, SPARK, Engines

APRIL, MAY = "2021-04", "2021-05"
MARTS = ("--select", "+household_month", "+month_notices")
WITH_TESTS = (*MARTS, "--indirect-selection", "cautious")


def member(household: str, person: str, **cells: object) -> dict[str, object]:
    """A register row: an adult able to work, of an ordinary household, in a sound house."""
    return {
        **{"household_key": household, "person_key": person, "household_type": "一般农户", "id_birth_month": "1980-01"},
        **{"town_code": "441802103", "division_code": "441802103001", "labour_ability": "普通劳动力"},
        **{"schooling_status": "非在校生", "housing_grade": "A级", "has_safe_water": True, **cells},
    }


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> DbtFixture:
    if os.environ.get("CI"):
        pytest.skip("Spark is not built on CI: its packages are half a gigabyte")
    program("java", "openjdk-17-jre-headless")
    if not (importlib.util.find_spec("pyspark") and importlib.util.find_spec("dbt.adapters.spark")):
        pytest.skip(f"{ABSENT}Spark; pip install -r deploy/spark/requirements.lock")
    manifest.ensure()
    district = DbtFixture(tmp_path_factory.mktemp("spark") / "it's [a] home")
    for month in (APRIL, MAY):
        district.deliver("household_register", month, [member("one", "a"), member("one", "b"), member("two", "c")])
    return district


@pytest.fixture(scope="module")
def engines(district: DbtFixture, tmp_path_factory: pytest.TempPathFactory) -> Engines:
    engines = Engines(district.root, tmp_path_factory.mktemp("engines"))
    engines.build(APRIL, *WITH_TESTS)
    engines.build(MAY, *WITH_TESTS)
    return engines


def test_marts_are_equal_before_and_after_a_redelivery(engines: Engines, district: DbtFixture) -> None:
    first = engines.differences()
    district.deliver("household_register", MAY, [member("one", "a")])
    engines.build(MAY, *WITH_TESTS)
    second = engines.differences()
    assert {mart: counts[1:] for found in (first, second) for mart, counts in found.items() if any(counts[1:])} == {}
    assert (first["marts.household_month"][0], second["marts.household_month"][0]) == (4, 3)
    assert first["marts.month_notices"][0] > 0


def test_a_null_against_the_contract_stops_the_mart(engines: Engines, district: DbtFixture) -> None:
    district.deliver("household_register", MAY, [member("one", "a", housing_grade=None)])
    said = {target: engines.dbt(target, MAY, "run", *MARTS) for target in (DUCKDB, SPARK)}
    assert {target: done.returncode for target, done in said.items()} == {DUCKDB: 1, SPARK: 1}
    assert "household_month.housing_grade is null" in said[SPARK].stdout
