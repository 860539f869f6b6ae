"""What a cell's meaning depends on besides its text.

Belongs here: the month and its divisions.
Does not belong here: the rules of a kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.divisions import Vintage
from sources.months import Month


@dataclass(frozen=True)
class Context:
    """The month that is taken in and the divisions in force in it."""

    month: Month
    vintage: Vintage
