"""Join the rows of a header: group heads, merged cells, units in heads and in rows of their own (semantics §2).

Belongs here: the texts of the first rows, column by column. Does not belong here: which rows are the header
(``header``), what one text says (``labels``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sources.contracts.model import Dataset
from sources.reading.files import Sheet
from sources.reading.files.sheet import SEARCHED_ROWS
from sources.reading.labels import Label, label_of, may_name, split_head, unit_below
from sources.units import UNITS, power_of_ten

ONLY_UNIT = re.compile(
    r"\(?(?:(?:计量)?单位[::]?)?[十百千万亿]*[美港欧日]?(?:元|公里|米|人)(?:[/每][^()]*)?\)?|(?:计量)?单位|[-—/]"
)
"""Text of a cell in a row of units."""
_ABOUT = re.compile("(?:基本|个人)?(?:信息|情况|资料)$")
_TITLE = re.compile("(?:表|册|台账|名单|明细)$")


def top_merges(sheet: Sheet) -> list[tuple[int, int, int, int]]:
    """List the merged ranges that begin in the searched rows, clipped to the right edge of the cells."""
    merges = sheet.merges[sheet.merges[:, 0] < SEARCHED_ROWS] if len(sheet.merges) else sheet.merges
    last = sheet.cells.width - 1
    return [(top, left, bottom, min(right, last)) for top, left, bottom, right in merges.tolist() if left <= last]


def group_heads(sheet: Sheet, texts: list[list[str]], row: int, last: int) -> list[str]:
    """Give the group head above each column; a merged cell counts for all its columns.

    In a row without such cells (CSV, heads centred across a selection) a group head extends over the empty cells to its
    right.
    """
    heads = list(texts[row])
    wide = [m for m in top_merges(sheet) if m[0] <= row <= m[2] and m[3] > m[1]]
    for top, left, _, right in wide:
        heads[left : right + 1] = [texts[top][left]] * (right - left + 1)
    if not wide:
        for i in range(1, len(heads)):
            heads[i] = heads[i] or (heads[i - 1] if any(lower[i] for lower in texts[row + 1 : last + 1]) else "")
    return heads


def levels_of(sheet: Sheet, texts: list[list[str]], row: int, height: int) -> list[tuple[str, ...]]:
    """Give the texts of a header of several rows column by column, from the topmost to the lowest."""
    heads = [group_heads(sheet, texts, row + i, row + height - 1) for i in range(height - 1)]
    lowest = texts[row + height - 1]
    return list(zip(*heads, unit_cells(sheet, row + height - 1, lowest) if heads else lowest, strict=True))


def unit_cells(sheet: Sheet, row: int, texts: Sequence[str]) -> list[str]:
    """Give the texts of a row of units; a unit that is merged, or alone in the row, counts for all cells it covers."""
    cells = list(texts)
    filled = [i for i, text in enumerate(cells) if text]
    merges = [m for m in top_merges(sheet) if m[0] == row and m[3] > m[1] and m[2] == row]
    ranges = [(left, right) for _, left, _, right in merges]
    if len(filled) == 1 and not ranges and filled[0]:
        ranges = [(filled[0], len(cells) - 1)]
    for left, right in ranges:
        if ONLY_UNIT.fullmatch(cells[left]):
            cells[left : right + 1] = [cells[left]] * (right - left + 1)
    return cells


def named(levels: tuple[str, ...], dataset: Dataset) -> str:
    """Join the rows of a header from the topmost one with which they name a column; else the lowest text counts.

    A unit in a group head counts for a column that names none itself; 信息, 情况 and the like at its end say nothing.
    """
    if not may_name("".join(levels), dataset):
        return _lowest(levels)
    heads = [split_head(text) for text in levels[:-1]]
    for i in range(len(levels)):
        bare = "".join([*(name for name, _ in heads[i:]), levels[-1]])
        whole = "".join(levels[i:])
        short = "".join([*(_ABOUT.sub("", name) for name, _ in heads[i:]), levels[-1]])
        for name, above in {whole: heads[:i], **{n: heads for n in (bare, short) if n != whole}}.items():
            if label := label_of(name, dataset):
                return _with_unit(name, label, [remark for _, remark in reversed(above) if remark], dataset)
    if len(levels) > 1 and ONLY_UNIT.fullmatch(levels[-1]) and label_of(upper := named(levels[:-1], dataset), dataset):
        return upper
    return _lowest(levels)


def _lowest(levels: tuple[str, ...]) -> str:
    return next((text for text in reversed(levels) if text), "")


def _with_unit(text: str, label: Label, remarks: list[str], dataset: Dataset) -> str:
    """Put the unit of the nearest group head behind the name of a column that has a unit but names none."""
    column = label.column
    if label.unit or not column.unit:
        return text
    for remark in remarks:
        unit = unit_below(remark, column, dataset)
        if unit and (unit not in UNITS or power_of_ten(unit, column.unit) is not None):
            return f"{text}({remark})"
    return text


def under_heads(
    sheet: Sheet, texts: list[list[str]], first: int, last: int, labels: list[str], dataset: Dataset
) -> list[str]:
    """Add the units of group heads in the row above a header that names all columns by itself.

    A head over all columns is a title, and so is a text that ends in the name of a list or only in a unit.
    """
    if first == 0:
        return labels
    heads = group_heads(sheet, texts, first - 1, last)
    found = [label_of(text, dataset) for text in labels]
    known = [i for i, label in enumerate(found) if label]
    labels = list(labels)
    for i, label in enumerate(found):
        name, remark = split_head(heads[i])
        if label and name and remark and heads[known[0]] != heads[i] and not _TITLE.search(name):
            labels[i] = _with_unit(labels[i], label, [remark], dataset)
    return labels
