"""Find rows of units below a header, and rows of filling notes that name units (semantics §2).

Belongs here: such rows that the header itself does not hold. Does not belong here: one text (``labels``, ``remarks``).
"""

from __future__ import annotations

import re
from dataclasses import replace

from sources.contracts.model import Dataset
from sources.reading.about_columns import rows_about_columns
from sources.reading.files import Sheet
from sources.reading.header import Header, units_with
from sources.reading.labels import MAX_LENGTH, unit_below
from sources.reading.levels import ONLY_UNIT, unit_cells
from sources.reading.lines import NOTHING
from sources.reading.remarks import BRACKETS, NOTE, note_or_unit

_MAX_ROWS = 4
"""Most rows about the columns below a header."""
_ASIDE = re.compile(rf"\(?(?:{NOTE}|(?:计量)?单位)\)?")


def with_rows_below(sheet: Sheet, header: Header, dataset: Dataset) -> Header:
    """Extend a header over the rows of units below it, also behind a row of column numbers.

    A column of which a note says that it holds something else is left out, so that the sheet is refused if it is
    required.
    """
    cells = sheet.plain
    about = rows_about_columns(cells, header)
    found, texts = header, list(header.texts)
    for row in range(header.last_row + 1, min(header.last_row + 1 + _MAX_ROWS, cells.height)):
        values = unit_cells(sheet, row, [text or "" for text in cells.row(row)])
        is_note = all(_is_aside(values[i]) for i in header.columns.values())
        if is_note and _names_something(values, header, dataset):
            texts.append(tuple(values))
            units = units_with(found.units, values, header.columns, dataset)
            columns = {n: i for n, i in found.columns.items() if not _is_other(values[i], n, dataset)}
            found = replace(found, last_row=row, units=units, columns=columns, texts=tuple(texts))
        elif row in about or not any(values):
            texts.append(("",) * len(values))
        else:
            break
    return found


def _is_aside(text: str) -> bool:
    if len(text) > MAX_LENGTH:
        return False
    text = text.translate(BRACKETS)
    return not text or text in NOTHING or bool(_ASIDE.fullmatch(text) or ONLY_UNIT.fullmatch(text))


def _names_something(texts: list[str], header: Header, dataset: Dataset) -> bool:
    """Check whether a row of notes names a unit, or says of a column that it holds something else."""
    return any(
        unit_below(texts[i], dataset[name], dataset) or _is_other(texts[i], name, dataset)
        for name, i in header.columns.items()
    )


def _is_other(text: str, name: str, dataset: Dataset) -> bool:
    """Check whether a note says of a column with identities that it is somebody else's."""
    column = dataset[name]
    text = text.translate(BRACKETS).strip("()")
    is_note = column.is_identity and bool(re.fullmatch(NOTE, text))
    return is_note and note_or_unit(text, column, dataset.counted) is None
