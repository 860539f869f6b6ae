"""Worked examples 4 to 6: fund, project, asset, dividend. Their figures are the definition's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle.chain.mart import fund_ledger, project_chain
from tests.oracle.reconciliation.marts import Keys, conflict_rows
from tests.oracle.small import Small, figures, pair

MONTH = "2026-06"
FUND = {"fund_year": 2026, "fund_level": "区级"}


def _broken(small: Small) -> set[tuple[str, str]]:
    rows = conflict_rows([small.month(MONTH)], Keys(str, str))
    return {(r["rule_code"], r["subject"]) for r in rows if r["rule_code"] > "REC-15"}


def _chain() -> Small:
    small = Small()
    small.accept(
        "support_funds",
        MONTH,
        {"document_no": "X〔2026〕1号", "allocated": Decimal(60), "spent": Decimal(50), **FUND},
        {"document_no": "X〔2026〕2号", "allocated": Decimal(20), "spent": Decimal(10), **FUND},
    )
    named = {"fund_document_no": "X[2026]1号", "forms_asset": True}
    small.accept(
        "project_library",
        MONTH,
        {"project_no": "P1", "completed_on": date(2026, 3, 1), **named},
        {"project_no": "P2", "completed_on": date(2026, 4, 1), **named},
    )
    small.accept("project_assets", MONTH, {"asset_no": "A2", "project_no": "P7"})
    small.accept("industry_support_payments", MONTH)
    return small


def test_what_breaks() -> None:
    assert _broken(_chain()) == {("REC-16", "X〔2026〕2号|2026|区级"), ("REC-17", "P1"), ("REC-22", "A2")}


def test_the_chain() -> None:
    rows = project_chain(_chain().month(MONTH))
    keys = {(r["fund_document_nos"], r["project_no"], r["asset_no"]): r for r in rows}
    assert set(keys) == {
        ("X〔2026〕1号", "P1", ""),
        ("X〔2026〕1号", "P2", ""),
        ("", "", "A2"),
        ("X〔2026〕2号", "", ""),
    }
    assert keys["X〔2026〕2号", "", ""]["unlinked_spent"] == 10
    codes = {key[1] or key[2] or key[0]: row["break_codes"] for key, row in keys.items()}
    assert codes == {"P1": "REC-17", "P2": None, "A2": "REC-22", "X〔2026〕2号": "REC-16"}
    assert {row["stage"] for row in rows if row["project_no"]} == {"完工"}


def _payment(number: int, asset: str, amount: str, day: date, year: int | None = None) -> dict[str, Any]:
    cells = {"payment_no": str(number), "asset_no": asset, "amount": Decimal(amount), "paid_on": day}
    return {**cells, "dividend_year": year, "payment_type": "资产收益分红"}


def test_dividends() -> None:
    small, due = Small(), {"annual_dividend": Decimal(2), "dividend_from_year": 2024}
    small.accept(
        "project_assets",
        MONTH,
        {"asset_no": "A1", **due},
        {"asset_no": "A2", **due},
        {"asset_no": "A3", "annual_dividend": Decimal(2)},
    )
    small.accept("project_library", MONTH, {"project_no": "P"})
    small.accept(
        "industry_support_payments",
        MONTH,
        _payment(1, "A1", "12000", date(2025, 12, 20)),
        _payment(2, "A1", "8000", date(2026, 2, 1), 2025),
        _payment(3, "A2", "19999.99", date(2025, 12, 20)),
    )
    assert {s for rule, s in _broken(small) if rule == "REC-19"} == {"A2"}
    rows = {r["asset_no"]: r for r in project_chain(small.month(MONTH)) if r["asset_no"]}
    assert {r["dividend_year"] for r in rows.values()} == {2025}
    assert (rows["A1"]["dividend_due"], rows["A1"]["dividend_paid"]) == (2, 2)
    assert rows["A3"]["dividend_due"] is None


def test_dividends_of_a_year_are_not_due_before_their_grace_is_over() -> None:
    small = Small()
    small.accept("project_assets", "2026-03", {"asset_no": "A1", "annual_dividend": Decimal(2)})
    small.accept("project_library", "2026-03", {"project_no": "P"})
    small.accept("industry_support_payments", "2026-03", _payment(1, "A1", "1", date(2026, 3, 1)))
    (row,) = [r for r in project_chain(small.month("2026-03")) if r["asset_no"]]
    assert row["dividend_year"] == 2025
    small.accept("project_assets", "2026-02", {"asset_no": "A1"})
    small.accept("project_library", "2026-02", {"project_no": "P"})
    small.accept("industry_support_payments", "2026-02")
    (row,) = [r for r in project_chain(small.month("2026-02")) if r["asset_no"]]
    assert row["dividend_year"] == 2024


def _central(year: int, number: int, allocated: int, **purpose: Any) -> dict[str, Any]:
    cells = {"document_no": f"{year}-{number}", "fund_year": year, "fund_level": "中央"}
    return {**cells, "allocated": Decimal(allocated), **purpose}


KNOWN = (
    _central(2026, 1, 100, industry_allocated=Decimal(70)),
    _central(2026, 2, 50, fund_purpose="基础设施"),
)
UNKNOWN = _central(2026, 3, 30)


def test_the_industry_share() -> None:
    small = Small()
    small.accept("support_funds", MONTH, *KNOWN, UNKNOWN)
    found = figures(small.month(MONTH))["funds.industry_share", "441802"]
    assert pair(small.month(MONTH), "funds.industry_share") == (70, 150)
    assert float(found["value"]) == pytest.approx(46.7, abs=0.05)
    (ledger,) = fund_ledger(small.month(MONTH))
    assert (ledger["industry_allocated"], ledger["purpose_known_allocated"]) == (70, 150)
    assert _broken(small) == set()


@pytest.mark.parametrize(("industry", "expected"), [(59, {("REC-20", "2025|中央")}), (60, set())])
def test_the_share_of_the_year_before(industry: int, expected: set[tuple[str, str]]) -> None:
    small = Small()
    small.accept("support_funds", MONTH, *KNOWN, UNKNOWN, _central(2025, 1, 100, industry_allocated=Decimal(industry)))
    assert _broken(small) == expected


def test_funds_without_a_known_purpose() -> None:
    small = Small()
    small.accept("support_funds", MONTH, UNKNOWN)
    found = figures(small.month(MONTH))["funds.industry_share", "441802"]
    assert (found["status"], found["reason"]) == ("not_computable", "未填报:其中产业发展或资金用途")
    assert _broken(small) == set()
