"""Match one header text to a column of the contract: synonyms, marks, notes about filling in, units (semantics §2).

Belongs here: what one text says. Does not belong here: the rows and columns of a header (``header``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sources.contracts.model import Column, Dataset
from sources.text import plain
from sources.units import plain_unit

UNIT = r"(?:千元|万元|元|公里|米|万人|人)"
_BRACKETS = str.maketrans("[]【】〔〕{}<>《》", "()" * 6)
_MARKS = "*★☆※△▲●○#"
NOTE = (
    r"(?:[必选可][填选]项?|可不填|非必填|不可为空|\d+位(?:数字?|号码?)?|文本(?:格式)?|数字|数值|日期|整数|小数"
    r"|下拉(?:选择?|菜单)?|单选|多选|[是有√]/[否无×]|[yY]{4}.*|年月日?|(?:格式|例如?|如|填写?|请|精确到|保留).*)"
)
"""Hints about filling a column in."""
_NOTES = re.compile(rf"\({NOTE}(?:[,;、]{NOTE})*\)$")
"""Hints in brackets, which are no part of a name; other brackets may tell two columns apart."""
_UNIT_FORM = re.compile(rf"(.+?)(?:\((?:单位[::]?)?([^()]+?)(?:[,;、]{NOTE})*\)|[/:,、_-]?(?:单位[::]?)?({UNIT}))")


@dataclass(frozen=True)
class Label:
    """The contract column that a header text names, and the unit in its brackets."""

    column: Column
    unit: str | None = None


@lru_cache(maxsize=64)
def _names(dataset: Dataset) -> dict[str, Column]:
    """Map plain header texts to columns; a label takes precedence over another column's synonym."""
    synonyms = {plain(s): c for c in dataset.columns for s in c.synonyms}
    return {**synonyms, **{plain(c.label): c for c in dataset.columns}}


def label_of(text: str, dataset: Dataset) -> Label | None:
    """Match a plain header text to a column: the whole text, then without marks and notes, then without its unit.

    Returns None if nothing matches; only a column with a unit matches without its bracket.
    """
    if not text:
        return None
    names = _names(dataset)
    if text in names:
        return Label(names[text])
    text = _without_notes(text)
    if text in names:
        return Label(names[text])
    form = _UNIT_FORM.fullmatch(text)
    column = names.get(form[1]) if form else None
    if form is None or column is None or not column.unit:
        return None
    return Label(column, plain_unit(form[2] or form[3], column.label, column.unit))


@lru_cache(maxsize=64)
def usual_texts(dataset: Dataset) -> list[str]:
    """List the plain header texts of a dataset as most people write them: bare, with a mark, a note or a unit."""
    texts = set(_names(dataset))
    for name, column in _names(dataset).items():
        units = ("元", "万元", "千元", column.unit) if column.unit else ()
        texts |= {f"*{name}", f"{name}*", f"{name}(必填)", f"{name}(选填)"}
        texts |= {form for unit in units for form in (f"{name}({unit})", f"{name}(单位:{unit})", f"{name}/{unit}")}
    return sorted(texts)


def _without_notes(text: str) -> str:
    """Remove the marks and notes that tell how to fill a column in: ``*姓名``, ``姓名(必填)``."""
    text = text.translate(_BRACKETS)
    while (shorter := _NOTES.sub("", text.strip(_MARKS))) != text:
        text = shorter
    return text
