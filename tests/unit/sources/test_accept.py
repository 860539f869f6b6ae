"""Accepted rows hold no identity, and a delivery replaces another whole or for its towns only."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from sources.acceptance.in_force import InForce, replace_rows
from sources.contracts.model import Dataset
from sources.contracts.row_schema import accepted_columns, schema_of
from sources.privacy.pseudonymise import pseudonymise
from sources.privacy.pseudonyms import Keyring
from tests.unit.sources.builder import CONTRACTS, MONTH, PLACES, conform, csv_file, resident_id, row, table

KEYS = Keyring(b"s")
REGISTER = CONTRACTS.dataset("household_register")
ASSETS = CONTRACTS.dataset("project_assets")
INCOME = CONTRACTS.dataset("household_income")
YUANTAN, LONGTANG, SHIJIAO = "源潭镇", "龙塘镇", "石角镇"
PLACE = {YUANTAN: "441802103", LONGTANG: "441802105", SHIJIAO: "441802106"}
"""Their codes; the village of a row is the first one of its town."""


@pytest.mark.parametrize("dataset", list(CONTRACTS.datasets), ids=lambda d: d.name)
def test_accepted_rows_have_the_agreed_schema_and_no_identity(dataset: Dataset) -> None:
    columns = accepted_columns(dataset)
    for rows in (
        [row(dataset, 1), row(dataset, 2)],
        [{c.name: "" for c in dataset.columns} | {dataset.columns[-1].name: "x"}],
        [],
    ):
        accepted = pseudonymise(conform(dataset, csv_file(table(dataset, rows))), dataset, MONTH, KEYS)
        shown = accepted.select(c.name for c in columns)
        assert shown.schema == schema_of(columns)
        assert accepted.width - shown.width == sum(c.stays_restricted for c in dataset.columns)
        text = str(shown.rows())
        for identity in (c.name for c in dataset.columns if c.is_identity):
            assert not any(r[identity] and r[identity] in text for r in rows)


MARKED = "随手写的话"


@pytest.mark.parametrize("dataset", list(CONTRACTS.datasets), ids=lambda d: d.name)
def test_free_text_stays_in_the_restricted_zone_unless_a_mart_shows_it(dataset: Dataset) -> None:
    texts = [c for c in dataset.columns if c.kind == "text" and not c.is_identity]
    rows = [row(dataset, n, **{c.name: f"{MARKED}{c.name}{n}" for c in texts}) for n in (1, 2)]
    accepted = pseudonymise(conform(dataset, csv_file(table(dataset, rows))), dataset, MONTH, KEYS)
    shown = accepted.select(c.name for c in accepted_columns(dataset))
    assert shown.height == 2
    found = {c.name for c in texts for cell in shown.rows() if MARKED + c.name in str(cell)}
    assert found == {c.name for c in texts if c.is_published}
    assert found <= {"asset_no", "asset_name", "lead_id"}
    for column in texts:
        if not column.is_published:
            kept = accepted[f"identity__{column.name}"].to_list()
            assert kept == [r[column.name] for r in rows]
        if column.name in dataset.key:
            assert shown[column.name].n_unique() == 2


def test_what_an_id_leaves_behind() -> None:
    disability = CONTRACTS.dataset("disability_subsidies")
    cells = {"resident_id": resident_id(2, "19500101"), "disability_certificate_no": resident_id(2, "19500101") + "73"}
    accepted = pseudonymise(
        conform(disability, csv_file(table(disability, [row(disability, **cells)]))), disability, MONTH, KEYS
    )
    (found,) = accepted.to_dicts()
    assert found["person_key"] == KEYS.person(pl.Series([cells["resident_id"]]))[0]
    assert (found["id_birth_month"], found["id_sex"]) == ("1950-01", "女")
    assert (found["certificate_category"], found["certificate_grade"]) == (7, 3)


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


def test_replace_towns_as_the_first_delivery_is_a_delivery() -> None:
    assert _shown(_put(None, REGISTER, [_at(REGISTER, 1, YUANTAN)], "replace_towns")) == [(1, "103")]


def test_the_same_files_again_are_no_new_delivery() -> None:
    state = InForce(pl.DataFrame(), 2, "replace_all", frozenset({"a", "b"}))
    assert state.is_same_again(3, "replace_all", {"a", "b"})
    assert state.is_same_again(3, "replace_towns", {"a"})
    assert state.is_same_again(2, "replace_all", {"a"})
    assert not state.is_same_again(2, "replace_towns", {"a"})
    assert not state.is_same_again(3, "replace_all", {"a", "c"})
