"""Make the sheet of a typed original: the rows of a database or of an interface, under their column names.

Belongs here: what the readers of Parquet and JSON lines share: columns to a sheet, the text of a number, limits.
Does not belong here: the formats (``parquet_file``, ``json_lines``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sources.reading.files.limits import MAX_LINES, check_cells
from sources.reading.files.sheet import FIGURE, MAX_COLUMNS, NUMBER, TEXT, Sheet
from sources.refusal import RefusedError

NESTED = "[嵌套数据]"
"""Shown for a list or an object in a cell; no column of a contract takes one."""
NO_NUMBER = "#NUM!"
"""Shown for a value that is no number or day that anybody can write, as spreadsheets show it: NaN, infinity, year 0."""
_EXACT_IN_A_DOUBLE = 2**53
_LARGEST_EXPONENT = 40
"""Numbers with a larger one stay in scientific notation, which no column takes; 308 zeros in each cell are a bomb."""
_SCIENTIFIC = r"^(-?)([0-9]+)(?:\.([0-9]+))?[eE]([+-]?[0-9]{1,3})$"


@dataclass(frozen=True)
class SourceColumn:
    """A column: its texts (null where empty), the types of its cells, and its values if the source has exact ones."""

    name: str
    texts: pl.Series
    types: np.ndarray | None = None
    """One per row; None if all are texts."""
    values: pl.Series | None = None


def typed_sheet(columns: Sequence[SourceColumn]) -> Sheet:
    """Lay columns out as a sheet with their names in row 0."""
    cells, types, typed = [], {}, {}
    for i, column in enumerate(columns):
        texts = pl.concat([pl.Series([column.name or None], dtype=pl.String), column.texts.rename("")])
        cells.append(texts.rename(f"c{i}"))
        if column.types is not None:
            is_empty = column.texts.is_null().to_numpy()
            types[i] = np.concatenate([np.zeros(1, np.uint8), np.where(is_empty, TEXT, column.types)]).astype(np.uint8)
        if column.values is not None:
            nothing = pl.Series([None], dtype=column.values.dtype)
            typed[i] = pl.concat([nothing, column.values.rename("")], rechunk=True)
    return Sheet("", 1, pl.DataFrame(cells), types=types, is_typed=True, typed=typed)


def check_size(rows: int, columns: int) -> None:
    """Check the announced size of a typed original. Raises RefusedError if it is too large."""
    if columns > MAX_COLUMNS:
        raise RefusedError(f"数据有{columns}列,超过{MAX_COLUMNS}列;请在来源处只取需要的列。")
    if rows > MAX_LINES:
        raise RefusedError(f"数据有{rows}行,超过{MAX_LINES // 10_000}万行,太大无法读取;请在来源处按镇街等拆分。")
    check_cells((rows + 1) * columns)


def plain_numbers(texts: pl.Series) -> pl.Series:
    """Write numbers without an exponent, without zeros at the end and without a sign of zero: 1.50e3 is 1500."""
    is_near = (texts.str.extract(_SCIENTIFIC, 4).cast(pl.Int64).abs() <= _LARGEST_EXPONENT).fill_null(value=False)
    if is_near.any():
        texts = texts.clone().scatter(is_near.arg_true(), _written_out(texts.filter(is_near)))
    return texts.str.replace(r"^(-?[0-9]+)(?:\.0*|(\.[0-9]*[1-9])0*)$", "$1$2").replace("-0", "0")


def _written_out(texts: pl.Series) -> pl.Series:
    """Move the points of numbers in scientific notation."""
    digits, whole, point = pl.col("digits"), pl.col("whole"), pl.col("point")
    sign, before, rest, exponent = (texts.str.extract(_SCIENTIFIC, group).alias(f"{group}") for group in range(1, 5))
    parts = pl.DataFrame({"sign": sign, "before": before, "rest": rest.fill_null(""), "exponent": exponent})
    parts = parts.select(
        "sign",
        digits=pl.col("before") + pl.col("rest"),
        point=pl.col("before").str.len_chars().cast(pl.Int64) + pl.col("exponent").cast(pl.Int64),
    )
    parts = parts.with_columns(digits.str.pad_start(digits.str.len_chars() + pl.max_horizontal(1 - point, 0), "0"))
    parts = parts.with_columns(point=pl.max_horizontal(point, 1))
    parts = parts.with_columns(digits.str.pad_end(point, "0"))
    parts = parts.with_columns(whole=digits.str.head(point).str.replace("^0+([0-9])", "$1"))
    return parts.select(pl.concat_str("sign", whole, pl.lit("."), digits.str.slice(point))).to_series()


def number_types(texts: pl.Series) -> np.ndarray:
    """Tell the numbers of a double, or of JSON, that have all their digits from those that may have lost some."""
    is_exact = texts.cast(pl.Float64, strict=False).abs() < _EXACT_IN_A_DOUBLE
    return np.where(is_exact.fill_null(value=False).to_numpy(), FIGURE, NUMBER).astype(np.uint8)
