"""Word the header of a sheet and order its columns, in one row or two.

Belongs here: labels, synonyms, units in headers, group heads, the order of columns. Does not belong here: data rows.
All words except group heads come from the contract.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample.clerks.style import Style
from sources.contracts.model import Column, Dataset

_SYNONYM_SHARE, _SPACED_SHARE, _WIDE_BRACKETS = 0.4, 0.08, 0.5


@dataclass(frozen=True)
class Heading:
    """The columns of a sheet and their header texts."""

    order: tuple[str, ...]
    """Contract and extra column names, from left to right."""
    upper: tuple[str, ...]
    """Group heads by column; empty for a one-row header."""
    lower: tuple[str, ...]


def _word(column: Column, style: Style, group: str | None, rng: np.random.Generator) -> str:
    """Word one header text; if the label begins with its group head, only the rest of it."""
    word = column.label
    if group and word.startswith(group) and word != group:
        word = word.removeprefix(group)
    elif column.synonyms and not style.label_only and rng.random() < _SYNONYM_SHARE:
        word = column.synonyms[rng.integers(0, len(column.synonyms))]
    if len(word) == 2 and rng.random() < _SPACED_SHARE:
        word = f"{word[0]}\u3000{word[1]}"
    unit = style.units.get(column.name, column.unit if style.own_units else None)
    if unit is None:
        return word
    return f"{word}（{unit}）" if rng.random() < _WIDE_BRACKETS else f"{word}({unit})"


def _order(names: list[str], style: Style, rng: np.random.Generator) -> list[str]:
    if style.groups:
        grouped = [n for columns in style.groups.values() for n in columns]
        return [*[n for n in names if n not in grouped], *[n for n in grouped if n in names]]
    return [names[i] for i in rng.permutation(len(names))] if style.shuffled else names


def heading_of(dataset: Dataset, names: list[str], style: Style, rng: np.random.Generator) -> Heading:
    """Word the header of contract columns, with 序号 first and other extra columns last."""
    order = _order(names, style, rng)
    group_of = {n: head for head, columns in style.groups.items() for n in columns}
    words = {n: _word(dataset[n], style, group_of.get(n), rng) for n in order}
    first = [e for e in style.extras if e == "序号"]
    last = [e for e in style.extras if e != "序号"]
    columns = (*first, *order, *last)
    lower = tuple(words.get(n, n) for n in columns)
    upper = tuple(group_of.get(n, "") for n in columns) if style.groups else ()
    return Heading(columns, upper, lower)
