"""A district of five households over three months, built by dbt once, and copies of it to run again.

Every build of these tests is done by a copy of one process that has imported dbt and parsed the project already.

Belongs here: the rows and the builds that several tests look at. Does not belong here: what is expected of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_fixture import DbtFixture, parsed_project
from tests.once import made_once

TOWN, VILLAGE = "441802103", "441802103001"
APRIL, MAY, JUNE = "2021-04", "2021-05", "2021-06"

District = Callable[[], DbtFixture]


def member(household: str, person: str, **cells: Any) -> dict[str, Any]:
    """A register row: an adult able to work, of an ordinary household, in a sound house."""
    return {
        **{"household_key": household, "person_key": person, "town_code": TOWN, "division_code": VILLAGE},
        **{"id_birth_month": "1980-01", "household_type": "一般农户", "labour_ability": "普通劳动力"},
        **{"schooling_status": "非在校生", "housing_grade": "A级", "has_safe_water": True},
        **cells,
    }


def income(household: str, wage: int) -> dict[str, Any]:
    """An income row of wages alone."""
    others = ("operating_income", "property_income", "transfer_income", "operating_expense")
    return {"household_key": household, "wage_income": wage, **dict.fromkeys(others, 0)}


def register(*, is_house_unsafe: bool = False) -> list[dict[str, Any]]:
    """The poor household, the badly housed, the bereaved, the one without fault, and one of a virtual village."""
    return [
        member("poor", "poor-1", household_type="脱贫户"),
        member("poor", "poor-2", household_type="脱贫户"),
        member("housed", "housed-1", housing_grade="D级" if is_house_unsafe else "A级"),
        member("bereaved", "bereaved-1"),
        member("bereaved", "bereaved-2"),
        member("sound", "sound-1"),
        member("sound", "poor-1"),
        member("estate", "estate-1", town_code="441802450", division_code="441802450598", has_safe_water=False),
    ]


def deliver_district(district: DbtFixture) -> None:
    """April: poor and badly housed. May: no income table, the house is mended. June: still poor, one death."""
    for month in (APRIL, MAY, JUNE):
        district.deliver("household_register", month, register(is_house_unsafe=month == APRIL))
        district.deliver("monitored_households", month, [])
    for month in (APRIL, JUNE):
        rows = [income("poor", 11999), *[income(h, 90000) for h in ("housed", "bereaved", "sound", "estate")]]
        district.deliver("household_income", month, rows)
    district.deliver("deaths", JUNE, [{"person_key": "bereaved-1", "died_on": date(2021, 6, 30)}])


@pytest.fixture(scope="package", autouse=True)
def _parsed_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Start the process that parses the project, which a month of production has, too."""
    with parsed_project(tmp_path_factory.mktemp("dbt")):
        yield


def build_district(root: Path) -> None:
    """Run the three months of the district in order."""
    district = DbtFixture(root)
    deliver_district(district)
    for month in (APRIL, MAY, JUNE):
        district.build(month)


@pytest.fixture(scope="package")
def built(_parsed_project: None, tmp_path_factory: pytest.TempPathFactory) -> DbtFixture:
    """The district with its three months run in order; not to be changed."""
    root = tmp_path_factory.mktemp("built") / "district"
    shutil.copytree(made_once(tmp_path_factory, "built-district", build_district), root)
    return DbtFixture(root)


@pytest.fixture
def district(built: DbtFixture, tmp_path: Path) -> DbtFixture:
    """A copy of the district, to deliver into and to run again."""
    shutil.copytree(built.root, tmp_path / "home")
    return DbtFixture(tmp_path / "home")
