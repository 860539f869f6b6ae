"""Towns and villages: from a delivered name or code to the code of the month's vintage.

Belongs here: conforming the two place columns, the village within its town. Does not belong here: the forms of a name
(``divisions``).
"""

from __future__ import annotations

import polars as pl

from sources.divisions import AMBIGUOUS, ANYWHERE, Vintage


def conform_towns(cells: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """Read towns; frames of cells in and out as in ``ids``, ``value`` is the 9-digit code."""
    found = cells.join(vintage.towns, left_on="text", right_on="form", how="left", maintain_order="left")
    error = pl.when(pl.col("town_code").is_null()).then(pl.lit("division_unknown"))
    return found.select(value="town_code", error=error)


def conform_villages(places: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """Read villages within their towns.

    ``places`` has ``town_code`` and ``text``; the result has ``value`` (12 digits) and ``error``, row by row. Without a
    town only one division of the district may fit.
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
