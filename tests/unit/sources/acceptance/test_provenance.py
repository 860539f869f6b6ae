"""What a month rests on, and what is new since it was computed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sources.acceptance.provenance import (
    COUNTY,
    OWN,
    Change,
    building,
    built_from,
    changes,
    computed_from,
    computed_months,
    inputs_of,
    is_made_from,
    keep_input,
    publish_built,
)
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.months import Month
from tests.unit.sources.county.folders import HEAD, write, write_own

APRIL, MAY, JUNE = (Month(2021, n) for n in (4, 5, 6))
CONTRACTS = load_contracts()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.prepare()
    return home


def deliver(home: Home, dataset: str, month: Month, rows: str, *numbers: int, in_force: int | None = None) -> None:
    files = [(n, f"{dataset}{month}{n}", n == (in_force or numbers[-1])) for n in numbers]
    balance = pl.DataFrame(files, schema=["delivery_no", "file_sha256", "is_in_force"], orient="row")
    keep_input(home, CONTRACTS.dataset(dataset), month, rows, balance)


def test_a_month_rests_on_itself_and_every_month_before(home: Home) -> None:
    for month in (APRIL, MAY, JUNE):
        deliver(home, "deaths", month, "x", 1)
    keys = [(month, name) for month in (APRIL, MAY) for name in (COUNTY, OWN, "deaths")]
    assert sorted(inputs_of(home, CONTRACTS, MAY)) == keys


def test_what_was_kept_is_read_again_and_nothing_has_changed(home: Home) -> None:
    deliver(home, "deaths", MAY, "x", 1, 2)
    assert computed_from(home, MAY) is None
    now = inputs_of(home, CONTRACTS, MAY)
    with building(home, MAY, now):
        assert built_from(home, MAY) is None
    assert (built_from(home, MAY), computed_from(home, MAY)) == (now, None)
    publish_built(home)
    assert computed_from(home, MAY) == now
    assert computed_months(home) == [MAY]
    assert changes(now, inputs_of(home, CONTRACTS, MAY)) == []


def test_a_build_that_fails_leaves_no_build_and_what_was_published(home: Home) -> None:
    deliver(home, "deaths", MAY, "x", 1)
    now = inputs_of(home, CONTRACTS, MAY)
    with building(home, MAY, now):
        pass
    publish_built(home)
    with pytest.raises(ValueError, match="broken"), building(home, MAY, {}):
        raise ValueError("broken")
    assert built_from(home, MAY) is None
    publish_built(home)
    assert computed_from(home, MAY) == now


def test_a_new_delivery_is_named_by_its_number(home: Home) -> None:
    deliver(home, "deaths", APRIL, "x", 1)
    before = inputs_of(home, CONTRACTS, MAY)
    deliver(home, "deaths", APRIL, "y", 1, 2, 3)
    deliver(home, "household_income", MAY, "z", 1)
    found = changes(before, inputs_of(home, CONTRACTS, MAY))
    assert found == [Change(APRIL, "deaths", 2), Change(APRIL, "deaths", 3), Change(MAY, "household_income", 1)]


def test_other_rows_of_the_same_delivery_are_a_change_without_a_number(home: Home) -> None:
    deliver(home, "deaths", APRIL, "x", 1)
    before = inputs_of(home, CONTRACTS, APRIL)
    deliver(home, "deaths", APRIL, "y", 1)
    assert changes(before, inputs_of(home, CONTRACTS, APRIL)) == [Change(APRIL, "deaths", 0)]


def test_a_rejected_delivery_is_new_and_leaves_the_rows(home: Home) -> None:
    deliver(home, "deaths", APRIL, "x", 1)
    before = inputs_of(home, CONTRACTS, APRIL)
    deliver(home, "deaths", APRIL, "", 1, 2, in_force=1)
    now = inputs_of(home, CONTRACTS, APRIL)
    assert changes(before, now) == [Change(APRIL, "deaths", 2)]
    assert now[APRIL, "deaths"].rows == "x"


def with_levy(home: Home, value: float) -> None:
    row = f"cleaning_levy_per_person_month,,2021-05-01,,{value},元/人·月,文件\n"
    write(home.root / "county", 'code = "441802"\n', parameters=HEAD + row)


def test_another_parameter_changes_the_months_in_which_it_is_valid(home: Home) -> None:
    for month in (APRIL, MAY, JUNE):
        deliver(home, "deaths", month, "x", 1)
    with_levy(home, 1)
    before = inputs_of(home, CONTRACTS, JUNE)
    with_levy(home, 2)
    now = inputs_of(home, CONTRACTS, JUNE)
    assert changes(before, now) == [Change(MAY, COUNTY, 0), Change(JUNE, COUNTY, 0)]
    assert not is_made_from(before, now)


def test_a_record_of_an_earlier_program_knows_no_county_and_is_no_change(home: Home) -> None:
    deliver(home, "deaths", MAY, "x", 1)
    now = inputs_of(home, CONTRACTS, MAY)
    former = {key: one for key, one in now.items() if key[1] != COUNTY}
    assert changes(former, now) == []
    assert is_made_from(former, now)
    assert is_made_from(now, now)
    assert not is_made_from(None, now)
    assert not is_made_from({}, now)


def test_own_indicators_that_come_change_or_go_are_a_change_of_every_month(home: Home) -> None:
    deliver(home, "deaths", MAY, "x", 1)
    without = inputs_of(home, CONTRACTS, MAY)
    former = {key: one for key, one in without.items() if key[1] != OWN}
    assert changes(former, without) == []
    assert is_made_from(former, without)
    found = []
    for statement in ("select 1", "select 2"):
        write_own(home.root / "county", {"local.wells": statement})
        found.append(inputs_of(home, CONTRACTS, MAY))
    for before, now in ((former, found[0]), (without, found[0]), (found[0], found[1]), (found[1], without)):
        assert Change(MAY, OWN, 0) in changes(before, now)
        assert not is_made_from(before, now)


def test_a_folder_that_cannot_be_used_is_no_change(home: Home) -> None:
    deliver(home, "deaths", MAY, "x", 1)
    before = inputs_of(home, CONTRACTS, MAY)
    (home.root / "county").mkdir()
    assert changes(before, inputs_of(home, CONTRACTS, MAY)) == []
