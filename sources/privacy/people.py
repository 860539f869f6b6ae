"""Whom a month is about, and taking these people out of the texts that are written about its files.

Belongs here: names, household codes and addresses that are known for a month; finding them in file names, headers,
messages and the few texts that marts show.
Does not belong here: numbers that look like an id or a phone (``text``), pseudonyms (``identity``).

What is known when a table is taken in: the people of its own delivery and those of the month's register. Texts must
come out the same whenever a month is run again, so that nothing else is asked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path

import polars as pl

from sources.conforming.delivery import FileResult
from sources.contracts.model import Column, Contracts, Dataset
from sources.contracts.row_schema import ROWS_FILE
from sources.home import Home
from sources.months import Month
from sources.privacy.pseudonyms import MIDDLE_DOTS
from sources.text import HIDDEN

IDENTITY = "identity__"
"""What a column's name begins with where the cell itself is kept, in the restricted zone."""
SHORTEST_NAME = 3
_ANYWHERE = {"name": SHORTEST_NAME, "other": 8}
"""Shortest name, and shortest household code or address, that is looked for inside other words: shorter names are words
as well (文化, 高标), shorter codes are years, months and numbers."""
_STANDING_ALONE = re.compile(r"(?<![\u4e00-\u9fff·])[\u4e00-\u9fff]{2}(?=[家户等]|(?![\u4e00-\u9fff·]))")
"""A name of two characters is looked for where it stands alone (低保_王伟.xlsx, 王伟家大棚)."""
_BLANK = re.compile(r"\s")


@dataclass(frozen=True)
class PersonIndex:
    """Texts that name or locate people. Cheap to build: nothing is looked at until a text is to be searched."""

    names: tuple[pl.Series, ...] = ()
    others: tuple[pl.Series, ...] = ()
    vocabulary: frozenset[str] = field(default=frozenset())
    """Words of the contracts; they are nobody's name, whatever was typed into a name's cell."""

    def __add__(self, other: PersonIndex) -> PersonIndex:
        return PersonIndex(self.names + other.names, self.others + other.others, self.vocabulary | other.vocabulary)

    def hidden(self, texts: Iterable[str], stand_in: Callable[[str], str] = lambda _: HIDDEN) -> dict[str, str]:
        """Those of the texts that name somebody, with the text in which ``stand_in`` takes the place of each."""
        searched = [_Searched(text) for text in set(texts) if text]
        found = self._found(searched)
        changed = {s.text: s.without(found, stand_in) for s in searched} if found else {}
        return {text: new for text, new in changed.items() if new != text}

    def hide(self, text: str) -> str:
        """The text without the people it names."""
        return self.hidden([text]).get(text, text)

    def hide_in(self, result: FileResult) -> None:
        """Mask people in everything that is said of a file; a refusal quotes headers, for instance."""
        texts = (*result.unknown_headers, *result.unit_warnings, *result.skipped, result.refusal or "", result.shown)
        hidden = self.hidden(texts)
        result.shown = hidden.get(result.shown, result.shown)
        result.refusal = result.refusal and hidden.get(result.refusal, result.refusal)
        for said in (result.unknown_headers, result.unit_warnings, result.skipped):
            said[:] = [hidden.get(text, text) for text in said]

    def _found(self, texts: list[_Searched]) -> set[str]:
        """Which of the known ones occur. Pieces of the few texts are looked up, not the many names in each text."""
        found: set[str] = set()
        for kind, known in (("name", self.names), ("other", self.others)):
            series = [s for s in known if s.len()]
            lengths = {n for s in series for n in s.str.len_chars().unique().to_list() if n and n >= _ANYWHERE[kind]}
            pieces = {piece for text in texts for piece in text.pieces(lengths)}
            if kind == "name":
                pieces |= {pair for text in texts for pair in text.alone()}
            pieces -= self.vocabulary
            wanted = pl.Series(sorted({form for piece in pieces for form in _forms(piece)}), dtype=pl.String)
            for s in series if pieces else ():
                found.update(_with_one_dot(text) for text in s.filter(s.is_in(wanted.implode())).unique().to_list())
        return found


def _with_one_dot(text: str) -> str:
    return re.sub(MIDDLE_DOTS, "·", text)


def _forms(piece: str) -> list[str]:
    """A piece with each form of the dot between the parts of a name: the names themselves are too many to rewrite."""
    return [piece.replace("·", dot) for dot in MIDDLE_DOTS.strip("[]")] if "·" in piece else [piece]


class _Searched:
    """One text, its characters without blanks, and where they stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places = [i for i, character in enumerate(text) if not _BLANK.match(character)]
        self.typed = "".join(text[i] for i in self.places)
        self.plain = _with_one_dot(self.typed)

    def pieces(self, lengths: Iterable[int]) -> Iterator[str]:
        # As typed as well: a name that mixes forms of the dot matches only its own spelling.
        for text, length in product({self.typed, self.plain}, lengths):
            for start in range(len(text) - length + 1):
                yield text[start : start + length]

    def alone(self) -> list[str]:
        return [m[0] for m in _STANDING_ALONE.finditer(self.text)]

    def without(self, found: set[str], stand_in: Callable[[str], str]) -> str:
        spans = [m.span() for m in _STANDING_ALONE.finditer(self.text) if m[0] in found]
        for length in {len(f) for f in found if len(f) > 2}:
            starts = range(len(self.plain) - length + 1)
            hits = [n for n in starts if self.plain[n : n + length] in found]
            spans += [(self.places[n], self.places[n + length - 1] + 1) for n in hits]
        text = self.text
        for first, last in reversed(_joined(spans)):
            text = text[:first] + stand_in(text[first:last]) + text[last:]
        return text


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _is_searched(column: Column) -> bool:
    """Names, household codes and addresses; ids and certificates are found by their form."""
    return column.is_identity and column.kind == "text"


def index_people(rows: pl.DataFrame, dataset: Dataset, prefix: str = "") -> PersonIndex:
    """The people of some rows; in a table with ids only rows with a valid one: a line of something else has none."""
    columns = [c for c in dataset.columns if _is_searched(c) and prefix + c.name in rows.columns]
    ids = [pl.col(prefix + c.name).is_not_null() for c in dataset.id_columns if prefix + c.name in rows.columns]
    if rows.is_empty() or not columns:
        return PersonIndex()
    is_person = pl.any_horizontal(ids) if ids else pl.lit(True)
    cells = rows.select(pl.when(is_person).then(pl.col(prefix + c.name)).alias(c.name) for c in columns)
    texts = {c: cells[c.name] for c in columns}
    return PersonIndex(
        names=tuple(t for c, t in texts.items() if c.semantic == "person_name"),
        others=tuple(t for c, t in texts.items() if c.semantic != "person_name"),
    )


class PeopleOfMonth:
    """What is known of the people of a month, read from the restricted zone when it is asked for."""

    def __init__(self, home: Home, month: Month, contracts: Contracts) -> None:
        self._home, self._month, self._contracts = home, month, contracts
        words = {w for d in contracts.datasets for c in d.columns for w in (*c.headers, *c.values)}
        labels = {w for d in contracts.datasets for w in (d.label, *d.keywords)}
        self._vocabulary = PersonIndex(vocabulary=frozenset(words | labels))
        self._read: dict[tuple[Path, int], PersonIndex] = {}

    def of_delivery(self, dataset: Dataset, rows: pl.DataFrame) -> PersonIndex:
        """The people of a delivery's rows and, but for the register itself, those of the month's register."""
        known = self._vocabulary + index_people(rows, dataset)
        return known if dataset.is_core else known + self._of(*(d for d in self._contracts.datasets if d.is_core))

    def everybody(self) -> PersonIndex:
        """The people of all accepted rows of the month."""
        return self._vocabulary + self._of(*self._contracts.datasets)

    def register_digest(self) -> str:
        """Digest the people of the month's register; texts masked by another register have another digest."""
        paths = [self._home.identities(d, self._month) / ROWS_FILE for d in self._contracts.datasets if d.is_core]
        return "|".join(_digest(p, p.stat().st_mtime_ns) for p in paths if p.exists())

    def _of(self, *datasets: Dataset) -> PersonIndex:
        known = PersonIndex()
        for dataset in datasets:
            path = self._home.identities(dataset, self._month) / ROWS_FILE
            if path.exists():
                known += self._at(dataset, path)
        return known

    def _at(self, dataset: Dataset, path: Path) -> PersonIndex:
        place = path, path.stat().st_mtime_ns
        if place not in self._read:
            names = [IDENTITY + c.name for c in filter(_is_searched, dataset.columns)]
            there = [n for n in names if n in pl.read_parquet_schema(path)]
            self._read[place] = index_people(pl.read_parquet(path, columns=there), dataset, IDENTITY)
        return self._read[place]


@lru_cache(maxsize=16)
def _digest(path: Path, _written: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
