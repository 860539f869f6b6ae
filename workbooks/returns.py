"""Find accepted answers on work lists that cannot be right: unknown lead ids, verification dates after receipt."""

from __future__ import annotations

import polars as pl

from sources import parquet
from sources.contracts.model import Dataset
from sources.contracts.row_schema import COLUMNS_FILE, ROW_ID, ROWS_FILE
from sources.home import Home
from sources.months import Month
from sources.privacy.people import IDENTITY

RETURNS = "verification_returns"
_YES_NO = {True: "是", False: "否"}


def doubtful_returns(home: Home, dataset: Dataset, month: Month, ledger: pl.DataFrame) -> pl.DataFrame:
    """Read the doubtful accepted returns, in the shape of rows with problems (``__raw`` texts and ``__note`` codes).

    Lead ids are compared with the published leads; if nothing is published, they are not checked.
    """
    # It opens databases, which files that are only checked do not need.
    from workbooks.leads import published_lead_ids

    path = home.accepted(dataset, month) / ROWS_FILE
    if not path.exists():
        return pl.DataFrame()
    known = published_lead_ids(home)
    unknown = pl.lit(False) if known is None else ~pl.col("lead_id").is_in(known.implode())
    received = ledger.select("file_no", pl.col("received_at").dt.date().alias("received_on"))
    rows = (
        parquet.read(path)
        .sort("row_number")
        .join(received, on="file_no", how="left")
        .join(_restricted(home, dataset, month), on=list(ROW_ID), how="left", maintain_order="left")
        .join_asof(_sheet_columns(home, dataset, month), on="row_number", by=list(ROW_ID[:3]), check_sortedness=False)
        .select(
            "delivery_no", "file_no", "sheet_no", "row_number", "sheet_columns",
            *[_text(dataset, c.name).alias(f"{c.name}__raw") for c in dataset.columns],
            row_state=pl.lit("accepted"),
            is_admissible=pl.lit(True),
            lead_id__note=pl.when(unknown).then(pl.lit("lead_unknown")),
            verified_on__note=pl.when(pl.col("verified_on") > pl.col("received_on")).then(pl.lit("verified_in_future")),
        )
    )  # fmt: skip
    return rows.filter(pl.any_horizontal(pl.col("lead_id__note", "verified_on__note").is_not_null()))


def _text(dataset: Dataset, name: str) -> pl.Expr:
    """Convert an accepted cell to the text that a clerk would type."""
    if dataset[name].kind == "yes_or_no":
        return pl.col(name).replace_strict(_YES_NO, return_dtype=pl.String)
    return pl.col(IDENTITY + name if dataset[name].stays_restricted else name).cast(pl.String)


def _restricted(home: Home, dataset: Dataset, month: Month) -> pl.DataFrame:
    """Read those cells of the accepted rows that stay in the restricted zone."""
    columns = [IDENTITY + c.name for c in dataset.columns if c.stays_restricted]
    return parquet.read(home.identities(dataset, month) / ROWS_FILE, columns=[*ROW_ID, *columns])


def _sheet_columns(home: Home, dataset: Dataset, month: Month) -> pl.DataFrame:
    """Read which columns the tables of a month have, by the first row of each; a month of before names no cells."""
    path = home.quarantine(dataset, month) / COLUMNS_FILE
    schema = dict.fromkeys(ROW_ID, pl.Int32) | {"sheet_columns": pl.String}
    return (parquet.read(path) if path.exists() else pl.DataFrame(schema=schema)).sort("row_number")
