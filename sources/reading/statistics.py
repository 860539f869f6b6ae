"""Tell the statistics below a list, such as 低保户 | 12 | 户, from its rows (semantics §2).

Belongs here: what such a row is made of. Does not belong here: totals and notes (``lines``), where the list ends
(``table``).
"""

from __future__ import annotations

import re

from sources.reading.lines import Columns, is_id
from sources.reading.totals import COUNT as _COUNT_OF_A_TOTAL

COUNT = rf"(?:{_COUNT_OF_A_TOTAL}|[0-9][0-9,.]*+(?:[亩米]|公里))"
_WORDS = "[A-Za-z\u4e00-\u9fff()]{1,14}"
_COUNTED = re.compile(rf"{_WORDS}[::]?{COUNT}(?:[,、;和]?(?:{_WORDS})?[::]?{COUNT})*[。;]?")
"""A text with its counts: 低保户12户,30人."""
_COUNT = re.compile(rf"(?:共|计)?{COUNT}")
_UNIT = re.compile("户|人次?|万?元|个|[条名件次处座项亩]|公里|米")
_NUMBER = re.compile("[0-9][0-9,]*(?:[.][0-9]+)?")
_LABEL = re.compile(rf"(?:\({_WORDS}\))?{_WORDS}[::]?")
_OF_A_NUMBER = re.compile(".*(?:[数户]|人[口员]?|[男女])[::]?")
"""A label that says that the number behind it counts something."""
_NAME = re.compile("[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+·[\u4e00-\u9fff·]+")
_NO_NAME = re.compile(".*(?:[户数类镇乡村]|人[口员数]|街道|社区)")


def is_statistics(filled: dict[int, str], columns: Columns) -> bool:
    """Check whether the cells of a row without a key, by column, are labels and what they count.

    A count has its unit, in its cell or in the next one, or its label says that it is one. A person's name, a word of
    its column's list, an amount where nothing is counted, and one beside a code with a count (第3户) make the row data.
    """
    cells = list(filled.items())
    kinds = [_kind(i, text, columns) for i, text in cells]
    if not kinds or None in kinds or kinds[0] not in ("label", "counted"):
        return False
    is_amount = any(kind == "number" and i in columns.numbers for (i, _), kind in zip(cells, kinds, strict=True))
    if is_amount and any(i in columns.codes and kind != "label" for (i, _), kind in zip(cells, kinds, strict=True)):
        return False
    pairs = list(zip(kinds, [*kinds[1:], None], strict=True))
    if "counted" in kinds or "count" in kinds or ("number", "unit") in pairs:
        return all(before in ("number", "label") for before, kind in pairs if kind == "unit")
    alternate = all(kind == ("number" if n % 2 else "label") for n, kind in enumerate(kinds)) and len(kinds) % 2 == 0
    return alternate and not is_amount and all(_OF_A_NUMBER.fullmatch(text) for _, text in cells[::2])


def _kind(index: int, text: str, columns: Columns) -> str | None:
    if text in columns.words.get(index, ()) or is_id(text):
        return None
    if _NUMBER.fullmatch(text):
        return "number"
    if _UNIT.fullmatch(text):
        return "unit"
    if _COUNT.fullmatch(text):
        # 12户 in a column of households is its amount.
        return None if text.endswith(columns.units.get(index, "?")) else "count"
    if _COUNTED.fullmatch(text):
        return "counted"
    is_name = index in columns.names and _NAME.fullmatch(text) and not _NO_NAME.fullmatch(text)
    return "label" if _LABEL.fullmatch(text) and not is_name else None
