"""The marts of risk and of the catalogues over a sequence of months, as lists of rows.

Belongs here: putting the parts together, and the marts that need only the catalogues.
Does not belong here: reading files, rules, leads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tests.oracle.catalogue import (
    DISTRICT,
    datasets,
    dispatched_on,
    first_day,
    is_street,
    rules,
    seed,
    towns,
)
from tests.oracle.households import Month, build, household_month
from tests.oracle.reading.delivered import Row
from tests.oracle.reading.inbox import Store, take_month
from tests.oracle.recognition import compliant_self_paid, recognition_income
from tests.oracle.regime import candidate, category_schemes, indicator_benchmarks
from tests.oracle.risk.leads import Book, risk_leads, rule_performance
from tests.oracle.risk.rules import Flag, History, flags, screening

Marts = dict[str, list[dict[str, Any]]]
RISK_MARTS = (
    "dim_month", "household_month", "household_risk_flags", "household_risk", "risk_screening", "rule_performance",
    "reconciliation_deliveries", "leads_as_of",
)  # fmt: skip
"""Those that are computed month by month; one without a row is compared all the same."""
UNMATCHED = ("village_committees", "resident_cadres")


def _flag_rows(book: Book, month: Month, found: list[Flag]) -> list[dict[str, Any]]:
    rows = []
    for f in found:
        episode = book.current((f.household.code, f.rule))
        assert episode is not None
        rows.append(
            {
                "month": first_day(month.month),
                "household_key": f.household.key,
                "division_code": f.household.first["village_name"],
                "town_code": f.household.town,
                "rule_code": f.rule,
                "kind": rules("risk_rules")[f.rule]["kind"],
                "measure": f.measure,
                "threshold": f.threshold,
                "persons": f.persons,
                "first_flagged_month": first_day(episode.opened),
                "months_flagged": len(episode.flagged),
                "is_new": episode.opened == month.month,
                "lead_id": episode.lead_id,
            }
        )
    return rows


def _level(codes: set[str], kinds: set[str]) -> str:
    if {"income", "shock"} <= kinds or len(codes) >= 3:
        return "red"
    return "orange" if kinds & {"income", "shock"} or len(codes) == 2 else "yellow"


def _candidate(kinds: set[str], flag: Flag, month: str) -> str | None:
    if flag.household.category:
        return None
    if "income" in kinds:
        return candidate("registered" if flag.household.is_registered else "ordinary", month)
    if "shock" in kinds:
        return candidate("sudden", month)
    return candidate("registered", month) if flag.household.is_registered else None


def _risk_rows(book: Book, month: Month, found: list[Flag]) -> list[dict[str, Any]]:
    grouped: dict[str, list[Flag]] = defaultdict(list)
    for flag in found:
        grouped[flag.household.code].append(flag)
    rows = []
    for code, group in grouped.items():
        codes = {f.rule for f in group}
        kinds = {rules("risk_rules")[r]["kind"] for r in codes}
        episodes = [book.current((code, r)) for r in codes]
        household = group[0].household
        rows.append(
            {
                "month": first_day(month.month),
                "household_key": household.key,
                "division_code": household.first["village_name"],
                "town_code": household.town,
                "household_type": household.first["household_type"],
                "monitoring_category": household.category,
                "candidate_category": _candidate(kinds, group[0], month.month),
                "risk_level": _level(codes, kinds),
                "rule_count": len(codes),
                "rule_codes": ",".join(sorted(codes)),
                "has_income_flag": "income" in kinds,
                "has_shock_flag": "shock" in kinds,
                "is_new": any(e is not None and e.opened == month.month for e in episodes),
            }
        )
    return rows


def _households(month: Month) -> list[dict[str, Any]]:
    """Rows of ``household_month``, with what is left of the income after compliant expenses."""
    return [
        {
            **row,
            "compliant_self_paid": compliant_self_paid(month, household),
            "recognition_income_per_capita": recognition_income(month, household),
        }
        for row, household in zip(household_month(month), month.households.values(), strict=True)
    ]


def _is_matched(row: Row, month: Month) -> bool:
    person = row["resident_id"] or row["head_resident_id"]
    return person in month.home if person else row["household_code"] in month.households


def _delivery_rows(store: Store, month: Month) -> list[dict[str, Any]]:
    rows = []
    for (name, delivered), files in store.files.items():
        if delivered != month.month:
            continue
        dataset = datasets()[name]
        names = ("resident_id", "head_resident_id", "household_code")
        is_matched = name not in UNMATCHED and any(dataset.has(c) for c in names)
        for f in files:
            accepted = [r for r in f.rows if r.state == "accepted"]
            matched = sum(_is_matched(r, month) for r in accepted) if is_matched else None
            counts = {f"rows_{s}": f.count(s) for s in ("accepted", "quarantined", "duplicate", "superseded")}
            rows.append(
                {
                    "month": first_day(delivered),
                    "department": dataset.department,
                    "dataset": name,
                    "delivery_no": f.delivery_no,
                    "file_name": f.display,
                    "file_sha256": f.sha256,
                    "received_at": f.received_at,
                    "is_current": bool(accepted) or (f.is_in_force and not f.rows),
                    "rows_in_file": len(f.rows),
                    **counts,
                    "printed_total_rows": f.printed_total_rows,
                    "rows_matched": matched,
                    "rows_unmatched": None if matched is None else len(accepted) - matched,
                    "is_balanced": sum(counts.values()) == len(f.rows),
                }
            )
    return rows


def dim_month(month: str) -> dict[str, Any]:
    day = first_day(month)
    return {
        "month": day,
        "year": day.year,
        "quarter": (day.month + 2) // 3,
        "label_zh": f"{day.year}年{day.month}月",
        "dispatched_on": dispatched_on(month),
    }


def dim_division() -> list[dict[str, Any]]:
    """One row per division and vintage: what is valid from each cut-off on (valid_to left out)."""
    rows = []
    for cutoff in sorted({r["vintage_cutoff"] for r in seed("division_vintages")}):
        here = [r for r in seed("division_vintages") if r["vintage_cutoff"] == cutoff]
        rows.append({"division_code": DISTRICT, "level": "district", "parent_code": None, "kind": None})
        for code in {r["town_code"] for r in here}:
            inside = [r for r in here if r["town_code"] == code]
            name = inside[0]["town_name"]
            kind = (
                "virtual"
                if all(r["kind"] == "virtual" for r in inside)
                else "street"
                if is_street(code, name)
                else "town"
            )
            rows.append({"division_code": code, "level": "town", "name": name, "parent_code": DISTRICT, "kind": kind})
        for r in here:
            parts = {"name": r["village_name"], "parent_code": r["town_code"], "kind": r["kind"]}
            rows.append({"division_code": r["village_code"], "level": "village", **parts})
        for row in rows:
            row.setdefault("valid_from", date.fromisoformat(cutoff))
    return rows


def policy_parameters() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [dict(r) for r in seed("policy_parameters")]
    for row in rows:
        row["value"] = float(row["value"])
        row["is_placeholder"] = row.get("is_placeholder") == "true"
        row["renews_months"] = int(row["renews_months"]) if row.get("renews_months") else None
        row["instrument_no"] = row.get("instrument_no") or None
        for name in ("valid_from", "valid_to", "last_verified"):
            row[name] = date.fromisoformat(row[name]) if row[name] else None
    return rows


def walk(inbox: Path, secret: str, months: list[str]) -> tuple[Marts, list[Month]]:
    """The marts of risk after the months have been run in order, and the months that ran."""
    store, book, history = Store(), Book(), History({})
    marts: Marts = {mart: [] for mart in RISK_MARTS}
    newest = None
    for name in months:
        take_month(store, inbox, name)
        month = build(store, name, secret)
        if month is None:
            continue
        history.months[name], newest = month, name
        found = flags(history, month)
        book.enter(history, name, found)
        month.leads = risk_leads(book, store, name)
        marts["dim_month"].append(dim_month(name))
        marts["household_month"] += _households(month)
        marts["household_risk_flags"] += _flag_rows(book, month, found)
        marts["household_risk"] += _risk_rows(book, month, found)
        marts["risk_screening"] += screening(month, found, towns(name))
        marts["rule_performance"] += rule_performance(book, store, name)
        marts["reconciliation_deliveries"] += _delivery_rows(store, month)
        as_of = [lead for lead in month.leads if lead["status"] == "open"]
        marts["leads_as_of"] += [{**lead, "month": first_day(name)} for lead in as_of]
    marts["risk_leads"] = risk_leads(book, store, newest) if newest else []
    keep = ("rule_code", "name_zh", "name_en", "kind", "department", "measure", "unit", "threshold")
    marts["dim_risk_rule"] = [{k: r[k] for k in keep} for r in rules("risk_rules").values()]
    marts["dim_division"] = dim_division()
    marts["policy_parameters"] = policy_parameters()
    marts["category_schemes"] = category_schemes()
    marts["indicator_benchmarks"] = indicator_benchmarks()
    return marts, list(history.months.values())


def follow_leads(months: Sequence[Month]) -> None:
    """Give every month the leads as of it; ``months`` are those that ran, in order."""
    book, history = Book(), History({})
    for month in months:
        history.months[month.month] = month
        book.enter(history, month.month, flags(history, month))
        month.leads = risk_leads(book, month.store, month.month)


def compute(inbox: Path, secret: str, months: list[str]) -> Marts:
    """The marts of risk alone: those of ``all_marts`` look at every division and take longer."""
    return walk(inbox, secret, months)[0]
