"""From files to judged rows of one delivery of one dataset.

Belongs here: typed rows, duplicates, the critical rules of the gate. Does not belong here: which file is what,
what an earlier delivery looked like (``inbox``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.oracle.catalogue import first_day, last_day
from tests.oracle.columns import Column, Dataset
from tests.oracle.reading import cells
from tests.oracle.reading.header import (
    Header,
    body,
    check_doubles,
    check_units,
    find_header,
    later_headers,
    printed_totals,
)
from tests.oracle.reading.sheets import RefusedError, Sheet, read
from tests.oracle.regime import category


@dataclass
class Row:
    dataset: Dataset
    month: str
    delivery_no: int
    values: dict[str, Any]
    errors: list[tuple[str, str]]
    """(column, code) in contract order."""
    state: str = "accepted"
    """accepted, quarantined, duplicate or superseded"""
    error: str | None = None

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)


@dataclass
class File:
    name: str
    sha256: str
    received_at: datetime
    data: bytes
    display: str
    delivery_no: int = 1
    rows: list[Row] = field(default_factory=list)
    is_refused: bool = False
    is_in_force: bool = False
    printed_total_rows: str = "none"

    def count(self, state: str) -> int:
        return sum(r.state == state for r in self.rows)


def _convert(column: Column, raw: object, month: str, unit: str | None, town: str | None) -> Any:
    if column.name == "monitoring_category":
        return _category(raw, month)
    match column.kind:
        case "resident_id":
            return cells.resident_id(raw, month)
        case "certificate":
            return cells.certificate(raw, month)
        case "date":
            return cells.day(raw, month, column.latest)
        case "month":
            return cells.month_text(raw, month)
        case "number" | "integer":
            return cells.in_range(cells.number(raw, column, unit), column)
        case "yes_or_no":
            return cells.yes_or_no(raw)
        case "list":
            return cells.listed(raw, column)
        case "town":
            return cells.town(raw, month)
        case "village":
            return cells.village(raw, month, town)
        case _:
            return cells.plain_text(raw)


def _category(raw: object, month: str) -> str:
    """A delivered word that the month's scheme knows, as it was delivered."""
    word = cells.text_of(raw)
    if category(word, month) is None:
        raise cells.CellError("not_in_list")
    return word


def _break(column: Column, values: dict[str, Any]) -> str | None:
    """The code of the first rule that a filled cell breaks beside the others of its row."""
    own = values[column.name]
    for rule in column.rules:
        other = values[rule.other]
        if own is None or other is None:
            continue
        if rule.kind == "not_before" and own < other:
            return "before_other_date"
        if rule.kind == "not_above" and own > other:
            return "above_other_number"
    return None


def _is_lacking(column: Column, values: dict[str, Any]) -> bool:
    """Whether a cell is empty that the value of another cell asks for."""
    asked = any(r.kind == "when" and values[r.other] == r.value for r in column.rules)
    return asked and values[column.name] is None


def typed(dataset: Dataset, month: str, delivery_no: int, raw: dict[str, tuple[object, str | None]]) -> Row:
    """One row with typed values; a wrong cell is empty and has an error."""
    values: dict[str, Any] = {}
    errors: list[tuple[str, str]] = []
    for column in dataset.columns:
        cell, unit = raw.get(column.name, (None, None))
        values[column.name] = None
        if cells.is_missing(cell, column.kind, column.values):
            if column.required:
                errors.append((column.name, "required_missing"))
            continue
        try:
            if column.kind == "village" and any(name == "town_name" for name, _ in errors):
                raise cells.CellError("division_unknown")
            values[column.name] = _convert(column, cell, month, unit, values.get("town_name"))
        except cells.CellError as error:
            errors.append((column.name, str(error)))
    broken = [(c.name, code) for c in dataset.columns if (code := _break(c, values))]
    values |= dict.fromkeys([name for name, _ in broken])
    lacking = [(c.name, "required_missing") for c in dataset.columns if _is_lacking(c, values)]
    order = [c.name for c in dataset.columns]
    errors = sorted([*errors, *broken, *lacking], key=lambda error: order.index(error[0]))
    row = Row(dataset, month, delivery_no, values, errors)
    required = {c.name for c in dataset.columns if c.required} | {name for name, _ in lacking}
    if any(name in required for name, _ in errors):
        row.state, row.error = "quarantined", errors[0][1]
    return row


def _read_sheet(sheet: Sheet, file: File, dataset: Dataset, month: str) -> set[str]:
    header = find_header(sheet, dataset)
    if header is None:
        return set()
    headers = [header, *later_headers(sheet, header, dataset)]
    ends = [h.first_row for h in headers[1:]] + [len(sheet.rows)]
    tables = zip(headers, [0, *ends[:-1]], ends, strict=True)
    return set().union(*[_read_table(sheet, h, (first, stop), file, dataset, month) for h, first, stop in tables])


def _read_table(
    sheet: Sheet, header: Header, extent: tuple[int, int], file: File, dataset: Dataset, month: str
) -> set[str]:
    rows = body(sheet, header, dataset, *extent)
    for index in rows.data:
        raw = {column.name: (sheet.filled(index, i), unit) for i, (column, unit) in header.columns.items()}
        file.rows.append(typed(dataset, month, file.delivery_no, raw))
    if header.missing(dataset):
        file.is_refused = True
    try:
        check_units(header)
        check_doubles(sheet, header, dataset, rows.data)
    except RefusedError:
        file.is_refused = True
    return printed_totals(sheet, header, rows)


def read_file(file: File, dataset: Dataset, month: str) -> None:
    """Fill the file's rows. A file with a sheet that lacks a required column, or with no header, is refused."""
    try:
        sheets = [s for s in read(file.name, file.data) if not s.is_hidden]
    except RefusedError:
        file.is_refused = True
        return
    headed = [s for s in sheets if find_header(s, dataset)]
    results = set().union(*[_read_sheet(s, file, dataset, month) for s in headed])
    file.is_refused = file.is_refused or not headed
    file.printed_total_rows = "failed" if "failed" in results else "passed" if results else "none"


def mark_duplicates(rows: list[Row], dataset: Dataset) -> None:
    """The first of equal rows stays; a later row with a key that is taken is quarantined."""
    seen: set[tuple] = set()
    keys: set[tuple] = set()
    rows = [r for r in rows if r.state == "accepted"]
    for row in rows:
        content = tuple(row[c.name] for c in dataset.columns)
        if content in seen:
            row.state = "duplicate"
        seen.add(content)
    for row in rows:
        key = tuple(row[name] for name in dataset.key)
        if row.state == "accepted" and key in keys:
            row.state, row.error = "quarantined", "duplicate_key"
        keys.add(key)


def _few(bad: int, rows: int, percent: int) -> bool:
    return bad * 100 <= percent * rows or (rows < 50 and bad <= 1)


def is_admissible(files: list[File], dataset: Dataset, month: str, would_hold: int, previous: int | None) -> bool:
    """The critical rules of §4. ``previous``: rows of the accepted month before; None where there is none."""
    rows = [r for f in files for r in f.rows]
    usable = [r for f in files if not f.is_refused for r in f.rows if r.state in ("accepted", "duplicate")]
    if any(f.is_refused for f in files) and not usable:
        return False
    if not rows and not dataset.may_be_empty:
        return False
    bad = sum(f.is_refused or r.state == "quarantined" for f in files for r in f.rows)
    if not _few(bad, len(rows), 5):
        return False
    for column in dataset.columns:
        if column.kind == "resident_id" and not _few(sum(r[column.name] is None for r in rows), len(rows), 2):
            return False
    if not _few(sum(r.error == "duplicate_key" for r in rows), len(rows), 2):
        return False
    if (
        dataset.is_snapshot
        and previous is not None
        and previous >= 50
        and not previous <= 2 * would_hold <= 4 * previous
    ):
        return False
    if dataset.is_late_only_taken:
        return True
    days = [r[dataset.event_date] for r in rows if dataset.event_date and r[dataset.event_date]]
    return not days or any(first_day(month) <= d <= last_day(month) for d in days)
