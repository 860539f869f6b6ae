"""Words that say the same in every table: headers of a kind of column, and other words for a value of lists.

Belongs here: reading ``synonyms.yaml`` and giving its words to columns.
Does not belong here: headers of one table (contracts), matching a text to a column (``reading.labels``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from sources.contracts.model import Column
from sources.contracts.problem import Problem, error_of
from sources.text import plain

FILE = "synonyms.yaml"
KINDS = ("town_name", "village_name")
"""Semantics of columns whose headers are the same in every table."""
Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Synonyms:
    """The words of the file, in order."""

    headers: Words = field(default_factory=dict)
    """Header texts by kind of column."""
    values: Words = field(default_factory=dict)
    """Other words by the value of a list."""


def read_synonyms(directory: Path) -> Synonyms:
    """Read the file of a directory; no words if it has none.

    Raises ContractError if the file holds anything else than lists of texts below ``headers`` and ``values``.
    """
    path = directory / FILE
    if not path.exists():
        return Synonyms()
    content = yaml.safe_load(path.read_text("utf-8"))
    if problems := list(_problems(content)):
        raise error_of(FILE, problems)
    return Synonyms(*({key: tuple(words) for key, words in content[part].items()} for part in ("headers", "values")))


def _problems(content: Any) -> Iterator[Problem]:
    if not isinstance(content, dict) or set(content) != {"headers", "values"}:
        yield Problem("", repr(content)[:80], "It should have the keys headers and values")
        return
    for part, lists in content.items():
        if not isinstance(lists, dict):
            yield Problem(part, repr(lists), "It should map keys to lists of texts")
            continue
        for key, words in lists.items():
            place = f"{part}.{key}"
            if part == "headers" and key not in KINDS:
                yield Problem(place, "an unknown key", f"Allowed keys: {', '.join(KINDS)}")
            elif not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
                yield Problem(place, repr(words), "It should be a list of texts")
            elif len({plain(word) for word in words}) < len(words):
                yield Problem(place, repr(words), "Texts should differ")


def with_synonyms(columns: tuple[Column, ...], synonyms: Synonyms) -> tuple[Column, ...]:
    """Give its headers to the only column of a kind, and their other words to the values of lists.

    What another column has as a header, or the list as a value, stays that one's.
    """
    taken = {plain(header) for column in columns for header in column.headers}
    kinds = [column.semantic for column in columns]

    def given(column: Column) -> Column:
        kind, values = column.semantic or "", set(map(plain, column.values))
        headers = synonyms.headers.get(kind, ()) if kinds.count(kind) == 1 else ()
        return replace(
            column,
            kind_headers=tuple(header for header in headers if plain(header) not in taken),
            value_synonyms=tuple(
                (word, value)
                for value in column.values
                for word in synonyms.values.get(value, ())
                if plain(word) not in values
            ),
        )

    return tuple(map(given, columns))
