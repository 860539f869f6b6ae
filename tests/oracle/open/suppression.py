"""Which counts of one figure and month are suppressed.

Belongs here: the loops as the semantics tell them, one cell after the other. Does not belong here: which figures there
are (``marts``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Number = Any


@dataclass(frozen=True)
class Cell:
    """The counts of a division that must not be small, and what decides its turn."""

    counts: tuple[Number | None, ...]
    size: Number = 0

    @property
    def is_empty(self) -> bool:
        return not any(self.counts)


def cell(n: Number, d: Number | None = None, is_ratio: bool = False) -> Cell:
    """The cell of a count with or without a base, or of a ratio."""
    return Cell((n, d, d - n if is_ratio and d is not None else None), d or 0)


def _is_small(count: Number | None, k: Number) -> bool:
    return count is not None and 0 < count < k


def _is_safe(children: Mapping[str, Cell], hidden: set[str], k: Number) -> bool:
    gone = [children[code].counts for code in children if code in hidden]
    if len(gone) < 2:
        return not gone
    sums = [sum(counts) for counts in zip(*gone, strict=True) if None not in counts]
    return not any(_is_small(total, k) for total in sums)


def _next(children: Mapping[str, Cell], hidden: set[str]) -> str | None:
    shown = [code for code in children if code not in hidden]
    return min(shown, key=lambda c: (children[c].is_empty, children[c].size, children[c].counts[0], c), default=None)


def suppressed(cells: Mapping[str, Cell], k: Number) -> set[str]:
    """The codes of the towns and villages whose counts are not shown; ``k`` None: all of them."""
    if k is None:
        return set(cells)
    hidden = {code for code, c in cells.items() if any(_is_small(count, k) for count in c.counts)}
    towns = {code: cells[code] for code in sorted(cells) if len(code) == 9}
    villages = {t: {c: x for c, x in cells.items() if len(c) == 12 and c.startswith(t)} for t in towns}
    for town in [t for t in towns if t not in hidden]:
        while not _is_safe(villages[town], hidden, k):
            chosen = _next(villages[town], hidden)
            hidden.add(town if chosen is None else chosen)
            if chosen is None:
                break
    while not _is_safe(towns, hidden, k):
        chosen = _next(towns, hidden)
        if chosen is None:
            break
        hidden.add(chosen)
    for town in [t for t in towns if t in hidden and villages[t] and not hidden & set(villages[t])]:
        hidden.add(str(_next(villages[town], hidden)))
    return hidden
