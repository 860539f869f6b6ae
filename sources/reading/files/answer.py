"""Send sheets from the reader's process to the run, column by column.

Pickled as a whole, a workbook would be in the memory of either process three times.
"""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import IO

import polars as pl

from sources.reading.files.sheet import Sheet
from sources.refusal import RefusedError

Answer = list[Sheet] | RefusedError


def send(answer: Answer, stream: IO[bytes]) -> None:
    """Write the sheets of a file, or its refusal."""
    if isinstance(answer, RefusedError):
        pickle.dump(answer, stream, pickle.HIGHEST_PROTOCOL)
    else:
        empty = [replace(s, cells=s.cells.clear(), concealed=s.concealed.clear(), typed=_cleared(s)) for s in answer]
        pickle.dump(empty, stream, pickle.HIGHEST_PROTOCOL)
        for sheet in answer:
            for column in (*sheet.cells, *sheet.concealed, *sheet.typed.values()):
                pickle.dump(column, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def receive(stream: IO[bytes]) -> Answer:
    """Read the sheets of a file, or its refusal, from our own process.

    Raises EOFError or UnpicklingError if the stream ends or breaks off.
    """
    answer: Answer = pickle.load(stream)  # noqa: S301
    if isinstance(answer, RefusedError):
        return answer
    return [
        replace(
            sheet,
            cells=_columns(sheet.cells, stream),
            concealed=_columns(sheet.concealed, stream),
            typed={index: pickle.load(stream) for index in sheet.typed},  # noqa: S301
        )
        for sheet in answer
    ]


def _cleared(sheet: Sheet) -> dict[int, pl.Series]:
    return {index: values.clear() for index, values in sheet.typed.items()}


def _columns(frame: pl.DataFrame, stream: IO[bytes]) -> pl.DataFrame:
    return pl.DataFrame([pickle.load(stream) for _ in frame.columns])  # noqa: S301
