"""Check the printed totals of a list against the sums of its rows (semantics §2).

Belongs here: which rows a total sums, and whether it is right.
Does not belong here: which rows are totals (``reading.lines``).
"""

from __future__ import annotations

from functools import partial

import polars as pl

from sources.contracts.model import Dataset
from sources.reading.totals import PART, RUNNING

_UNREADABLE = ("number_invalid", "cell_error", "formula_uncomputed", "format_misleading", "text_damaged")
"""Errors of a number that leave the sum of its column unknown."""


def check_printed_totals(frame: pl.DataFrame, dataset: Dataset) -> tuple[int, int]:
    """Compare the printed totals of one list with the sums of their rows; return the cells (checked, failed).

    ``frame`` has ``block``, ``role``, ``label``, and per numeric column ``<name>__parsed`` and ``<name>__error``.

    - 小计 totals the rows of its ``block`` since the last 小计. Without rows since then, it totals parts before it, any
      number of them: a town's total follows those of its villages.
      In a block that begins with 小计 and ends with a row, each is above its rows.
    - 累计 totals the rows so far; it is not checked if it does not, because it may hold earlier months.
    - Others total all rows of their block or of the list.

    A total is not checked if it, or a number in its rows, cannot be read.
    """
    printed = frame.filter(pl.col("role") == "total").select(
        pl.col(f"{column.name}__parsed").is_not_null().any() for column in dataset.numeric_columns
    )
    columns = [name.removesuffix("__parsed") for name in printed.columns if printed[name][0]]
    if not columns:
        return 0, 0
    frame = _downwards(frame.with_columns(pl.col("block").rle_id()))
    # The columns one below the other, each with blocks of its own.
    blocks = frame["block"].n_unique()
    judged = _judged(
        pl.concat(
            frame.select(
                "role", "label",
                column=pl.lit(number), block=pl.col("block") + number * blocks,
                parsed=f"{name}__parsed", error=f"{name}__error",
            )
            for number, name in enumerate(columns)
        )
    )  # fmt: skip
    checked = judged.filter(pl.col("right") | pl.col("readable")).height
    return checked, judged.filter(~pl.col("right") & pl.col("readable")).height


def _downwards(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the blocks upside down in which each 小计 is above its rows."""
    row, is_data = pl.int_range(pl.len()), pl.col("role") == "data"
    is_part = (pl.col("role") == "total") & (pl.col("label") == PART)
    is_above = (row.filter(is_part).min() < row.filter(is_data).min()) & (row.filter(is_part).max() < row.max())
    is_above = is_above.over("block").fill_null(value=False)
    order = pl.when(is_above).then(-row).otherwise(row)
    return frame.sort("block", order, maintain_order=True)


def _judged(frame: pl.DataFrame) -> pl.DataFrame:
    """Judge each printed total of each ``column``: is it ``right``, and are its rows ``readable``."""
    parsed, error = pl.col("parsed"), pl.col("error")
    is_data, is_part = pl.col("role") == "data", (pl.col("role") == "total") & (pl.col("label") == PART)
    is_lost = error.is_in(_UNREADABLE).fill_null(value=False)
    sums = frame.select(
        "column", "block", "role", "label",
        printed=parsed, is_lost=is_lost, at=pl.int_range(pl.len()),
        sum=pl.when(is_data).then(parsed).fill_null(0).cum_sum().over("block"),
        rows=is_data.cast(pl.Int64).cum_sum().over("block"),
        lost=(is_data & is_lost).cast(pl.Int64).cum_sum().over("block"),
    )  # fmt: skip
    sums = sums.with_columns(_before(is_part, name) for name in ("sum", "rows", "lost"))
    sums = sums.with_columns(
        block_sum=pl.col("sum").last().over("block"),
        block_lost=pl.col("lost").last().over("block"),
        list_sum=pl.when(is_data).then("printed").sum().over("column"),
        list_lost=(is_data & pl.col("is_lost")).sum().over("column"),
    )
    totals = sums.filter(pl.col("role") == "total", pl.col("printed").is_not_null(), ~pl.col("is_lost"))
    parts = sums.filter(is_part).group_by("block", rest="sum").agg(first=pl.col("at").min())
    totals = totals.with_columns(rest=pl.col("sum") - pl.col("printed")).join(
        parts, on=["block", "rest"], how="left", maintain_order="left"
    )
    return totals.select(right=_is_right(), readable=_is_readable())


def _before(is_part: pl.Expr, name: str) -> pl.Expr:
    """Give a running figure at the last 小计 above each row of a block."""
    at_parts = pl.when(is_part).then(name)
    return at_parts.forward_fill().shift(1).over("block").fill_null(0).alias(f"{name}_before")


def _is_right() -> pl.Expr:
    """Compare the printed figure with the sums of rows that can be read."""
    equals = partial(_equals, pl.col("printed"))
    so_far = equals("sum", "lost")
    several = so_far | ((pl.col("first") < pl.col("at")) & (pl.col("lost") == 0)).fill_null(value=False)
    own = (pl.col("rest") == pl.col("sum_before")) & (pl.col("lost") == pl.col("lost_before"))
    is_empty = pl.col("rows") == pl.col("rows_before")
    whole = equals("block_sum", "block_lost") | equals("list_sum", "list_lost")
    return (
        pl.when(pl.col("label") == PART).then(own | (is_empty & several))
        .when(pl.col("label") == RUNNING).then(own | several | whole)
        .otherwise(whole)
    )  # fmt: skip


def _equals(printed: pl.Expr, of: str, lost: str) -> pl.Expr:
    return (printed == pl.col(of)) & (pl.col(lost) == 0)


def _is_readable() -> pl.Expr:
    is_empty = pl.col("rows") == pl.col("rows_before")
    lost = pl.when(is_empty).then("lost").otherwise(pl.col("lost") - pl.col("lost_before"))
    return (
        pl.when(pl.col("label") == PART).then(lost == 0)
        .when(pl.col("label") == RUNNING).then(statement=False)
        .otherwise((pl.col("block_lost") == 0) & (pl.col("list_lost") == 0))
    )  # fmt: skip
