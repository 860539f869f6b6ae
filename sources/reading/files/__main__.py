"""``python -m sources.reading.files``: what ``reader_process.ReaderProcess`` starts.

Belongs here: taking files from standard input and giving their sheets, or the refusal, on standard output (pickled).
Does not belong here: anything else; it ends when its input does, so that it never outlives who started it.
"""

from __future__ import annotations

import os
import pickle
import sys

from sources.reading.files import read_sheets
from sources.reading.files.sheet import Sheet
from sources.refusal import RefusedError


def main() -> None:
    """Answer until nobody asks any more."""
    with os.fdopen(os.dup(1), "wb") as answers:
        # What a library prints must not get among the answers.
        os.dup2(2, 1)
        while True:
            try:
                data = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
            except EOFError:
                return
            pickle.dump(_answer(data), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


def _answer(data: bytes) -> list[Sheet] | RefusedError:
    try:
        return read_sheets(data)
    except RefusedError as refusal:
        return refusal


if __name__ == "__main__":
    main()
