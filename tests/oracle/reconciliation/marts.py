"""The three reconciliation marts of a sequence of months, as lists of rows.

Belongs here: episodes of conflicts, the roll-forward, the scorecard. Does not belong here: the rules (``conflicts``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from yaml import safe_load

from tests.oracle.catalogue import CONTRACTS, DISTRICT, datasets, due_on, first_day, parameter, rules, shift, towns
from tests.oracle.households import Household, Month
from tests.oracle.reading.delivered import File, Row
from tests.oracle.reconciliation.conflicts import FINDERS, home_of, is_looked_at, place_of
from tests.oracle.regime import categories, category_name, rules_valid

Record = dict[str, Any]
LIST = "monitored_households"
UNMATCHED = ("village_committees", "resident_cadres")


@dataclass(frozen=True)
class Keys:
    """How identities look in the marts: pseudonyms of a resident id and of a household code."""

    person: Callable[[str], str]
    household: Callable[[str], str]


def conflict_rows(months: Sequence[Month], keys: Keys) -> Iterator[Record]:
    """Rows of ``reconciliation_conflicts`` without ``detail``; ``months`` are those that ran, in order."""
    seen: dict[str, dict[str, str]] = {rule: {} for rule in FINDERS}
    for month in months:
        for rule in rules_valid("conflict_rules", month.month):
            if not is_looked_at(rule, month):
                continue
            found = list(FINDERS[rule](month))
            seen[rule] = {c.subject: seen[rule].get(c.subject, month.month) for c in found}
            for conflict in found:
                opened, home = seen[rule][conflict.subject], home_of(conflict, month)
                person = keys.person(conflict.person) if conflict.person else None
                code = home.code if home else conflict.household
                household = keys.household(code) if code else None
                text = f"{rule}|{person or household or conflict.thing}|{opened}"
                town, village = place_of(conflict, month)
                yield {
                    "month": first_day(month.month),
                    "conflict_id": "C" + hashlib.sha256(text.encode()).hexdigest()[:16],
                    "rule_code": rule,
                    "person_key": person,
                    "household_key": household,
                    "division_code": village,
                    "town_code": town,
                    "subject": conflict.thing,
                    "answering_department": conflict.answering or rules("conflict_rules")[rule]["answers"],
                    "first_seen_month": first_day(opened),
                    "is_new": opened == month.month,
                    "due_on": due_on(opened),
                }


class Entries:
    """The entries of one town and category, for households and for persons."""

    def __init__(self) -> None:
        self.counts = {"households": defaultdict(int), "persons": defaultdict(int)}

    def add(self, entry: str, home: Household) -> None:
        self.counts["households"][entry] += 1
        self.counts["persons"][entry] += len(home.living)


def _entered(code: str, listed_before: dict[str, bool]) -> str:
    return "returned" if listed_before.get(code) else "newly_identified"


def _gone(code: str, now: Month, listed_now: dict[str, bool]) -> str:
    return "eliminated" if code in now.households and listed_now.get(code) else "left_register"


def _book(before: Month, now: Month) -> dict[tuple[str, str | None], Entries]:
    """Entries by town and category; what was listed says whether it was eliminated."""
    lists = [{r["household_code"]: r["is_risk_eliminated"] for r in m.store.rows(LIST, m.month)}
             for m in (before, now)]  # fmt: skip
    book: dict[tuple[str, str | None], Entries] = defaultdict(Entries)
    words = {r["household_code"]: r["monitoring_category"] for r in before.store.rows(LIST, before.month)}
    then = {c: category_name(words.get(c), now.month) for c in before.households}
    old = {c: h for c, h in before.households.items() if h.category}
    new = {c: h for c, h in now.households.items() if h.category}
    for code in old.keys() | new.keys():
        was, is_ = old.get(code), new.get(code)
        if was:
            book[was.town, then[code]].add("opening", was)
        if is_:
            book[is_.town, is_.category].add("closing", is_)
        if was is None and is_:
            book[is_.town, is_.category].add(_entered(code, lists[0]), is_)
        elif is_ is None and was:
            book[was.town, then[code]].add(_gone(code, now, lists[1]), was)
        elif was and is_ and (was.town, then[code]) != (is_.town, is_.category):
            book[was.town, then[code]].add("moved_out", was)
            book[is_.town, is_.category].add("moved_in", is_)
        elif was and is_:
            book[is_.town, is_.category].counts["persons"]["size_change"] += len(is_.living) - len(was.living)
    return book


def roll_forward_rows(months: Sequence[Month]) -> Iterator[Record]:
    """Rows of ``monitored_roll_forward``."""
    by_name = {m.month: m for m in months}
    names = ("opening", "newly_identified", "returned", "moved_in", "eliminated", "left_register", "moved_out",
             "size_change", "closing")  # fmt: skip
    for now in months:
        before = by_name.get(shift(now.month, -1))
        if before is None or not all(m.has(LIST) for m in (before, now)):
            continue
        book = _book(before, now)
        for town in towns(now.month):
            for category in [c["name_zh"] for c in categories(now.month)]:
                for base, counts in book[town, category].counts.items():
                    n = {name: counts[name] for name in names}
                    came = n["newly_identified"] + n["returned"] + n["moved_in"] + n["size_change"]
                    went = n["eliminated"] + n["left_register"] + n["moved_out"]
                    yield {
                        "month": first_day(now.month),
                        "town_code": town,
                        "monitoring_category": category,
                        "base": base,
                        **n,
                        "is_balanced": n["opening"] + came - went == n["closing"],
                    }


@cache
def _due_days() -> dict[str, int]:
    contracts = [safe_load(p.read_text("utf-8")) for p in CONTRACTS.glob("*.odcs.yaml")]
    return {c["domain"]: p["value"] for c in contracts for p in c["slaProperties"] if p["property"] == "dueDay"}


def is_expected(name: str, month: Month) -> bool:
    """Whether a table was received for the month, or is due in it; a new one only once it was received at all."""
    about, received = datasets()[name], [m for (n, m), files in month.store.files.items() if n == name and files]
    if month.month in received:
        return True
    if about.is_expected_from_first and not any(m < month.month for m in received):
        return False
    return about.cadence == "monthly" or int(month.month[5:]) % {"quarterly": 3, "annual": 12}[about.cadence] == 0


def _is_matched(row: Row, month: Month) -> bool:
    person = row["resident_id"] or row["head_resident_id"]
    return person in month.home if person else row["household_code"] in month.households


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _of_files(files: list[File], month: Month) -> dict[str, float | None]:
    current = [f for f in files if f.is_in_force and (f.count("accepted") or not f.rows)]
    accepted = [r for f in current for r in f.rows if r.state == "accepted"]
    keyed = [
        r for r in accepted
        if r.dataset.name not in UNMATCHED
        and any(r.dataset.has(c) for c in ("resident_id", "head_resident_id", "household_code"))
    ]  # fmt: skip
    return {
        "acceptance_rate": _share(len(accepted), sum(len(f.rows) for f in current)),
        "match_rate": _share(sum(_is_matched(r, month) for r in keyed), len(keyed)),
    }


def _stability(names: list[str], month: Month) -> float | None:
    band = parameter("row_count_change_warn_pct", DISTRICT, month.month)
    stable = []
    for name in names:
        before = month.store.rows_before(name, month.month)
        if datasets()[name].is_snapshot and month.has(name) and before:
            stable.append(abs(len(month.store.rows(name, month.month)) - before) * 100 <= (band or 0) * before)
    return _share(sum(stable), len(stable)) if band is not None else None


def _score(department: str, month: Month) -> Record:
    names = [d.name for d in datasets().values() if d.department == department]
    files = {n: month.store.files[n, month.month] for n in names if month.store.files.get((n, month.month))}
    expected = [n for n in names if is_expected(n, month)]
    due = first_day(shift(month.month, 1)) + timedelta(days=_due_days()[department] - 1)
    on_time = [n for n in files if min(f.received_at for f in files[n]).date() <= due]
    rates = {
        "on_time_rate": _share(len(on_time), len(expected)),
        **_of_files([f for found in files.values() for f in found], month),
        "stability_rate": _stability(names, month),
    }
    known = [r for r in rates.values() if r is not None]
    accepted = [n for n in files if any(f.is_in_force for f in files[n])]
    return {
        "month": first_day(month.month),
        "department": department,
        "datasets_expected": len(expected),
        "datasets_delivered": len(files),
        **rates,
        "score": sum(known) / len(known) * 100 * len(accepted) / len(expected),
        "datasets_accepted": len(accepted),
        "datasets_rejected": len(files) - len(accepted),
    }


def scorecard_rows(months: Sequence[Month]) -> Iterator[Record]:
    """Rows of ``data_quality_scorecard``."""
    for month in months:
        rows = [_score(department, month) for department in sorted({d.department for d in datasets().values()})]
        for row in rows:
            yield {**row, "rank": 1 + sum(_is_better(other, row) for other in rows)}


def _is_better(one: Record, other: Record) -> bool:
    """Whoever has all expected tables accepted comes before whoever has not; else the score decides."""
    complete, other_complete = (r["datasets_accepted"] == r["datasets_expected"] for r in (one, other))
    return complete if complete != other_complete else one["score"] > other["score"] + 1e-9


def reconciliation_marts(months: Sequence[Month], keys: Keys) -> dict[str, list[Record]]:
    """The three marts after the months have been run in order."""
    return {
        "reconciliation_conflicts": list(conflict_rows(months, keys)),
        "monitored_roll_forward": list(roll_forward_rows(months)),
        "data_quality_scorecard": list(scorecard_rows(months)),
    }
