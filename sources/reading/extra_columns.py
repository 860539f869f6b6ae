"""Tell the columns that clerks add beyond the contract: known and harmless, or drift that somebody should look at.

Belongs here: headers that name no contract column. Does not belong here: columns without a header (``unread``).
"""

from __future__ import annotations

import polars as pl

from sources.contracts.model import Dataset
from sources.reading.files import Sheet
from sources.reading.header import Header, shown
from sources.text import plain

MIN_EXPECTED_SHARE = 0.95
"""Share of the filled cells that have to look as declared; as for the rows of a delivery (semantics §4)."""


def unknown_headers(sheet: Sheet, header: Header, rows: pl.Series, dataset: Dataset) -> list[str]:
    """List the headers that name no contract column, masked and shortened, but for declared ones.

    ``rows`` are the numbers of the data rows. A declared header whose cells look otherwise is listed with a remark: the
    office may have put data there that the contract expects in another column, or not at all.
    """
    patterns = {plain(entry.text): entry.pattern for entry in dataset.ignored_headers}
    found = []
    for index, text in header.unknown():
        pattern = patterns.get(text)
        if pattern is None:
            found.append(shown(text))
        elif not _looks_like(pattern, sheet.plain, index, rows - sheet.above - 1):
            found.append(f"{shown(text)}(内容与合同登记的不符)")
    return found


def _looks_like(pattern: str, cells: pl.DataFrame, index: int, places: pl.Series) -> bool:
    filled = cells.to_series(index).gather(places.cast(pl.UInt32)).drop_nulls()
    return filled.is_empty() or float(filled.str.contains(f"^(?:{pattern})$").mean()) >= MIN_EXPECTED_SHARE  # type: ignore[arg-type]
