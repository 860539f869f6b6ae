"""Tell the rows of a list that are no data: totals in words, notes, signatures, headings, rows about the columns.

Belongs here: the words. Does not belong here: the bare totals and footers of every row (``table``).

Only a row that begins with Chinese and fills no key with anything else may be such a line; few rows of a list are.
"""

from __future__ import annotations

import re

import polars as pl

from sources.contracts.model import Dataset
from sources.reading.header import NOTE, Header

NOTHING = ("-", "—", "/")
"""Marks that people type into a cell to leave it empty."""
WHOLE, PART = "合计", "小计"
"""Labels of printed totals: over all rows, or over those since the last such row."""
TOTAL_WORDS = "合计|总计|小计|共计|总和"
"""Expression that the first cell of every printed total contains, except of bare counts."""

_COUNTS = r"(?:户数|人数|金额)?[::]?\(?(?:[0-9][0-9,.]*(?:户|人次|人|万元|元|[条个名行件次处座])?[,、;]?)*\)?[::]?"
_OF_ALL = re.compile(
    rf"(?:全(?:[区县市旗镇乡村]|街道|社区)|本表|以上|累计)?(?:合计|总计|共计|总和)(?:{_COUNTS})|共(?=[0-9]){_COUNTS}"
)
_PLACE = "(?:本[页镇乡村组]|.{1,12}(?:[镇乡村组类]|街道|社区|委会|苏木|嘎查|办事处))"
_OF_PART = re.compile(rf"{_PLACE}(?:合计|总计|共计|小计){_COUNTS}|小计(?:{_COUNTS}|[::(]?{_PLACE}\)?)")
_FIELD = (
    "(?:填[表报]|审[核批]|复核|制表|经办|负责|联系|报送|主管|分管|单位|部门|村|镇|街道)?(?:单位|部门)?"
    "(?:负责人|领导|人|电话|方式|日期|时间|签[字名章]|盖章|公章|手机)"
)
_LINE = re.compile(
    rf"(?:注|备注|附注?|说明|填[表报]说明)(?:[::0-9].*)?|{_FIELD}(?:\(.*\))?(?:[::].*)?|\(?(?:盖章|公章|签[字名章])\)?"
    r"|\(?[0-9一二三四五六七八九十]{1,2}[.、)].{4,}[。;;]|.{1,12}[::]"
)
_FEWEST = 3
_WIDE = 4
"""Fewest columns of a table in which one filled cell is a heading."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_CODE = re.compile("[A-Za-z][A-Za-z0-9_.-]*")
_ORDINALS = frozenset("甲乙丙丁戊") | {"序号", "栏次", "行次"}


def line_role(cells: tuple[str | None, ...], names: frozenset[int], header: Header) -> tuple[str, str | None]:
    """Return the role of a candidate row (data, total or note) and the label of a total.

    ``names`` are the columns with people's names: a name alone may be a person whose row was not filled in, so it is
    data.
    """
    is_wide = len(header.columns) >= _WIDE
    filled = {i: text for i, text in enumerate(cells) if text}
    first = next(iter(filled.values()))
    if _OF_ALL.fullmatch(first):
        return "total", WHOLE
    if _OF_PART.fullmatch(first):
        return "total", PART
    if is_wide and all(_LINE.fullmatch(text) for text in filled.values()):
        return "note", None
    is_alone = is_wide and len(filled) == 1 and not names & filled.keys() and first not in header.labels
    return ("note", None) if is_alone and _CHINESE.search(first) else ("data", None)


def is_total(first: str) -> bool:
    """Check whether a first filled cell is the label of a printed total."""
    return bool(_OF_ALL.fullmatch(first) or _OF_PART.fullmatch(first))


def candidates(cells: pl.DataFrame, header: Header, dataset: Dataset) -> pl.Series:
    """Match the rows that ``line_role`` may tell from data, by their first filled cell and their keys."""
    first = pl.coalesce(pl.all())
    keys = [pl.col(f"c{header.columns[name]}") for name in dataset.key if name in header.columns]
    is_keyed = pl.any_horizontal([k.is_not_null() & ~k.is_in(NOTHING) & (k != first) for k in keys] or [pl.lit(False)])
    is_chinese = first.str.contains("^[(（]?[\u4e00-\u9fff]|^[0-9]{1,2}[.、)]|^[(][0-9]")
    return cells.select(found=is_chinese & ~is_keyed)["found"].fill_null(False)


def rows_about_columns(cells: pl.DataFrame, header: Header) -> list[int]:
    """List the rows directly below the header that only number the columns, give their codes, or say how to fill in.

    Such a row fills every column with a header, and there is at most one of each kind.
    """
    kinds, found = [_are_numbers, _are_codes, _are_hints], []
    columns = [i for i, label in enumerate(header.labels) if label]
    for row in range(header.last_row + 1, min(header.last_row + 1 + len(kinds), cells.height)):
        texts = [cells.row(row)[i] for i in columns]
        kind = next((kind for kind in kinds if None not in texts and kind(texts)), None)
        if kind is None:
            break
        kinds.remove(kind)
        found.append(row)
    return found


def _are_numbers(texts: list[str]) -> bool:
    """Check for 1, 2, 3 …, also in brackets and behind 甲, 乙."""
    numbers = [text.strip("()第栏列") for text in texts if text not in _ORDINALS]
    if len(numbers) < _FEWEST or numbers[0] not in ("0", "1"):
        return False
    return numbers == [str(int(numbers[0]) + i) for i in range(len(numbers))]


def _are_codes(texts: list[str]) -> bool:
    return all(_CODE.fullmatch(text) for text in texts)


def _are_hints(texts: list[str]) -> bool:
    return all(re.fullmatch(NOTE, text.strip("()")) for text in texts)
