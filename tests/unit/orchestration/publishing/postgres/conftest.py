"""A county of two towns, published, and a database for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing import case
from orchestration.publishing.postgres.layout import Keys, keys_of
from orchestration.publishing.postgres.load import Loaded, publish_to
from orchestration.publishing.publish import Publication
from orchestration.publishing.restate import NO_DELIVERY
from tests.paths import ODD_FOLDER
from tests.servers.marts_database import MartsDatabase, marts_database
from tests.servers.postgres import PostgresServer
from tests.unit.orchestration.conftest import GRAINS, OPENED, TinyWarehouse

TOWNS = ("441802101", "441802102")
RISK = case.MARTS["household_risk"].columns
COUNTY = GRAINS | {"household_risk": ("month", "household_key")}
KEYS: Keys = keys_of("marts", COUNTY, dict.fromkeys(COUNTY, frozenset({"month", "household_key"}))) | keys_of(
    "marts_open", {"household_bands": ("month", "row_no")}, {"household_bands": frozenset()}
)


class County(TinyWarehouse):
    """Three households a month with a risk: one in each town, one without; `build` replaces everything."""

    def build(self, months: Sequence[str], income: float = 1.5) -> None:
        super().build(months, income)
        types = {"month": "date", "rule_count": "integer"} | dict.fromkeys(
            ("has_income_flag", "has_shock_flag", "is_new"), "boolean"
        )
        with duckdb.connect(str(self.file)) as c:
            columns = ", ".join(f"{name} {types.get(name, 'varchar')}" for name in RISK)
            c.execute(f"create table marts.household_risk ({columns}, secret double)")
            for n in (*RISK, "secret"):
                c.execute(f"comment on column marts.household_risk.{n} is '风险 {n}'")
            for key, town in (("a", f"'{TOWNS[0]}'"), ("b", f"'{TOWNS[1]}'"), ("c", "null")):
                c.execute(
                    "insert into marts.household_risk (month, household_key, town_code, risk_level, rule_count, secret)"
                    f" select month, '{key}', {town}, 'red', 2, {income} from marts.dim_month"
                )

    def change(self, *statements: str) -> None:
        """Change the warehouse."""
        with duckdb.connect(str(self.file)) as c:
            for statement in statements:
                c.execute(statement)

    def publish_county(self, month: str, grains: dict[str, tuple[str, ...]] = COUNTY) -> Publication:
        return self.publish(month, grains, OPENED, NO_DELIVERY)


@pytest.fixture
def county(tmp_path: Path) -> County:
    county = County(tmp_path / ODD_FOLDER / "home")
    county.build(["2021-05", "2021-06"])
    county.publish_county("2021-06")
    return county


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[MartsDatabase]:
    with marts_database(postgres) as database:
        yield database


def copy(county: TinyWarehouse, database: MartsDatabase, again: bool = False) -> Loaded:
    """Copy the published version."""
    return publish_to(county.home, database.setting, KEYS, again)
