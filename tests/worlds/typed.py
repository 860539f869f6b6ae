"""Files of offices as the rows of a database: the same rows, with the types that a database has for them.

Belongs here: turning delivered files into typed frames. Does not belong here: writing those (``builder``).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sources.conforming.context import Context
from sources.conforming.delivery import conform_delivery
from sources.contracts.model import Column, Dataset
from sources.landing.deliveries import DeliveredFile

_TYPES = {"date": pl.Date, "integer": pl.Int64, "number": pl.Decimal(28, 10), "yes_or_no": pl.Boolean}


def as_typed(files: Sequence[DeliveredFile], dataset: Dataset, context: Context) -> pl.DataFrame:
    """The good rows of delivered files under the labels of the contract: days, numbers and yes or no as values.

    Ids are upgraded as they are accepted; other cells are the texts of the files.
    """
    rows = conform_delivery(1, "replace_all", list(files), dataset, context).rows
    good = rows.filter(pl.col("row_state") == "accepted", pl.col("row_error").is_null())
    return pl.DataFrame({c.label: _values(c, good) for c in dataset.columns})


def _values(column: Column, rows: pl.DataFrame) -> pl.Series:
    is_text = column.kind in ("list", "town", "village", "text", "month")
    values = rows[f"{column.name}__raw" if is_text else column.name]
    return values.cast(_TYPES.get(column.kind, pl.String))
