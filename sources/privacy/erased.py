"""Keep erased persons out of what is taken in after their erasure.

Belongs here: the list of erased texts, as keyed hashes, and dropping rows that have one of them.
Does not belong here: the erasure itself (``sources.erasure``).

The list has a key of its own: it outlives a change of the secret, which no erased id could be hashed with again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import polars as pl

from sources.conforming.delivery import ConformedDelivery
from sources.contracts.model import Dataset
from sources.home import Home


def plain_text(column: pl.Expr) -> pl.Expr:
    """Reduce cells to their letters and digits, in capitals and half-width, as ids and codes are compared."""
    return column.str.normalize("NFKC").str.replace_all("[^0-9A-Za-z]", "").str.to_uppercase()


class ErasedListError(ValueError):
    """The list of erased persons is damaged, so that nobody knows whom to keep out; the message is Chinese."""


class ErasedList:
    """The erased texts of a home: ids, and codes of households without another member."""

    def __init__(self, home: Home) -> None:
        """Read the list. Raises ErasedListError if it is damaged."""
        self._home, self._path = home, home.restricted / "erased.json"
        self._key, self._erased = secrets.token_bytes(32), dict[str, str]()
        if self._path.exists():
            try:
                kept = json.loads(self._path.read_text("utf-8"))
                self._key, self._erased = bytes.fromhex(kept["key"]), dict(kept["erased"])
            except (ValueError, KeyError, TypeError):
                raise ErasedListError(
                    f"依法删除的人员的登记 {self._path} 已损坏,无法判断哪些行不应接收;请从备份恢复这个文件。"
                ) from None

    @property
    def digest(self) -> str:
        """Digest the list; it changes with every erasure."""
        return hashlib.sha256(repr(sorted(self._erased)).encode()).hexdigest()

    def add(self, texts: Iterable[str], today: date) -> None:
        """Add texts to the list. Raises OSError if it cannot be written."""
        self._erased = {**{self._hash(text): today.isoformat() for text in texts}, **self._erased}
        with self._home.replacing(self._path) as temporary:
            temporary.write_text(json.dumps({"key": self._key.hex(), "erased": self._erased}), "utf-8")

    def without(self, conformed: ConformedDelivery, dataset: Dataset) -> ConformedDelivery:
        """Drop the rows whose ids or household code, typed or as delivered, are on the list."""
        rows = conformed.rows
        if not self._erased or rows.is_empty():
            return conformed
        columns = [c.name for c in dataset.columns if c.kind == "resident_id" or c.semantic == "household_code"]
        cells = rows.select(plain_text(pl.col(f"{name}__raw")).alias(name) for name in columns)
        if not columns:
            return conformed
        is_erased = [pl.col(name).is_in(self._found(cells[name]).implode()).fill_null(value=False) for name in columns]
        return replace(conformed, rows=rows.filter(~cells.select(found=pl.any_horizontal(is_erased))["found"]))

    def _found(self, texts: pl.Series) -> pl.Series:
        distinct = texts.drop_nulls().unique()
        is_found = [self._hash(text) in self._erased for text in distinct.to_list()]
        return distinct.filter(pl.Series(is_found, dtype=pl.Boolean))

    def _hash(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
