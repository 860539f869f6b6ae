"""Tell extra columns of a table's rows from another list beside it (semantics §2).

Belongs here: columns that an empty one separates from the table, with names in the table's own header.
Does not belong here: columns without a name, and a header of their own (``unread``).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sources.contracts.model import Dataset
from sources.reading.files import Sheet
from sources.reading.header import Header
from sources.reading.labels import label_of
from sources.reading.remarks import is_about_somebody


def are_extra(sheet: Sheet, columns: Sequence[int], ids: pl.DataFrame, header: Header, dataset: Dataset) -> bool:
    """Check whether ``columns`` belong to the rows of the table, ``sheet`` being the rows below its header.

    ``ids`` are the ids in those columns, with the ``row`` of each. Another list has ids in rows without the table's
    data, names a key column, or has half as many columns as the table, unless it names somebody else (监护人, 账号).
    In a table without ids, codes tell.
    """
    names = {i: header.labels[i] for i in columns}
    labels = [label for text in names.values() if (label := label_of(text, dataset))]
    if not dataset.id_columns or any(label.column.name in dataset.key for label in labels):
        return False
    holders = [i for i in columns if sheet.plain[f"c{i}"].is_in(ids["id"].implode()).any()]
    is_narrow = 2 * len(columns) < len(header.columns)
    if not is_narrow and not all(is_about_somebody(names[i]) for i in holders):
        return False
    filled = pl.sum_horizontal(pl.col(f"c{i}").is_not_null() for i in header.columns.values())
    rows = ids["row"].unique() - sheet.above - 1
    return bool(sheet.plain[rows].select((2 * filled >= len(header.columns)).all()).item())
