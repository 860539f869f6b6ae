"""Towns and villages: from a delivered name or code to the code of the month's vintage.

Belongs here: conforming the two place columns, the village within its town. Does not belong here: the forms of a name
(``divisions``).
"""

from __future__ import annotations

import polars as pl

from sources.divisions import AMBIGUOUS, Vintage


def conform_towns(cells: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """Read towns; frames of distinct cells in and out as in ``ids``, ``value`` is the 9-digit code."""
    found = cells.join(vintage.towns, left_on="text", right_on="form", how="left", maintain_order="left")
    return found.select(
        "text",
        "type",
        value="town_code",
        error=pl.when(pl.col("town_code").is_null()).then(pl.lit("division_unknown")),
    )


def conform_villages(places: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """Read villages within their towns.

    ``places`` has distinct ``town_code`` and ``text``; the result adds ``value`` (12 digits) and ``error``. Without a town
    the village must be the only one of that form in the district.
    """
    anywhere = vintage.villages.group_by("form").agg(
        _anywhere=pl.when(pl.col("division_code").n_unique() == 1)
        .then(pl.col("division_code").first())
        .otherwise(pl.lit(AMBIGUOUS))
    )
    found = places.join(
        vintage.villages,
        left_on=["town_code", "text"],
        right_on=["town_code", "form"],
        how="left",
        maintain_order="left",
    ).join(anywhere, left_on="text", right_on="form", how="left", maintain_order="left")
    code = pl.when(pl.col("town_code").is_null()).then("_anywhere").otherwise("division_code")
    error = (
        pl.when(code.is_null()).then(pl.lit("division_unknown"))
        .when(code == AMBIGUOUS).then(pl.lit("division_ambiguous"))
    )  # fmt: skip
    return found.select("town_code", "text", value=pl.when(code != AMBIGUOUS).then(code), error=error)
