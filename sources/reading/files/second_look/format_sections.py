"""Take a number format of a workbook apart into its sections (ECMA-376, 18.8.31).

Belongs here: signs of a format. Does not belong here: what a format shows of a value (``formats``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

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
UNIT = re.compile(r"(?:人民币|RMB|¥)?(?:[十百千万亿]|元|米|公里|[%‰\uff05])", re.IGNORECASE)
"""Beginning of a suffix that scales the number, or that a header may contradict."""
_CURRENCIES = re.compile(r"人民币|RMB|CNY|USD|US|HKD|HK|EUR", re.IGNORECASE)
_BEFORE, _BEHIND = re.compile(r"[0-9][.\uff0e]?$|[-−]$"), re.compile(r"[.\uff0e]?[0-9]|,")
WORDS = re.compile(r"\w")
POINT = re.compile("[.\uff0e]")
_AROUND = "() \n\r\t\u00a0\uff08\uff09"
"""Blanks, and the brackets of negative amounts."""


@dataclass
class Section:
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
        """Check whether the section shows the number at all."""
        return bool(self.digits) or self.is_general

    @property
    def point(self) -> int:
        """Digits behind a point that is a literal: it divides what is shown by as many powers of ten."""
        return sum(behind for literal, behind in self.between if POINT.fullmatch(literal))

    @property
    def is_day(self) -> bool:
        """Check whether it shows eight digits as a day: 2018.01.01."""
        points = [behind for literal, behind in self.between if POINT.fullmatch(literal)]
        return self.digits == 8 and points == [4, 2] and len(self.between) == len(points)

    @property
    def is_one_number(self) -> bool:
        """Check that no literal between the digits makes a code of them; a literal point does not."""
        return all(_GROUPS.fullmatch(literal) or POINT.fullmatch(literal) for literal, _ in self.between)

    @property
    def is_plain(self) -> bool:
        """Check whether the section shows any positive number as it is."""
        if self.is_date or self.is_other:
            return True
        return (
            self.is_number
            and not (self.commas or self.percents or self.point or self.zeros > 1)
            and self.is_one_number
            and not UNIT.match(self.suffix)
            and not (self.touches or self.has_name)
        )

    @property
    def has_name(self) -> bool:
        """Check for words in front, which make a code of the number; a currency does not."""
        return bool(WORDS.search(_CURRENCIES.sub("", self.prefix)))

    @property
    def touches(self) -> bool:
        """Check for literals that read as digits of the number, or as its sign."""
        return bool(_BEFORE.search(self.prefix) or _BEHIND.match(self.suffix))


@lru_cache(4096)
def sections_of(code: str) -> tuple[Section, ...]:
    """Return the sections of a format, which semicolons divide."""
    parts: list[list[re.Match[str]]] = []
    part: list[re.Match[str]] = []
    for token in _TOKEN.finditer(code):
        if token["sign"] == ";":
            parts.append(part)
            part = []
        else:
            part.append(token)
    return tuple(_section(tokens) for tokens in (*parts, part))


def _section(tokens: list[re.Match[str]]) -> Section:
    section, literal, is_hidden = Section(), "", False
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


def _bracket(section: Section, text: str) -> str:
    """Take a bracket: a condition, an elapsed time, a currency (returned), else a colour or a language."""
    if found := _CONDITION.fullmatch(text):
        section.condition = (found[1], Decimal(found[2]))
    elif re.fullmatch("h+|m+|s+", text, re.IGNORECASE):
        section.is_date = True
    elif found := _CURRENCY.match(text):
        return found[1]
    return ""


def _digit(section: Section, sign: str, literal: str) -> str:
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
