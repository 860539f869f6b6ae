"""Tell what a number format of a workbook shows of a value, where that is not the value itself (ECMA-376, 18.8.31).

Belongs here: formats that scale, add a unit, pad, put digits in front, or hide.
Does not belong here: the format of a cell (``walked_cells``), days (calamine knows them).

Rounding, thousands separators, currencies and colours leave the value as it is; so does a negative number that is shown
in red without its sign, as Excel offers it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from sources.reading.files.second_look.format_sections import POINT, UNIT, WORDS, Section, sections_of
from sources.reading.files.sheet import NUMBER, SCALED, TEXT, UNCLEAR

_PERCENTS = {9: "0%", 10: "0.00%"}
_DAYS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_LONGEST = 255
"""Characters of a format that Excel admits."""
_WITH_TEXT = 4
"""Sections of a format whose last one is about texts."""
MOST_DIGITS = 15
"""Digits that a number of a workbook holds exactly."""


def general(value: float) -> str:
    """Write a number with 15 significant digits, as Excel does; whole ones in full, none in scientific notation."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value):
        return str(int(value))
    short = f"{value:.15g}"
    return short if "e" not in short else f"{value:.20f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Shown:
    """What a person sees instead of the value, and the type of the cell then."""

    text: str
    type: int


def code_of(number: int, codes: Mapping[int, str]) -> str:
    """Return the code of a number format; ``codes`` are those of the file. A format that alters nothing may be General.

    The built-in ones have no code in the file (18.8.30).
    """
    code = codes.get(number) or _PERCENTS.get(number) or ("yyyy-mm-dd" if number in _DAYS else "General")
    return code if len(code) <= _LONGEST else "General"


@lru_cache(4096)
def is_date(code: str) -> bool:
    """Check whether a format shows a day or a time."""
    return sections_of(code)[0].is_date


@lru_cache(4096)
def is_plain(code: str) -> bool:
    """Check whether a format shows every value as it is, except for rounding; hidden zeros count as shown."""
    sections = sections_of(code)
    texts = [s for s in sections if s.is_text]
    numbers = [s if index == 0 else _negative(s) for index, s in enumerate(sections[:3]) if not s.is_text]
    is_about_zero = len(numbers) == 3 and not any(s.condition for s in numbers)
    zero = numbers.pop() if is_about_zero else None
    return (
        all(s.is_plain for s in numbers)
        and (zero is None or zero.is_number or zero.is_date or not _has_words(zero))
        and not any(_has_words(s) for s in texts)
        and (len(sections) < _WITH_TEXT or bool(texts))
    )


def _negative(section: Section) -> Section:
    """Take a section as it is for numbers that are not positive: the sign in it is their own."""
    return replace(section, prefix=section.prefix.rstrip("-−("))


def _has_words(section: Section) -> bool:
    return bool(WORDS.search(section.prefix + section.suffix))


def shown(code: str, value: str) -> Shown | None:
    """Return what a format shows of a number, given with at most 15 digits; None if that is the number."""
    number = Decimal(value)
    section = _section_for(code, number) if number.is_finite() else None
    if section is None or section.is_text or section.is_date or section.is_other:
        return None
    if not section.is_number:
        if _has_words(section):
            return Shown(section.prefix, TEXT)
        return Shown(value, UNCLEAR) if number else None
    if section.is_day and not (section.percents or section.commas):
        return _as_code(section, number, value)
    if section.percents or section.commas or section.point:
        return _scaled(section, number)
    if section.touches or section.has_name or not section.is_one_number:
        return _as_code(section, number, value)
    if UNIT.match(section.suffix):
        return Shown(_plain(number) + section.suffix, SCALED)
    if section.zeros > 1 and not section.has_point and number == int(number):
        padded = _padded(section, number)
        return Shown(padded, NUMBER) if padded != value and len(padded) <= MOST_DIGITS else None
    return None


def shown_text(code: str, text: str) -> Shown | None:
    """Return what a format shows of a text; None if that is the text."""
    sections = sections_of(code)
    section = next((s for s in sections if s.is_text), None)
    if section:
        return Shown(section.prefix + text + section.suffix, TEXT) if _has_words(section) else None
    return Shown(text, UNCLEAR) if len(sections) >= _WITH_TEXT else None


def _scaled(section: Section, number: Decimal) -> Shown:
    """Scale a number as its format does, to the last digit."""
    points = [literal for literal, _ in section.between if POINT.fullmatch(literal)]
    is_unclear = len(points) > 1 or (points and section.has_point) or section.touches or not section.is_one_number
    if is_unclear:
        return Shown(_plain(number), UNCLEAR)
    power = 2 * section.percents - 3 * section.commas - section.point
    return Shown(_plain(number.scaleb(power)) + section.suffix, SCALED)


def _as_code(section: Section, number: Decimal, value: str) -> Shown:
    """Write a whole number as the code that its format shows, for instance 0763-123456."""
    if number != int(number) or number < 0 or section.has_point or section.prefix.endswith(("-", "−")):
        return Shown(value, UNCLEAR)
    digits, text, done = _padded(section, number), section.prefix, 0
    for literal, behind in section.between:
        cut = max(done, len(digits) - behind)
        text, done = text + digits[done:cut] + literal, cut
    return Shown(text + digits[done:] + section.suffix, TEXT)


def _padded(section: Section, number: Decimal) -> str:
    sign = "-" if number < 0 else ""
    return sign + str(abs(int(number))).rjust(section.zeros, "0")


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _section_for(code: str, number: Decimal) -> Section | None:
    section = _chosen(code, number)
    return _negative(section) if section and number <= 0 else section


def _chosen(code: str, number: Decimal) -> Section | None:
    sections = [s for s in sections_of(code) if not s.is_text] or list(sections_of(code)[:1])
    if any(s.condition for s in sections):
        fallback = [s for s in sections if not s.condition]
        holding = next((s for s in sections if s.condition and _holds(s.condition, number)), None)
        return holding or (fallback[-1] if fallback else None)
    if number < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if number == 0 and len(sections) > 2 else sections[0]


def _holds(condition: tuple[str, Decimal], number: Decimal) -> bool:
    sign, limit = condition
    return {
        "<": number < limit,
        "<=": number <= limit,
        ">": number > limit,
        ">=": number >= limit,
        "=": number == limit,
        "<>": number != limit,
    }[sign]
