"""Read the views for analysts, and write their SQL.

Belongs here: a view's columns, key, marts and statement. Does not belong here: executing it (``build``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.publishing.content import literal, quoted

BI = "bi"
VIEWS = Path(__file__).parent / "views"
_MART = re.compile(r"\bmarts\.(\w+)")
_VIEW = re.compile(r"\bbi\.(\w+)")

Codes = Mapping[str, Mapping[str, str]]
"""Word by code, by kind of code, in the order in which people sort them."""


@dataclass(frozen=True)
class ViewColumn:
    """A column of a view: its Chinese name, what it means, its expression."""

    name: str
    about: str
    sql: str


@dataclass(frozen=True)
class View:
    """A view of the schema ``bi``; ``key`` are the columns that tell its rows apart, ``marts`` what it reads."""

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[ViewColumn, ...]
    source: str
    marts: frozenset[str]

    @property
    def sql(self) -> str:
        """The query of the view."""
        selected = ",\n    ".join(f"{c.sql} as {quoted(c.name)}" for c in self.columns)
        return f"select\n    {selected}\nfrom {self.source}"


def views(codes: Codes, marts: Collection[str] | None = None) -> tuple[View, ...]:
    """List the views in the order in which they can be made, only those that ``marts`` suffice for if it is given.

    Raises KeyError or ValueError if a view is not written as the others are.
    """
    raw: dict[str, Any] = {}
    for file in sorted(VIEWS.glob("*.yml")):
        raw |= yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    made = [_view(name, about, raw, codes) for name, about in raw.items()]
    return tuple(
        view
        for view in sorted(made, key=lambda view: _VIEW.search(view.source) is not None)
        if marts is None or view.marts.issubset(marts)
    )


def fingerprint(made: Collection[View]) -> str:
    """Hash names, descriptions and queries of views."""
    texts = [(v.name, v.about, v.sql, *(c.about for c in v.columns)) for v in made]
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:16] if texts else ""


def _view(name: str, raw: Mapping[str, Any], all_raw: Mapping[str, Any], codes: Codes) -> View:
    source = raw["from"].strip()
    columns = tuple(
        ViewColumn(column, about["about"], _expression(about, codes)) for column, about in raw["columns"].items()
    )
    return View(name, raw["about"], tuple(raw["key"]), columns, source, frozenset(_marts(source, all_raw)))


def _marts(source: str, all_raw: Mapping[str, Any]) -> Iterator[str]:
    """Yield the marts that a view reads, directly or through another view."""
    yield from _MART.findall(source)
    for other in _VIEW.findall(source):
        yield from _marts(all_raw[other]["from"], all_raw)


def _expression(column: Mapping[str, Any], codes: Codes) -> str:
    """Return the SQL of a column: plain, the word of a code, the place of a code in its order, or a rounded figure."""
    (kind,) = set(column) - {"about"}
    given = column[kind]
    match kind:
        case "sql":
            return str(given)
        case "code":
            table, code = given
            return in_words(code, codes[table])
        case "order":
            table, code = given
            return _case(code, {word: number for number, word in enumerate(codes[table], 1)}, "null")
        case "round":
            return rounded(*given)
    raise ValueError(f"{kind} is no kind of column")


def in_words(code: str, words: Mapping[str, str]) -> str:
    """Return SQL of the word of a code; a code without a word stays."""
    return _case(code, words, f"cast({code} as varchar)")


def _case(code: str, words: Mapping[str, str | int], otherwise: str) -> str:
    cases = " ".join(f"when {literal(key)} then {_value(word)}" for key, word in words.items())
    return f"case {code} {cases} else {otherwise} end"


def _value(word: str | int) -> str:
    """Return a word or a number in SQL; a word that is empty is null."""
    return str(word) if isinstance(word, int) else literal(word) if word else "null"


def rounded(value: str, decimals: str | int) -> str:
    """Return SQL that rounds a figure half up, through a decimal, as the macro ``shown_value`` of the dbt project."""
    return (
        f"floor(cast({value} as decimal(28, 10)) * cast(power(10, {decimals}) as decimal(5, 0)) + 0.5)"
        f" / power(10, {decimals})"
    )
