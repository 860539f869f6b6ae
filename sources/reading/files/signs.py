"""Tell from the bytes of the parts of an xlsx which of them need a second look.

Belongs here: what to look for in bytes that are read anyhow (``extent``), at a cost of a few per cent of reading.
Does not belong here: the second look (``visibility``, ``struck``), which is exact.
"""

from __future__ import annotations

import re

HIDING, STRIKING = "hiding", "striking"
Signs = dict[str, set[str]]
"""What each part of a package may do, by its name (``package.plain_name``); a part without a sign may be left out."""

SAYS_HIDDEN = re.compile(rb"""hidden\s*=\s*["'](?:1|t)""")
"""Programs write the attribute for visible rows, too."""
_NO_HEIGHT, _NO_WIDTH, _CELLS = b' ht="0', b' width="0', b"<sheetData"
_STRIKE = b"strike"


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
