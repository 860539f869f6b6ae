"""Former keys and lead ids lead to the current ones, also after several rotations."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import polars as pl
import pytest

from sources.home import Home
from sources.privacy.pseudonyms import Keyring
from sources.privacy.rekeying import MAPPING, current_lead_ids, keep_mapping, leads_path, map_keys, map_leads
from tests.unit.sources.builder import CONTRACTS, Desk, csv_file, row, table
from tests.unit.sources.ledger import accepted_rows, income_file

REGISTER, RETURNS = (CONTRACTS.dataset(name) for name in ("household_register", "verification_returns"))


def test_every_kept_identity_is_mapped_to_the_key_of_the_new_secret(desk: Desk) -> None:
    desk.put(REGISTER, "户籍名册.csv", income_file(1, 2, 3, dataset=REGISTER))
    desk.intake().take(REGISTER)
    keys = dict(map_keys(desk.home, CONTRACTS, b"another secret").iter_rows())
    rows = accepted_rows(desk.home, REGISTER)
    columns = [name for name in rows.columns if name.endswith("_key")]
    assert {"household_key", "person_key", "name_key"} <= set(columns)
    assert {key for name in columns for key in rows[name].drop_nulls()} == set(keys)
    code = pl.read_parquet(desk.home.identities(REGISTER, desk.intake().month) / "rows.parquet")
    first = code.row(0, named=True)
    made = Keyring(b"another secret").household(pl.Series([first["identity__household_code"]]))[0]
    assert keys[first["household_key"]] == made


def test_a_lead_has_the_id_that_dbt_makes_of_the_current_key() -> None:
    leads = pl.DataFrame(
        {
            "lead_id": ["L1", "L2"],
            "household_key": ["a", "gone"],
            "rule_code": ["HOU-01", "HOU-01"],
            "opened_month": [dt.date(2021, 5, 1)] * 2,
        }
    )
    keys = pl.DataFrame({"former": ["a"], "current": ["b"]}, schema=MAPPING)
    expected = "L" + hashlib.sha256(b"b|HOU-01|2021-05").hexdigest()[:16]
    assert map_leads(leads, keys).rows() == [("L1", expected)]


def test_the_mapping_of_two_rotations_leads_from_the_first_ids_to_the_last(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    path = leads_path(home)
    keep_mapping(home, path, path, pl.DataFrame([("L1", "L2"), ("M1", "M2")], schema=MAPPING, orient="row"))
    keep_mapping(home, path, path, pl.DataFrame([("L2", "L3")], schema=MAPPING, orient="row"))
    assert current_lead_ids(home) == {"L1": "L3", "L2": "L3"}, "M is no lead any more"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("typed", ["L1", "L2"])
def test_a_return_may_name_a_lead_by_its_former_id(desk: Desk, typed: str) -> None:
    home = desk.home
    mapping = pl.DataFrame([("L1", "L2")], schema=MAPPING, orient="row")
    keep_mapping(home, leads_path(home), leads_path(home), mapping)
    answers = [row(RETURNS, 1, lead_id=typed), row(RETURNS, 2, lead_id="L9")]
    desk.put(RETURNS, "核查反馈.csv", csv_file(table(RETURNS, answers)))
    desk.intake().take(RETURNS)
    assert accepted_rows(home, RETURNS)["lead_id"].to_list() == ["L2", "L9"]


def test_two_answers_about_one_lead_by_both_ids_have_the_same_key(desk: Desk) -> None:
    home = desk.home
    mapping = pl.DataFrame([("L1", "L2")], schema=MAPPING, orient="row")
    keep_mapping(home, leads_path(home), leads_path(home), mapping)
    answers = [row(RETURNS, 1, lead_id="L1", result="属实"), row(RETURNS, 2, lead_id="L2", result="不属实")]
    desk.put(RETURNS, "核查反馈.csv", csv_file(table(RETURNS, answers)))
    assert desk.intake().take(RETURNS).error_counts == {"duplicate_key": 1}
