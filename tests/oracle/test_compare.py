"""The comparison notices what differs, and the oracle takes the readings that it says it takes.

Belongs here: that a difference cannot hide. Does not belong here: the pipeline.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.compare import compare_mart
from tests.oracle.risk.marts import compute
from tests.worlds.nasty.inboxes import INBOXES, SECRET

WANTED: dict[str, Any] = {
    "month": date(2021, 5, 1),
    "household_key": "a",
    "rule_code": "INC-01",
    "measure": Fraction(17999, 3),
    "threshold": Decimal(6000),
    "persons": 3,
    "is_new": True,
    "lead_id": "L1",
}
REFERENCE = {"department": "agriculture", "dataset": "household_income", "month": "2021-05", "ref": "0123456789abcdef"}
FOUND = {**WANTED, "measure": 17999 / 3, "threshold": 6000.0, "evidence": json.dumps([REFERENCE])}


def _what(found: list[dict[str, Any]]) -> list[str]:
    return [d.what for d in compare_mart("household_risk_flags", [WANTED], found)]


def test_equal_rows_have_no_difference() -> None:
    assert _what([FOUND]) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("measure", 5999.66), ("measure", None), ("persons", 4), ("is_new", False), ("is_new", None), ("lead_id", "L2")],
)
def test_a_differing_cell_is_named(column: str, value: object) -> None:
    assert _what([{**FOUND, column: value}]) == [column]


def test_missing_extra_and_repeated_rows_are_named() -> None:
    assert _what([]) == ["missing key"]
    assert _what([FOUND, {**FOUND, "rule_code": "INC-02"}]) == ["extra key"]
    assert _what([FOUND, FOUND]) == ["repeated key"]


def test_evidence_must_lead_to_rows() -> None:
    for evidence in ("", "[]", '{"dataset": "x"}', '[{"dataset": "x"}]', None):
        assert _what([{**FOUND, "evidence": evidence}]) == ["shape"]


@pytest.mark.parametrize(
    "changed", [{"ref": None}, {"ref": "0123"}, {"ref": "g" * 16}, {"month": "5"}, {"row_number": 2}]
)
def test_a_reference_has_its_form_and_names_no_place(changed: dict[str, Any]) -> None:
    references = [REFERENCE, REFERENCE | changed]
    assert _what([{**FOUND, "evidence": json.dumps(references)}]) == ["shape"]
    for mart, column, text in (
        ("reconciliation_conflicts", "detail", json.dumps({"facts": {}, "evidence": references})),
        ("reconciliation_conflicts", "detail", json.dumps(references)),
    ):
        row = {"month": date(2021, 5, 1), "conflict_id": "C1"}
        assert [d.what for d in compare_mart(mart, [row], [{**row, column: text}])] == ["shape"]


def test_a_column_that_is_not_there_is_named() -> None:
    assert _what([{k: v for k, v in FOUND.items() if k != "persons"}]) == ["persons is no column"]


def test_divisions_may_be_joined_over_vintages() -> None:
    rows = [{"division_code": "1", "name": "a", "valid_from": date(y, 1, 1)} for y in (2019, 2020)]
    other = {"division_code": "2", "name": "b", "valid_from": date(2020, 1, 1)}
    joined = [{**rows[0], "valid_to": None}, {**other, "valid_to": None}]
    assert compare_mart("dim_division", [*rows, other], joined) == []
    assert compare_mart("dim_division", [*rows, other], [{**joined[0], "valid_to": date(2020, 1, 1)}, joined[1]]) != []


def test_every_rule_flags_and_spares_in_the_edges(tmp_path: Path) -> None:
    """The nasty inbox would prove nothing if a rule never fired in it, or always did."""
    marts = compute(tmp_path, SECRET, INBOXES["edges"](tmp_path))
    screened = [r for r in marts["risk_screening"] if r["status"] == "screened"]
    for rule in {r["rule_code"] for r in marts["risk_screening"]}:
        flagged = sum(r["flagged_households"] for r in screened if r["rule_code"] == rule)
        looked = sum(r["screened_households"] for r in screened if r["rule_code"] == rule)
        assert 0 < flagged < looked / 2, rule
    assert {r["status"] for r in marts["risk_leads"]} == {
        "open",
        "closed",
        "verified_true",
        "verified_false",
        "not_found",
    }
    assert {r["risk_level"] for r in marts["household_risk"]} == {"red", "orange", "yellow"}
    assert {r["months_flagged"] for r in marts["household_risk_flags"]} == {1, 2, 3, 4}
    totals = {r["printed_total_rows"] for r in marts["reconciliation_deliveries"]}
    assert totals == {"passed", "failed", "none"}
