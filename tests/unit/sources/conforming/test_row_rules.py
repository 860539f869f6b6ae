"""Cells beside other cells of their row: earlier than they may be, larger than they may be, or needed."""

from __future__ import annotations

from typing import Any

import pytest

from sources.conforming.delivery import ConformedDelivery
from sources.contracts.model import Dataset
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, xlsx_file

PROJECTS = CONTRACTS.dataset("project_library")
MEETINGS = CONTRACTS.dataset("joint_meetings")
CASES = CONTRACTS.dataset("issue_cases")
ARCHIVES = CONTRACTS.dataset("archives")
FUNDS = CONTRACTS.dataset("support_funds")
VILLAGES = CONTRACTS.dataset("natural_villages")
RULED = [(d, c, r) for d in CONTRACTS.datasets for c in d.columns for r in c.row_rules]


def delivered(dataset: Dataset, *rows: dict[str, Any]) -> ConformedDelivery:
    found = conform(dataset, csv_file(table(dataset, [row(dataset, n, **cells) for n, cells in enumerate(rows, 1)])))
    assert found.files[0].refusal is None, found.files[0].refusal
    return found


def judged(found: ConformedDelivery, column: str) -> list[tuple[Any, ...]]:
    return found.rows.select("row_state", column, f"{column}__error").rows()


def test_a_date_before_the_other_one_is_emptied_and_recorded() -> None:
    found = delivered(
        PROJECTS,
        {"started_on": "2021-03-01", "completed_on": "2021-03-01", "accepted_on": ""},
        {"started_on": "2021-03-01", "completed_on": "2021-02-28", "accepted_on": ""},
        {"started_on": "", "completed_on": "2021-02-28", "accepted_on": ""},
    )
    assert [(state, error) for state, _, error in judged(found, "completed_on")] == [
        ("accepted", None),
        ("accepted", "before_other_date"),
        ("accepted", None),
    ]
    assert found.rows["completed_on"].is_null().to_list() == [False, True, False]
    assert found.rows["row_error"].to_list() == [None, "before_other_date", None]


def test_a_rule_does_not_see_a_cell_that_another_rule_emptied() -> None:
    cells = {"started_on": "2021-03-01", "completed_on": "2021-02-10", "accepted_on": "2021-02-05"}
    found = delivered(PROJECTS, cells)
    assert judged(found, "completed_on") == [("accepted", None, "before_other_date")]
    assert [error for *_, error in judged(found, "accepted_on")] == [None]


def test_a_required_number_above_the_other_one_quarantines_the_row() -> None:
    found = delivered(
        MEETINGS,
        {"decisions": "4", "decisions_closed": "4"},
        {"decisions": "4", "decisions_closed": "5"},
        {"decisions": "", "decisions_closed": "5"},
    )
    assert judged(found, "decisions_closed") == [
        ("accepted", 4, None),
        ("quarantined", None, "above_other_number"),
        ("quarantined", 5, None),
    ]


def test_numbers_are_compared_in_the_same_unit() -> None:
    rows = [row(FUNDS, 1, allocated="50", industry_allocated="500000"), row(FUNDS, 2, allocated="50")]
    rows[1]["industry_allocated"] = "500000.01"
    cells = table(FUNDS, rows)
    cells[0][FUNDS.columns.index(FUNDS["industry_allocated"])] = "其中产业发展(元)"
    found = conform(FUNDS, csv_file(cells))
    assert [error for *_, error in judged(found, "industry_allocated")] == [None, "above_other_number"]
    assert set(found.rows["row_state"]) == {"accepted"}


def test_a_cell_is_needed_where_another_one_says_so() -> None:
    found = delivered(
        CASES,
        {"status": "办结", "received_on": "2021-05-01", "closed_on": ""},
        {"status": "在办", "received_on": "2021-05-01", "closed_on": ""},
        {"status": "办结", "received_on": "2021-05-01", "closed_on": "2021-05-02"},
    )
    assert [(state, error) for state, _, error in judged(found, "closed_on")] == [
        ("quarantined", "required_missing"),
        ("accepted", None),
        ("accepted", None),
    ]
    assert found.rows["row_error"].to_list() == ["required_missing", None, None]


@pytest.mark.parametrize("closed_on", ["昨天", "2021-04-30", "2021-05"])
def test_a_needed_cell_that_nobody_can_read_is_as_good_as_none(closed_on: str) -> None:
    cells = {"received_on": "2021-05-01", "closed_on": closed_on}
    found = delivered(CASES, {"status": "办结", **cells}, {"status": "在办", **cells})
    assert [state for state, *_ in judged(found, "closed_on")] == ["quarantined", "accepted"]
    assert found.rows["closed_on"].to_list() == [None, None]


def test_one_column_can_be_needed_in_several_cases() -> None:
    levels = [{"archive_level": level, "town_name": "", "village_name": ""} for level in ("区级", "镇级", "村级")]
    town = row(ARCHIVES)["town_name"]
    found = delivered(ARCHIVES, *levels, {"archive_level": "镇级", "town_name": town, "village_name": ""})
    assert found.rows["row_state"].to_list() == ["accepted", "quarantined", "quarantined", "accepted"]
    assert found.rows["town_name__error"].to_list() == [None, "required_missing", "required_missing", None]
    assert found.rows["village_name__error"].to_list() == [None, None, "required_missing", None]


def test_dates_of_an_end_may_be_far_away() -> None:
    found = delivered(CASES, {"due_on": "2100-12-31", "status": "在办"}, {"due_on": "2101-01-01", "status": "在办"})
    assert [error for *_, error in judged(found, "due_on")] == [None, "date_out_of_range"]
    assert [e for *_, e in judged(delivered(CASES, {"received_on": "2026-01-01"}), "received_on")] == [
        "date_out_of_range"
    ]


def test_a_word_for_nothing_is_a_value_where_the_list_has_it() -> None:
    found = delivered(VILLAGES, {"water_supply_type": "无"}, {"water_supply_type": "-"}, {"water_supply_type": ""})
    assert judged(found, "water_supply_type") == [("accepted", "无", None), *[("accepted", None, None)] * 2]


def test_cells_of_a_workbook_obey_the_same_rules() -> None:
    rows = [row(CASES, n, status="办结", closed_on=day) for n, day in enumerate(("", "2021-06-15"), 1)]
    found = conform(CASES, xlsx_file({"表": table(CASES, rows)}))
    assert found.rows["row_state"].to_list() == ["quarantined", "accepted"]


@pytest.mark.parametrize(("dataset", "column", "rule"), RULED, ids=[f"{d.name}.{c.name}.{r.rule}" for d, c, r in RULED])
def test_every_rule_of_the_contracts_finds_a_row_that_breaks_it(dataset: Dataset, column: Any, rule: Any) -> None:
    match rule.rule:
        case "notBefore":
            cells, code = {rule.column: "2021-05-02", column.name: "2021-05-01"}, "before_other_date"
        case "notAbove":
            cells, code = {rule.column: "3", column.name: "4"}, "above_other_number"
        case _:
            cells, code = {rule.column: rule.value, column.name: ""}, "required_missing"
    kept = {c.name: "" for c in dataset.columns if c.kind == "date" and not c.required and c.name not in cells}
    found = delivered(dataset, kept | cells)
    assert found.rows[f"{column.name}__error"].to_list() == [code]
    is_bad = column.required or rule.rule == "filledWhen"
    assert found.rows["row_state"].to_list() == ["quarantined" if is_bad else "accepted"]
