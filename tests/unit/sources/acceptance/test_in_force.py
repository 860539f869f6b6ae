"""A delivery replaces another whole or for its towns only."""

from __future__ import annotations

from typing import Any

import polars as pl

from sources.acceptance.in_force import InForce, replace_rows
from sources.contracts.model import Dataset
from sources.privacy.pseudonymise import pseudonymise
from sources.privacy.pseudonyms import Keyring
from tests.unit.sources.builder import CONTRACTS, MONTH, PLACES, conform, csv_file, row, table

KEYS = Keyring(b"s")
REGISTER = CONTRACTS.dataset("household_register")
ASSETS = CONTRACTS.dataset("project_assets")
INCOME = CONTRACTS.dataset("household_income")
YUANTAN, LONGTANG, SHIJIAO = "源潭镇", "龙塘镇", "石角镇"
PLACE = {YUANTAN: "441802103", LONGTANG: "441802105", SHIJIAO: "441802106"}
"""Their codes; the village of a row is the first one of its town."""


def _at(dataset: Dataset, number: int, town: str, **cells: Any) -> dict[str, Any]:
    village = next((v for t, v in PLACES if t == PLACE.get(town)), "")
    return row(dataset, number, town_name=town, village_name=village, **cells)


def _put(
    former: InForce | None, dataset: Dataset, rows: list[dict[str, Any]], mode: str = "replace_all", number: int = 1
) -> InForce:
    conformed = conform(dataset, csv_file(table(dataset, rows)), mode=mode, number=number)
    return replace_rows(former, pseudonymise(conformed, dataset, MONTH, KEYS), conformed, dataset)


def _shown(state: InForce) -> list[tuple[int, str | None]]:
    return [(n, t and t[-3:]) for n, t in state.rows.select("delivery_no", "town_code").rows()]


def test_a_delivery_replaces_the_former_one_whole() -> None:
    first = _put(None, REGISTER, [_at(REGISTER, 1, YUANTAN), _at(REGISTER, 2, LONGTANG)])
    assert _shown(_put(first, REGISTER, [_at(REGISTER, 3, YUANTAN)], number=2)) == [(2, "103")]


def test_replace_towns_replaces_the_towns_that_occur_in_it_only() -> None:
    first = _put(None, REGISTER, [_at(REGISTER, 1, YUANTAN), _at(REGISTER, 2, LONGTANG), _at(REGISTER, 3, SHIJIAO)])
    second = _put(first, REGISTER, [_at(REGISTER, 4, LONGTANG), _at(REGISTER, 5, LONGTANG)], "replace_towns", 2)
    assert _shown(second) == [(1, "103"), (1, "106"), (2, "105"), (2, "105")]
    third = _put(second, REGISTER, [_at(REGISTER, 6, YUANTAN)], "replace_towns", 3)
    assert _shown(third) == [(1, "106"), (2, "105"), (2, "105"), (3, "103")]


def test_a_key_that_moves_to_another_town_belongs_to_the_new_delivery() -> None:
    first = _put(None, REGISTER, [_at(REGISTER, 1, YUANTAN), _at(REGISTER, 2, LONGTANG)])
    second = _put(first, REGISTER, [_at(REGISTER, 1, LONGTANG)], "replace_towns", 2)
    assert _shown(second) == [(2, "105")]
    other_house = _put(first, REGISTER, [_at(REGISTER, 1, LONGTANG, household_code="H9")], "replace_towns", 2)
    assert _shown(other_house) == [(1, "103"), (2, "105")]


def test_rows_without_a_town_stay_unless_their_key_comes_back() -> None:
    first = _put(None, ASSETS, [_at(ASSETS, 1, ""), _at(ASSETS, 2, ""), _at(ASSETS, 3, YUANTAN)])
    second = _put(first, ASSETS, [_at(ASSETS, 2, YUANTAN), _at(ASSETS, 4, "")], "replace_towns", 2)
    assert _shown(second) == [(1, None), (2, "103"), (2, None)]


def test_a_table_without_a_town_is_replaced_whole() -> None:
    first = _put(None, INCOME, [row(INCOME, 1), row(INCOME, 2)])
    second = _put(first, INCOME, [row(INCOME, 3)], "replace_towns", 2)
    assert second.rows["delivery_no"].to_list() == [2]


def test_the_same_files_again_are_no_new_delivery() -> None:
    state = InForce(pl.DataFrame(), 2, "replace_all", frozenset({"a", "b"}))
    assert state.is_same_again(3, "replace_all", {"a", "b"})
    assert state.is_same_again(3, "replace_towns", {"a"})
    assert state.is_same_again(2, "replace_all", {"a"})
    assert not state.is_same_again(2, "replace_towns", {"a"})
    assert not state.is_same_again(3, "replace_all", {"a", "c"})
