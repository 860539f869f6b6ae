"""What the intake shows the gate, and the errors that it counts."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from expectations.gate import judge
from sources.profiling.profile import DeliveryProfile, Verdict
from tests.unit.sources.builder import CONTRACTS, MONTH, PLACES, Desk, csv_file, lenient, row, table
from tests.unit.sources.ledger import INCOME, NAME, accepted_rows, income_file

REGISTER = CONTRACTS.dataset("household_register")


def test_the_gate_sees_the_delivery_the_candidate_and_the_month_before(desk: Desk) -> None:
    seen: list[DeliveryProfile] = []

    def gate(profile: DeliveryProfile) -> Verdict:
        seen.append(profile)
        return lenient(profile)

    earlier = MONTH.shift(-2)
    desk.put(INCOME, NAME, income_file(1, 2, 3, wage_income="1.5"), month=earlier)
    desk.intake(earlier, gate).take(INCOME)
    rows = table(
        INCOME, [row(INCOME, 1, wage_income="2"), row(INCOME, 2, wage_income="x"), row(INCOME, 1, wage_income="2")]
    )
    desk.put(INCOME, NAME, csv_file([*rows, ["合计", "9", "", "", "", ""]]))
    desk.put(INCOME, "收入监测2.csv", csv_file([[*r[:5], "x"] for r in _lines(4, 5)]))
    desk.intake(MONTH, gate, row_count_change_warn_pct=7.5).take(INCOME)
    first, second = seen
    assert first.previous is None
    assert second.previous is not None
    assert (second.previous.rows, second.previous.totals["wage_income"]) == (3, 4.5)
    assert (second.candidate.rows, second.row_count_change_warn_pct) == (1, 7.5)
    assert second.rows["row_state"].to_list() == ["accepted", "quarantined", "duplicate", "quarantined", "quarantined"]
    assert second.rows["row_error"].to_list() == [None, "number_invalid", None, "file_refused", "file_refused"]
    assert second.rows["wage_income"].to_list() == [2.0, None, 2.0, None, None]
    assert (second.printed_totals_checked, second.printed_totals_failed) == (0, 0)
    assert len(second.refusals) == 1
    assert "household_code" not in second.rows.columns


def _lines(*numbers: int) -> list[list[Any]]:
    return table(INCOME, [row(INCOME, n) for n in numbers], skip=["operating_expense"])


def test_error_counts_are_cells_by_code(desk: Desk) -> None:
    rows = [row(REGISTER, 1, resident_id="1", housing_grade=""), row(REGISTER, 2, resident_id="2"), row(REGISTER, 3)]
    desk.put(REGISTER, "户籍名册.csv", csv_file(table(REGISTER, rows)))
    outcome = desk.intake(gate=lambda _: Verdict(())).take(REGISTER)
    assert outcome.error_counts == {"id_length": 2, "required_missing": 1}
    problems = pl.read_parquet(desk.home.quarantine(REGISTER, MONTH) / "rows.parquet")
    assert problems["resident_id__raw"].to_list() == ["1", "2"]
    assert problems["row_number"].to_list() == [2, 3]


ONE_TOWN = [n for n in range(1, 40) if PLACES[n % len(PLACES)][0] == PLACES[1][0]]


def _register(desk: Desk, folder: str = "", mode: str = "", **cells: Any) -> str:
    """Deliver the register to a folder, of one town from ``r2`` on, and take it in: its status."""
    numbers = ONE_TOWN if folder else range(1, 40)
    desk.put(REGISTER, "户籍名册.csv", income_file(*numbers, dataset=REGISTER, **cells), folder=folder)
    if mode:
        desk.put(REGISTER, "delivery.yaml", f"mode: {mode}\n".encode(), folder=folder)
    return desk.intake(gate=judge).take(REGISTER).status


@pytest.mark.parametrize(
    ("mode", "status", "rows"),
    [
        ("", "rejected", 39),
        ("replace_all", "rejected", 39),
        ("replace_towns", "accepted", 39),
        ("replace_all_confirmed", "accepted", len(ONE_TOWN)),
    ],
)
def test_part_of_the_towns_never_replaces_the_whole_unasked(desk: Desk, mode: str, status: str, rows: int) -> None:
    assert _register(desk) == "accepted"
    assert _register(desk, "r2", mode) == status
    assert accepted_rows(desk.home, REGISTER).height == rows


@pytest.mark.parametrize("first", ["rejected", "none"])
def test_some_towns_without_a_table_that_they_replace_never_become_the_whole(desk: Desk, first: str) -> None:
    if first == "rejected":
        assert _register(desk, relation_to_head="?") == "rejected"
    assert _register(desk, "r2", "replace_towns") == "rejected"
    assert not (desk.home.accepted(REGISTER, MONTH) / "rows.parquet").exists()
    outcome = desk.intake(gate=judge).take(REGISTER)
    base = next(r for r in outcome.deliveries[-1].verdict.results if r.name == "replaced_base")
    assert not base.passed
    assert "本月没有已接收的整表" in base.message
    assert "请先更正并重新报送整表" in base.message


def test_some_towns_may_follow_once_the_whole_is_accepted(desk: Desk) -> None:
    assert _register(desk, relation_to_head="?") == "rejected"
    desk.put(REGISTER, "户籍名册.csv", income_file(*range(1, 40), dataset=REGISTER), folder="r2")
    assert desk.intake(gate=judge).take(REGISTER).status == "accepted"
    assert _register(desk, "r3", "replace_towns") == "accepted"
    assert accepted_rows(desk.home, REGISTER).height == 39


def test_towns_of_the_division_list_without_a_row_are_named_from_the_first_month_on(desk: Desk) -> None:
    desk.put(REGISTER, "户籍名册.csv", income_file(*ONE_TOWN, dataset=REGISTER))
    outcome = desk.intake(gate=judge).take(REGISTER)
    absent = next(r for r in outcome.deliveries[0].verdict.results if r.name == "absent_towns")
    assert (absent.passed, absent.severity) == (False, "warning")
    assert "8 个镇街有 7 个没有数据" in absent.observed
    assert outcome.status == "accepted"


def test_a_rejected_delivery_counts_as_the_one_before(desk: Desk) -> None:
    assert _register(desk, relation_to_head="?") == "rejected"
    assert _register(desk, "r2") == "rejected"
    assert _register(desk, "r3", person_name="张三") == "rejected"
    assert _register(desk, "r4", "replace_all_confirmed") == "accepted"
