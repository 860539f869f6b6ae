"""Write an original again without a person: the same cells at the same places, as a plain CSV, xlsx or typed original.

Belongs here: rewriting the bytes of one file. Does not belong here: the archive and its log (``archive``).

A workbook keeps its cells, their types and merged ranges, and nothing else: hidden sheets, comments, properties and
styles are not read, so they could hide the person.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np
import polars as pl
import xlsxwriter

from sources.erasure.mentions import mentions
from sources.erasure.person import Person
from sources.erasure.typed_originals import typed_original
from sources.landing.deliveries import EXTENSIONS
from sources.landing.zips import list_zip, read_member
from sources.reading.files import Read, Sheet
from sources.reading.files.sheet import DATE, NUMBER, OTHER, SCALED, UNCLEAR, UNCOMPUTED
from sources.reading.totals import TOTAL_WORDS, total_kind
from sources.refusal import RefusedError

_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_FORMATS = {10: "yyyy-mm-dd", 19: "yyyy-mm-dd hh:mm:ss", 8: "hh:mm:ss"}
_HIDING = ";;;"
_FIGURE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(.*)", re.DOTALL)
Form = Callable[[str], object]
"""Makes the format of a code."""


class CannotRewriteError(Exception):
    """A file that names the person cannot be written again with the same cells."""


def without_person(content: bytes, name: str, person: Person, read: Read) -> bytes | None:
    """Return the bytes of an original without the person; None if it does not mention the person.

    A file that cannot be read, and mentions the person, becomes an empty one, which is refused as it was. Raises
    CannotRewriteError if the new file would not be read as the old one.
    """
    if name.lower().endswith(".zip"):
        return _zip(content, person, read)
    try:
        sheets = read(lambda: content)
    except RefusedError:
        return b"" if mentions(content, person.needles) else None
    cleared = [_cleared(sheet, person) for sheet in sheets]
    is_same = all(new.cells.equals(old.cells) for new, old in zip(cleared, sheets, strict=True))
    if is_same and not mentions(content, person.needles):
        return None
    if sheets[0].is_typed:
        written = typed_original(content, cleared[0])
    else:
        written = _workbook(cleared) if content.startswith(_WORKBOOK) else _csv(cleared)
    if not _reads_as(written, cleared, read):
        raise CannotRewriteError
    return written


def _zip(content: bytes, person: Person, read: Read) -> bytes | None:
    try:
        members = list_zip(content)
    except RefusedError:
        return b"" if mentions(content, person.needles) else None
    written: dict[str, bytes] = {}
    is_changed = False
    for name, member in members.items():
        try:
            inside = read_member(content, member)
        except RefusedError:
            raise CannotRewriteError from None
        is_table = name.lower().endswith(EXTENSIONS)
        new = (
            without_person(inside, name, person, read)
            if is_table
            else b""
            if mentions(inside, person.needles)
            else None
        )
        shown = person.hide(name)
        is_changed = is_changed or new is not None or shown != name
        written[shown] = inside if new is None else new
    if not is_changed:
        return None
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in written.items():
            archive.writestr(name, inside)
    return out.getvalue()


def _cleared(sheet: Sheet, person: Person) -> Sheet:
    """Empty the person's rows and mask the person's names; rows keep their numbers.

    Printed totals of a sheet with such rows are emptied too: the difference would be the person's.
    """
    if sheet.cells.is_empty():
        return sheet
    is_own = person.is_of_row(sheet.cells)
    if is_own.any():
        sheet = _unmerged(sheet, is_own.to_numpy())
        is_own |= _are_totals(sheet.cells) & (not sheet.is_typed)
    cells = person.masked(sheet.cells).with_columns(
        pl.when(~is_own).then(pl.col(name)).alias(name) for name in sheet.cells.columns
    )
    return replace(sheet, cells=cells)


def _are_totals(cells: pl.DataFrame) -> pl.Series:
    """Match rows with the label of a total in the first filled cell, or in any cell of a row with a number."""
    texts = cells.select(pl.all().str.replace_all(r"\s", ""))
    has_word, has_number = (
        pl.any_horizontal(pl.all().str.contains(form)).fill_null(value=False) for form in (TOTAL_WORDS, "^[-0-9.,]+$")
    )
    first = pl.coalesce(pl.all()).str.contains(TOTAL_WORDS).fill_null(value=False)
    found = texts.select(first=first, other=~first & has_word & has_number)
    rows = found["other"].arg_true()
    told = [any(total_kind(text, is_code=True) for text in row if text) for row in texts[rows].rows()]
    return found["first"].scatter(rows, pl.Series(told, dtype=pl.Boolean))


def _unmerged(sheet: Sheet, is_own: np.ndarray) -> Sheet:
    """Give each row its own cell where a merged range has one of the person's rows: that cell may be the first."""
    merges = sheet.merges
    before = np.concatenate([[0], np.cumsum(is_own)])
    bottom = np.minimum(merges[:, 2], len(is_own) - 1)
    is_split = (merges[:, 2] > merges[:, 0]) & (before[bottom + 1] > before[np.minimum(merges[:, 0], bottom)])
    cells, types = sheet.cells, dict(sheet.types)
    for column in np.unique(merges[is_split, 1]).tolist():
        source = np.arange(cells.height)
        for top, _, last, _ in merges[is_split & (merges[:, 1] == column)].tolist():
            source[top : last + 1] = top
        cells = cells.with_columns(cells[f"c{column}"].gather(source))
        types[column] = sheet.type_of(column)[source]
    return replace(sheet, cells=cells, types=types, merges=merges[~is_split])


def _csv(sheets: Sequence[Sheet]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in sheets[0].cells.iter_rows():
        writer.writerow(row if any(cell is not None for cell in row) else [])
    return out.getvalue().encode()


def _workbook(sheets: Sequence[Sheet]) -> bytes:
    out = io.BytesIO()
    by_number = {sheet.number: sheet for sheet in sheets}
    has_1904_dates = any(sheet.has_1904_dates for sheet in sheets)
    with xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": has_1904_dates}) as book:
        form = cache(lambda code: book.add_format({"num_format": code}))
        for number in range(1, max(by_number, default=1) + 1):
            target = book.add_worksheet(f"{number}")
            sheet = by_number.get(number)
            if sheet is None or sheet.is_hidden:
                target.hide()
            else:
                _write_cells(target, sheet, form)
        shown = next((n for n, s in by_number.items() if not s.is_hidden), 1)
        book.worksheets()[shown - 1].activate()
        book.worksheets()[shown - 1].set_first_sheet()
    return out.getvalue()


def _write_cells(target: xlsxwriter.worksheet.Worksheet, sheet: Sheet, form: Form) -> None:
    for top, left, bottom, right in _large(sheet.merges).tolist():
        try:
            target.merge_range(top, left, bottom, right, "")
        except xlsxwriter.exceptions.OverlappingRange:
            raise CannotRewriteError from None
    for column, name in enumerate(sheet.cells.columns):
        kinds = sheet.type_of(column)
        for row, text in enumerate(sheet.cells[name].to_list()):
            if text is not None:
                _write_cell(target, row, column, text, int(kinds[row]), form)


def _write_cell(
    target: xlsxwriter.worksheet.Worksheet, row: int, column: int, text: str, kind: int, form: Form
) -> None:
    write: Callable[..., object] = target.write_string
    value: object = text
    code = ""
    try:
        if kind == NUMBER:
            write, value, code = target.write_number, float(text), _padding(text)
        elif kind == SCALED:
            write, (value, code) = target.write_number, _scaling(text)
        elif kind == UNCOMPUTED:
            write = target.write_formula
        elif kind == UNCLEAR:
            code = _HIDING
        elif kind == DATE:
            write, value, code = target.write_datetime, dt.datetime.fromisoformat(text), _FORMATS.get(len(text), "")
        elif kind == OTHER and text in ("true", "false"):
            write, value = target.write_boolean, text == "true"
        elif kind == OTHER:
            write, value, code = target.write_datetime, dt.time.fromisoformat(text), _FORMATS.get(len(text), "")
    except ValueError:
        raise CannotRewriteError from None
    write(row, column, value, *([form(code)] if code else []))


def _padding(text: str) -> str:
    """Return the format of a number with zeros in front."""
    return "0" * len(text) if text.isdecimal() and text.startswith("0") and len(text) > 1 else ""


def _scaling(text: str) -> tuple[float, str]:
    """Return a number and the format that scales it to the figure. Raises ValueError if it is none."""
    found = _FIGURE.fullmatch(text)
    if found is None or '"' in found[2]:
        raise ValueError
    return float(1000 * Decimal(found[1])), f'0.0,"{found[2]}"'


def _reads_as(content: bytes, wanted: Sequence[Sheet], read: Read) -> bool:
    """Check that bytes are read as the wanted cells, types and merged ranges; empty rows at the end may be left out."""
    try:
        found = {sheet.number: sheet for sheet in read(lambda: content)}
    except RefusedError:
        # A table without any row is refused as empty, as the new file then should be.
        return all(_trimmed(sheet).is_empty() for sheet in wanted)
    return all(_is_alike(found.get(sheet.number), sheet) for sheet in wanted)


def _is_alike(found: Sheet | None, wanted: Sheet) -> bool:
    if found is None or wanted.is_hidden:
        return wanted.is_hidden or _trimmed(wanted).is_empty()
    cells = _trimmed(wanted)
    kinds = all(
        (found.type_of(c)[:rows] == wanted.type_of(c)[:rows])[present.to_numpy()].all()
        for c, present in ((c, cells[name].is_not_null()) for c, name in enumerate(cells.columns))
        if (rows := cells.height)
    )
    is_same = kinds and found.has_1904_dates == wanted.has_1904_dates and found.is_typed == wanted.is_typed
    is_same = is_same and _trimmed(found).equals(cells)
    return bool(is_same and np.array_equal(_large(found.merges), _large(wanted.merges)))


def _large(merges: np.ndarray) -> np.ndarray:
    """Sort the ranges of more than one cell."""
    large = merges[(merges[:, 0] != merges[:, 2]) | (merges[:, 1] != merges[:, 3])]
    in_order: np.ndarray = large[np.lexsort(large.T[::-1])]
    return in_order


def _trimmed(sheet: Sheet) -> pl.DataFrame:
    """Leave out empty rows and columns at the end."""
    cells = sheet.cells
    if cells.is_empty():
        return pl.DataFrame()
    filled = [name for name in cells.columns if cells[name].null_count() < cells.height]
    rows = cells.select(found=pl.any_horizontal(pl.all().is_not_null()))["found"].arg_true()
    if not filled:
        return pl.DataFrame()
    return cells.select(cells.columns[: cells.columns.index(filled[-1]) + 1]).head(int(rows[-1]) + 1)
