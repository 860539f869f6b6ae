"""Index the people in a month's data and mask them in texts about its files.

Belongs here: the names, household codes and addresses of a month; finding them in file names, headers, messages and
the few texts that marts show.
Does not belong here: numbers that look like an id or a phone (``text``), pseudonyms (``pseudonyms``).

A table is masked against the people of its own delivery and of the month's register only: masking against more data
would change the texts when a month is run again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import polars as pl

from sources import parquet
from sources.characters import HAN, MIDDLE_DOTS
from sources.conforming.file import FileResult
from sources.contracts.model import Column, Contracts, Dataset
from sources.contracts.row_schema import ROWS_FILE
from sources.home import Home
from sources.months import Month
from sources.personal_numbers import HIDDEN
from sources.privacy.names import DOT, character_form, is_dot, name_forms

IDENTITY = "identity__"
"""Prefix of columns that keep the original cell, in the restricted zone."""
SHORTEST_NAME = 3
"""Shortest name that is searched for inside longer text: shorter names are also words (文化, 高标)."""
_SHORTEST_OTHER = 8
"""Shortest household code or address that is searched for: shorter ones are also years, months and numbers."""
_IN_NAME = f"{HAN}{MIDDLE_DOTS}"
_SEPARATE_PAIR = re.compile(rf"(?<![{_IN_NAME}])(?=([{HAN}] *[{HAN}])(?=[家户等]|(?![{_IN_NAME}])))")
"""A two-character name is searched for only where it is a word of its own (低保_王伟.xlsx, 王 伟家大棚)."""


@dataclass(frozen=True)
class PersonIndex:
    """Texts that name or locate people, in the form of ``name_forms``; ``of`` gives them that form."""

    names: tuple[pl.Series, ...] = ()
    others: tuple[pl.Series, ...] = ()
    vocabulary: frozenset[str] = field(default=frozenset())
    """Words of the contracts; they are never masked, even if someone typed them into a name cell."""

    @classmethod
    def of(cls, names: Iterable[pl.Series] = (), others: Iterable[pl.Series] = ()) -> PersonIndex:
        """Index names and other texts as they were typed; names also without their dots, which people leave out."""
        forms = [name_forms(series) for series in names]
        dotted = (series.filter(series.str.contains(DOT, literal=True)) for series in forms)
        without = (series.str.replace_all(DOT, "", literal=True) for series in dotted if series.len())
        return cls((*forms, *without), tuple(map(name_forms, others)))

    def __add__(self, other: PersonIndex) -> PersonIndex:
        return PersonIndex(self.names + other.names, self.others + other.others, self.vocabulary | other.vocabulary)

    def hidden(self, texts: Iterable[str], replacement: Callable[[str], str] = lambda _: HIDDEN) -> dict[str, str]:
        """Map each text that names somebody to its masked form; ``replacement`` gives the mask of an identity."""
        searched = [_SearchedText(text) for text in set(texts) if text]
        found = self._found(searched)
        masked = {s.text: s.without(found, replacement) for s in searched} if found else {}
        return {text: new for text, new in masked.items() if new != text}

    def hide(self, text: str) -> str:
        """Mask the people that a text names."""
        return self.hidden([text]).get(text, text)

    def hide_in(self, result: FileResult) -> None:
        """Mask people in all messages about a file; a refusal, for instance, quotes headers."""
        lists = (result.unknown_headers, result.unit_warnings, result.warnings, result.skipped)
        texts = (*(text for messages in lists for text in messages), result.refusal or "", result.shown)
        hidden = self.hidden(texts)
        result.shown = hidden.get(result.shown, result.shown)
        result.refusal = result.refusal and hidden.get(result.refusal, result.refusal)
        for messages in lists:
            messages[:] = [hidden.get(text, text) for text in messages]

    def _found(self, texts: list[_SearchedText]) -> set[str]:
        """Find the indexed texts that occur: look up the pieces of the few texts, not every name in each text."""
        names = _matches(self.names, texts, SHORTEST_NAME, self.vocabulary, {p for t in texts for p in t.pairs()})
        return names | _matches(self.others, texts, _SHORTEST_OTHER, self.vocabulary)


def _matches(
    index: Iterable[pl.Series],
    texts: list[_SearchedText],
    shortest: int,
    vocabulary: frozenset[str],
    extra: Iterable[str] = (),
) -> set[str]:
    """Find the indexed texts of at least ``shortest`` characters that occur, and any that equals an ``extra`` piece."""
    index = [series for series in index if series.len()]
    lengths = {n for series in index for n in series.str.len_chars().unique().to_list() if n and n >= shortest}
    pieces = {piece for text in texts for piece in text.pieces(lengths)}.union(extra) - vocabulary
    wanted = pl.Series(sorted(pieces), dtype=pl.String).implode()
    matches = (series.filter(series.is_in(wanted)).unique().to_list() for series in index if pieces)
    return {match for found in matches for match in found}


class _SearchedText:
    """A text, and its characters in the form in which names are compared, with their positions in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        forms = [(form, n) for n, character in enumerate(text) for form in character_form(character)]
        self.spaced, self.spaced_at = "".join(form for form, _ in forms), [n for _, n in forms]
        kept = [(DOT if is_dot(form) else form, n) for form, n in forms if form != " "]
        before = ["", *(form for form, _ in kept)]
        kept = [(form, n) for (form, n), last in zip(kept, before, strict=False) if not form == last == DOT]
        self.plain, self.plain_at = "".join(form for form, _ in kept), [n for _, n in kept]

    def pieces(self, lengths: Iterable[int]) -> Iterator[str]:
        """Yield every piece of the given lengths, in characters."""
        for length in lengths:
            for start in range(len(self.plain) - length + 1):
                yield self.plain[start : start + length]

    def pairs(self) -> list[str]:
        """List the two-character words."""
        return [pair for pair, _ in self._pairs()]

    def without(self, found: set[str], replacement: Callable[[str], str]) -> str:
        """Replace every occurrence of a found text; overlapping occurrences are replaced as one."""
        spans = [span for pair, span in self._pairs() if pair in found]
        for length in {len(f) for f in found if len(f) > 2}:
            starts = range(len(self.plain) - length + 1)
            hits = [n for n in starts if self.plain[n : n + length] in found]
            spans += [(self.plain_at[n], self.plain_at[n + length - 1] + 1) for n in hits]
        text = self.text
        for first, last in reversed(_merge(spans)):
            text = text[:first] + replacement(text[first:last]) + text[last:]
        return text

    def _pairs(self) -> list[tuple[str, tuple[int, int]]]:
        found = [(m[1].replace(" ", ""), m.span(1)) for m in _SEPARATE_PAIR.finditer(self.spaced)]
        return [(pair, (self.spaced_at[first], self.spaced_at[last - 1] + 1)) for pair, (first, last) in found]


def _merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sort spans and merge those that overlap."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _is_searched(column: Column) -> bool:
    """Check for names, household codes and addresses; ids and certificates are found by their form."""
    return column.is_identity and column.kind == "text"


def index_people(rows: pl.DataFrame, dataset: Dataset, prefix: str = "") -> PersonIndex:
    """Index the people of some rows.

    In a table with id columns only rows with a valid id count: a line that is not about a person has none.
    ``prefix`` precedes the contract's column names.
    """
    columns = [c for c in dataset.columns if _is_searched(c) and prefix + c.name in rows.columns]
    ids = [pl.col(prefix + c.name).is_not_null() for c in dataset.id_columns if prefix + c.name in rows.columns]
    if rows.is_empty() or not columns:
        return PersonIndex()
    is_person = pl.any_horizontal(ids) if ids else pl.lit(True)
    cells = rows.select(pl.when(is_person).then(pl.col(prefix + c.name)).alias(c.name) for c in columns)
    texts = {c: cells[c.name] for c in columns}
    return PersonIndex.of(
        names=(t for c, t in texts.items() if c.semantic == "person_name"),
        others=(t for c, t in texts.items() if c.semantic != "person_name"),
    )


def vocabulary_of(contracts: Contracts) -> PersonIndex:
    """Index nobody, with the words of the contracts, which are never masked."""
    words = {w for d in contracts.datasets for c in d.columns for w in (*c.headers, *c.words)}
    labels = {w for d in contracts.datasets for w in (d.label, *d.keywords)}
    return PersonIndex(vocabulary=frozenset(words | labels))


class PeopleOfMonth:
    """The people of a month, read from the restricted zone on demand."""

    def __init__(self, home: Home, month: Month, contracts: Contracts) -> None:
        self._home, self._month, self._contracts = home, month, contracts
        self._vocabulary = vocabulary_of(contracts)
        self._read: dict[tuple[Path, int], PersonIndex] = {}

    def of_delivery(self, dataset: Dataset, rows: pl.DataFrame) -> PersonIndex:
        """Index the people of a delivery's rows and of the month's register; for the register, only its own rows."""
        people = self._vocabulary + index_people(rows, dataset)
        return people if dataset.is_core else people + self._of(*(d for d in self._contracts.datasets if d.is_core))

    def everybody(self) -> PersonIndex:
        """Index the people of all accepted rows of the month."""
        return self._vocabulary + self._of(*self._contracts.datasets)

    def register_digest(self) -> str:
        """Digest the identities of the month's register; the digest changes if texts may be masked differently."""
        paths = [self._home.identities(d, self._month) / ROWS_FILE for d in self._contracts.datasets if d.is_core]
        return "|".join(_digest(p, p.stat().st_mtime_ns) for p in paths if p.exists())

    def _of(self, *datasets: Dataset) -> PersonIndex:
        people = PersonIndex()
        for dataset in datasets:
            path = self._home.identities(dataset, self._month) / ROWS_FILE
            if path.exists():
                people += self._stored(dataset, path)
        return people

    def _stored(self, dataset: Dataset, path: Path) -> PersonIndex:
        """Index the identities in a Parquet file, reading each version of the file once."""
        version = path, path.stat().st_mtime_ns
        if version not in self._read:
            names = [IDENTITY + c.name for c in filter(_is_searched, dataset.columns)]
            columns = [n for n in names if n in parquet.schema(path)]
            self._read[version] = index_people(parquet.read(path, columns=columns), dataset, IDENTITY)
        return self._read[version]


@lru_cache(maxsize=16)
def _digest(path: Path, _written: int) -> str:
    """Hash a file once per version; ``_written``, its modification time, is only part of the cache key."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
