"""Make the keyed pseudonyms that replace identities outside the restricted zone (semantics §5).

Belongs here: HMAC keys of persons, households, names and delivered rows.
Does not belong here: the secret (``secret``), the validity of ids (``conforming.ids``), identities in free text
(``redaction``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import polars as pl

from sources.contracts.row_schema import ROW_ID
from sources.months import Month
from sources.privacy.names import name_forms

_BLOCK = 64
"""Block size of SHA-256 in bytes."""
_REF = 16
"""Hexadecimal digits of a row reference."""


class _Hmac:
    """HMAC-SHA-256 (RFC 2104) for many short texts: hashing both padded keys only once halves the time."""

    def __init__(self, secret: bytes) -> None:
        key = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))

    def hexes(self, texts: Iterable[str], prefix: str = "") -> list[str]:
        """Hash each text, preceded by ``prefix``; the keyed hashes are in lower-case hex."""
        start = self._inner.copy()
        start.update(prefix.encode("utf-8"))
        copy_inner, copy_outer, keys = start.copy, self._outer.copy, []
        for text in texts:
            inner, outer = copy_inner(), copy_outer()
            inner.update(text.encode("utf-8"))
            outer.update(inner.digest())
            keys.append(outer.hexdigest())
        return keys


class Keyring:
    """Makes pseudonyms with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._hmac = _Hmac(secret)

    def _keys(self, texts: pl.Series, prefix: str = "") -> pl.Series:
        # No cache across tables: looking a person up costs as much as hashing, and it would take memory.
        distinct = texts.drop_nulls().unique()
        keys = pl.Series(self._hmac.hexes(distinct.to_list(), prefix), dtype=pl.String)
        table = pl.DataFrame({"text": distinct, "key": keys})
        return texts.to_frame("text").join(table, on="text", how="left", maintain_order="left")["key"]

    def person(self, ids: pl.Series) -> pl.Series:
        """Make the keys of persons from valid 18-character ids."""
        return self._keys(ids)

    def household(self, codes: pl.Series) -> pl.Series:
        """Make the keys of households from household codes."""
        return self._keys(codes, "household:")

    def name(self, names: pl.Series) -> pl.Series:
        """Make the keys of names in the form in which names are compared."""
        return self._keys(name_forms(names), "name:")

    def text(self, texts: pl.Series) -> pl.Series:
        """Make keys for document numbers and similar texts; equal texts have equal keys in every month and table."""
        return self._keys(texts, "text:")

    def rows(self, dataset: str, month: Month, rows: pl.DataFrame) -> pl.Series:
        """Make the references of a dataset's rows of a month, named by ``ROW_ID``: 16 hexadecimal digits each.

        Marts show them instead of file and row, so that a department's file does not help to name a household.
        """
        places = rows.select(pl.concat_str(ROW_ID, separator="|")).to_series()
        return pl.Series(self._hmac.hexes(places, f"row:{dataset}|{month}|"), dtype=pl.String).str.head(_REF)

    def token(self, text: str) -> str:
        """Make a short token for an identity inside a longer text; equal identities have equal tokens."""
        return self._hmac.hexes([text.upper()], "text:")[0][:12]
