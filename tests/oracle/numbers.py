"""Numbers of documents, projects, assets and designs, as they are compared.

Belongs here: one form of a number, and several in a cell. Does not belong here: what a number leads to.
"""

from __future__ import annotations

import re

from tests.oracle.reading.cells import clean

BRACKETS = str.maketrans("()[]【】", "〔〕〔〕〔〕")


def form(number: str | None) -> str:
    """The form in which a number is compared; empty where there is none."""
    return clean(number).upper().translate(BRACKETS) if number else ""


def several(cell: str | None) -> set[str]:
    """The numbers of a cell that may hold several."""
    return {form(part) for part in re.split("[、,;]", clean(cell)) if form(part)} if cell else set()
