"""What one month knows of funds, projects, assets and payments, and how they are linked.

Belongs here: which rows count, the day as of which they are read, links, dividends. Does not belong here: conflicts
(``breaks``), the mart (``mart``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.catalogue import DISTRICT, last_day, parameter
from tests.oracle.counting import as_of, counted_month
from tests.oracle.households import Month
from tests.oracle.numbers import form, several
from tests.oracle.reading.delivered import Row

FUNDS, PROJECTS, ASSETS, PAYMENTS = "support_funds", "project_library", "project_assets", "industry_support_payments"
STAGES = ("入库", "立项", "开工", "完工", "验收")
DAYS = ("listed_on", "approved_on", "started_on", "completed_on", "accepted_on")
YUAN = Decimal(10000)
"""Yuan of one 万元."""
HALF_A_CENT = Decimal("0.005")


def rows(month: Month, dataset: str) -> list[Row]:
    """Rows of the delivery that counts for the month; none where there is none."""
    return month.store.rows(dataset, counted_month(month.store, dataset, month.month) or "")


def counts(month: Month, dataset: str) -> bool:
    return counted_month(month.store, dataset, month.month) is not None


def is_listed(project: Row, day: date) -> bool:
    return bool(project["listed_on"] <= day)


def is_removed(project: Row, day: date) -> bool:
    return project["removed_on"] is not None and project["removed_on"] <= day


def is_live(project: Row, day: date) -> bool:
    return is_listed(project, day) and not is_removed(project, day)


def stage(project: Row, day: date) -> int:
    """How far a listed project is: the index among ``STAGES`` of the furthest one whose day is not after ``day``."""
    return max(n for n, name in enumerate(DAYS) if project[name] is not None and project[name] <= day)


def is_completed(project: Row, day: date) -> bool:
    return project["completed_on"] is not None and project["completed_on"] <= day


def named_assets(month: Month) -> dict[str, list[Row]]:
    """Project number -> the assets that name it, in delivery order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for asset in rows(month, ASSETS):
        found[form(asset["project_no"])].append(asset)
    return found


def project_of(month: Month, asset: Row) -> Row | None:
    """The project that an asset names, if the delivery that counts has it."""
    wanted = form(asset["project_no"])
    return next((p for p in rows(month, PROJECTS) if wanted and form(p["project_no"]) == wanted), None)


def named_by_projects(month: Month, day: date) -> set[str]:
    """The fund documents that projects listed by the day name."""
    listed = [p for p in rows(month, PROJECTS) if is_listed(p, day)]
    return set().union(*(several(p["fund_document_no"]) for p in listed))


def industry_part(fund: Row) -> Decimal | None:
    """The part of a fund row that goes to industry; None where its purpose is not known."""
    if fund["industry_allocated"] is not None:
        return Decimal(fund["industry_allocated"])
    if fund["fund_purpose"] is None:
        return None
    return Decimal(fund["allocated"]) if fund["fund_purpose"] == "产业发展" else Decimal(0)


def industry_share(funds: list[Row], year: int) -> tuple[Decimal, Decimal]:
    """Industry part and allocated amount of the central funds of a year whose purpose is known."""
    known = [
        (part, f["allocated"])
        for f in funds
        if f["fund_level"] == "中央" and f["fund_year"] == year and (part := industry_part(f)) is not None
    ]
    return sum((part for part, _ in known), Decimal(0)), sum((Decimal(a) for _, a in known), Decimal(0))


def dividend_year(month: Month) -> int | None:
    """The newest year whose dividends must have been paid as of the assets' delivery."""
    grace = parameter("dividend_grace_days", DISTRICT, month.month)
    if grace is None or not counts(month, ASSETS):
        return None
    day = as_of(month, ASSETS)
    year = day.year
    while date(year, 12, 31) + timedelta(days=int(grace)) > day:
        year -= 1
    return year


def dividend_due(month: Month, asset: Row, year: int) -> Decimal | None:
    """What an asset owes for the year, in 万元; None where nothing is due or it is not known."""
    due, first = asset["annual_dividend"], asset["dividend_from_year"]
    if not due or asset["asset_status"] == "报废":
        return None
    if first is None:
        project = project_of(month, asset)
        if project is None or project["completed_on"] is None:
            return None
        first = project["completed_on"].year + 1
    return Decimal(due) if first <= year else None


def dividends(month: Month, asset_no: str, year: int) -> list[Row]:
    """The payments of the asset's dividends for a year, paid by month end."""
    return [
        r
        for r in month.store.cumulative(PAYMENTS, month.month)
        if r["payment_type"] == "资产收益分红"
        and r["paid_on"] <= last_day(month.month)
        and form(r["asset_no"]) == form(asset_no)
        and (r["dividend_year"] or r["paid_on"].year) == year
    ]
