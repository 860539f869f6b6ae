"""The catalogues that the oracle and the product share: contracts, seeds, months, divisions, parameters, working days.

Belongs here: reading the YAML and CSV catalogues, and the calendar. Does not belong here: departments' files, dated
rows (``regime``).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import chinese_calendar
import yaml

from tests.oracle.columns import Column, Dataset
from tests.oracle.document.tables import new_columns, new_tables

REPOSITORY = Path(__file__).parents[2]
CONTRACTS = REPOSITORY / "sources" / "contracts"
SEEDS = REPOSITORY / "dbt_project" / "seeds"
COUNTY = REPOSITORY / "sources" / "county"
OF_COUNTIES = {"policy_parameters": "parameters.csv", "indicator_targets": "targets.csv"}
"""Catalogues of which the product has rows for everywhere, and a county its own."""
DISTRICT_FILES = Path(__file__).parent / "district"
DOCUMENT = Path(__file__).parent / "document"
DISTRICT = "441802"

KIND_OF_SEMANTIC = {
    "resident_id": "resident_id",
    "disability_certificate_no": "certificate",
    "month": "month",
    "town_name": "town",
    "village_name": "village",
}
KIND_OF_TYPE = {"date": "date", "number": "number", "integer": "integer", "boolean": "yes_or_no"}


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


def declared() -> dict[str, Dataset]:
    """Every dataset as the contracts have it."""
    found = {}
    for path in sorted(CONTRACTS.glob("*.odcs.yaml")):
        contract = yaml.safe_load(path.read_text("utf-8"))
        for raw in contract["schema"]:
            found[raw["name"]] = _dataset(contract["domain"], raw)
    return found


@cache
def shared_words(part: str) -> dict[str, list[str]]:
    """Headers by kind of column, or other words by the value of a list: the same in every table."""
    return yaml.safe_load((CONTRACTS / "synonyms.yaml").read_text("utf-8"))[part]


def _with_shared_headers(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Columns with the headers of their kind, except those that another column of the table has."""
    columns = tuple(columns)
    taken = {h for c in columns for h in c.headers}
    kinds = [c.semantic for c in columns]
    return tuple(
        replace(c, headers=(*c.headers, *(h for h in shared_words("headers")[c.semantic] if h not in taken)))
        if c.semantic in shared_words("headers") and kinds.count(c.semantic) == 1
        else c
        for c in columns
    )


def _ruled(dataset: Dataset) -> Dataset:
    """The dataset with what the definition says of rows, late dates and expectations."""
    added = new_tables().get(dataset.name)
    rules = {c.name: c for c in (added.columns if added else new_columns().get(dataset.name, ()))}
    columns = [
        replace(c, latest=rules[c.name].latest, rules=rules[c.name].rules) if c.name in rules else c
        for c in dataset.columns
    ]
    is_late = bool(added and added.is_late_only_taken)
    return replace(
        dataset,
        columns=_with_shared_headers(columns),
        is_expected_from_first=added is not None,
        is_late_only_taken=is_late,
    )


@cache
def datasets() -> dict[str, Dataset]:
    """Every dataset of every department by name."""
    return {name: _ruled(dataset) for name, dataset in declared().items()}


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def document(name: str) -> list[dict[str, str]]:
    """The rows that the definition adds to a catalogue."""
    if name == "indicator_targets":
        country = {"division_prefix": "", "valid_from": "2026-01-01", "valid_to": ""}
        return [
            {"indicator_code": r["code"], **country, "target": r["target"], "source": r["target_source"]}
            for r in document("indicators")
            if r["target"]
        ]
    return _csv(DOCUMENT / f"{name}.csv")


@cache
def seed(name: str) -> list[dict[str, str]]:
    """The rows of a catalogue."""
    if file := OF_COUNTIES.get(name):
        return [row for part in ("product", "default") for row in _csv(COUNTY / part / file)]
    of_district = DISTRICT_FILES / f"{name}.csv"
    return _csv(of_district if of_district.exists() else SEEDS / f"{name}.csv")


@cache
def rules(name: str) -> dict[str, dict[str, str]]:
    """The rules of ``risk_rules`` or ``conflict_rules`` by code."""
    return {r["rule_code"]: r for r in seed(name)}


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


def parameter_row(name: str, division: str, day: date) -> dict[str, str] | None:
    """The row valid on a day with the longest matching division prefix."""
    text, best = day.isoformat(), None
    for row in seed("policy_parameters"):
        if row["parameter"] != name or not division.startswith(row["division_prefix"]):
            continue
        if text < row["valid_from"] or (row["valid_to"] and text >= row["valid_to"]):
            continue
        if best is None or len(row["division_prefix"]) > len(best["division_prefix"]):
            best = row
    return best


def parameter(name: str, division: str, month: str) -> Decimal | None:
    """The value valid on the month's last day."""
    best = parameter_row(name, division, last_day(month))
    return Decimal(best["value"]) if best else None


@dataclass(frozen=True)
class Village:
    code: str
    name: str
    town_code: str
    town_name: str
    kind: str


def is_street(code: str, name: str) -> bool:
    """Digit 7 tells a street from a town; only farms, parks and the like need their name."""
    return code[6] == "0" or (code[6] in "45" and name.endswith(("街道", "街道办事处", "地区办事处")))


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
