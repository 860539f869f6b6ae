"""Tell what a number format of a workbook shows of a value, where that is not the value itself (ECMA-376, 18.8.31).

Belongs here: formats that scale, add a unit, pad, put digits in front, or hide.
Does not belong here: the format of a cell (``walked_cells``), days (calamine knows them).

Rounding, thousands separators, currencies and colours leave the value as it is; so does a negative number that is shown
in red without its sign, as Excel offers it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from sources.reading.files.sheet import NUMBER, SCALED, TEXT, UNCLEAR

_PERCENTS = {9: "0%", 10: "0.00%"}
_DAYS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_LONGEST = 255
"""Characters of a format that Excel admits."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<blank>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<power>E[+-])|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_CURRENCY = re.compile(r"\$([^-]*)")
_DATE = re.compile("[ymdhseagb]", re.IGNORECASE)
_GROUPS = re.compile(r"[,'\uff0c\s\u00a0十百千万亿元]+")
"""Literals between digits that leave the number as it is: 1 234, 12万3456."""
_UNIT = re.compile(r"(?:人民币|RMB|¥)?(?:[十百千万亿]|元|米|公里|[%‰\uff05])", re.IGNORECASE)
"""Beginning of a suffix that scales the number, or that a header may contradict."""
_CURRENCIES = re.compile(r"人民币|RMB|CNY|USD|US|HKD|HK|EUR", re.IGNORECASE)
_BEFORE, _BEHIND = re.compile(r"[0-9][.\uff0e]?$|[-−]$"), re.compile(r"[.\uff0e]?[0-9]|,")
_WORDS = re.compile(r"\w")
_POINT = re.compile("[.\uff0e]")
_AROUND = "() \n\r\t\u00a0\uff08\uff09"
"""Blanks, and the brackets of negative amounts."""
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


@dataclass
class _Section:
    """One of the sections of a format, which are divided by semicolons."""

    condition: tuple[str, Decimal] | None = None
    prefix: str = ""
    suffix: str = ""
    between: list[tuple[str, int]] = field(default_factory=list)
    """Literals between the digits before the decimal point, each with the number of digits behind it."""
    zeros: int = 0
    digits: int = 0
    commas: int = 0
    percents: int = 0
    has_point: bool = False
    is_general: bool = False
    is_date: bool = False
    is_other: bool = False
    """A fraction or a power of ten, which show the value."""
    is_text: bool = False

    @property
    def is_number(self) -> bool:
        return bool(self.digits) or self.is_general

    @property
    def point(self) -> int:
        """Digits behind a point that is a literal: it divides what is shown by as many powers of ten."""
        return sum(behind for literal, behind in self.between if _POINT.fullmatch(literal))

    @property
    def is_one_number(self) -> bool:
        """Check that no literal between the digits makes a code of them; a literal point does not."""
        return all(_GROUPS.fullmatch(literal) or _POINT.fullmatch(literal) for literal, _ in self.between)

    @property
    def is_plain(self) -> bool:
        """Check whether the section shows any positive number as it is."""
        if self.is_date or self.is_other:
            return True
        return (
            self.is_number
            and not (self.commas or self.percents or self.point or self.zeros > 1)
            and self.is_one_number
            and not _UNIT.match(self.suffix)
            and not (self.touches or self.has_name)
        )

    @property
    def has_name(self) -> bool:
        """Check for words in front, which make a code of the number; a currency does not."""
        return bool(_WORDS.search(_CURRENCIES.sub("", self.prefix)))

    @property
    def touches(self) -> bool:
        """Check for literals that read as digits of the number, or as its sign."""
        return bool(_BEFORE.search(self.prefix) or _BEHIND.match(self.suffix))


def code_of(number: int, codes: Mapping[int, str]) -> str:
    """Return the code of a number format; ``codes`` are those of the file. A format that alters nothing may be General.

    The built-in ones have no code in the file (18.8.30).
    """
    code = codes.get(number) or _PERCENTS.get(number) or ("yyyy-mm-dd" if number in _DAYS else "General")
    return code if len(code) <= _LONGEST else "General"


@lru_cache(4096)
def is_date(code: str) -> bool:
    """Check whether a format shows a day or a time."""
    return _sections(code)[0].is_date


@lru_cache(4096)
def is_plain(code: str) -> bool:
    """Check whether a format shows every value as it is, except for rounding; hidden zeros count as shown."""
    sections = _sections(code)
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


def _negative(section: _Section) -> _Section:
    """Take a section as it is for numbers that are not positive: the sign in it is their own."""
    return replace(section, prefix=section.prefix.rstrip("-−("))


def _has_words(section: _Section) -> bool:
    return bool(_WORDS.search(section.prefix + section.suffix))


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
    if section.percents or section.commas or section.point:
        return _scaled(section, number)
    if section.touches or section.has_name or not section.is_one_number:
        return _as_code(section, number, value)
    if _UNIT.match(section.suffix):
        return Shown(_plain(number) + section.suffix, SCALED)
    if section.zeros > 1 and not section.has_point and number == int(number):
        padded = _padded(section, number)
        return Shown(padded, NUMBER) if padded != value and len(padded) <= MOST_DIGITS else None
    return None


def shown_text(code: str, text: str) -> Shown | None:
    """Return what a format shows of a text; None if that is the text."""
    sections = _sections(code)
    section = next((s for s in sections if s.is_text), None)
    if section:
        return Shown(section.prefix + text + section.suffix, TEXT) if _has_words(section) else None
    return Shown(text, UNCLEAR) if len(sections) >= _WITH_TEXT else None


def _scaled(section: _Section, number: Decimal) -> Shown:
    """Scale a number as its format does, to the last digit."""
    points = [literal for literal, _ in section.between if _POINT.fullmatch(literal)]
    is_unclear = len(points) > 1 or (points and section.has_point) or section.touches or not section.is_one_number
    if is_unclear:
        return Shown(_plain(number), UNCLEAR)
    power = 2 * section.percents - 3 * section.commas - section.point
    return Shown(_plain(number.scaleb(power)) + section.suffix, SCALED)


def _as_code(section: _Section, number: Decimal, value: str) -> Shown:
    """Write a whole number as the code that its format shows, for instance 0763-123456."""
    if number != int(number) or number < 0 or section.has_point or section.prefix.endswith(("-", "−")):
        return Shown(value, UNCLEAR)
    digits, text, done = _padded(section, number), section.prefix, 0
    for literal, behind in section.between:
        cut = max(done, len(digits) - behind)
        text, done = text + digits[done:cut] + literal, cut
    return Shown(text + digits[done:] + section.suffix, TEXT)


def _padded(section: _Section, number: Decimal) -> str:
    sign = "-" if number < 0 else ""
    return sign + str(abs(int(number))).rjust(section.zeros, "0")


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _section_for(code: str, number: Decimal) -> _Section | None:
    section = _chosen(code, number)
    return _negative(section) if section and number <= 0 else section


def _chosen(code: str, number: Decimal) -> _Section | None:
    sections = [s for s in _sections(code) if not s.is_text] or list(_sections(code)[:1])
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


@lru_cache(4096)
def _sections(code: str) -> tuple[_Section, ...]:
    parts: list[list[re.Match[str]]] = []
    part: list[re.Match[str]] = []
    for token in _TOKEN.finditer(code):
        if token["sign"] == ";":
            parts.append(part)
            part = []
        else:
            part.append(token)
    return tuple(_section(tokens) for tokens in (*parts, part))


def _section(tokens: list[re.Match[str]]) -> _Section:
    section, literal, is_hidden = _Section(), "", False
    trailing = 0
    for token in tokens:
        sign = token["sign"]
        if token["bracket"] is not None:
            literal += _bracket(section, token["bracket"])
        elif token["power"] or sign == "/":
            section.is_other = section.is_other or section.is_number
            literal += "" if token["power"] else "/"
        elif sign == "@":
            section.is_text, section.prefix, literal = True, literal, ""
        elif token["general"]:
            section.is_general, section.prefix, literal = True, literal, ""
        elif sign and sign in "0#?":
            literal = _digit(section, sign, literal)
            trailing = 0
        elif sign == "." and section.digits and not section.has_point:
            section.has_point, section.commas, trailing = True, trailing, 0
        elif sign == "." and not section.has_point:
            section.has_point = True
        elif sign == ",":
            is_scale = section.is_number and not literal
            trailing, literal = trailing + is_scale, literal + ("" if is_scale else ",")
        elif sign == "%":
            section.percents += 1
            literal += "" if is_hidden else "%"
        elif sign and _DATE.match(sign):
            section.is_date = True
        elif token["blank"] is None and token["fill"] is None:
            text = token["quoted"] if token["quoted"] is not None else token["escaped"] or sign or ""
            is_hidden = is_hidden or "\n" in text
            literal += text
    section.commas += trailing
    if section.is_number or section.is_text:
        section.suffix = literal.strip(_AROUND)
    else:
        section.prefix = literal.strip()
    return section


def _bracket(section: _Section, text: str) -> str:
    """Take a bracket: a condition, an elapsed time, a currency (returned), else a colour or a language."""
    if found := _CONDITION.fullmatch(text):
        section.condition = (found[1], Decimal(found[2]))
    elif re.fullmatch("h+|m+|s+", text, re.IGNORECASE):
        section.is_date = True
    elif found := _CURRENCY.match(text):
        return found[1]
    return ""


def _digit(section: _Section, sign: str, literal: str) -> str:
    """Count the place of a digit; the literal in front belongs to it. Returns what is left of the literal."""
    if section.has_point:
        section.digits += 1
        return literal
    if not section.digits:
        section.prefix = literal.strip()
    elif literal:
        section.between.append((literal, 0))
    section.between = [(text, behind + 1) for text, behind in section.between]
    section.digits += 1
    section.zeros += sign == "0" or bool(section.zeros)
    return ""
