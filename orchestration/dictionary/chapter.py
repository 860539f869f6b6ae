"""The form of the dictionary, which the page and the workbook share: chapters of entries of rows.

Belongs here: the types. Does not belong here: contents, layout.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One table, or one list, with a row per column or member."""

    name: str
    """Its technical name, unique within the chapter."""
    title: str
    about: str
    facts: tuple[str, ...]
    """What holds for all rows, one text per fact of the chapter."""
    rows: tuple[tuple[str, ...], ...]
    """One text per head of the chapter."""


@dataclass(frozen=True)
class Chapter:
    """One sheet of the workbook, and one part of the page."""

    title: str
    about: str
    facts: tuple[str, ...]
    heads: tuple[str, ...]
    entries: tuple[Entry, ...]

    @property
    def rows(self) -> int:
        """Number of rows over all entries."""
        return sum(len(entry.rows) for entry in self.entries)


def yes(is_so: bool) -> str:
    """Show a truth as 是, or nothing."""
    return "是" if is_so else ""


def lines(*texts: str) -> str:
    """Join texts that are not empty, one per line."""
    return "\n".join(filter(None, texts))
