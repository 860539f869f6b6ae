"""Text as people type it: normal form, blanks, and what must be masked before it is shown.

Belongs here: functions on strings and on polars string series, used by headers, cells and file names alike.
Does not belong here: what a cell means (``conform``).
"""

from __future__ import annotations

import os
import re
import unicodedata

import polars as pl

ZERO_WIDTH = "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\u180e"
_BLANKS = re.compile(rf"[\s\x1c-\x1f\x85{ZERO_WIDTH}]+")
_BLANKS_PL = rf"[\s\x{{85}}\x{{1c}}-\x{{1f}}{ZERO_WIDTH}]+"
_NOT_PLAIN_YET = r"[^!-~]"
_ID_LIKE = re.compile(r"[0-9]{11,}[0-9Xx]?")
_SAMPLE = 1000


def plain(text: str) -> str:
    """NFKC (full-width forms and brackets become half-width), without any white space or zero-width character."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def repeats_itself(texts: pl.Series) -> bool:
    """True where working on the distinct texts pays: a sample of the series holds at least every text twice."""
    sample = texts.gather_every(max(1, len(texts) // _SAMPLE))
    return 2 * sample.n_unique() <= len(sample)


def plain_series(texts: pl.Series) -> pl.Series:
    """``plain`` for a string series; a leading apostrophe falls off; empty text becomes null."""
    if repeats_itself(texts):
        distinct = texts.unique()
        forms = pl.DataFrame({"text": distinct, "plain": _plain_forms(distinct)})
        joined = texts.to_frame("text").join(forms, on="text", how="left", nulls_equal=True, maintain_order="left")
        return joined["plain"].rename(texts.name)
    return _plain_forms(texts)


def _plain_forms(texts: pl.Series) -> pl.Series:
    if texts.str.contains(_NOT_PLAIN_YET).any():
        texts = texts.str.normalize("NFKC").str.replace_all(_BLANKS_PL, "")
    return texts.str.replace("^'", "").replace("", None)


def masked(text: str) -> str:
    """``text`` with every run of 11 digits or more (ids, phones, accounts) replaced, fit for logs and marts."""
    return _ID_LIKE.sub("***", unicodedata.normalize("NFKC", text))


def file_name_text(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 (a share that speaks GB18030) are decoded as GB18030."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name
