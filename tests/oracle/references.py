"""Recompute the references of accepted rows, and find evidence that does not lead to a row of its subject.

Belongs here: the HMAC of a delivered row, by the standard library. Does not belong here: other cells of the marts.
"""

from __future__ import annotations

import hmac
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

from tests.oracle.numbers import form

Reference = tuple[str, str, str, str]
"""Department, dataset, month and ref."""
Record = dict[str, Any]
_KEYS = ("household_key", "person_key", "head_person_key", "division_code")
_NUMBERS = ("asset_no", "project_no")
"""Numbers that a conflict names as their own row has them, or in the form in which numbers compare."""


def row_ref(secret: str, dataset: str, month: str, place: tuple[int, int, int, int]) -> str:
    """The reference of a row, ``place`` being delivery, file, sheet and row number."""
    text = "row:" + "|".join([dataset, month, *map(str, place)])
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()[:16]


def accepted_rows(home: Path, secret: str) -> dict[Reference, Record]:
    """Every accepted row of every month, by its reference."""
    found = {}
    for file in (home / "warehouse" / "accepted").glob("*/*/month=*/rows.parquet"):
        department, dataset, month = (*file.parts[-4:-2], file.parent.name.removeprefix("month="))
        for row in _records(f"select * from read_parquet('{file}')"):
            place = (row["delivery_no"], row["file_no"], row["sheet_no"], row["row_number"])
            found[department, dataset, month, row_ref(secret, dataset, month, place)] = row
    return found


def strays(home: Path, secret: str) -> list[str]:
    """References in flags and conflicts that name no accepted row, or one that has nothing to do with the subject."""
    rows, marts = accepted_rows(home, secret), home / "published" / "marts.duckdb"
    homes: dict[str, set[str]] = defaultdict(set)
    for (_, dataset, _, _), row in rows.items():
        if dataset == "household_register":
            homes[row["person_key"]].add(row["household_key"])
    found: list[str] = []
    for flag in _records("select * from m.marts.household_risk_flags", marts):
        for reference in _references(json.loads(flag["evidence"])):
            of = _subjects(rows.get(reference, {}))
            is_of_household = flag["household_key"] in of.union(*(homes[key] for key in of if key in homes))
            found += [] if is_of_household else [f"{flag['lead_id']} {flag['month']}: {reference}"]
    for conflict in _records("select * from m.marts.reconciliation_conflicts", marts):
        subject = conflict["person_key"] or conflict["household_key"] or conflict["subject"]
        references = _references(json.loads(conflict["detail"])["evidence"])
        lost = [r for r in references if subject not in _subjects(rows.get(r, {}))]
        found += [f"{conflict['conflict_id']} {conflict['month']}: {r}" for r in lost]
    return found


def _references(evidence: list[Record]) -> list[Reference]:
    return [(r["department"], r["dataset"], r["month"], r["ref"]) for r in evidence]


def _subjects(row: Record) -> set[str]:
    numbers = {form(row[key]) for key in _NUMBERS if row.get(key)}
    subjects = {row[key] for key in (*_KEYS, *_NUMBERS) if row.get(key) is not None} | numbers
    if row.get("document_no"):
        of_year = f"{row['fund_year']}|{row['fund_level']}"
        subjects |= {of_year, f"{form(row['document_no'])}|{of_year}"}
    return subjects


def _records(sql: str, database: Path | None = None) -> list[Record]:
    with duckdb.connect() as connection:
        if database:
            connection.execute(f"attach '{database.resolve()}' as m (read_only)")
        cursor = connection.execute(sql)
        names = [d[0] for d in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
