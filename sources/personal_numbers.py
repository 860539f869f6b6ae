"""Find the numbers in a text that identify or reach people: ids, certificates, phones, bank cards, accounts.

Belongs here: one pattern for each kind of number, in the spellings that people type.
Does not belong here: names (``privacy.people``), whether an id is valid (``conforming.ids``), which texts are masked.

The patterns expect NFKC text without zero-width characters. ``docs/decisions.md`` lists what is masked and what is not.
"""

from __future__ import annotations

import re

HIDDEN = "***"
"""The mask that replaces an identity in a text."""

_DASHES, _DOTS = "-\u2010-\u2015\u2212", ".\u00b7\u2022\u2027\u2219\u22c5\u30fb\u25cf"
_SIGN = rf"(?: ?[{_DASHES}{_DOTS}_] ?| {{1,3}})"
"""A sign between two groups of digits. Commas, colons and slashes are none: amounts, times and fractions have them."""
_S = f"{_SIGN}?"

_DIGIT = "[0-9]"
_MONTH_DAY = "(?:0{s}[1-9]|1{s}[0-2]){s}(?:0{s}[1-9]|[12]{s}[0-9]|3{s}[01])"
_DATE = rf"(?:19|20)[0-9]{{2}}{_S}(?:0[1-9]|1[0-2]){_S}(?:0[1-9]|[12][0-9]|3[01])(?!{_DIGIT})"
_TIME_STAMP = (
    r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9]"
    r"(?:[0-5][0-9](?:[0-9]{3})?)?(?![0-9Xx])"
)
"""Date and time down to minutes, seconds or milliseconds, as programs put them into file names: 12, 14 or 17 digits,
neither an id nor a phone."""


def _id(sign: str, year: str, end: list[str]) -> str:
    """Build the pattern of an id (GB 11643): district, birth date, serial number, with ``sign`` between any digits."""
    month_day = _MONTH_DAY.replace("{s}", sign)
    return sign.join(["[1-9]", *[_DIGIT] * 5, year, month_day, *[_DIGIT] * 3, *end])


RESIDENT_ID = _id("", "(?:18|19|20)[0-9]{2}", ["[0-9Xx]"])
"""An id of 18 digits without signs."""
MOBILE = "1[3-9][0-9]{9}"
"""A mobile phone without signs."""
CARD = "62[0-9]{14,17}"
"""A bank card of UnionPay without signs."""

_OLD_ID = _id("", "[0-9]{2}", [])
_ANY_CARD = re.compile("[3-69][0-9]{15,18}")
"""A bank card, if its check digit is right and no dashes join its groups, as they do in document numbers."""
_AREA = "(?:10|2[0-9]|[3-9][0-9]{2})"
_LOCAL = rf"(?!{_DATE})[2-8][0-9]{{2}}(?:[0-9]{{4,5}}|[0-9]?{_SIGN}[0-9]{{4}})"
_CHINA = r"(?:\(?(?:\+|00)?86\)?" + _S + ")"
_AMOUNT = r"(?![0-9]+\.[0-9]{1,6}(?![0-9.]))"
_NOISE = r"(?!(?<=[0-9]\.)[0-9]*(?P<same>[0-9])(?P=same){5})"
"""Not the digits behind the point of a binary fraction, such as 0.30000000000000004."""

_SPELLINGS = (
    # An id with signs anywhere; a disability certificate appends two digits.
    _id(_S, rf"(?:1{_S}[89]|2{_S}0){_S}[0-9]{_S}[0-9]", ["[0-9Xx]"]) + rf"(?:{_S}[0-9]{{2}})?",
    rf"[1-9][0-9]{{5}}{_S}[0-9]{{2}}{_MONTH_DAY.replace('{s}', '')}{_S}[0-9]{{3}}",
    rf"(?!20[0-3][0-9])[0-9]{{4}}(?:{_SIGN}[0-9]{{4}}){{3}}(?:{_SIGN}[0-9]{{1,4}})?",
    rf"{_CHINA}?(?:\(0{_AREA}\){_S}|0{_AREA}{_SIGN}){_LOCAL}",
    rf"\(?(?:\+|00)86\)?{_S}\(?0?\)?{_AREA}\)?{_S}{_LOCAL}",
    # Digits before the second group tell a phone from a range or an amount.
    rf"{_CHINA}?\(?{_AMOUNT}1[3-9][0-9]\)?{_S}(?:[0-9]{{4}}{_S}[0-9]{{4}}|[0-9]{{3}}{_SIGN}[0-9]{{5}})",
    rf"{_CHINA}?1[3-9][0-9]{{2}}{_SIGN}(?:[0-9]{{3}}{_SIGN}[0-9]{{4}}|[0-9]{{4}}{_SIGN}[0-9]{{3}})",
    CARD,
)
_ACCOUNT = rf"(?<![0-9]){_NOISE}(?!{_TIME_STAMP})[0-9]{{11,}}[Xx]?"
_CERTIFICATE = (
    rf"(?<![0-9A-Za-z])(?:[CDEGHLMPST]{_S}(?!{_DATE})[0-9]{{4}}{_S}[0-9]{{4}}(?:{_S}[0-9]{{2}})?"
    r"|[CDEPS][A-Z] ?[0-9]{7})(?![0-9A-Za-z])"
)
"""Passports (E, G, D, P, S), permits for Hong Kong, Macau and Taiwan (H, M, C, T, L); a letter and a date is none."""
_NUMBER = re.compile(rf"(?<![0-9])(?:{'|'.join(_SPELLINGS)})(?![0-9])|{_ACCOUNT}|(?i:{_CERTIFICATE})")
_DAY = rf"{_DATE}|(?:19|20)[0-9]{{2}}(?P<in_day>{_SIGN})[0-9]{{1,2}}(?P=in_day)[0-9]{{1,2}}(?![0-9])"
_BYTE = "(?:1?[0-9]?[0-9]|2[0-4][0-9]|25[0-5])"
_CHAIN = re.compile(
    rf"(?<![0-9])\+?(?!{_DAY}|(?:{_BYTE}\.){{3}}{_BYTE}(?![0-9.]))[0-9]+(?P<sign>{_SIGN})[0-9]+(?:(?P=sign)[0-9]+)*"
)
"""Groups of digits with the same sign between all of them; neither a day at the start nor a network address."""
_WHOLE_CHAIN = re.compile(rf"(?:(?:00)?86)?{MOBILE}|{_OLD_ID}|{CARD}")


def hide_numbers(text: str) -> str:
    """Mask every number of a person in the text; dates, times, amounts and document numbers stay."""
    return _NUMBER.sub(HIDDEN, _CHAIN.sub(_hidden_chain, text))


def _hidden_chain(found: re.Match[str]) -> str:
    """Mask a chain that is one number as a whole, whatever its groups; two groups may be a range or an amount."""
    groups = found[0].split(found["sign"])
    number = "".join(groups).removeprefix("+")
    is_range = len(groups) == 2 and found["sign"].strip(" _")
    is_card = not re.search(f"[{_DASHES}]", found[0]) and _ANY_CARD.fullmatch(number) and _has_check_digit(number)
    return HIDDEN if not is_range and (is_card or _WHOLE_CHAIN.fullmatch(number)) else found[0]


def _has_check_digit(card: str) -> bool:
    """Check the last digit of a card number (ISO/IEC 7812, Luhn)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in card[-2::-2])
    return (sum(map(int, card[::-2])) + sum(doubled)) % 10 == 0
