"""Episodes of flags, leads, what came back on them, and how each rule performed.

Belongs here: §7 of the semantics. Does not belong here: when a flag is set.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.catalogue import dispatched_on, due_on, first_day
from tests.oracle.reading.inbox import Store
from tests.oracle.risk.rules import RULES, Flag, History, not_screened_because

Key = tuple[str, str]
"""Household code and rule."""


def lead_id(household_key: str, rule: str, opened: str) -> str:
    return "L" + hashlib.sha256(f"{household_key}|{rule}|{opened}".encode()).hexdigest()[:16]


@dataclass
class Episode:
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
                episode = Episode(flag.household.key, flag.rule, month)
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


def risk_leads(book: Book, store: Store, newest: str) -> list[dict[str, Any]]:
    """All leads as of the newest month."""
    answered = returns(store, newest)
    statuses = {"属实": "verified_true", "不属实": "verified_false", "查无此户": "not_found"}
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
            }
        )
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
    for rule in RULES:
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
