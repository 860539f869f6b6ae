"""Conform lists, yes or no, and free text (semantics §3); frames of cells have the shape described in ``ids``."""

from __future__ import annotations

import polars as pl

from sources.contracts.model import Column
from sources.months import Month
from sources.reading.files.sheet import FIGURE, NUMBER, SCALED, TEXT
from sources.text import plain

_YES = ("是", "有", "√", "y", "1", "true")
_NO = ("否", "无", "×", "n", "0", "false")
_EXACT_INTEGERS = 2**53
"""A numeric cell is a double: a larger whole number has already lost digits."""
_WHOLE = "^-?[0-9]+$"


def conform_list(cells: pl.DataFrame, column: Column, month: Month) -> pl.DataFrame:
    """Conform cells to the values that the contract lists, or a dated catalogue for the month."""
    values = {plain(v): v for v in column.values_in(month)} | {plain(word): v for word, v in column.value_synonyms}
    value = pl.col("text").replace_strict(values, default=None, return_dtype=pl.String)
    return cells.select(value=value, error=pl.when(value.is_null()).then(pl.lit("not_in_list")))


def conform_yes_or_no(cells: pl.DataFrame) -> pl.DataFrame:
    """Conform 是/否, 有/无, √/×, Y/N, 1/0 and true/false to Boolean."""
    words = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}
    value = pl.col("text").str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
    return cells.select(value=value, error=pl.when(value.is_null()).then(pl.lit("not_yes_or_no")))


def conform_text(cells: pl.DataFrame) -> pl.DataFrame:
    """Conform free text; a whole number in a numeric cell becomes its digits, any other non-text cell is an error."""
    kind, text = pl.col("type"), pl.col("text")
    if cells["type"].max() == TEXT:
        return cells.select(value="text", error=pl.lit(None, pl.String))
    is_whole = (text.cast(pl.Int64, strict=False).abs() <= _EXACT_INTEGERS).fill_null(False)
    is_text = kind.is_in([TEXT, SCALED]) | (kind == NUMBER) & is_whole | (kind == FIGURE) & text.str.contains(_WHOLE)
    return cells.select(
        value=pl.when(is_text).then("text"),
        error=pl.when(~is_text).then(pl.lit("not_text")),
    )
