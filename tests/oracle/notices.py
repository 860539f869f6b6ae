"""The mart ``month_notices``: parameters, schemes, divisions and tables that somebody should look at.

Belongs here: what is in use in a month, and since when it is overdue. Does not belong here: the texts of messages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from tests.oracle.catalogue import DISTRICT, first_day, last_day, month_of, parameter, parameter_row, seed, shift, towns
from tests.oracle.chain.breaks import PARAMETERS as OF_CHAIN
from tests.oracle.counting import counted_month
from tests.oracle.households import Month
from tests.oracle.indicators.documents import DOCUMENTS, NATURAL, in_force
from tests.oracle.numbers import form
from tests.oracle.regime import categories, is_mapped, rules_valid

AMBIGUITIES: list[str] = [
    "A notice's subject is parameter|prefix|valid_from, code|valid_from of a category (PAR-03), the day of the list of "
    "divisions (DIV-01), the delivered word (CAT-01), the table (DAT-01).",
    "since is the limit, days what lies beyond it; both are null where a notice has no limit (PAR-03, CAT-01, DAT-01, "
    "DOC-01, PAR-01 without last_verified).",
    "In use are all parameters but those that only conflict rules read which do not hold yet (chain_from_year, "
    "asset_registration_days, industry_share_min, toilet_subsidy_per_household before 2026), and those that only "
    "notices read.",
    "A notice is new where the month before has none of its code and subject, whatever the messages say.",
    "A parameter is picked once per prefix, whichever of the district and its towns it is picked for.",
    "DOC-01 needs a list of documents that counts, and reads it as of the month's last day; DAT-01 needs one of "
    "natural villages.",
]
"""Where the definition can be read in more than one way, and which reading the oracle takes."""
Record = dict[str, Any]
READ_BY_RULE = {
    "chain_from_year": "REC-16",
    "asset_registration_days": "REC-17",
    "industry_share_min": "REC-20",
    "toilet_subsidy_per_household": "REC-23",
}
"""Parameters that nothing but a dated rule reads."""
READ_BY_NOTICES = ("parameter_review_months", "vintage_tolerance_months", "natural_villages_expected")
assert set(READ_BY_RULE) - {"toilet_subsidy_per_household"} == set(OF_CHAIN.values()) - {"dividend_grace_days"}


def later(day: date, months: int) -> date:
    """So many months later, the last day of the month where it is shorter."""
    month = shift(month_of(day), months)
    return min(last_day(month), first_day(month) + timedelta(days=day.day - 1))


def in_use(month: str) -> list[dict[str, str]]:
    """The rows of the parameters that the month picks for the district or a town, and that something reads."""
    valid, found = rules_valid("conflict_rules", month), {}
    for name in dict.fromkeys(r["parameter"] for r in seed("policy_parameters")):
        if name in READ_BY_NOTICES or (name in READ_BY_RULE and READ_BY_RULE[name] not in valid):
            continue
        for division in (DISTRICT, *towns(month)):
            row = parameter_row(name, division, last_day(month))
            if row:
                found[name, row["division_prefix"]] = row
    return list(found.values())


def _subject(row: dict[str, str]) -> str:
    return "|".join((row["parameter"], row["division_prefix"], row["valid_from"]))


def _notice(month: str, code: str, subject: str, limit: date | None = None) -> Record:
    days = None if limit is None else (last_day(month) - limit).days
    return {"month": first_day(month), "notice_code": code, "subject": subject, "since": limit, "days": days}


def _of_parameters(month: Month) -> Iterator[Record]:
    name, day = month.month, last_day(month.month)
    wait = parameter("parameter_review_months", DISTRICT, name)
    counted = counted_month(month.store, DOCUMENTS, name)
    documents = in_force(month.store.rows(DOCUMENTS, counted or ""), day)
    holding = {form(d["instrument_no"]) for d in documents}
    for row in in_use(name):
        verified = row["last_verified"]
        if wait is not None and (not verified or later(date.fromisoformat(verified), int(wait)) < day):
            yield _notice(
                name, "PAR-01", _subject(row), later(date.fromisoformat(verified), int(wait)) if verified else None
            )
        renewed = row.get("renews_months")
        if renewed and (limit := later(date.fromisoformat(row["valid_from"]), int(renewed))) < day:
            yield _notice(name, "PAR-02", _subject(row), limit)
        if row.get("is_placeholder") == "true":
            yield _notice(name, "PAR-03", _subject(row))
        if row.get("instrument_no") and counted and form(row["instrument_no"]) not in holding:
            yield _notice(name, "DOC-01", _subject(row))


def month_notices(month: Month, before: Sequence[Record] = ()) -> list[Record]:
    """Rows of the mart of that name without ``message``; ``before`` are those of earlier months."""
    name, day = month.month, last_day(month.month)
    found = list(_of_parameters(month))
    found += [
        _notice(name, "PAR-03", f"{c['code']}|{c['valid_from']}")
        for c in categories(name)
        if c["is_placeholder"] == "true"
    ]
    tolerance = parameter("vintage_tolerance_months", DISTRICT, name)
    newest = max(date.fromisoformat(r["vintage_cutoff"]) for r in seed("division_vintages"))
    if tolerance is not None and later(newest, int(tolerance)) < day:
        found.append(_notice(name, "DIV-01", newest.isoformat(), later(newest, int(tolerance))))
    found += [_notice(name, "CAT-01", word) for word in mapped_words(month)]
    expected = parameter("natural_villages_expected", DISTRICT, name)
    counted = counted_month(month.store, NATURAL, name)
    if expected is not None and counted and len(month.store.rows(NATURAL, counted)) != expected:
        found.append(_notice(name, "DAT-01", NATURAL))
    last = {(n["notice_code"], n["subject"]) for n in before if n["month"] == first_day(shift(name, -1))}
    return [{**notice, "is_new": (notice["notice_code"], notice["subject"]) not in last} for notice in found]


def mapped_words(month: Month) -> Counter[str]:
    """The words of the month's list that stand for an ancestor, and in how many rows."""
    words = [r["monitoring_category"] for r in month.store.rows("monitored_households", month.month)]
    return Counter(w for w in words if is_mapped(w, month.month))
