"""Resolve the references of evidence to accepted rows.

Belongs here: reading references from the JSON of marts, the accepted rows behind them.
Does not belong here: making references (``sources.privacy.pseudonyms``), what the rows say.
"""

from __future__ import annotations

import polars as pl

from sources import parquet
from sources.contracts.model import Dataset
from sources.contracts.row_schema import LINEAGE, ROW_ID, ROWS_FILE, schema_of
from sources.home import Home
from sources.months import Month

_REFERENCE = pl.Struct(dict.fromkeys(("department", "dataset", "month", "ref"), pl.String()))


def unnested(frame: pl.DataFrame) -> pl.DataFrame:
    """Unnest the column ``evidence`` (JSON list) to one row per reference: department, dataset, month, ref.

    The other columns are repeated; a row without references is left out.
    """
    references = pl.col("evidence").str.json_decode(pl.List(_REFERENCE))
    return frame.with_columns(references).explode("evidence").unnest("evidence").drop_nulls("dataset")


def accepted_places(home: Home, dataset: Dataset, month: Month) -> pl.DataFrame:
    """Read the references of a dataset's accepted rows of a month: ``ref`` and the columns of ``ROW_ID``.

    Rows accepted by a version without references have none, so that the result is empty.
    """
    path = home.accepted(dataset, month) / ROWS_FILE
    if not path.exists() or "row_ref" not in parquet.schema(path):
        schema = schema_of(LINEAGE)
        return pl.DataFrame(schema={"ref": pl.String, **{name: schema[name] for name in ROW_ID}})
    return parquet.read(path, columns=["row_ref", *ROW_ID]).rename({"row_ref": "ref"})
