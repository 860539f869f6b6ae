"""Find the rows below a header that are about the columns: their numbers, codes of fields, hints, an example.

Belongs here: such rows, below the first header and below repeated ones.
Does not belong here: the header (``header``), notes between the rows (``lines``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from sources.reading.header import Header
from sources.reading.lines import NOTHING
from sources.reading.remarks import NOTE

_MOST = 4
"""Most such rows below one header: one of each kind."""
_FEWEST = 3
_CODE = re.compile("[A-Za-z][A-Za-z0-9_.-]*|字段[0-9]+")
_ORDINAL = re.compile("[甲乙丙丁戊A-E]|[序编列栏代]号|[栏行]次|栏目|项目|代码")
_NUMBER = re.compile(r"[(\[第栏列]{0,2}0?([0-9]{1,2}|[一二三四五六七八九十])(?:\.0)?[)\]栏列]{0,2}(?:=.*)?")
_CHINESE_NUMBERS = {sign: n for n, sign in enumerate("一二三四五六七八九十", 1)}
_HINT = re.compile(
    rf"\(?(?:{NOTE}|必[须需]填[写报]|不[能可]为空|可[以]?为空|据实填[写报]|按[^元万千]{{1,12}}填[写报]|[0-9]+位[^元万千]{{0,8}}"
    r"|(?:字符|数值|数字|文本|日期|整数)[型类]?(?:\([0-9,]+\))?|大于等?于?0|系统自动.{2,4}|手工[录填][入写]"
    r"|(?i:varchar2?|n?char|decimal|number|numeric|int|integer|string|text|date|datetime|float)(?:\([0-9,]+\))?)\)?"
)
_MARK = re.compile("[*√★☆]")
_EXAMPLE = re.compile("(?:示例|样例|范例|举例|例如|例)(?:行|数据|[0-9])?(?:[::].*)?")


def rows_about_columns(cells: pl.DataFrame, header: Header, repeated: Iterable[int] = ()) -> list[int]:
    """List the rows directly below a header, or one of its ``repeated`` rows, that are about the columns.

    There is at most one of each kind below each; blank rows between do not count.
    """
    return sorted(row for below in (header.last_row, *repeated) for row in _below(cells, header, below))


def _below(cells: pl.DataFrame, header: Header, row: int) -> list[int]:
    kinds, found = [_are_numbers, _are_codes, _are_hints, _are_an_example], []
    for below, texts in enumerate(cells[row + 1 : row + 1 + 2 * _MOST].rows(), row + 1):
        filled = {i: text for i, text in enumerate(texts) if text}
        if not filled:
            continue
        kind = next((kind for kind in kinds if kind(filled, header)), None)
        if kind is None:
            break
        kinds.remove(kind)
        found.append(below)
    return found


def is_example(first: str) -> bool:
    """Check whether the first filled cell of a row says that it is an example."""
    return _EXAMPLE.fullmatch(first) is not None


def _are_an_example(filled: dict[int, str], header: Header) -> bool:
    return is_example(next(iter(filled.values())))


def _are_numbers(filled: dict[int, str], header: Header) -> bool:
    """Check for 1, 2, 3 …, also in brackets, with a formula, and behind 甲, 乙 or 栏次.

    Every column of the contract has its number; each other cell has its own, or a mark.
    """
    matched = header.columns.values()
    if any(i not in filled for i in matched):
        return False
    texts = {i: t for i, t in filled.items() if not _ORDINAL.fullmatch(t) and (i in matched or t not in NOTHING)}
    texts = {i: t for i, t in texts.items() if i in matched or not _HINT.fullmatch(t)}
    found = {i: _NUMBER.fullmatch(text) for i, text in texts.items()}
    if len(found) < _FEWEST or None in found.values():
        return False
    numbers = {i: _CHINESE_NUMBERS.get(m[1]) or int(m[1]) for i, m in found.items() if m}
    ahead = {n - i for i, n in numbers.items()}
    return len(ahead) == 1 and (ahead == {1} or numbers[min(numbers)] in (0, 1))


def _are_codes(filled: dict[int, str], header: Header) -> bool:
    """Check for codes of fields: each has its own, and at most one column has none."""
    is_each_another = len(set(filled.values())) == len(filled)
    return is_each_another and _are_all(filled, header, _CODE, max(2, len(header.columns) - 1))


def _are_hints(filled: dict[int, str], header: Header) -> bool:
    return _are_all(filled, header, _HINT, 2) or _are_all(filled, header, _MARK, _FEWEST)


def _are_all(filled: dict[int, str], header: Header, form: re.Pattern[str], fewest: int) -> bool:
    """Check that all cells have a form, and that at least so many columns of the contract have a cell."""
    count = sum(i in filled for i in header.columns.values())
    return count >= fewest and all(form.fullmatch(text) for text in filled.values())
