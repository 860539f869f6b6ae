"""Tell from the bytes of the parts of an xlsx which of them need a second look.

Belongs here: what to look for in bytes that are read anyhow (``extent``), at a cost of a few per cent of reading.
Does not belong here: the second look (``xlsx_visibility``, ``struck``), which is exact.
"""

from __future__ import annotations

import re

from sources.reading.files.package import plain_name

HIDING, STRIKING = "hiding", "striking"
SAYS_HIDDEN = re.compile(rb"""hidden\s*=\s*["'](?:1|t)""")
"""Programs write the attribute for visible rows, too."""
_NO_HEIGHT, _NO_WIDTH, _CELLS = b' ht="0', b' width="0', b"<sheetData"
_STRIKE = b"strike"


class Signs:
    """What each part of a package may do, as far as its blocks passed by; a part without a sign may be left out."""

    def __init__(self) -> None:
        self._of_parts: dict[str, set[str]] = {}

    def watch(self, part: str, block: bytes) -> None:
        """Note the signs in a block of a part."""
        if found := signs_in(block):
            self._of_parts.setdefault(plain_name(part), set()).update(found)

    def __bool__(self) -> bool:
        return bool(self._of_parts)

    def of(self, part: str) -> set[str]:
        """Return the signs of a part."""
        return self._of_parts.get(plain_name(part), set())


def signs_in(block: bytes) -> set[str]:
    """Return what a part with these bytes may do."""
    found = set()
    if (b"hidden" in block and SAYS_HIDDEN.search(block)) or _NO_HEIGHT in block or _has_no_width(block):
        found.add(HIDING)
    if _STRIKE in block:
        found.add(STRIKING)
    return found


def _has_no_width(block: bytes) -> bool:
    """Check the columns, which are above the cells."""
    cells = block.find(_CELLS)
    return cells >= 0 and block.find(_NO_WIDTH, 0, cells) >= 0
