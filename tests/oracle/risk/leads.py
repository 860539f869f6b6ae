"""Episodes of flags, leads, what came back on them, and how each rule performed.

Belongs here: §7 of the semantics. Does not belong here: when a flag is set.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.oracle.catalogue import dispatched_on, due_on, first_day, last_day
from tests.oracle.reading.inbox import Store
from tests.oracle.regime import recognition_day, rules_valid
from tests.oracle.risk.rules import Flag, History, not_screened_because

Row = dict[str, Any]
Key = tuple[str, str]
"""Household code and rule."""


def lead_id(household_key: str, rule: str, opened: str) -> str:
    return "L" + hashlib.sha256(f"{household_key}|{rule}|{opened}".encode()).hexdigest()[:16]


@dataclass
class Episode:
    household_code: str
    household_key: str
    rule: str
    opened: str
    flagged: list[str] = field(default_factory=list)
    place: tuple[str, str] = ("", "")
    """Village and town of the last flagged month."""
    closed: str | None = None

    @property
    def lead_id(self) -> str:
        return lead_id(self.household_key, self.rule, self.opened)


@dataclass
class Book:
    """All episodes so far, oldest first, by household and rule."""

    episodes: dict[Key, list[Episode]] = field(default_factory=lambda: defaultdict(list))

    def current(self, key: Key) -> Episode | None:
        found = self.episodes.get(key)
        return found[-1] if found and found[-1].closed is None else None

    def all(self) -> list[Episode]:
        return [e for episodes in self.episodes.values() for e in episodes]

    def enter(self, history: History, month: str, flags: list[Flag]) -> None:
        """Prolong, open and close episodes with what one month that ran has shown."""
        now = history.months[month]
        flagged = {(f.household.code, f.rule): f for f in flags}
        for key, flag in flagged.items():
            episode = self.current(key)
            if episode is None:
                episode = Episode(flag.household.code, flag.household.key, flag.rule, month)
                self.episodes[key].append(episode)
            episode.flagged.append(month)
            episode.place = (flag.household.first["village_name"], flag.household.town)
        for key in list(self.episodes):
            episode = self.current(key)
            if episode is None or key in flagged:
                continue
            if not_screened_because(now, key[1], episode.place[1]) is None:
                episode.closed = month


def returns(store: Store, month: str) -> dict[str, Any]:
    """The newest return of each lead among the deliveries of months up to this one."""
    return {r["lead_id"]: r for r in store.cumulative("verification_returns", month)}


def _first_verified(store: Store, newest: str) -> dict[str, date]:
    """The earliest day of any return of each lead, delivered up to the month, whatever it says."""
    found: dict[str, date] = {}
    for (name, delivered), rows in store.accepted.items():
        if name == "verification_returns" and delivered <= newest:
            for r in rows:
                found[r["lead_id"]] = min(r["verified_on"], found.get(r["lead_id"], r["verified_on"]))
    return found


def _listed_since(store: Store, newest: str) -> dict[str, date]:
    """Household code -> last day of the month since which the newest list up to the month has it."""
    lists = [m for name, m in store.accepted if name == "monitored_households" and m <= newest]
    rows = store.rows("monitored_households", max(lists)) if lists else []
    return {r["household_code"]: last_day(r["identified_month"]) for r in rows}


def _clocks(episode: Episode, lead: Row, first: date | None, listed: date | None, newest: str) -> Row:
    """The two clocks of a lead: verified by the due day, enrolled by the recognition day."""
    sent, limit, now = dispatched_on(episode.opened), recognition_day(episode.opened), dispatched_on(newest)
    is_enrolled = lead["verification_result"] == "属实" and bool(lead["is_enrolled"])
    day = (lead["enrolled_on"] or listed) if is_enrolled else None
    due, on_time = lead["due_on"], None
    if due is not None and (first is not None or due < now):
        on_time = first is not None and first <= due
    is_waiting = lead["status"] == "open" or (lead["status"] == "verified_true" and is_enrolled)
    return {
        "first_verified_on": first,
        "is_verified_on_time": on_time,
        "recognition_due_on": limit,
        "enrolled_on": day,
        "enrolled_on_basis": None if day is None else "return" if lead["enrolled_on"] else "list",
        "days_to_enrol": None if day is None else max((day - sent).days, 0),
        "is_recognition_overdue": limit is not None and limit < now and day is None and is_waiting,
    }


def risk_leads(book: Book, store: Store, newest: str) -> list[dict[str, Any]]:
    """All leads as of the newest month."""
    answered = returns(store, newest)
    statuses = {"属实": "verified_true", "不属实": "verified_false", "查无此户": "not_found"}
    first, listed = _first_verified(store, newest), _listed_since(store, newest)
    rows = []
    for e in book.all():
        answer = answered.get(e.lead_id)
        status = "closed" if e.closed else statuses[answer["result"]] if answer else "open"
        due = due_on(e.opened)
        rows.append(
            {
                "lead_id": e.lead_id,
                "household_key": e.household_key,
                "division_code": e.place[0],
                "town_code": e.place[1],
                "rule_code": e.rule,
                "opened_month": first_day(e.opened),
                "last_flagged_month": first_day(e.flagged[-1]),
                "closed_month": first_day(e.closed) if e.closed else None,
                "status": status,
                "verification_result": answer["result"] if answer else None,
                "verified_on": answer["verified_on"] if answer else None,
                "is_enrolled": answer["is_enrolled"] if answer else None,
                "due_on": due,
                "is_overdue": status == "open" and due is not None and due < dispatched_on(newest),
                "enrolled_on": answer["enrolled_on"] if answer else None,
            }
        )
        rows[-1] |= _clocks(e, rows[-1], first.get(e.lead_id), listed.get(e.household_code), newest)
    return rows


def _precision(true: int, false: int) -> float | None:
    return true / (true + false) * 100 if true + false else None


def rule_performance(book: Book, store: Store, month: str) -> list[dict[str, Any]]:
    """Leads opened, and leads whose return came with the month's delivery."""
    rule_of = {e.lead_id: e.rule for e in book.all()}
    came = store.rows("verification_returns", month)
    so_far = list(returns(store, month).values())

    def count(rows: list[Any], rule: str, result: str | None = None) -> int:
        mine = [r for r in rows if rule_of.get(r["lead_id"]) == rule]
        return sum(result is None or r["result"] == result for r in mine)

    rows = []
    for rule in rules_valid("risk_rules", month):
        true, false = count(came, rule, "属实"), count(came, rule, "不属实")
        rows.append(
            {
                "month": first_day(month),
                "rule_code": rule,
                "leads_opened": sum(e.rule == rule and e.opened == month for e in book.all()),
                "leads_verified": count(came, rule),
                "leads_true": true,
                "leads_false": false,
                "leads_enrolled": sum(r["is_enrolled"] and rule_of.get(r["lead_id"]) == rule for r in came),
                "precision_pct": _precision(true, false),
                "cumulative_precision_pct": _precision(count(so_far, rule, "属实"), count(so_far, rule, "不属实")),
            }
        )
    return rows
