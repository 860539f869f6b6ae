"""Conform cells beside other cells of their row, as the contract's row rules ask (semantics §3).

Belongs here: the errors of a rule about two columns, and the rows that cannot do without a cell.
Does not belong here: one cell by itself (``rows``), relations that only raise a question (``expectations``).
"""

from __future__ import annotations

import polars as pl

from sources.contracts.model import Column, Dataset, RowRule

BEFORE_OTHER, ABOVE_OTHER = "before_other_date", "above_other_number"


def with_row_rules(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Apply the row rules to typed cells, in contract order, so that a rule sees no cell that another one emptied.

    ``frame`` has ``<name>`` and ``<name>__error`` per contract column. A cell that breaks a rule has an error and no
    value.
    """
    for column in dataset.columns:
        for rule in column.row_rules:
            frame = frame.with_columns(*_ruled(column, rule))
    return frame


def _ruled(column: Column, rule: RowRule) -> tuple[pl.Expr, ...]:
    value, error, other = pl.col(column.name), pl.col(f"{column.name}__error"), pl.col(rule.column)
    if rule.rule == "filledWhen":
        is_missing = value.is_null() & (other == rule.value)
        return (
            pl.coalesce(error, pl.when(is_missing).then(pl.lit("required_missing"))).alias(f"{column.name}__error"),
        )
    is_broken, code = (value < other, BEFORE_OTHER) if rule.rule == "notBefore" else (value > other, ABOVE_OTHER)
    is_broken = is_broken.fill_null(False)
    return (
        pl.when(~is_broken).then(value).alias(column.name),
        pl.when(is_broken).then(pl.lit(code)).otherwise(error).alias(f"{column.name}__error"),
    )


def lacks_required(dataset: Dataset) -> pl.Expr:
    """Tell the rows with an error in a column that is required, in any row or beside the row's other cells."""
    required = [pl.col(f"{c.name}__error").is_not_null() for c in dataset.required]
    conditional = [
        (pl.col(rule.column) == rule.value).fill_null(False) & pl.col(f"{column.name}__error").is_not_null()
        for column in dataset.columns
        for rule in column.row_rules
        if rule.rule == "filledWhen"
    ]
    return pl.any_horizontal(*required, *conditional)
