"""Know the labels of printed totals (semantics §2).

Belongs here: the words, and which rows such a total sums.
Does not belong here: whether a row with such a word is a total (``lines``), the sums (``conforming.rows``).
"""

from __future__ import annotations

import re

WHOLE, PART, RUNNING, NO_SUM = "合计", "小计", "累计", "平均"
"""Kinds of printed totals: over all rows, over those since the last such row, over all rows so far (or of earlier
lists, so that no sum proves it wrong), and means or parts, which are no sums."""
TOTAL_WORDS = "合计|总计|小计|共计|总和|总数|总共|累计|平均|人均|户均|其中|(?i:total)"
"""Expression, of Rust too, that the label of every printed total contains, except of bare counts."""
COUNT = "[0-9][0-9,.]*+(?:户|人次|人|万元|元|个(?:[镇乡村组]|街道|社区)?|[条名行件次处座])"
"""A number with what it counts."""

_SUM = "(?:总合计|合计|总计|共计|总和|总数|总共|(?i:total))"
# The quantifiers are possessive, so that no text takes long to match.
_COUNTS = (
    r"(?:户数|人数|金额|人民币|数)?[::=]?"
    r"(?:\((?:单位[::]?)?(?:万?元|大写|人民币|小写)\)[::]?.{0,40}"
    rf"|\(?(?:(?:{COUNT}|[0-9][0-9,.]*+)[,、;]?+)*+\)?[::=]?)"
)
_MONTH = "(?:[0-9]{4}年)?(?:[0-9]{1,2}月份?)?"
_SCOPE = (
    rf"(?:全(?:[区县市旗镇乡村部]|街道|社区)|本[表月年季次]|以上|累计|户数|人数|金额|资金"
    rf"|[\u4e00-\u9fff]{{2,8}}[区县市旗])?{_MONTH}"
)
_PLACE = (
    f"(?:[本各全]?[页镇乡村组]|第[0-9]+页|.{{1,12}}(?:[镇乡村组类户]|街道|社区|委会|委员会|苏木|嘎查|办事处)){_MONTH}"
)
_OPEN, _CLOSE = r"[(\[【*∑★]{0,3}", r"[)\]】*]{0,2}"
_OF_ALL = re.compile(
    rf"{_OPEN}{_SCOPE}{_SUM}{_CLOSE}{_COUNTS}|(?:本表|以上|总)?共有?(?=[0-9]){_COUNTS}|(?:以上)?(?:{COUNT})++合计"
)
_OF_PART = re.compile(
    rf"{_OPEN}{_PLACE}\(?(?:{_SUM}|小计){_CLOSE}{_COUNTS}|{_PLACE}共有?(?=[0-9]){_COUNTS}"
    rf"|{_OPEN}{_SCOPE}小计{_CLOSE}(?:{_COUNTS}|[::(]{_PLACE}\)?)"
)
_SO_FAR = re.compile(rf"{_OPEN}(?:本[月年季页]|至今|截至{_MONTH}|{_MONTH})?累计{_CLOSE}{_COUNTS}")
_NOT_SUMMED = re.compile(
    rf"{_OPEN}(?:{_PLACE}|{_SCOPE})(?:平均|人均|户均)(?:[值数额]|收入|金额)?{_CLOSE}[::]?|{_OPEN}其中(?:[::].*)?"
)
_IN_A_CODE = re.compile(rf"[\u4e00-\u9fff]{{2,12}}(?:{_SUM}|小计){_COUNTS}")


def total_kind(text: str, is_code: bool = False) -> str | None:
    """Return the kind of a printed total that a text is the label of (one of the four), or None.

    No code of a household or a payment is a Chinese word that ends in 合计, so there any place may precede the word.
    """
    if _SO_FAR.fullmatch(text):
        return RUNNING
    if _NOT_SUMMED.fullmatch(text):
        return NO_SUM
    if _OF_ALL.fullmatch(text):
        return WHOLE
    if _OF_PART.fullmatch(text) or (is_code and _IN_A_CODE.fullmatch(text)):
        return PART
    return None


def is_total(first: str) -> bool:
    """Check whether a first filled cell is the label of a printed total."""
    return total_kind(first) is not None
