"""The checks on indicators fire, and the catalogue of datasets says how long a table counts.

Belongs here: dbt data tests of the indicators over tables that were spoilt on purpose. Does not belong here: figures.
"""

from __future__ import annotations

import re

import duckdb

from sources.contracts.model import load_contracts
from tests.dbt_fixture import DbtFixture
from tests.unit.dbt_project.conftest import JUNE
from tests.unit.dbt_project.test_catalogues import seed

SPOILT = [
    # One division is missing, another stands twice.
    "delete from marts.rural_indicators where month = '2021-06-01' and indicator_code = 'toilets.retrofitted' "
    "and division_code = '441802103'",
    "insert into marts.rural_indicators from marts.rural_indicators where month = '2021-06-01' "
    "and indicator_code = 'toilets.retrofitted' and division_code = '441802103001'",
    # A share moves by 50 points, a count to less than two thirds; others by less.
    "update marts.rural_indicators set previous_value = 50, value = 100, change = 50 where month = '2021-06-01' "
    "and indicator_code = 'funds.execution_rate'",
    "update marts.rural_indicators set previous_value = 30, value = 19, change = -11 where month = '2021-06-01' "
    "and indicator_code = 'consumption.fairs'",
    "update marts.rural_indicators set previous_value = 30, value = 40, change = 10 where month = '2021-06-01' "
    "and indicator_code = 'industry.training_classes'",
    "alter table marts.rural_construction add column ghost double",
    "alter table marts.rural_construction alter column roads__density type varchar",
    "insert into seeds.indicators by name select * replace ('a.unmeasured' as code, 'a' as name_zh, 'X' as levels) "
    "from seeds.indicators limit 1",
    "insert into intermediate.int_indicator_measures by name select 'a.unlisted' as indicator_code",
]
FIRES = {
    "covers_every_division": ("FAIL", 2),
    "jumps": ("WARN", 2),
    "columns_of_catalogue": ("FAIL", 2),
    "measured": ("FAIL", 1),
    "every_measured_indicator_is_in_the_catalogue": ("FAIL", 1),
}


def test_checks_fire_on_spoilt_tables(district: DbtFixture) -> None:
    with duckdb.connect(str(district.home.warehouse / "warehouse.duckdb")) as warehouse:
        for statement in SPOILT:
            warehouse.execute(statement)
    done = district.dbt("test", JUNE, "--select", *[f"test_name:{n}" for n in FIRES], f"*{list(FIRES)[-1]}*")
    for name, (outcome, rows) in FIRES.items():
        found = re.search(rf"(FAIL|WARN|PASS) ?(\d*) {name}", done.stdout)
        assert found, f"{name} did not run: {done.stdout[-3000:]}"
        assert (found[1], found[2]) == (outcome, str(rows)), name


def test_tables_count_as_long_as_their_contract_says() -> None:
    assert {r["dataset"]: r["cadence"] for r in seed("datasets")} == {
        d.name: d.cadence for d in load_contracts().datasets
    }
