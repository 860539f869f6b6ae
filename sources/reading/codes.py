"""Tell the codes of a table without ids by the shape of those that were read (semantics §2).

Belongs here: shapes, and which cells of rows that were not read are codes of the table. In a table of villages their
names take the place of codes; in one of towns, the town and a word of a list do.
Does not belong here: where such rows are (``unread``), whether a code is right (``conforming``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from sources.contracts.model import Dataset
from sources.reading.files import Sheet

_MOST_SHAPES = 20
"""Most shapes of the codes of one file; the frequent ones are kept."""
_LONG_NUMBER = "^[0-9]{6,}$"
"""A shorter number may be an amount."""
_TWO_DIGITS = "^.*[0-9].*[0-9].*$"
_LENGTH = 4
"""Fewest characters of a code with another sign than digits."""
_SHORT = "^[A-Za-z]{1,2}-?[0-9]{1,2}$"
"""A code with fewer characters or digits; its letters must be those of one that was read."""
_AMOUNT_OR_WORDS = "^[0-9.,\u4e00-\u9fff]+$"
NUMERIC = r"^[0-9][0-9.,/:-]*$"
"""A cell that is no header text."""
PHONE = "^1[0-9]{10}$"
_TOWN = "^.{2,}(?:镇|乡|苏木|街道|街道办|办事处|政府)$|^[0-9]{9}(?:000)?$"
NO_IDS = pl.DataFrame(schema={"row": pl.Int64, "id": pl.String})


_VILLAGE = "(?:村|社区|嘎查)?(?:[村居牧渔]民?委(?:员)?会|村|嘎查|社区|居)$"
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


def _telling_shape(code: pl.Expr) -> pl.Expr:
    """Give the shape of a code, with the letters of a short one: there are many like F1, and few that begin with F."""
    is_short = code.str.contains(_SHORT)
    return pl.when(is_short).then(code.str.to_uppercase().str.replace("[0-9]+", "9")).otherwise(shape(code))


def may_be_code(text: pl.Expr) -> pl.Expr:
    """Match the texts that a row can be told by: long numbers, and digits with letters or signs."""
    is_mixed = (text.str.len_chars() >= _LENGTH) & text.str.contains(_TWO_DIGITS)
    return (
        text.str.contains(_LONG_NUMBER) | (is_mixed & ~text.str.contains(_AMOUNT_OR_WORDS)) | text.str.contains(_SHORT)
    )


def count_numbers() -> pl.Expr:
    """Count the cells of a row that are numbers but telephones."""
    return pl.sum_horizontal(pl.all().str.contains(NUMERIC) & ~pl.all().str.contains(PHONE))


def rows_with_words(sheet: Sheet, dataset: Dataset, columns: Sequence[int] | None = None) -> pl.DataFrame:
    """Give the ``row`` and ``id`` (the key) of rows with a town, a word of the key's list and two numbers.

    Only a table whose key is a town and a word has such rows. The town may be that of a row above, as in merged cells.
    """
    kinds = {dataset[name].kind: name for name in dataset.key}
    if set(kinds) != {"town", "list"}:
        return NO_IDS
    cells = sheet.plain if columns is None else sheet.plain.select(f"c{i}" for i in columns)
    if not cells.width:
        return NO_IDS
    cell, is_row = pl.all(), count_numbers() >= 2
    keys = {
        kinds["town"]: pl.coalesce(pl.when(is_row & cell.str.contains(_TOWN)).then(cell)).forward_fill(),
        kinds["list"]: pl.coalesce(pl.when(cell.is_in(dataset[kinds["list"]].words)).then(cell)),
    }
    found = cells.select(
        row=pl.int_range(pl.len(), dtype=pl.Int64) + sheet.above + 1,
        id=pl.concat_str([keys[name] for name in dataset.key], separator="|").str.to_uppercase(),
        is_row=is_row,
    )
    return found.filter("is_row").drop_nulls("id").select("row", "id")


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
        counts = self._telling().select(shape=_telling_shape(pl.col("code")))["shape"].value_counts(sort=True)
        return counts["shape"].head(_MOST_SHAPES).to_list()

    @property
    def tell_most(self) -> bool:
        """Whether most of them have such a shape."""
        return 2 * self._telling().height > len(self.texts)

    def _telling(self) -> pl.DataFrame:
        return self.texts.to_frame("code").filter(may_be_code(pl.col("code")) | is_village(pl.col("code")))

    def alike(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Keep the cells (column ``id``) whose shape is one of ``shapes``."""
        return cells.filter(_telling_shape(pl.col("id")).is_in(self.shapes))

    def lost(self, cells: pl.DataFrame) -> list[int]:
        """List the rows (column ``row``) of cells like codes, none of which was read."""
        is_read = plain_code(pl.col("id")).is_in(self.texts.implode()).any().over("row")
        return self.alike(cells).filter(~is_read)["row"].unique().sort().to_list()
