"""Worked example 12: notices and the public list. Its figures are the definition's."""

from __future__ import annotations

from datetime import date

from tests.oracle.households import household_key
from tests.oracle.notices import month_notices
from tests.oracle.publicity import publicity_list
from tests.oracle.risk.leads import lead_id
from tests.oracle.small import SECRET, VILLAGE, Small, person


def test_notices_of_september_2026() -> None:
    found = {(r["notice_code"], r["subject"]): r for r in month_notices(Small().month("2026-09"))}
    assert ("PAR-02", "monitoring_line|44|2026-01-01") not in found
    assert {("PAR-03", "monitoring_line|44|2026-01-01"), ("PAR-03", "prevention|2026-01-01")} <= set(found)
    divisions = found["DIV-01", "2023-06-30"]
    assert (divisions["since"], divisions["days"]) == (date(2024, 6, 30), 822)


def test_notices_once_the_parameters_are_old() -> None:
    found = {(r["notice_code"], r["subject"]): r for r in month_notices(Small().month("2027-12"))}
    assert found["PAR-01", "monitoring_line|44|2026-01-01"]["days"] == 33


def test_a_notice_is_new_unless_the_month_before_has_it() -> None:
    (first, again) = Small().months("2026-08", "2026-09")
    before = month_notices(first)
    assert before
    assert all(notice["is_new"] for notice in before)
    assert not any(notice["is_new"] for notice in month_notices(again, before))
    assert all(notice["is_new"] for notice in month_notices(again, [n | {"month": date(2026, 7, 1)} for n in before]))


def test_the_public_list() -> None:
    small, month, code = Small(), "2026-09", "H1"
    for name in ("2026-08", month):
        small.register(name, (code, [person(n) for n in range(1, 5)]), housing_grade="D级", person_name="欧阳小明")
    lead = lead_id(household_key(SECRET, code), "HOU-01", "2026-08")
    small.accept("verification_returns", month, {"lead_id": lead, "result": "属实", "is_enrolled": True})
    built = small.months("2026-08", month)[1]
    (row,) = publicity_list(built, VILLAGE)
    assert row == (1, "欧***", 4, "拟纳入", date(2026, 10, 8), date(2026, 10, 12))
    small.accept("monitored_households", "2026-08", {"household_code": code})
    assert publicity_list(small.months("2026-08", month)[1], VILLAGE) == []
