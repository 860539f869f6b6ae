"""Tell the codes of a table without ids by the shape of those that were read (semantics §2).

Belongs here: shapes, and which cells of rows that were not read are codes of the table. In a table of villages their
names take the place of codes.
Does not belong here: where such rows are (``unread``), whether a code is right (``conforming``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from sources.contracts.model import Dataset

_MOST_SHAPES = 20
"""Most shapes of the codes of one file; the frequent ones are kept."""
_LONG_NUMBER = "^[0-9]{6,}$"
"""A shorter number may be an amount."""
_TWO_DIGITS = "^.*[0-9].*[0-9].*$"
_LENGTH = 4
"""Fewest characters of a code with another sign than digits."""
_AMOUNT_OR_WORDS = "^[0-9.,\u4e00-\u9fff]+$"


_VILLAGE = "(?:村|社区)?(?:[村居]民?委(?:员)?会|村|社区|居)$"
_VILLAGE_CODE = "^[0-9]{12}$"


def code_columns(dataset: Dataset) -> list[str]:
    """List the key columns that hold codes; if there are none, those of villages."""
    kinds = ["text"] if any(dataset[name].kind == "text" for name in dataset.key) else ["village"]
    return [name for name in dataset.key if dataset[name].kind in kinds]


def has_villages(dataset: Dataset) -> bool:
    """Check whether villages are the codes of a dataset."""
    return any(dataset[name].kind == "village" for name in code_columns(dataset))


def is_village(text: pl.Expr) -> pl.Expr:
    """Match the names and the codes of villages."""
    return text.str.contains(_VILLAGE) | text.str.contains(_VILLAGE_CODE)


def plain_code(text: pl.Expr) -> pl.Expr:
    """Give a code in capitals, and the name of a village in one form (大连村委会, 大连村)."""
    return text.str.to_uppercase().str.replace(_VILLAGE, "村")


def shape(code: pl.Expr) -> pl.Expr:
    """Give the shape of a code: 9 for a digit, A and 字 for letters and Chinese.

    Each run of them is one sign, but the length of a number counts if there is nothing else.
    """
    text = code.str.to_uppercase().str.replace_all("[A-Z]+", "A").str.replace_all("[\u4e00-\u9fff]+", "字")
    is_mixed = text.str.contains("[A字]")
    return pl.when(is_mixed).then(text.str.replace_all("[0-9]+", "9")).otherwise(text.str.replace_all("[0-9]", "9"))


def may_be_code(text: pl.Expr) -> pl.Expr:
    """Match the texts that a row can be told by: long numbers, and two digits with letters or signs."""
    is_mixed = (text.str.len_chars() >= _LENGTH) & text.str.contains(_TWO_DIGITS)
    return text.str.contains(_LONG_NUMBER) | (is_mixed & ~text.str.contains(_AMOUNT_OR_WORDS))


@dataclass(frozen=True)
class Codes:
    """The codes of the rows of a file that were read."""

    texts: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.String))
    """Codes of the first key column that holds them (``plain_code``)."""

    @property
    def all_shapes(self) -> pl.Series:
        """Every shape of them, also of short ones."""
        return self.texts.to_frame("code").select(shape(pl.col("code")))["code"].unique()

    @property
    def shapes(self) -> list[str]:
        """The shapes that tell a row of the table, frequent ones first; none if the codes are too short for that."""
        codes = self.texts.to_frame("code").filter(may_be_code(pl.col("code")) | is_village(pl.col("code")))
        counts = codes.select(shape=shape(pl.col("code")))["shape"].value_counts(sort=True)
        return counts["shape"].head(_MOST_SHAPES).to_list()

    def alike(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Keep the cells (column ``id``) whose shape is one of ``shapes``."""
        return cells.filter(shape(pl.col("id")).is_in(self.shapes))

    def lost(self, cells: pl.DataFrame) -> list[int]:
        """List the rows (column ``row``) of cells like codes, none of which was read."""
        is_read = plain_code(pl.col("id")).is_in(self.texts.implode()).any().over("row")
        return self.alike(cells).filter(~is_read)["row"].unique().sort().to_list()
