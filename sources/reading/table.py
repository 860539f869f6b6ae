"""Extract the data rows of a sheet: skipped rows, merged cells, printed totals (semantics §2).

Belongs here: everything between the header and typed values.
Does not belong here: conforming a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sources.contracts.model import Dataset
from sources.reading.about_columns import is_example, rows_about_columns
from sources.reading.files import Sheet
from sources.reading.header import Header
from sources.reading.lines import NOTHING, Columns, keyless_rows, line_role
from sources.reading.statistics import is_statistics
from sources.reading.totals import PART, WHOLE

TOTALS = (WHOLE, "总计", PART)


@dataclass(frozen=True)
class Table:
    """Rows of one sheet under their contract column names.

    ``rows`` has ``row_number`` (the spreadsheet's own), ``role`` (data or total), ``label`` (the word of a total: one
    of ``TOTALS``), ``section`` (number of the part that totals over the whole close), and per contract column of the
    header ``<name>`` (text as delivered), ``<name>__text`` (plain text) and ``<name>__type`` (cell type). Total rows
    keep their position in the sheet, also above the header. Columns that are dates, decimals or integers at the source
    have their values in ``<name>__typed``. ``sheet_columns`` lists the numbers of the sheet's columns,
    from 0, in contract order and separated by commas; the number of a column that the header lacks is empty.
    """

    rows: pl.DataFrame
    units: dict[str, str]
    unanswered: int = 0
    """Number of rows skipped because they hold only what the office printed on the form."""
    notes: tuple[int, ...] = ()
    """Row numbers of notes, signatures, footers, headings, examples and means, which are skipped."""
    has_1904_dates: bool = False
    """Serial numbers of days begin in 1904."""


def source_rows(sheet: Sheet, column: int, first: int) -> np.ndarray:
    """Give, for each row of a column, the row that holds its cell: a vertically merged cell fills its own range only.

    A range that is also wide fills its first column only. Ranges that begin above row ``first`` belong to the header.
    Where ranges overlap, which Excel does not allow, the last one to begin counts.
    """
    rows = np.arange(sheet.cells.height)
    merges = sheet.merges
    tall = merges[(merges[:, 1] == column) & (merges[:, 2] > merges[:, 0]) & (merges[:, 0] >= first)]
    if not len(tall):
        return rows
    tall = tall[np.argsort(tall[:, 0], kind="stable")]
    latest = np.searchsorted(tall[:, 0], rows, side="right") - 1
    start, end = tall[latest, 0], tall[latest, 2]
    return np.where((latest >= 0) & (rows <= end), start, rows)


def is_repeated_header(header: Header) -> pl.Expr:
    """Match rows that repeat the header.

    Every filled cell of a matched column equals its header text, and at least two cells do (one if the header has
    several rows). A row that repeats half of the names but not all is the header of a table that lacks a column.
    """
    same, other = [], []
    for index in header.columns.values():
        cell = pl.col(f"c{index}")
        is_same = cell.is_in(_texts_of(header, index)).fill_null(False)
        same.append(is_same)
        other.append(cell.is_not_null() & ~is_same)
    enough = 2 if len(header.texts) == 1 else 1
    return (pl.sum_horizontal(same) >= enough) & ~pl.any_horizontal(*other, *_lacking_a_name(header))


def _lacking_a_name(header: Header) -> list[pl.Expr]:
    """Match, for each row of a header, the rows with half of its texts or more, but not all of them."""
    found = []
    for row in header.texts or (header.labels,):
        names = [pl.col(f"c{i}") == row[i] for i in header.columns.values() if row[i]]
        if len(names) > 2:
            found.append((2 * pl.sum_horizontal(names)).is_between(len(names), 2 * len(names) - 1))
    return found


def _texts_of(header: Header, index: int) -> list[str]:
    """List the texts of a column in the header."""
    return [row[index] for row in header.texts if row[index]] + [header.labels[index]]


def repeated_headers(cells: pl.DataFrame, header: Header) -> pl.Series:
    """List the rows but its own that repeat a header (``is_repeated_header``); two columns rule out nearly all data."""
    columns = [(pl.col(f"c{i}"), _texts_of(header, i)) for i in list(header.columns.values())[:2]]
    may_repeat = pl.all_horizontal(cell.is_null() | cell.is_in(texts) for cell, texts in columns)
    rows = cells.select(may_repeat).to_series().arg_true().cast(pl.Int64)
    rows = rows.filter((rows < header.first_row) | (rows > header.last_row))
    return rows.filter(cells[rows].select(is_repeated_header(header)).to_series()) if len(rows) else rows


def _roles(sheet: Sheet, header: Header, dataset: Dataset) -> pl.DataFrame:
    """Give every row of the sheet its role and its label, the first filled cell without its trailing colon."""
    cells = sheet.plain
    if sheet.is_typed:
        return _rows_below(sheet, header)
    roles = cells.select(first=pl.coalesce(pl.all()), keyless=keyless_rows(cells, header, dataset))
    repeated = repeated_headers(cells, header)
    repeated = repeated.filter(repeated > header.last_row)
    about = rows_about_columns(cells, header, repeated.filter(repeated.diff().shift(-1).ne_missing(1)).to_list())
    examples = [row for row in about if is_example(roles["first"][row])]
    roles = roles.with_columns(label=pl.col("first").str.strip_chars_end("::"))
    totals = roles["label"].head(max(0, header.first_row)).is_in(TOTALS).arg_true()
    row = pl.int_range(pl.len())
    role = (
        pl.when(pl.col("first").is_null()).then(pl.lit("blank"))
        .when(row.is_between(header.first_row, header.last_row)).then(pl.lit("header"))
        .when(row.is_in(totals.implode())).then(pl.lit("total"))
        .when(row < header.first_row).then(pl.lit("title"))
        .when(row.is_in([*repeated, *sorted({*about} - {*examples})])).then(pl.lit("header"))
        .when(row.is_in(examples)).then(pl.lit("note"))
        .when("keyless").then(pl.lit("keyless"))
        .otherwise(pl.lit("data"))
    )  # fmt: skip
    return _with_lines(roles.select(role=role, label="label"), sheet, header, dataset)


def _rows_below(sheet: Sheet, header: Header) -> pl.DataFrame:
    """Give the roles of a typed original: every row below the column names is data, also one without any value."""
    role = pl.when(pl.int_range(sheet.cells.height) > header.last_row).then(pl.lit("data")).otherwise(pl.lit("header"))
    return pl.select(role=role, label=pl.lit(None, pl.String))


def _with_lines(roles: pl.DataFrame, sheet: Sheet, header: Header, dataset: Dataset) -> pl.DataFrame:
    """Tell the rows without a key: totals, notes or data; few rows are looked at, one by one."""
    rows = (roles["role"] == "keyless").arg_true()
    if rows.is_empty():
        return roles
    merges = sheet.merges
    is_wide = 2 * (merges[:, 3] - merges[:, 1] + 1) > max(2, len(header.columns))
    merged = np.isin(rows.to_numpy(), merges[is_wide & (merges[:, 0] == merges[:, 2]), 0])
    columns = Columns(header, dataset)
    cells = sheet.plain[rows].rows()
    found = [line_role(texts, wide, columns) for texts, wide in zip(cells, merged, strict=True)]
    last = (roles["role"] == "data").arg_true().max() or 0
    found = [
        ("note", None) if line[0] == "data" and row > last and is_statistics(_filled(texts), columns) else line
        for row, texts, line in zip(rows, cells, found, strict=True)
    ]
    role, kind = (pl.Series(values, dtype=pl.String) for values in zip(*found, strict=True))
    label = roles["label"].gather(rows)
    label = pl.select(pl.when(label.is_in(TOTALS) & (kind == WHOLE)).then(label).otherwise(kind)).to_series()
    return pl.DataFrame([roles["role"].scatter(rows, role), roles["label"].scatter(rows, label)])


def _filled(texts: tuple[str | None, ...]) -> dict[int, str]:
    return {i: text for i, text in enumerate(texts) if text and text not in NOTHING}


def _sections(roles: pl.DataFrame, header: Header) -> np.ndarray:
    """Give each row the number of its part; a repeated header begins one if a total over the whole is above it."""
    is_total = (roles["role"] == "total") & roles["label"].ne_missing(PART)
    totals, headers = np.flatnonzero(is_total), np.flatnonzero(roles["role"] == "header")
    below = headers[headers > header.last_row]
    before = np.searchsorted(totals, np.concatenate(([header.last_row], below)))
    return np.searchsorted(below[np.diff(before) > 0], np.arange(roles.height), side="right")


def _answered(table: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Leave out the data rows of a form that nobody filled in: a lead not yet verified has its lead id alone."""
    columns = [c for c in dataset.columns if c.name in table.columns]
    asked = [pl.col(f"{c.name}__text") for c in columns if not c.is_prefilled]
    if len(asked) == len(columns):
        return table
    is_unanswered = pl.all_horizontal(c.is_null() | c.is_in(NOTHING) for c in asked)
    return table.filter(~((pl.col("role") == "data") & is_unanswered))


def extract_table(sheet: Sheet, header: Header, dataset: Dataset) -> Table:
    """Take the data and total rows, with vertically merged data cells filled."""
    plain = sheet.plain
    roles = _roles(sheet, header, dataset)
    kept = roles["role"].is_in(["data", "total"])
    rows = np.flatnonzero(kept.to_numpy())
    is_total = (roles["role"].filter(kept) == "total").to_numpy()
    columns: dict[str, pl.Series | np.ndarray] = {
        "row_number": (rows + sheet.above + 1).astype(np.int32),
        "role": roles["role"].filter(kept),
        "label": roles["label"].filter(kept),
        "section": _sections(roles, header)[rows],
    }
    read = list(dict.fromkeys(f"c{index}" for index in header.columns.values())) or sheet.cells.columns[:1]
    raw, texts = (cells.select(read).filter(kept) for cells in (sheet.cells, plain))
    for name, index in header.columns.items():
        cell = f"c{index}"
        source = np.where(is_total, rows, source_rows(sheet, index, header.last_row + 1)[rows])
        is_merged = not np.array_equal(source, rows)
        columns[name] = sheet.cells[cell].gather(source) if is_merged else raw[cell]
        columns[f"{name}__text"] = plain[cell].gather(source) if is_merged else texts[cell]
        columns[f"{name}__type"] = sheet.type_of(index)[source]
        if index in sheet.typed:
            columns[f"{name}__typed"] = sheet.typed[index].gather(source)
    places = ",".join(str(header.columns.get(column.name, "")) for column in dataset.columns)
    table = pl.DataFrame(columns).with_columns(sheet_columns=pl.lit(places))
    answered = _answered(table, dataset)
    notes = tuple((roles["role"] == "note").arg_true().to_numpy() + sheet.above + 1)
    return Table(answered, header.units, table.height - answered.height, notes, sheet.has_1904_dates)
