"""A person is found by id or key, with the names and the household that are the person's alone."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from orchestration.commands import verify
from orchestration.runtime.settings import Settings
from sources.contracts.model import load_contracts
from sources.erasure.person import NoSuchPersonError, Person, find_person
from sources.privacy.erased import ErasedList, ErasedListError
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk, conform, csv_file, resident_id, row, table
from tests.unit.sources.ledger import income_file

REGISTER, DEATHS = CONTRACTS.dataset("household_register"), CONTRACTS.dataset("deaths")
TODAY = date(2021, 7, 1)


@pytest.fixture
def register(desk: Desk) -> pl.DataFrame:
    """A register of a family of two and of one person alone."""
    rows = [row(REGISTER, n, household_code=code, person_name=f"张三{n}") for n, code in enumerate("FFA", 1)]
    desk.put(REGISTER, "名册.csv", csv_file(table(REGISTER, rows)))
    assert desk.intake().take(REGISTER).status == "accepted"
    return pl.read_parquet(desk.home.identities(REGISTER, MONTH) / "rows.parquet")


def test_by_id_and_by_key_with_the_names_and_own_codes(desk: Desk, register: pl.DataFrame) -> None:
    ids, keys = register["identity__resident_id"], register["person_key"]
    assert find_person(desk.home, CONTRACTS, f" {ids[0]}\n") == Person(ids[0], ("张三1",), ())
    assert find_person(desk.home, CONTRACTS, keys[2]) == Person(ids[2], ("张三3",), ("A",))
    assert find_person(desk.home, CONTRACTS, resident_id(77)) == Person(resident_id(77))
    for text in ("张三1", ids[0][:-1] + ("1" if ids[0][-1] != "1" else "2"), "0" * 64, ""):
        with pytest.raises(NoSuchPersonError) as refused:
            find_person(desk.home, CONTRACTS, text)
        assert not text or text not in str(refused.value)


def test_rows_of_an_erased_person_are_dropped_from_whatever_is_delivered_later(desk: Desk) -> None:
    ErasedList(desk.home).add([resident_id(1), "F00000001"], TODAY)
    kept = (desk.home.restricted / "erased.json").read_text("utf-8")
    assert resident_id(1) not in kept
    ErasedList(desk.home).add([resident_id(9)], TODAY)
    erased = ErasedList(desk.home)
    rows = [
        row(DEATHS, n, resident_id=i)
        for n, i in enumerate([resident_id(1), f"{resident_id(1)[:17]} {resident_id(1)[17]}", resident_id(2), "x"])
    ]
    deaths = conform(DEATHS, csv_file(table(DEATHS, rows)))
    assert erased.without(deaths, DEATHS).rows["resident_id__raw"].to_list() == [resident_id(2), "x"]
    income = CONTRACTS.dataset("household_income")
    codes = conform(income, income_file(1, 2, household_code="F00000001"))
    assert erased.without(codes, income).rows.is_empty()
    funds = CONTRACTS.dataset("support_funds")
    untouched = conform(funds, csv_file(table(funds, [row(funds)])))
    assert erased.without(untouched, funds) is untouched


def test_a_damaged_list_stops_the_intake_and_is_found(desk: Desk) -> None:
    ErasedList(desk.home).add([resident_id(1)], TODAY)
    (desk.home.restricted / "erased.json").write_text("{}", "utf-8")
    with pytest.raises(ErasedListError, match=r"erased\.json 已损坏"):
        desk.intake()
    area = next(a for a in verify.examine(Settings(home=desk.home.root), deep=False) if a.subject == "原件")
    assert "erased.json 已损坏" in area.problems[0]


def test_a_home_without_erased_persons_keeps_everything(desk: Desk) -> None:
    deaths = conform(DEATHS, csv_file(table(DEATHS, [row(DEATHS)])))
    assert ErasedList(desk.home).without(deaths, DEATHS) is deaths
    assert load_contracts() is CONTRACTS


def test_a_name_is_masked_however_it_is_typed() -> None:
    person = Person(resident_id(1), ("阿不都·热合曼",))
    typed = ["阿不都.热合曼家", "阿不都\u3164热合曼", "阿不都 。热合曼", "阿不都热合", None]
    cells = pl.DataFrame({"c0": typed})
    assert person.masked(cells)["c0"].to_list() == ["***家", "***", "***", "阿不都热合", None]
