"""Give the form in which names are compared (semantics §5).

Belongs here: the one form for keys of names and for the search for people in texts.
Does not belong here: plain text (``sources.text``), which characters look the same (``sources.characters``).

A name is stored as it was typed; this form is only compared, hashed and searched.
"""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

from sources.characters import FULL_STOPS, MIDDLE_DOTS
from sources.text import plain
from sources.text_series import plain_series

DOT = "·"
"""The dot between the parts of a name (间隔号, U+00B7), as GB/T 15834 has it."""
_DOTS = re.compile(f"[{MIDDLE_DOTS}{FULL_STOPS}]+")


def name_form(name: str) -> str:
    """Give the form of a name in which it is compared: plain, with one dot between its parts and none at its ends."""
    return _DOTS.sub(DOT, plain(name)).strip(DOT)


def name_forms(names: pl.Series) -> pl.Series:
    """Apply ``name_form`` to a string series; null stays null, and so does empty text."""
    return plain_series(names).str.replace_all(_DOTS.pattern, DOT).str.strip_chars(DOT)


@lru_cache(maxsize=1 << 14)
def character_form(character: str) -> str:
    """Give the plain form of one character of a searched text: a blank stays one, a sign that nobody sees is gone."""
    return " " if character.isspace() else plain(character)


def is_dot(character: str) -> bool:
    """Check for a sign that is typed as the dot between the parts of a name."""
    return _DOTS.fullmatch(character) is not None
