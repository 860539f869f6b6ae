"""Read a Parquet file, the rows of a database, as one sheet with typed columns.

Belongs here: the types of columns, and how their values are shown.
Does not belong here: what the file announces (``parquet_footer``), laying out the sheet (``typed_sheet``).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from sources import parquet
from sources.reading.files.limits import bytes_of, check_text_size
from sources.reading.files.parquet_footer import footer_of
from sources.reading.files.sheet import DATE, FIGURE, OTHER, Sheet
from sources.reading.files.typed_sheet import (
    NESTED,
    NO_NUMBER,
    SourceColumn,
    check_size,
    number_types,
    plain_numbers,
    typed_sheet,
)
from sources.refusal import RefusedError
from sources.text import DAMAGED_CHARACTER

_CHINA = "Asia/Shanghai"
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_895
"""Days since 1970 of 0001-01-01 and 9999-12-30: no other day can be written, in any time zone."""
_PER_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_CONTROL = r"[\x00-\x08\x0e-\x1f]"
"""A sign that no text has, but the bytes of a picture, or of a bit."""


def read_parquet(content: bytes) -> Sheet:
    """Read the rows of a Parquet file.

    Dates, decimals and integers keep their values; the day of a time with a time zone is that of China; a float is its
    shortest text. Lists and objects, and bytes that are no text, cannot be read and are shown as such. Raises
    RefusedError if the file is damaged, encrypted, or too large.
    """
    footer = footer_of(content)
    try:
        schema = parquet.schema_of(content)
        check_size(footer.rows, len(schema))
        flat = [name for name, dtype in schema.items() if not _is_nested(dtype)]
        frame = parquet.columns_of(content, flat)
    except PolarsError as error:
        raise RefusedError(f"Parquet文件已损坏,无法读取({type(error).__name__});请重新获取数据。") from None
    if not schema or (flat and frame.height != footer.rows):
        raise RefusedError("Parquet文件没有列,或行数与其目录不符,无法读取;请重新获取数据。")
    columns = []
    for name in schema:
        columns.append(_column(name, frame[name]) if name in frame.columns else _nested(name, footer.rows))
        # Values and texts are not needed twice.
        frame = frame.drop(name, strict=False)
    return typed_sheet(columns)


def _is_nested(dtype: pl.DataType) -> bool:
    return dtype.is_nested() or isinstance(dtype, pl.Object)


def _nested(name: str, rows: int) -> SourceColumn:
    return SourceColumn(name, pl.repeat(NESTED, rows, dtype=pl.String, eager=True), np.full(rows, OTHER, np.uint8))


def _column(name: str, values: pl.Series) -> SourceColumn:
    dtype = values.dtype
    if isinstance(dtype, (pl.Categorical, pl.Enum)):
        _check_repeated(values)
        values = values.cast(pl.String)
    if values.dtype == pl.String:
        return SourceColumn(name, _filled(values))
    if dtype == pl.Null:
        return SourceColumn(name, values.cast(pl.String))
    if dtype == pl.Binary:
        return SourceColumn(name, _filled(_decoded(values)))
    if dtype == pl.Date:
        return _days(name, values, values)
    if isinstance(dtype, pl.Datetime):
        return _times(name, values)
    if dtype.is_integer() or dtype.is_decimal():
        texts = plain_numbers(values.cast(pl.String))
        return SourceColumn(name, texts, _all(FIGURE, values), values)
    if dtype.is_float():
        shown = pl.when(values.is_finite()).then(plain_numbers(values.cast(pl.String))).otherwise(pl.lit(NO_NUMBER))
        texts = pl.select(pl.when(values.is_not_null()).then(shown)).to_series()
        return SourceColumn(name, texts, number_types(texts))
    if dtype == pl.Time:
        return SourceColumn(name, values.dt.strftime("%H:%M:%S"), _all(OTHER, values))
    if dtype.is_temporal():
        values = values.to_physical()
    # true and false, and the microseconds of a duration.
    return SourceColumn(name, values.cast(pl.String), _all(OTHER, values))


def _check_repeated(values: pl.Series) -> None:
    """Check the amount of text before it is written out. Raises RefusedError if few long texts fill many cells."""
    counts = values.value_counts(name="_count")
    sizes = bytes_of(counts[values.name].cast(pl.String)).fill_null(0)
    check_text_size(int((counts["_count"].cast(pl.UInt64) * sizes).sum()))


def _all(kind: int, values: pl.Series) -> np.ndarray:
    return np.full(len(values), kind, np.uint8)


def _filled(texts: pl.Series) -> pl.Series:
    return pl.select(pl.when(texts != "").then(texts)).to_series()


def _decoded(values: pl.Series) -> pl.Series:
    """Read bytes as UTF-8, which some databases call text so; a column that holds other bytes is damaged throughout."""
    try:
        texts = values.cast(pl.String)
        if not texts.str.contains(_CONTROL).any():
            return texts
    except PolarsError:
        pass
    return pl.select(pl.when(values.is_not_null()).then(pl.lit(DAMAGED_CHARACTER))).to_series()


def _days(name: str, values: pl.Series, shown: pl.Series) -> SourceColumn:
    """Show days as such; one that nobody can write has no value."""
    days = values.to_physical()
    kept = pl.select(pl.when(days.is_between(_FIRST_DAY, _LAST_DAY)).then(values)).to_series()
    written = kept.dt.strftime("%Y-%m-%d")
    texts = pl.select(pl.coalesce(written, pl.when(values.is_not_null()).then(pl.lit(NO_NUMBER)))).to_series()
    return SourceColumn(name, texts, _all(DATE, values), kept)


def _times(name: str, values: pl.Series) -> SourceColumn:
    """Show times of day in China's time zone; their values are the days."""
    dtype = values.dtype
    assert isinstance(dtype, pl.Datetime)  # noqa: S101 - for the type checker
    per_day = _PER_DAY[dtype.time_unit]
    first, last = max((_FIRST_DAY + 1) * per_day, -(2**63)), min(_LAST_DAY * per_day, 2**63 - 1)
    kept = pl.select(pl.when(values.to_physical().is_between(first, last)).then(values)).to_series()
    if dtype.time_zone is not None:
        kept = kept.dt.convert_time_zone(_CHINA).dt.replace_time_zone(None)
    is_midnight = kept.dt.truncate("1d") == kept
    written = pl.when(is_midnight).then(kept.dt.strftime("%Y-%m-%d")).otherwise(kept.dt.strftime("%Y-%m-%d %H:%M:%S"))
    texts = pl.select(pl.coalesce(written, pl.when(values.is_not_null()).then(pl.lit(NO_NUMBER)))).to_series()
    return SourceColumn(name, texts, _all(DATE, values), kept.dt.date())
