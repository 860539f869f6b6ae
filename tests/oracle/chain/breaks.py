"""The conflicts along the chain, REC-16 to REC-22: one function each.

Belongs here: what breaks. Does not belong here: since when, and whether the rule is looked at (``reconciliation``).
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.catalogue import DISTRICT, parameter
from tests.oracle.chain import links
from tests.oracle.chain.links import ASSETS, FUNDS, HALF_A_CENT, PAYMENTS, PROJECTS, YUAN
from tests.oracle.counting import as_of
from tests.oracle.households import Month
from tests.oracle.numbers import form, several
from tests.oracle.reading.delivered import Row

Found = Iterator[tuple[str, Row]]
"""Subject and the row that it is about."""


def fund_subject(fund: Row) -> str:
    return f"{form(fund['document_no'])}|{int(fund['fund_year'])}|{fund['fund_level']}"


def spent_without_project(month: Month) -> Found:
    """REC-16."""
    first = parameter("chain_from_year", DISTRICT, month.month)
    named = links.named_by_projects(month, as_of(month, FUNDS, PROJECTS))
    for fund in links.rows(month, FUNDS):
        is_due = first is not None and fund["fund_year"] >= first and fund["spent"] > 0
        if is_due and form(fund["document_no"]) not in named:
            yield fund_subject(fund), fund


def completed_without_asset(month: Month) -> Found:
    """REC-17."""
    day, limit = as_of(month, PROJECTS, ASSETS), parameter("asset_registration_days", DISTRICT, month.month)
    assets = links.named_assets(month)
    for project in links.rows(month, PROJECTS):
        if not (links.is_live(project, day) and project["forms_asset"] and links.is_completed(project, day)):
            continue
        is_late = limit is not None and (day - project["completed_on"]).days > limit
        if is_late and form(project["project_no"]) not in assets:
            yield project["project_no"], project


def idle_or_lost(month: Month) -> Found:
    """REC-18."""
    for asset in links.rows(month, ASSETS):
        if asset["asset_status"] in ("闲置", "流失") and asset["asset_class"] != "到户类资产":
            yield asset["asset_no"], asset


def dividend_not_paid(month: Month) -> Found:
    """REC-19."""
    year = links.dividend_year(month)
    for asset in links.rows(month, ASSETS) if year is not None else ():
        due = links.dividend_due(month, asset, year)
        paid = sum(r["amount"] for r in links.dividends(month, asset["asset_no"], year))
        if due is not None and due * YUAN - paid > HALF_A_CENT:
            yield asset["asset_no"], asset


def too_little_industry(month: Month) -> Found:
    """REC-20."""
    year, least = as_of(month, FUNDS).year - 1, parameter("industry_share_min", DISTRICT, month.month)
    industry, known = links.industry_share(links.rows(month, FUNDS), year)
    if least is not None and known > 0 and industry * 100 < least * known:
        funds = [f for f in links.rows(month, FUNDS) if f["fund_level"] == "中央" and f["fund_year"] == year]
        yield f"{year}|中央", funds[0]


def spent_above_arrived(month: Month) -> Found:
    """REC-21."""
    day = as_of(month, PROJECTS)
    for project in links.rows(month, PROJECTS):
        if links.is_live(project, day) and (project["spent"] - project["arrived"]) * YUAN > HALF_A_CENT:
            yield project["project_no"], project


def unresolved(month: Month) -> Found:
    """REC-22."""
    day = as_of(month, FUNDS, PROJECTS, ASSETS, PAYMENTS)
    funds = {form(f["document_no"]) for f in links.rows(month, FUNDS)}
    projects = {form(p["project_no"]) for p in links.rows(month, PROJECTS)}
    assets = {form(a["asset_no"]) for a in links.rows(month, ASSETS)}
    for project in links.rows(month, PROJECTS):
        if links.is_listed(project, day) and not several(project["fund_document_no"]) <= funds:
            yield project["project_no"], project
    for asset in links.rows(month, ASSETS):
        named = form(asset["project_no"])
        if (named and named not in projects) or (not named and not several(asset["fund_document_no"]) <= funds):
            yield asset["asset_no"], asset
    for payment in month.store.cumulative(PAYMENTS, month.month):
        named = form(payment["asset_no"])
        if named and named not in assets and payment["paid_on"] <= as_of(month, PAYMENTS):
            yield named, payment


BREAKS = {
    "REC-16": spent_without_project,
    "REC-17": completed_without_asset,
    "REC-18": idle_or_lost,
    "REC-19": dividend_not_paid,
    "REC-20": too_little_industry,
    "REC-21": spent_above_arrived,
    "REC-22": unresolved,
}
PARAMETERS = {
    "REC-16": "chain_from_year",
    "REC-17": "asset_registration_days",
    "REC-19": "dividend_grace_days",
    "REC-20": "industry_share_min",
}
