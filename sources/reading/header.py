"""Find the header of a sheet and match its columns to the contract (semantics §2).

Belongs here: header rows, headers of several rows, header drift.
Does not belong here: one header text (``labels``), recognising the dataset of a file (``landing.recognise``), the rows
below (``table``).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sources.contracts.model import Column, Dataset
from sources.reading.files import Sheet
from sources.reading.files.sheet import SEARCHED_ROWS
from sources.reading.labels import Label, label_of, may_name, names_of, unit_below
from sources.reading.levels import levels_of, named, top_merges, under_heads, unit_cells
from sources.reading.own_output import refuse_own_output
from sources.text import masked, plain
from sources.units import power_of_ten

MAX_HEIGHT = 3
"""Most rows of a header, and of its vertically merged cells; a longer range is not a header."""
MAX_SHOWN = 24
"""Longest header text that a message quotes, in characters."""


_Matches = dict[str, list[tuple[int, Label]]]
"""Contract column name to the (spreadsheet column index, label) that name it, the preferred one first."""


@dataclass(frozen=True)
class Header:
    """The header of one sheet: its rows, and the spreadsheet column of each contract column."""

    last_row: int
    """Zero-based index of the header's last row."""
    columns: dict[str, int]
    """Contract column name to spreadsheet column index."""
    units: dict[str, str]
    """Contract column name to the unit in the header text."""
    texts: tuple[tuple[str, ...], ...]
    """Texts of the header rows in plain form (``text.plain``)."""
    labels: tuple[str, ...] = ()
    """The header text of each spreadsheet column; a header of several rows is joined."""
    doubles: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Contract column name to the spreadsheet columns whose header names it, if there are several; hidden ones last."""

    @property
    def first_row(self) -> int:
        """Zero-based index of the header's first row."""
        return self.last_row - len(self.texts) + 1

    def missing(self, dataset: Dataset) -> list[Column]:
        """List the required columns that have no header."""
        return [c for c in dataset.required if c.name not in self.columns]

    def suffices(self, dataset: Dataset) -> bool:
        """Check whether it names at least half of the required columns, and two."""
        present = len(dataset.required) - len(self.missing(dataset))
        return present >= max(2, (len(dataset.required) + 1) // 2)

    def unknown(self) -> list[tuple[int, str]]:
        """List the spreadsheet columns whose header text matches no contract column, with that text."""
        matched = {*self.columns.values(), *(i for places in self.doubles.values() for i in places)}
        return [(i, text) for i, text in enumerate(self.labels) if text and i not in matched]

    def wrong_units(self, dataset: Dataset) -> list[str]:
        """Describe, in Chinese, each header unit that does not convert to the contract's unit."""
        return [
            f"“{dataset[name].label}”的单位“{unit}”"
            for name, unit in self.units.items()
            if power_of_ten(unit, dataset[name].unit) is None
        ]


def shown(text: str) -> str:
    """Mask and shorten a header text so that logs and marts may show it."""
    return masked(text)[:MAX_SHOWN]


def _match(labels: Iterable[str], dataset: Dataset, hidden: frozenset[int]) -> _Matches:
    """Match header texts to columns.

    A visible column takes precedence over a hidden one, then a whole text over a text with remarks, then the leftmost
    header over later ones. A column that may hold something else counts only if there is no other.
    """
    found: _Matches = {}
    names = names_of(dataset)
    labelled = [(i, text, label) for i, text in enumerate(labels) if (label := label_of(text, dataset))]
    for i, _, label in sorted(labelled, key=lambda item: (item[0] in hidden, item[1] not in names)):
        found.setdefault(label.column.name, []).append((i, label))
    return {name: [p for p in places if p[1].is_sure] or places for name, places in found.items()}


def _is_better(found: _Matches, best: _Matches, is_same: bool) -> bool:
    """Prefer more columns; at equal columns prefer the same rows with the row below them if that adds units."""
    if len(found) != len(best) or not is_same:
        return len(found) > len(best)
    units, former = (sum(places[0][1].unit is not None for places in m.values()) for m in (found, best))
    return units > former


def _most_named(sheet: Sheet, texts: list[list[str]], dataset: Dataset) -> list[int]:
    """Give, for each row, the most columns that its texts can name; few rows of data need a closer look.

    A text also counts for the empty cells beside it, and a merged one for all its cells.
    """
    most = []
    for row in texts:
        named_here = sum(1 for text in row if may_name(text, dataset))
        most.append(named_here + row.count("") if named_here else 0)
    for top, left, bottom, right in top_merges(sheet):
        if right > left and top < len(texts) and may_name(texts[top][left], dataset):
            for below in range(top, min(bottom + 1, len(texts))):
                most[below] += right - left + 1
    return most


def best_header(sheet: Sheet, dataset: Dataset, skipped: frozenset[int] = frozenset()) -> Header | None:
    """Find the one to three rows among the first 20 that match the most columns; None if none matches two columns.

    The first single row wins a tie, unless the row below adds units (names above, units in a row of their own).
    A header cell that is merged vertically belongs to the header as a whole. No row of the header is ``skipped``. That
    of a typed original is its column names, whatever they match.
    """
    if sheet.is_typed:
        return _column_names(sheet, dataset)
    texts, hidden = sheet.top_texts, frozenset(sheet.hidden_columns.tolist())
    most = _most_named(sheet, texts, dataset)
    best: tuple[int, int, list[str], _Matches] | None = None
    for height in range(1, MAX_HEIGHT + 1):
        for row in range(min(SEARCHED_ROWS, len(texts)) - height + 1):
            if not skipped.isdisjoint(range(row, row + height)):
                continue
            goes_on = best is not None and (row, row + height - 2) == best[:2]
            if sum(most[row : row + height]) < (len(best[3]) + (not goes_on) if best else 2):
                continue
            labels = texts[row] if height == 1 else [named(t, dataset) for t in levels_of(sheet, texts, row, height)]
            found = _match(labels, dataset, hidden)
            if len(found) >= 2 and (best is None or _is_better(found, best[3], goes_on)):
                best = (row, row + height - 1, labels, found)
    if best is None:
        return None
    first, last, labels, found = best
    labels = under_heads(sheet, texts, first, last, labels, dataset)
    found = _match(labels, dataset, hidden)
    if last > first and any(len(places) > 1 for places in found.values()):
        labels = _told_apart(labels, ["".join(t) for t in levels_of(sheet, texts, first, last - first + 1)], found)
        found = _match(labels, dataset, hidden)
    columns = {name: places[0][0] for name, places in found.items()}
    units = {name: unit for name, places in found.items() if (unit := places[0][1].unit)}
    reach = [bottom for top, left, bottom, _ in top_merges(sheet) if first <= top <= last and left in columns.values()]
    lowest, last = last, max([last, *(bottom for bottom in reach if bottom < min(first + MAX_HEIGHT, len(texts)))])
    for row in range(lowest + 1, last + 1):
        units = units_with(units, unit_cells(sheet, row, texts[row]), columns, dataset)
    return Header(
        last_row=last,
        columns=columns,
        units=units,
        texts=tuple(tuple(texts[r]) for r in range(first, last + 1)),
        labels=tuple(labels),
        doubles={name: tuple(i for i, _ in places) for name, places in found.items() if len(places) > 1},
    )


def _column_names(sheet: Sheet, dataset: Dataset) -> Header:
    """Match the column names of a typed original: header texts, or the contract's own names in either case."""
    texts = [plain(name or "") for name in sheet.cells.row(0)]
    own = {column.name: plain(column.label) for column in dataset.columns}
    found = _match([own.get(text.lower(), text) for text in texts], dataset, frozenset())
    return Header(
        last_row=0,
        columns={name: places[0][0] for name, places in found.items()},
        units={name: unit for name, places in found.items() if (unit := places[0][1].unit)},
        texts=(tuple(texts),),
        labels=tuple(texts),
        doubles={name: tuple(i for i, _ in places) for name, places in found.items() if len(places) > 1},
    )


def units_with(
    units: dict[str, str], texts: Sequence[str], columns: dict[str, int], dataset: Dataset
) -> dict[str, str]:
    """Add the units that a row of the header names; two different ones together convert into no other unit."""
    units = dict(units)
    for name, index in columns.items():
        unit = unit_below(texts[index], dataset[name], dataset)
        if unit and units.get(name, unit) != unit:
            unit = f"{units[name]}、{unit}"
        units |= {name: unit} if unit else {}
    return units


def _told_apart(labels: list[str], whole: list[str], found: _Matches) -> list[str]:
    """Give columns their whole header text if only others name the contract column without leaving a group head out."""
    labels = list(labels)
    for places in found.values():
        partly = [i for i, _ in places if labels[i] != whole[i]]
        if len(partly) < len(places):
            for i in partly:
                labels[i] = whole[i]
    return labels


def find_header(sheet: Sheet, dataset: Dataset) -> Header | None:
    """Find the header of a sheet; None if it matches fewer than half of the required columns, or fewer than two.

    Hidden rows are searched only if no others are a header.
    """
    hidden = frozenset(sheet.hidden_rows[sheet.hidden_rows < SEARCHED_ROWS].tolist())
    for skipped in [hidden, frozenset[int]()] if hidden else [hidden]:
        header = best_header(sheet, dataset, skipped)
        if header and header.suffices(dataset):
            return header
    return None


def missing_message(header: Header, dataset: Dataset) -> str:
    """Report, in Chinese, the required columns without a header, the headers found and the closest matches."""
    lines = []
    texts = [t for t in header.labels if t]
    for column in header.missing(dataset):
        near = difflib.get_close_matches(plain(column.label), texts, n=2, cutoff=0.3)
        hint = f"(最接近的表头:{'、'.join(shown(n) for n in near)})" if near else ""
        lines.append(f"缺少必填列“{column.label}”{hint}")
    return f"{';'.join(lines)}。现有表头:{'、'.join(shown(t) for t in texts)}。请补上该列后重新报送。"


def fitting_datasets(sheets: Sequence[Sheet], datasets: Iterable[Dataset]) -> list[Dataset]:
    """Return the datasets whose required headers all occur in one visible sheet.

    Raises OwnOutputError if this system wrote the file to inform people.
    """
    refuse_own_output(sheets)
    visible = [s for s in sheets if not s.is_hidden]
    fitting = []
    for dataset in datasets:
        headers = (find_header(s, dataset) for s in visible)
        if any(h and not h.missing(dataset) for h in headers):
            fitting.append(dataset)
    return fitting
