"""Worked examples 1 to 3 and 11: documents, meetings, designs, committees, issues.

The figures are the definition's.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.oracle.small import TOWN, VILLAGE, Small, figures, pair, person

FUND_DOCUMENTS = "funds.management_documents"
FORMS = {"subject": "资金管理", "form": "办法", "issuing_level": "区级"}


def _documents(delivered: str, month: str) -> Small:
    small = Small()
    small.accept(
        "policy_instruments",
        delivered,
        {"instrument_no": "F1", "issued_on": date(2017, 5, 1), **FORMS},
        {"instrument_no": "F2", **FORMS},
        {"instrument_no": "F3", "effective_on": date(2021, 2, 1), "replaces": "F1", **FORMS},
    )
    small.register(month)
    return small


def test_documents_in_force_are_read_as_of_their_delivery() -> None:
    found = figures(_documents("2021-01", "2021-06").month("2021-06"))[FUND_DOCUMENTS, "441802"]
    assert (found["value"], found["source_month"]) == (2, date(2021, 1, 1))
    assert pair(_documents("2021-02", "2021-02").month("2021-02"), FUND_DOCUMENTS) == (2, None)


@pytest.mark.parametrize(("delivered", "holding"), [("2021-01", {"F1", "F2"}), ("2021-02", {"F2", "F3"})])
def test_which_documents_are_in_force(delivered: str, holding: set[str]) -> None:
    from tests.oracle.indicators.documents import policy_instruments

    rows = policy_instruments(_documents(delivered, "2021-06").month("2021-06"))
    assert {r["instrument_no"] for r in rows if r["is_in_force"]} == holding


def test_meetings() -> None:
    small = Small()
    first = {"meeting_no": "1", "meeting_type": "联席会议", "held_on": date(2021, 1, 15), "compared_data": True}
    small.accept("joint_meetings", "2021-01", {**first, "decisions": 4, "decisions_closed": 2})
    small.accept(
        "joint_meetings",
        "2021-03",
        {**first, "decisions": 4, "decisions_closed": 4},
        {
            "meeting_no": "2",
            "meeting_type": "联席会议",
            "held_on": date(2021, 1, 28),
            "decisions": 2,
            "decisions_closed": 2,
        },
        {
            **{"meeting_no": "3", "meeting_type": "研判会", "held_on": date(2021, 3, 10), "compared_data": True},
            **{"decisions": 3, "decisions_closed": 0},
        },
    )
    found = figures(small.month("2021-03"))
    assert found["monitoring.joint_meetings", "441802"]["value"] == 2
    assert pair(small.month("2021-03"), "monitoring.meeting_months_rate") == (1, 3)
    assert float(found["monitoring.meeting_months_rate", "441802"]["value"]) == pytest.approx(33.3, abs=0.05)
    assert pair(small.month("2021-03"), "monitoring.decisions_closed_rate") == (6, 9)
    assert float(found["monitoring.decisions_closed_rate", "441802"]["value"]) == pytest.approx(66.7, abs=0.05)


def _designs(*built: bool | None) -> Small:
    small, kind = Small(), {"facility_kind": "污水处理"}
    small.accept(
        "standard_designs",
        "2021-06",
        {"design_no": "D1", **kind},
        {"design_no": "D2", "withdrawn_on": date(2020, 6, 1), **kind},
        {"design_no": "D3", "facility_kind": "户厕"},
    )
    numbers = ("D1", "D2", None, "D9")
    villages = [
        {"natural_village_code": str(n), "design_no": no, "is_built_to_design": is_built}
        for n, (no, is_built) in enumerate(zip(numbers, built, strict=True))
    ]
    small.accept("natural_villages", "2021-06", *villages)
    return small


def test_designs() -> None:
    month = _designs(True, False, None, True).month("2021-06")
    assert pair(month, "sewage.standard_designs") == (1, None)
    assert pair(month, "sewage.designs_in_use") == (1, None)
    assert pair(month, "sewage.built_to_design_rate") == (2, 3)


def test_a_column_that_nobody_fills() -> None:
    found = figures(_designs(None, None, None, None).month("2021-06"))["sewage.built_to_design_rate", "441802"]
    assert (found["status"], found["reason"]) == ("not_computable", "未填报:是否按图施工")


def test_the_previous_term() -> None:
    small = Small()
    small.accept(
        "village_committees",
        "2020-12",
        {"resident_id": person(1, "197812"), "term": "第七届"},
        {"resident_id": person(2, "198011"), "term": "第七届"},
    )
    small.accept("village_committees", "2021-06", {"resident_id": person(3, "199006"), "term": "第八届"})
    found = figures(small.month("2021-06"))
    assert found["governance.previous_mean_age", "441802"]["value"] == 41
    assert found["governance.mean_age", "441802"]["value"] == 31
    alone = Small()
    alone.accept("village_committees", "2021-06", {"resident_id": person(3, "199006"), "term": "第八届"})
    missing = figures(alone.month("2021-06"))["governance.previous_mean_age", "441802"]
    assert (missing["status"], missing["reason"]) == ("not_computable", "没有上届名册")


def test_issues() -> None:
    small = Small()
    small.accept(
        "issue_cases",
        "2026-06",
        {"case_no": "1", "case_type": "问题", "received_on": date(2026, 5, 1), "status": "在办"},
        {"case_no": "2", "case_type": "信件", "received_on": date(2026, 4, 30), "status": "在办"},
        {
            **{"case_no": "3", "case_type": "问题", "received_on": date(2026, 6, 1), "status": "办结"},
            "closed_on": date(2026, 7, 2),
        },
        {
            **{"case_no": "4", "case_type": "检查", "received_on": date(2026, 6, 1), "status": "办结"},
            **{"closed_on": date(2026, 6, 30), "village_name": VILLAGE},
        },
        {"case_no": "5", "case_type": "信件", "received_on": date(2026, 1, 1), "status": "不予受理"},
    )
    month = small.month("2026-06")
    assert pair(month, "governance.issues_overdue") == (1, None)
    assert pair(month, "governance.issues_closed_rate") == (0, 3)
    assert pair(month, "governance.letters_closed_rate") == (0, 1)
    numerator, villages = pair(month, "governance.villages_reviewed_rate", "town", TOWN)
    assert numerator == 1
    assert villages > 1
