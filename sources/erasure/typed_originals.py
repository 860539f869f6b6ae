"""Write a typed original again without a person, in its own format (``originals`` checks that it is read the same).

Belongs here: the bytes of Parquet and JSON lines. Does not belong here: which cells are the person's (``originals``).
"""

from __future__ import annotations

import io
import json

import polars as pl

from sources import parquet
from sources.reading.files import Sheet
from sources.reading.files.parquet_footer import MAGIC
from sources.reading.files.sheet import FIGURE, NUMBER, OTHER
from sources.reading.files.typed_sheet import NESTED, NO_NUMBER
from sources.text import DAMAGED_CHARACTER


def typed_original(content: bytes, cleared: Sheet) -> bytes:
    """Write the rows of a typed original with only the cells that ``cleared`` has.

    Lists and objects are left empty, and bytes that are no text are others: either may hide the person.
    """
    return _parquet(content, cleared) if content.startswith(MAGIC) else _lines(cleared)


def _parquet(content: bytes, cleared: Sheet) -> bytes:
    names = list(parquet.schema_of(content))
    frame = parquet.columns_of(content, names)
    columns = []
    for i, name in enumerate(names):
        texts = cleared.cells[f"c{i}"][1:]
        columns.append(_column(frame[name], texts).rename(cleared.cells[f"c{i}"][0] or ""))
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


def _column(values: pl.Series, texts: pl.Series) -> pl.Series:
    """Keep the values where a cell is left; those of texts are the texts."""
    dtype, is_left = values.dtype, texts.is_not_null()
    if dtype.is_nested():
        return pl.Series([[]] * len(values), dtype=pl.List(pl.String))
    if dtype == pl.Binary and texts.is_in([DAMAGED_CHARACTER]).any():
        return pl.select(pl.when(is_left).then(pl.lit(b"\xff"))).to_series()
    if dtype in (pl.String, pl.Binary) or isinstance(dtype, (pl.Categorical, pl.Enum)):
        return texts
    return pl.select(pl.when(is_left).then(values)).to_series()


def _lines(cleared: Sheet) -> bytes:
    names, *rows = cleared.cells.iter_rows()
    kinds = [cleared.type_of(i)[1:].tolist() for i in range(len(names))]
    lines = (
        ",".join(f"{_token(name)}:{_token(text, kind)}" for name, text, kind in zip(names, row, of_row, strict=True))
        for row, of_row in zip(rows, zip(*kinds, strict=True), strict=True)
    )
    return "".join(f"{{{line}}}\n" for line in lines).encode()


def _token(text: str | None, kind: int = 0) -> str:
    if text is not None and kind in (FIGURE, NUMBER):
        return "NaN" if text == NO_NUMBER else text
    if kind == OTHER and text in ("true", "false", NESTED):
        return "[]" if text == NESTED else text
    return json.dumps(text, ensure_ascii=False)
