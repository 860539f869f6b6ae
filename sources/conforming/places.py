"""Conform towns and villages: look up a delivered name or code in the divisions in force in the month."""

from __future__ import annotations

import polars as pl

from sources.divisions import AMBIGUOUS, ANYWHERE, Vintage


def conform_towns(cells: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """Conform towns to their 9-digit codes; frames of cells have the shape described in ``ids``."""
    found = cells.join(vintage.towns, left_on="text", right_on="form", how="left", maintain_order="left")
    error = pl.when(pl.col("town_code").is_null()).then(pl.lit("division_unknown"))
    return found.select(value="town_code", error=error)


def conform_villages(places: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """Conform villages to their 12-digit codes, each within its town.

    ``places`` has ``town_code`` and ``text``; the result has ``value`` and ``error``, row by row. A village without a
    town must match exactly one division of the district.
    """
    found = places.with_columns(pl.col("town_code").fill_null(ANYWHERE)).join(
        vintage.villages,
        left_on=["town_code", "text"],
        right_on=["town_code", "form"],
        how="left",
        maintain_order="left",
    )
    code = pl.col("division_code")
    error = (
        pl.when(code.is_null()).then(pl.lit("division_unknown"))
        .when(code == AMBIGUOUS).then(pl.lit("division_ambiguous"))
    )  # fmt: skip
    return found.select(value=pl.when(code != AMBIGUOUS).then(code), error=error)
