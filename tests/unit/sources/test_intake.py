"""A month of one table: delivered, delivered again, overwritten, rejected; what is in force and how rows balance."""

from __future__ import annotations

import polars as pl

from expectations.gate import judge
from tests.unit.sources.builder import CONTRACTS, MONTH, PLACES, Desk, csv_file, row, table
from tests.unit.sources.ledger import (
    BAD,
    INCOME,
    NAME,
    accepted_rows,
    balance_rows,
    codes_in_force,
    income_file,
    is_balanced,
)


def test_a_delivery_is_accepted_written_and_balanced(desk: Desk) -> None:
    desk.put(INCOME, NAME, income_file(1, 2, 2, 3))
    outcome = desk.intake().take(INCOME)
    assert (outcome.status, outcome.is_in_force, outcome.rows_read) == ("accepted", True, 4)
    assert balance_rows(outcome) == [(1, NAME, True, True, 4, 3, 0, 1, 0)]
    assert accepted_rows(desk.home)["row_order"].to_list() == [0, 1, 2]
    written = pl.read_parquet(desk.home.deliveries(INCOME, MONTH) / "files.parquet")
    assert written.equals(outcome.ledger)


def test_what_nobody_delivered_is_not_delivered_and_writes_nothing(desk: Desk) -> None:
    outcome = desk.intake().take(INCOME)
    assert (outcome.status, outcome.is_in_force) == ("not_delivered", False)
    assert not desk.home.accepted(INCOME, MONTH).exists()
    assert not desk.home.deliveries(INCOME, MONTH).exists()


def test_a_redelivery_replaces_and_what_it_replaced_is_superseded(desk: Desk) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    desk.put(INCOME, NAME, income_file(2, 3, 4), folder="r2")
    outcome = desk.intake().take(INCOME)
    assert balance_rows(outcome) == [(1, NAME, False, False, 2, 0, 0, 0, 2), (2, NAME, True, True, 3, 3, 0, 0, 0)]
    assert codes_in_force(desk) == ["H00002", "H00003", "H00004"]


def test_a_rejected_redelivery_leaves_the_former_in_force(desk: Desk) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    desk.put(INCOME, NAME, BAD, folder="r2")
    outcome = desk.intake().take(INCOME)
    assert (outcome.status, outcome.is_in_force) == ("rejected", True)
    assert balance_rows(outcome) == [(1, NAME, True, True, 2, 2, 0, 0, 0), (2, NAME, False, False, 10, 0, 10, 0, 0)]
    assert codes_in_force(desk) == ["H00001", "H00002"]


def test_a_rejected_delivery_may_be_followed_by_an_accepted_one(desk: Desk) -> None:
    desk.put(INCOME, NAME, BAD)
    assert desk.intake().take(INCOME).status == "rejected"
    assert not (desk.home.accepted(INCOME, MONTH) / "rows.parquet").exists()
    desk.put(INCOME, NAME, income_file(1), folder="r2")
    outcome = desk.intake().take(INCOME)
    assert [d.is_admissible for d in outcome.deliveries] == [False, True]
    assert balance_rows(outcome)[1] == (2, NAME, True, True, 1, 1, 0, 0, 0)


def test_the_same_files_again_are_no_new_delivery(desk: Desk) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    desk.put(INCOME, "农户收入监测表.csv", income_file(1, 2), folder="r2")
    outcome = desk.intake().take(INCOME)
    assert [d.delivery_no for d in outcome.deliveries] == [1]
    desk.put(INCOME, NAME, income_file(3), folder="r3")
    desk.put(INCOME, NAME, income_file(1, 2), folder="r4")
    assert [d.delivery_no for d in desk.intake().take(INCOME).deliveries] == [1, 3, 4]


def test_a_file_overwritten_in_place_replaces_its_former_self(desk: Desk) -> None:
    path = desk.put(INCOME, NAME, income_file(1, 2))
    desk.intake().take(INCOME)
    desk.put(INCOME, NAME, income_file(2, 3, 4))
    outcome = desk.intake().take(INCOME)
    assert codes_in_force(desk) == ["H00002", "H00003", "H00004"]
    assert [r[2:] for r in balance_rows(outcome)] == [(False, False, 2, 0, 0, 0, 2), (True, True, 3, 3, 0, 0, 0)]
    assert outcome.ledger["file_name"][1] == path.name
    assert outcome.ledger["file_name"][0].startswith(f"{path.name} #")
    assert is_balanced(outcome)


def test_a_rejected_overwrite_leaves_the_former_in_force(desk: Desk) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    desk.intake().take(INCOME)
    desk.put(INCOME, NAME, BAD)
    outcome = desk.intake().take(INCOME)
    assert (outcome.status, outcome.is_in_force) == ("rejected", True)
    assert balance_rows(outcome)[0][1:6] == (NAME, True, True, 2, 2)
    assert codes_in_force(desk) == ["H00001", "H00002"]
    assert is_balanced(outcome)


def test_a_rejected_addition_leaves_what_was_there_in_force(desk: Desk) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    desk.intake().take(INCOME)
    desk.put(INCOME, "收入监测2.csv", BAD)
    outcome = desk.intake().take(INCOME)
    assert (outcome.status, outcome.is_in_force) == ("rejected", True)
    found = {r[1]: r[2:6] for r in balance_rows(outcome)}
    assert found == {NAME: (True, True, 2, 2), "收入监测2.csv": (False, False, 10, 0)}
    assert accepted_rows(desk.home).height == 2
    assert set(accepted_rows(desk.home)["file_no"]) <= set(outcome.ledger.filter("is_in_force")["file_no"])


def test_an_addition_makes_one_delivery_of_all_files(desk: Desk) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    desk.intake().take(INCOME)
    desk.put(INCOME, "收入监测2.csv", income_file(2, 3))
    outcome = desk.intake().take(INCOME)
    assert [r[1:] for r in balance_rows(outcome)] == [
        (NAME, True, True, 2, 2, 0, 0, 0),
        ("收入监测2.csv", True, True, 2, 1, 0, 1, 0),
    ]


def test_a_corrected_mode_is_taken_up_on_what_was_before_the_folder(desk: Desk) -> None:
    toilets = CONTRACTS.dataset("toilet_retrofits")
    (near, near_village), (far, far_village) = PLACES[1], PLACES[2]
    rows = [row(toilets, i, town_name=near, village_name=near_village) for i in (1, 2)]
    rows += [row(toilets, i, town_name=far, village_name=far_village) for i in (3, 4)]
    desk.put(toilets, "户厕.csv", csv_file(table(toilets, rows)))
    desk.put(toilets, "户厕.csv", csv_file(table(toilets, rows[2:3])), folder="r2")
    desk.intake().take(toilets)
    assert accepted_rows(desk.home, toilets).height == 1
    desk.put(toilets, "delivery.yaml", b"mode: replace_towns", folder="r2")
    outcome = desk.intake().take(toilets)
    assert outcome.status == "accepted"
    assert accepted_rows(desk.home, toilets)["town_code"].to_list() == [near, near, far]
    assert is_balanced(outcome)


def test_replace_towns_without_a_town_is_rejected_and_keeps_the_table(desk: Desk) -> None:
    desk.put(INCOME, NAME, income_file(1))
    desk.put(INCOME, NAME, income_file(2), folder="r2")
    desk.put(INCOME, "delivery.yaml", b"mode: replace_towns", folder="r2")
    outcome = desk.intake(gate=judge).take(INCOME)
    failed = [r.message for r in outcome.deliveries[-1].verdict.results if r.name == "replaced_base" and not r.passed]
    assert len(failed) == 1
    assert "本表没有镇街列" in failed[0]
    assert codes_in_force(desk) == ["H00001"]
