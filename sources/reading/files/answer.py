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
        pickle.dump([replace(sheet, cells=sheet.cells.clear()) for sheet in answer], stream, pickle.HIGHEST_PROTOCOL)
        for sheet in answer:
            for column in sheet.cells:
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
        replace(sheet, cells=pl.DataFrame([pickle.load(stream) for _ in sheet.cells.columns]))  # noqa: S301
        for sheet in answer
    ]
