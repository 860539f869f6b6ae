"""The mart ``project_chain`` and the sums of the fund ledger.

Belongs here: rows of the chain, money that adds up. Does not belong here: links (``links``), conflicts (``breaks``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.catalogue import first_day
from tests.oracle.chain import links
from tests.oracle.chain.breaks import BREAKS
from tests.oracle.chain.links import ASSETS, FUNDS, PAYMENTS, PROJECTS, STAGES, YUAN
from tests.oracle.counting import as_of
from tests.oracle.households import Month
from tests.oracle.numbers import form, several
from tests.oracle.reading.delivered import Row
from tests.oracle.reconciliation.conflicts import is_looked_at
from tests.oracle.regime import rules_valid

Record = dict[str, Any]
SHOWN = ("REC-16", "REC-17", "REC-18", "REC-19", "REC-21", "REC-22")
EMPTY = ("project_name", "project_class", "stage", "division_code", "town_code", "completed_on", "planned", "arrived",
         "spent", "unlinked_allocated", "unlinked_spent", "asset_name", "asset_class", "asset_status",
         "original_value", "owner", "has_beneficiary", "dividend_year", "dividend_due", "dividend_paid",
         "households_paid")  # fmt: skip


def _broken(month: Month) -> dict[str, set[str]]:
    """Number of a project or asset, or document of a fund -> the rules that it breaks."""
    valid = rules_valid("conflict_rules", month.month)
    found: dict[str, set[str]] = defaultdict(set)
    for rule in SHOWN:
        if rule in valid and is_looked_at(rule, month):
            for subject, row in BREAKS[rule](month):
                found[form(row["document_no"]) if rule == "REC-16" else form(subject)].add(rule)
    return found


def _project_part(project: Row, day: date, *, is_first: bool) -> Record:
    money = {name: project[name] if is_first else None for name in ("planned", "arrived", "spent")}
    stage = "出库" if links.is_removed(project, day) else STAGES[links.stage(project, day)]
    same = ("project_name", "project_class", "completed_on")
    return {"project_no": project["project_no"], **{c: project[c] for c in same}, "stage": stage, **money}


def _asset_part(month: Month, asset: Row) -> Record:
    same = ("asset_no", "asset_name", "asset_class", "asset_status", "original_value", "owner")
    part = {**{c: asset[c] for c in same}, "has_beneficiary": asset["beneficiary"] is not None}
    year = links.dividend_year(month)
    if year is None or not links.counts(month, PAYMENTS):
        return part
    paid = links.dividends(month, asset["asset_no"], year)
    return part | {
        "dividend_year": year,
        "dividend_due": links.dividend_due(month, asset, year),
        "dividend_paid": sum((r["amount"] for r in paid), Decimal(0)) / YUAN,
        "households_paid": len({r["household_code"] for r in paid}),
    }


def _place(*rows: Row) -> Record:
    """Of the first row that has a place."""
    row = next((r for r in rows if r["town_name"] or r["village_name"]), None)
    return {"town_code": row["town_name"], "division_code": row["village_name"]} if row else {}


def _rows(month: Month) -> list[tuple[set[str], Record]]:
    """Fund documents and cells of every row."""
    day = as_of(month, FUNDS, PROJECTS, ASSETS)
    named, found = links.named_assets(month), []
    listed = [p for p in links.rows(month, PROJECTS) if links.is_listed(p, day)]
    for project in listed:
        for n, asset in enumerate(named.get(form(project["project_no"])) or [None]):
            part = _project_part(project, day, is_first=n == 0)
            part |= _asset_part(month, asset) if asset else {}
            part |= _place(project, asset) if asset else _place(project)
            found.append((several(project["fund_document_no"]), part))
    numbers = {form(p["project_no"]) for p in listed}
    loose = [a for a in links.rows(month, ASSETS) if form(a["project_no"]) not in numbers]
    found += [(several(a["fund_document_no"]), {**_asset_part(month, a), **_place(a)}) for a in loose]
    alone: dict[str, list[Row]] = defaultdict(list)
    for fund in links.rows(month, FUNDS):
        alone[form(fund["document_no"])].append(fund)
    unlinked = set(alone) - set().union(*(documents for documents, _ in found))
    return found + [({document}, _unlinked(alone[document])) for document in unlinked]


def _unlinked(funds: list[Row]) -> Record:
    return {f"unlinked_{c}": sum((f[c] for f in funds), Decimal(0)) for c in ("allocated", "spent")}


def project_chain(month: Month) -> list[Record]:
    """Rows of the mart of that name; none where the project library does not count."""
    if not links.counts(month, PROJECTS):
        return []
    broken, result = _broken(month), []
    for documents, cells in _rows(month):
        row = {"project_no": "", "asset_no": "", **dict.fromkeys(EMPTY), **cells}
        numbers = {*documents, form(row["project_no"]), form(row["asset_no"])} - {""}
        codes = sorted(set().union(*(broken.get(n, set()) for n in numbers)))
        result.append(
            {
                "month": first_day(month.month),
                "fund_document_nos": ";".join(sorted(documents)),
                **row,
                "break_codes": ",".join(codes) or None,
            }
        )
    return result


def fund_ledger(month: Month) -> list[Record]:
    """Rows of the mart of that name."""
    groups: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for fund in links.rows(month, FUNDS):
        groups[int(fund["fund_year"]), fund["fund_level"]].append(fund)
    result = []
    for (year, level), funds in groups.items():
        allocated, spent = (sum((Decimal(f[c]) for f in funds), Decimal(0)) for c in ("allocated", "spent"))
        known = [(part, f["allocated"]) for f in funds if (part := links.industry_part(f)) is not None]
        result.append(
            {
                "month": first_day(month.month),
                "fund_year": year,
                "fund_level": level,
                "allocated": allocated,
                "spent": spent,
                "balance": allocated - spent,
                "industry_allocated": sum((part for part, _ in known), Decimal(0)) if known else None,
                "purpose_known_allocated": sum((Decimal(a) for _, a in known), Decimal(0)),
            }
        )
    return result
