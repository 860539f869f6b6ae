"""Hold the context that cells are conformed in: the month, its divisions, lead ids from before a rotation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sources.divisions import Vintage
from sources.months import Month


@dataclass(frozen=True)
class Context:
    """The month of the delivery and the divisions in force in that month."""

    month: Month
    vintage: Vintage
    lead_ids: Mapping[str, str] = field(default_factory=dict)
    """Current lead ids by former ones: work lists that were handed out before a rotation return with those."""
