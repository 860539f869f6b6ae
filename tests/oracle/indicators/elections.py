"""Numerator and denominator of the indicators of the village elections: previous term, issues, archives.

Belongs here: what is closed, overdue or complete on a day. Does not belong here: the present committees (``offices``).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from tests.oracle.catalogue import DISTRICT, parameter, towns
from tests.oracle.counting import counted_month
from tests.oracle.households import Month
from tests.oracle.indicators.figures import Figure, Pair, share
from tests.oracle.indicators.offices import age
from tests.oracle.indicators.scope import Scope
from tests.oracle.reading.delivered import Row

COMMITTEES, ISSUES, ARCHIVES = "village_committees", "issue_cases", "archives"


def term_of(rows: list[Row]) -> str:
    """The most frequent term of a list; of equally frequent ones the greater text."""
    counted = Counter(r["term"] for r in rows)
    return max(counted, key=lambda term: (counted[term], term), default="")


def previous_list(month: Month) -> str | None:
    """The newest month before the counted delivery whose list is of another term."""
    store, counted = month.store, counted_month(month.store, COMMITTEES, month.month)
    if counted is None:
        return None
    term = term_of(store.rows(COMMITTEES, counted))
    earlier = [m for n, m in store.accepted if n == COMMITTEES and m < counted and store.rows(COMMITTEES, m)]
    return max((m for m in earlier if term_of(store.rows(COMMITTEES, m)) != term), default=None)


def _previous_age(scope: Scope) -> Pair:
    then = previous_list(scope.of) or ""
    rows = [r for r in scope.of.store.rows(COMMITTEES, then) if scope.holds(r["town_name"], r["village_name"])]
    return sum(age(r, then) for r in rows), len(rows)


def _is_closed(case: Row, day: date) -> bool:
    return case["status"] == "办结" and case["closed_on"] is not None and case["closed_on"] <= day


def _cases(scope: Scope, *types: str) -> list[Row]:
    """The cases received by A; a 检查 is none, and one that is not taken up (不予受理) is left out."""
    day = scope.as_of(ISSUES)
    return [
        r
        for r in scope.snapshot(ISSUES)
        if r["status"] != "不予受理"
        and r["received_on"] <= day
        and (r["case_type"] in types if types else r["case_type"] != "检查")
    ]


def _closed(*types: str) -> Figure:
    return lambda s: share(_cases(s, *types), lambda r: _is_closed(r, s.as_of(ISSUES)))


def _overdue(scope: Scope) -> Pair:
    day, days = scope.as_of(ISSUES), parameter("issue_case_days", DISTRICT, scope.month)

    def is_overdue(case: Row) -> bool:
        due = case["due_on"] or (None if days is None else case["received_on"] + timedelta(days=int(days)))
        return due is not None and due < day and not _is_closed(case, day)

    return share(_cases(scope), is_overdue)[0], None


def _reviewed(scope: Scope) -> Pair:
    day, rows = scope.as_of(ISSUES), scope.snapshot(ISSUES)
    reviewed = {r["village_name"] for r in rows if r["case_type"] == "检查" and _is_closed(r, day)}
    return share(scope.villages(), lambda v: v.code in reviewed)


def _is_complete(rows: list[Row], day: date) -> bool:
    return bool(rows) and all(
        r["volumes_due"] > 0
        and r["volumes_filed"] >= r["volumes_due"]
        and r["handed_over_on"] is not None
        and r["handed_over_on"] <= day
        for r in rows
    )


def _archive(scope: Scope, level: str, column: str | None = None, code: str = "") -> bool:
    """Whether the archive of a division is complete."""
    rows = Scope(scope.of, "district", "").snapshot(ARCHIVES)
    here = [r for r in rows if r["archive_level"] == level and (column is None or r[column] == code)]
    return _is_complete(here, scope.as_of(ARCHIVES))


ELECTIONS: dict[str, Figure] = {
    "governance.previous_mean_age": _previous_age,
    "governance.villages_reviewed_rate": _reviewed,
    "governance.issues_closed_rate": _closed(),
    "governance.letters_closed_rate": _closed("信件"),
    "governance.issues_overdue": _overdue,
    "governance.archives_district_rate": lambda s: (int(_archive(s, "区级")), 1),
    "governance.archives_town_rate": lambda s: share(
        towns(s.month), lambda town: _archive(s, "镇级", "town_name", town)
    ),
    "governance.archives_village_rate": lambda s: share(
        s.villages(), lambda village: _archive(s, "村级", "village_name", village.code)
    ),
}
