"""Settle which column to read if the headers of several columns name the same one (semantics §2).

Belongs here: hidden columns, columns with equal cells. Does not belong here: finding the header (``header``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from sources.contracts.model import Dataset
from sources.reading.files import Sheet
from sources.reading.files.package import column_letters
from sources.reading.header import Header, shown
from sources.reading.labels import label_of
from sources.reading.table import extract_table, source_rows
from sources.text_series import plain_series


@dataclass(frozen=True)
class Settled:
    """A header with one column for each contract column, and what to say about the others, in Chinese."""

    header: Header
    conflicts: tuple[str, ...] = ()
    """Columns of the same name with different cells: the sheet cannot be read without a guess."""
    notices: tuple[str, ...] = ()
    """Hidden columns that are read or left out."""


def settle_doubles(sheet: Sheet, header: Header, dataset: Dataset) -> Settled:
    """Choose among columns of the same name: a visible one, one with content, any if the cells of all are equal."""
    columns, units = dict(header.columns), dict(header.units)
    conflicts, notices = [], []
    rows = _data_rows(sheet, header, dataset) if header.doubles else pl.Series(dtype=pl.Int64)
    hidden = set(sheet.hidden_columns.tolist())
    for name, places in header.doubles.items():
        seen = [i for i in places if i not in hidden] or list(places)
        texts = {i: _texts(sheet, i, header, rows) for i in seen}
        if dataset[name] in dataset.numeric_columns:
            texts = {i: _short(numbers) for i, numbers in texts.items()}
        filled = [i for i in seen if texts[i].is_not_null().any()] or seen[:1]
        chosen = columns[name] = filled[0]
        unit = {i: _unit(header.labels[i], dataset) for i in filled}
        units = {**units, name: unit[chosen] or ""} if unit[chosen] else {n: u for n, u in units.items() if n != name}
        other = next((i for i in filled if not _agree(i, chosen, texts, unit, dataset[name].unit)), None)
        if other is not None:
            conflicts.append(_conflict(sheet, header, dataset[name].label, chosen, other))
        left_out = [i for i in places if i in hidden and i not in seen]
        notices += [
            f"{_cell(sheet, header, i)}是隐藏的列,与{_cell(sheet, header, chosen)}同名,只读取显示的列" for i in left_out
        ]
    read = sorted(i for i in columns.values() if i in hidden)
    notices += [f"{_cell(sheet, header, i)}是隐藏的列,仍作为数据读取" for i in read]
    return Settled(replace(header, columns=columns, units=units), tuple(conflicts), tuple(notices))


def _data_rows(sheet: Sheet, header: Header, dataset: Dataset) -> pl.Series:
    """List the zero-based rows with data: totals may be in one of the columns only."""
    rows = extract_table(sheet, header, dataset).rows
    return rows.filter(pl.col("role") == "data")["row_number"].cast(pl.Int64) - sheet.above - 1


def _texts(sheet: Sheet, column: int, header: Header, rows: pl.Series) -> pl.Series:
    """Give the plain texts of a column in these rows."""
    source = source_rows(sheet, column, header.last_row + 1)[rows.to_numpy()]
    return plain_series(sheet.cells[f"c{column}"].gather(source))


def _short(numbers: pl.Series) -> pl.Series:
    """Write numbers without thousands separators and zeros at the end: 1,436.50 and 1436.5 are equal."""
    return numbers.str.replace_all(",", "").str.replace(r"^(-?[0-9]+)(?:\.0*|(\.[0-9]*[1-9])0*)$", "$1$2")


def _unit(text: str, dataset: Dataset) -> str | None:
    label = label_of(text, dataset)
    return label.unit if label else None


def _agree(one: int, two: int, texts: dict[int, pl.Series], unit: dict[int, str | None], usual: str | None) -> bool:
    return (unit[one] or usual) == (unit[two] or usual) and texts[one].equals(texts[two], check_names=False)


def _conflict(sheet: Sheet, header: Header, label: str, one: int, two: int) -> str:
    cells = "和".join(_cell(sheet, header, i) for i in sorted((one, two)))
    return f"{cells}都是“{label}”列,内容却不同;请删除多余的一列,或改正它的列名,只保留一列“{label}”,再重新报送。"


def _cell(sheet: Sheet, header: Header, column: int) -> str:
    """Name a header cell with its text: the lowest row of the header in which the column has one."""
    row = max((r for r, texts in enumerate(header.texts) if texts[column]), default=0)
    return f"{column_letters(column + 1)}{sheet.above + header.first_row + row + 1}“{shown(header.labels[column])}”"
