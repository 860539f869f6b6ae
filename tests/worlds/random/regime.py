"""Cells of the regime of 2026 for random districts: numbers that link rows, days at the edges, rules nearly broken.

Belongs here: what a column holds, by table and name. Does not belong here: which rows there are (``indicators``,
``reconciliation``), leads (``returned``).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle.catalogue import first_day, last_day, shift
from tests.oracle.regime import categories

Cells = dict[str, Any]
PROJECTS, ASSETS, FUNDS, PAYMENTS = (
    "project_library",
    "project_assets",
    "support_funds",
    "industry_support_payments",
)
KEYS = 12
"""So many numbers of each kind; references name a few more."""
DOCUMENTS = 30
OWN = {
    (PROJECTS, "project_no"): "P{:02d}",
    (ASSETS, "asset_no"): "A{:02d}",
    (FUNDS, "document_no"): "X〔2025〕{}号",
    ("policy_instruments", "instrument_no"): "F{:02d}",
    ("standard_designs", "design_no"): "D{:02d}",
}
NAMED = {
    (PROJECTS, "fund_document_no"): "X〔2025〕{}号",
    (ASSETS, "project_no"): "P{:02d}",
    (ASSETS, "fund_document_no"): "X〔2025〕{}号",
    (PAYMENTS, "asset_no"): "A{:02d}",
    ("policy_instruments", "replaces"): "F{:02d}",
    ("natural_villages", "design_no"): "D{:02d}",
}
SEVERAL = ("fund_document_no", "replaces")
CHOICES: dict[str, list[Any]] = {
    "subject": ["监测帮扶", "消费帮扶", "资金管理", "资产管理", "人居环境"],
    "form": ["方案", "办法", "机构设立", "通知"],
    "issuing_level": ["区级", "区级", "区级", "省级"],
    "facility_kind": ["污水处理", "污水处理", "户厕"],
    "decisions": [5, 7],
    "decisions_closed": [0, 3, 5],
    "status": ["未办", "在办", "办结", "办结", "不予受理"],
    "volumes_due": [0, 5, 5],
    "volumes_filed": [4, 5, 5, 6],
    "channel_place": ["一号专柜", "二号专柜", None],
    "allocated": ["100", "100", "50"],
    "industry_allocated": ["59", "60", "40", None, None],
    "fund_purpose": ["产业发展", "基础设施", None],
    "arrived": ["100", "100", "0"],
    "annual_dividend": ["2", "2", "0", None],
    "dividend_from_year": [2020, 2024, 2026, None],
    "subsidy": ["3000", "3000", "3000.005", "3000.006", "2999.99", "0"],
    "black_odorous_waters": [0, 2, 3, None],
    "black_odorous_treated": [0, 1, 2, None],
    "channel": ["众创空间", "展销会", "消费专区专柜", "消费专区专柜", "交易市场", "其他"],
    "case_type": ["检查", "检查", "问题", "信件", "重点整顿"],
}
SPENT = ["0", "100", "100.0000005", "100.0000006", "40"]
"""Beside 100 arrived: half a cent more, and more than half a cent."""
DIVIDENDS = ["20000", "20000", "19999.995", "19999.994", "12000", "8000"]


def _varied(luck: Random, number: str) -> str:
    """The same number as another clerk writes it."""
    for old, new in (("〔", "["), ("〕", "】"), ("P", "p"), ("A", "a"), ("X", "x")):
        if luck.random() < 0.3:
            number = number.replace(old, new)
    return number


def _number(luck: Random, place: tuple[str, str]) -> str:
    if place in OWN:
        return OWN[place].format(luck.randrange(DOCUMENTS if place[1] == "instrument_no" else KEYS))
    parts = [_varied(luck, NAMED[place].format(luck.randrange(KEYS + 2))) for _ in range(luck.choice([1, 1, 2]))]
    return luck.choice("、,;").join(parts) if place[1] in SEVERAL else parts[0]


def days(month: str) -> list[date]:
    """The month's last day and the next, and the days on either side of windows that end with it."""
    end, year = last_day(month), first_day(shift(month, -11))
    half = last_day(shift(month, -6))
    edges = [end, end, end + timedelta(days=1), end - timedelta(days=1), end - timedelta(days=40)]
    return [*edges, half, half - timedelta(days=1), year, year - timedelta(days=1), date(end.year, 1, 1)]


BACK = {(PROJECTS, "completed_on"): (90, 91), ("issue_cases", "received_on"): (60, 61)}
"""Days before the month's end that a parameter counts, and one more."""
TABLE_CHOICES = {(PAYMENTS, "amount"): DIVIDENDS, (PROJECTS, "spent"): SPENT, (FUNDS, "spent"): SPENT}
WORDS = ("monitoring_category", "term", "expires_on")
YEARS = {"fund_year": [-1, 0, 0, 0, 1, 1, 1, 2], "dividend_year": [0, 1, 1, 1, 2]}
"""Years before that of the delivery."""


def knows(dataset: str, column: str) -> bool:
    """Whether the cells of a column are made here."""
    place = (dataset, column)
    return any(place in of for of in (OWN, NAMED, BACK, TABLE_CHOICES)) or column in (*CHOICES, *WORDS, *YEARS)


def cell(luck: Random, dataset: str, column: str, month: str) -> Any:
    """The cell of a column that this module knows."""
    place = (dataset, column)
    if column == "replaces" and luck.random() < 0.8:
        return None
    if place in OWN or place in NAMED:
        return _number(luck, place)
    if column == "monitoring_category":
        return luck.choice(words(month))
    if column == "term":
        return luck.choice(["第七届", "第八届", "第八届" if month > "2025-03" else "第七届"])
    if place == ("policy_instruments", "expires_on"):
        return luck.choice([None, None, last_day(month), last_day(month) + timedelta(days=luck.choice([1, 400]))])
    if column in YEARS:
        return int(month[:4]) - luck.choice(YEARS[column])
    if place in BACK:
        return last_day(month) - timedelta(days=luck.choice([*BACK[place], 200, -1, 0]))
    value = luck.choice(TABLE_CHOICES.get(place) or CHOICES[column])
    return Decimal(value) if isinstance(value, str) and value[0].isdigit() else value


def words(month: str) -> list[str]:
    """What departments call categories in a month: its names and synonyms, and those of the scheme before."""
    valid = categories(month)
    named = [w for c in valid for w in (c["name_zh"], *filter(None, c["synonyms"].split("|")))]
    return named + [c["name_zh"] for c in categories(shift(month, -12))]


def settle(luck: Random, dataset: str, row: Cells, month: str) -> None:
    """Let the cells of a row agree, as accepted rows do."""
    if dataset == PROJECTS:
        _settle_project(luck, row, last_day(month))
    if dataset == "archives":
        row["archive_level"] = "村级" if row["village_name"] else "镇级" if row["town_name"] else "区级"
    for first, second in ORDERED.get(dataset, ()):
        if row.get(first) is not None and row.get(second) is not None:
            row[second] = max(row[first], row[second])
    if dataset == "issue_cases" and row["status"] == "办结" and row["closed_on"] is None:
        row["closed_on"] = max(row["received_on"], last_day(month))


ORDERED: dict[str, tuple[tuple[str, str], ...]] = {
    "policy_instruments": (("effective_on", "expires_on"),),
    "standard_designs": (("published_on", "withdrawn_on"),),
    "issue_cases": (("received_on", "due_on"), ("received_on", "closed_on")),
    "low_income_edge": (("recognised_on", "valid_until"),),
    "rigid_expense_households": (("recognised_on", "valid_until"),),
    "natural_villages": (("black_odorous_treated", "black_odorous_waters"),),
}


def _settle_project(luck: Random, row: Cells, end: date) -> None:
    """Days that follow each other, some of them missing; a few projects are listed after the month or removed."""
    row["listed_on"] = luck.choice([date(2020, 1, 1), date(2020, 3, 1), end, end + timedelta(days=1)])
    for name in ("approved_on", "started_on"):
        row[name] = luck.choice([None, *[date(2020, 6, 1)] * 5, end, end + timedelta(days=2)])
    if row["completed_on"] is not None and row["started_on"] is not None:
        row["completed_on"] = max(row["completed_on"], row["started_on"])
    row["accepted_on"] = luck.choice([None, row["completed_on"], end])
    if row["accepted_on"] and row["completed_on"]:
        row["accepted_on"] = max(row["accepted_on"], row["completed_on"])
    row["removed_on"] = (
        max(row["listed_on"], end + timedelta(days=luck.choice([0, 1]))) if luck.random() < 0.2 else None
    )
