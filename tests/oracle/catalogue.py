"""The catalogues that the oracle and the product share: contracts, seeds, months, divisions, parameters, working days.

Belongs here: reading the YAML and CSV catalogues, and the calendar. Does not belong here: departments' files.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import chinese_calendar
import yaml

REPOSITORY = Path(__file__).parents[2]
CONTRACTS = REPOSITORY / "sources" / "contracts"
SEEDS = REPOSITORY / "dbt_project" / "seeds"
DISTRICT = "441802"

KIND_OF_SEMANTIC = {
    "resident_id": "resident_id",
    "disability_certificate_no": "certificate",
    "month": "month",
    "town_name": "town",
    "village_name": "village",
}
KIND_OF_TYPE = {"date": "date", "number": "number", "integer": "integer", "boolean": "yes_or_no"}


@dataclass(frozen=True)
class Column:
    name: str
    kind: str
    semantic: str | None
    required: bool
    headers: tuple[str, ...]
    values: tuple[str, ...]
    unit: str | None
    minimum: Decimal | None
    maximum: Decimal | None


@dataclass(frozen=True)
class Dataset:
    department: str
    name: str
    keywords: tuple[str, ...]
    cadence: str
    is_core: bool
    is_snapshot: bool
    may_be_empty: bool
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def has(self, column_name: str) -> bool:
        return any(c.name == column_name for c in self.columns)

    @property
    def event_date(self) -> str | None:
        """The first required date column of an increment."""
        if self.is_snapshot:
            return None
        return next((c.name for c in self.columns if c.kind == "date" and c.required), None)


def _custom(holder: dict) -> dict:
    return {p["property"]: p["value"] for p in holder.get("customProperties", [])}


def _column(raw: dict) -> Column:
    custom, options = _custom(raw), raw.get("logicalTypeOptions", {})
    kind = KIND_OF_SEMANTIC.get(custom.get("semantic")) or KIND_OF_TYPE.get(raw["logicalType"])
    if kind is None:
        kind = "list" if raw.get("enum") else "text"
    bounds = [None if options.get(k) is None else Decimal(str(options[k])) for k in ("minimum", "maximum")]
    return Column(
        name=raw["name"],
        kind=kind,
        semantic=custom.get("semantic"),
        required=bool(raw["required"]),
        headers=(raw["businessName"], *[s["synonym"] for s in raw.get("synonyms", [])]),
        values=tuple(e["value"] for e in raw.get("enum", [])),
        unit=custom.get("unit"),
        minimum=bounds[0],
        maximum=bounds[1],
    )


def _dataset(department: str, raw: dict) -> Dataset:
    custom = _custom(raw)
    keyed = sorted((p["primaryKeyPosition"], p["name"]) for p in raw["properties"] if p.get("primaryKey"))
    return Dataset(
        department=department,
        name=raw["name"],
        keywords=(*custom["fileKeywords"], raw["businessName"]),
        cadence=custom["cadence"],
        is_core=custom["core"],
        is_snapshot=custom["extractMode"] == "snapshot",
        may_be_empty=custom["mayBeEmpty"],
        columns=tuple(_column(p) for p in raw["properties"]),
        key=tuple(name for _, name in keyed),
    )


@cache
def datasets() -> dict[str, Dataset]:
    """Every dataset of every department by name."""
    found = {}
    for path in sorted(CONTRACTS.glob("*.odcs.yaml")):
        contract = yaml.safe_load(path.read_text("utf-8"))
        for raw in contract["schema"]:
            found[raw["name"]] = _dataset(contract["domain"], raw)
    return found


@cache
def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# Months are texts such as 2021-06.


def shift(month: str, months: int) -> str:
    index = int(month[:4]) * 12 + int(month[5:]) - 1 + months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def last_day(month: str) -> date:
    return first_day(shift(month, 1)) - timedelta(days=1)


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def is_working_day(day: date) -> bool:
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


def dispatched_on(month: str) -> date:
    """The first working day on or after the 5th of the month after."""
    day = first_day(shift(month, 1)).replace(day=5)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def due_on(opened_month: str) -> date | None:
    """So many working days after the leads of that month went out."""
    wait = parameter("lead_verification_working_days", DISTRICT, opened_month)
    if wait is None:
        return None
    day = dispatched_on(opened_month)
    for _ in range(int(wait)):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def parameter(name: str, division: str, month: str) -> Decimal | None:
    """The row valid on the month's last day with the longest matching division prefix."""
    day, best = last_day(month).isoformat(), None
    for row in seed("policy_parameters"):
        if row["parameter"] != name or not division.startswith(row["division_prefix"]):
            continue
        if day < row["valid_from"] or (row["valid_to"] and day >= row["valid_to"]):
            continue
        if best is None or len(row["division_prefix"]) > len(best["division_prefix"]):
            best = row
    return Decimal(best["value"]) if best else None


@dataclass(frozen=True)
class Village:
    code: str
    name: str
    town_code: str
    town_name: str
    kind: str


@cache
def vintage(month: str) -> tuple[Village, ...]:
    """The villages and communities of the newest vintage not after the month's last day, or of the oldest."""
    rows = seed("division_vintages")
    cutoffs = sorted({r["vintage_cutoff"] for r in rows})
    valid = [c for c in cutoffs if c <= last_day(month).isoformat()] or cutoffs[:1]
    return tuple(
        Village(r["village_code"], r["village_name"], r["town_code"], r["town_name"], r["kind"])
        for r in rows
        if r["vintage_cutoff"] == valid[-1]
    )


@cache
def towns(month: str) -> tuple[str, ...]:
    """Codes of towns and streets; the pseudo-towns that hold only a virtual village are left out."""
    return tuple(sorted({v.town_code for v in vintage(month) if v.kind != "virtual"}))
