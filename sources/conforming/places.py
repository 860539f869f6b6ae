"""Conform towns and villages: look up a delivered name or code in the divisions in force in the month."""

from __future__ import annotations

import polars as pl

from sources.divisions import AMBIGUOUS, ANYWHERE, Vintage

_SIGNS = r"[-\u{2013}\u{2014}/\\>,\u{b7}\u{3001}_|()]"
"""Signs between the names of places, and around the kind of one: 源潭镇-黄溪村(行政村)."""
_OFFICE = r"^(.{1,12}?(?:镇|乡|苏木|街道))(?:街道办事处|办事处|街道办|人民政府|政府)(.)"
"""The office of a town in front of a village."""


def conform_towns(cells: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """Conform towns to their 9-digit codes; frames of cells have the shape described in ``ids``."""
    found = _looked_up(cells.select("text"), vintage.towns, vintage.prefix)
    error = pl.when(pl.col("town_code").is_null()).then(pl.lit("division_unknown"))
    return found.select(value="town_code", error=error)


def conform_villages(places: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """Conform villages to their 12-digit codes, each within its town.

    ``places`` has ``town_code`` and ``text``; the result has ``value`` and ``error``, row by row. A village without a
    town must match exactly one division of the district.
    """
    places = places.select(pl.col("town_code").fill_null(ANYWHERE), "text")
    found = _looked_up(places, vintage.villages, vintage.prefix)
    code = pl.col("division_code")
    error = (
        pl.when(code.is_null()).then(pl.lit("division_unknown"))
        .when(code == AMBIGUOUS).then(pl.lit("division_ambiguous"))
    )  # fmt: skip
    return found.select(value=pl.when(code != AMBIGUOUS).then(code), error=error)


def _looked_up(places: pl.DataFrame, forms: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Join the code of each place by its text or, if there is none, by its names alone.

    These are without the district in front, the office of a town, and signs between the names.
    """
    keys, code = forms.columns[:-1], forms.columns[-1]
    on = [key if key in places.columns else "text" for key in keys]

    def codes_of(texts: pl.DataFrame) -> pl.Series:
        return texts.join(forms, left_on=on, right_on=keys, how="left", maintain_order="left")[code]

    found = codes_of(places)
    if found.null_count():
        names = pl.col("text").str.replace_all(_SIGNS, "").str.replace(prefix, "$1").str.replace(_OFFICE, "$1$2")
        unknown = found.is_null().arg_true()
        found = found.scatter(unknown, codes_of(places[unknown].with_columns(names)))
    return found.to_frame(code)
