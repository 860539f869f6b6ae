"""Set punctuation as Chinese documents have it: full width beside Chinese characters.

Belongs here: single signs of a text. Does not belong here: fonts and spacing (the template).

The catalogues, messages and templates write half-width signs.
"""

from __future__ import annotations

import re

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_BEFORE = f"{_HAN}\u201d\u300b\uff09%\ue001"
_AFTER = f"{_HAN}\u201c\u300a\uff08"
_SIGN = re.compile(f"(?<=[{_BEFORE}])[,;:!?]|[,;:!?](?=[{_AFTER}])")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_ANY_HAN = re.compile(f"[{_HAN}]")
_SHIFT = 0xFEE0
"""Distance from a half-width sign to the full-width one."""


def typeset(text: str) -> str:
    """Return a text with full-width signs where a Chinese character is beside them."""
    wide = _BRACKETS.sub(_bracket, text)
    return _SIGN.sub(lambda sign: chr(ord(sign[0]) + _SHIFT), wide)


def _bracket(found: re.Match[str]) -> str:
    """Widen brackets around Chinese, or behind it."""
    before = found.string[: found.start()][-1:]
    if _ANY_HAN.search(found[1]) or _ANY_HAN.match(before) or before == ")":
        return f"\uff08{found[1]}\uff09"
    return found[0]
