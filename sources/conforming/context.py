"""Hold the context that cells are conformed in: the month and its divisions."""

from __future__ import annotations

from dataclasses import dataclass

from sources.divisions import Vintage
from sources.months import Month


@dataclass(frozen=True)
class Context:
    """The month of the delivery and the divisions in force in that month."""

    month: Month
    vintage: Vintage
