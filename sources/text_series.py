"""Normalise polars series of texts that people typed, as ``text.plain`` does single texts.

Belongs here: functions on string series and frames of them. Does not belong here: single strings (``text``, which does
without polars, because settings and the help of commands import it), interpreting cells (``conforming``).
"""

from __future__ import annotations

import re

import polars as pl

from sources.characters import SAME, UNIFIED, UNSEEN

_BLANKS_PL = rf"[\s{UNSEEN}\x{{1c}}-\x{{1f}}\x{{85}}]+"
_NOT_PLAIN_YET = f"[^!-~{UNIFIED}]"
"""Characters that may change; ASCII and Chinese characters do not, except the compatibility ideographs."""
_MAY_CHANGE = f"^'|^$|{_NOT_PLAIN_YET}"
"""Texts that ``plain_series`` may change: few cells of data."""
_HAS_OTHER_FORM = rf"[\p{{M}}\x{{1161}}-\x{{11ff}}{''.join(map(re.escape, SAME))}]"
"""Characters that look like another one, and those that may join the one before after something between them went."""
_SAMPLE = 1000
"""About how many texts of a series are sampled for repetitions."""
_FEW = 300
"""So many texts take less time than to find and join distinct ones."""


def repeats_itself(texts: pl.Series) -> bool:
    """Check whether it pays to work on distinct texts: on average a sample has each text at least twice."""
    if len(texts) <= _FEW:
        return False
    sample = texts.gather_every(max(1, len(texts) // _SAMPLE))
    return 2 * sample.n_unique() <= len(sample)


def plain_series(texts: pl.Series) -> pl.Series:
    """Apply ``plain`` to a string series, also removing a leading apostrophe; empty text becomes null."""
    if repeats_itself(texts):
        distinct = texts.unique()
        forms = pl.DataFrame({"text": distinct, "plain": _plain_forms(distinct)})
        joined = texts.to_frame("text").join(forms, on="text", how="left", nulls_equal=True, maintain_order="left")
        return joined["plain"].rename(texts.name)
    return _plain_forms(texts)


def plain_frame(texts: pl.DataFrame) -> pl.DataFrame:
    """Apply ``plain_series`` to each column of strings; the few cells that may change are gathered first."""
    if texts.is_empty():
        return texts
    places = texts.select(pl.all().str.contains(_MAY_CHANGE).arg_true().implode())
    changing = {column.name: column[0] for column in places if len(column[0])}
    if not changing:
        return texts
    forms = plain_series(pl.concat([texts[name].gather(rows).rename("") for name, rows in changing.items()]))
    columns, done = [], 0
    for name, rows in changing.items():
        columns.append(texts[name].clone().scatter(rows, forms[done : done + len(rows)]))
        done += len(rows)
    return texts.with_columns(columns)


def _plain_forms(texts: pl.Series) -> pl.Series:
    is_plain_yet = ~texts.str.contains(_NOT_PLAIN_YET).fill_null(False)
    if not is_plain_yet.all():
        others = texts.filter(~is_plain_yet).str.normalize("NFKC").str.replace_all(_BLANKS_PL, "")
        texts = texts.clone().scatter((~is_plain_yet).arg_true(), _with_usual_forms(others))
    return texts.str.strip_prefix("'").replace("", None)


def _with_usual_forms(texts: pl.Series) -> pl.Series:
    has_other = texts.str.contains(_HAS_OTHER_FORM).fill_null(False)
    if not has_other.any():
        return texts
    usual = texts.filter(has_other).str.replace_many(SAME).str.normalize("NFKC")
    return texts.clone().scatter(has_other.arg_true(), usual)
