"""Find a month in paths: patterns such as ``{month:%Y%m}/低保*.xlsx`` (docs/locations.md).

Belongs here: the forms of a month, matching one name. Does not belong here: walking a location (``transport.files``).
"""

from __future__ import annotations

import re
import unicodedata
from fnmatch import translate

from sources.months import Month
from sources.text import file_name_text

EVERY_MONTH = "{month:%Y-%m}/"
"""The layout of the inbox: a folder per month, below it a folder per re-delivery."""
_TOKEN = re.compile(r"\{month(?::([^{}]*))?\}")
_DIGITS = "〇一二三四五六七八九"
_PARTS = {
    "%Y": lambda month: f"{month.year:04d}",
    "%y": lambda month: f"{month.year % 100:02d}",
    "%m": lambda month: f"{month.number:02d}",
    "%-m": lambda month: str(month.number),
    "%汉年": lambda month: "".join(_DIGITS[int(digit)] for digit in str(month.year)),
    "%汉月": lambda month: _in_words(month.number),
}
_SHORT = r"%-m|%汉月"
"""Forms of a month that may be the beginning or the end of another one: 1 and 11, 一 and 十一."""
_NUMERALS = "[0-9一二三四五六七八九十]"
_BEGINS, _ENDS = "\ue000", "\ue001"
"""Marks in a filled pattern: here no numeral may come before, or follow."""
_PART = re.compile("|".join(map(re.escape, sorted(_PARTS, key=len, reverse=True))))


def _in_words(number: int) -> str:
    tens = "十" if number >= 10 else ""
    return tens + (_DIGITS[number % 10] if number % 10 else "")


def check_pattern(pattern: str, *, called: str = "pattern ") -> str:
    """Return the pattern. Raises ValueError, in Chinese, if it climbs out of the location or has an unknown part.

    ``called`` is the name that the setting has.
    """
    if pattern.startswith("/") or ".." in pattern.split("/") or re.search(r"[\x00-\x1f\x7f\\]", pattern):
        raise ValueError(f"{called}应是该位置之下的相对路径,不能有“..”、“\\”或控制字符")
    rest = _TOKEN.sub("", pattern)
    if "{" in rest or "}" in rest:
        raise ValueError(f"{called}里花括号只能写月份,例如 {{month:%Y%m}} 或 {{month:%Y年%-m月}}")
    for form in _TOKEN.findall(pattern):
        left = _PART.sub("", form)
        if "%" in left:
            raise ValueError("月份的写法只能用 %Y %y %m %-m(2021 21 06 6)和 %汉年 %汉月(二〇二一 六)")
        if form and not (re.search("%Y|%y|%汉年", form) and re.search("%-?m|%汉月", form)) and not _is_split(pattern):
            raise ValueError(f"{called}里要同时有年和月")
    return pattern


def _is_split(pattern: str) -> bool:
    """Check whether the whole pattern has a year and a month, in different places."""
    forms = "".join(form or "%Y-%m" for form in _TOKEN.findall(pattern))
    return bool(re.search("%Y|%y|%汉年", forms) and re.search("%-?m|%汉月", forms))


def has_month(pattern: str) -> bool:
    """Check whether a pattern tells one month from another."""
    return _TOKEN.search(pattern) is not None


def for_month(pattern: str, month: Month) -> list[str]:
    """Fill in a month; return the parts of the path, each a name with ``*`` and ``?`` as wildcards."""

    def filled(match: re.Match[str]) -> str:
        return _PART.sub(lambda part: _PARTS[part[0]](month), match[1] or "%Y-%m")

    return _TOKEN.sub(filled, pattern).split("/")


def parts_of(pattern: str, month: Month) -> list[str]:
    """Fill in a month like ``for_month``, for ``matches``: what a wildcard stands for makes no other month of it."""

    def marked(match: re.Match[str]) -> str:
        form, before, after = match[1] or "", pattern[: match.start()], pattern[match.end() :]
        begins = before.endswith(("*", "?")) and re.match(_SHORT, form)
        ends = after.startswith(("*", "?")) and re.search(rf"(?:{_SHORT})\Z", form)
        return f"{_BEGINS if begins else ''}{match[0]}{_ENDS if ends else ''}"

    return for_month(_TOKEN.sub(marked, pattern), month)


def matches(part: str, name: str) -> bool:
    """Check whether a name fits a part of a pattern, whatever form of Unicode, or GB18030, either is in."""
    # Only * and ? are wildcards: offices write brackets into names.
    form = translate(unicodedata.normalize("NFC", part).replace("[", "[[]"))
    form = form.replace(_BEGINS, f"(?<!{_NUMERALS})").replace(_ENDS, f"(?!{_NUMERALS})")
    return re.match(form, unicodedata.normalize("NFC", file_name_text(name))) is not None
