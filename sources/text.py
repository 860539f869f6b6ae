"""Text as people type it: normal form, blanks, and what must be masked before it is shown.

Belongs here: functions on strings and on polars string series, used by headers, cells and file names alike.
Does not belong here: what a cell means (``conform``).
"""

from __future__ import annotations

import re
import unicodedata

import polars as pl

ZERO_WIDTH = "\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u180e"
_BLANKS = re.compile(rf"[\s\x1c-\x1f\x85{ZERO_WIDTH}]+")
_BLANKS_PL = rf"[\s\x{{85}}\x{{1c}}-\x{{1f}}{ZERO_WIDTH}]+"
_ID_LIKE = re.compile(r"[0-9]{11,}[0-9Xx]?")


def plain(text: str) -> str:
    """NFKC (full-width forms and brackets become half-width), without any white space or zero-width character."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def plain_series(texts: pl.Series) -> pl.Series:
    """``plain`` for a string series; a leading apostrophe falls off; empty text becomes null."""
    return texts.str.normalize("NFKC").str.replace_all(_BLANKS_PL, "").str.replace("^'", "").replace("", None)


def masked(text: str) -> str:
    """``text`` with every run of 11 digits or more (ids, phones, accounts) replaced, fit for logs and marts."""
    return _ID_LIKE.sub("***", unicodedata.normalize("NFKC", text))
