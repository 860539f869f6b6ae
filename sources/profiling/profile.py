"""What the gate may know of a delivery: masks and figures, never an identity.

Belongs here: what ``summary`` computes of one delivery of one dataset and ``expectations`` judges, and the shape of the
judgement.
Does not belong here: thresholds and severities (``expectations``), the computation (``summary``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from sources.contracts.model import Dataset
from sources.months import Month

Severity = Literal["critical", "warning"]


@dataclass(frozen=True)
class MonthProfile:
    """Figures of what is accepted for one dataset and month."""

    rows: int
    towns: frozenset[str] = frozenset()
    totals: dict[str, float] = field(default_factory=dict)
    """Sum of each numeric column, in the contract's unit."""


@dataclass(frozen=True)
class DeliveryProfile:
    """One delivery (all its files) before it is accepted.

    ``rows`` has one row per delivered data row, rows of refused files included, with the columns

    - ``row_state``: ``accepted``, ``duplicate`` or ``quarantined``; ``row_error``: the first error code or null, also
      of an accepted row (an optional cell that was emptied); ``row_note``: the code of a contradiction with the id;
    - ``<id column>__error``: null where the id is valid, else its error code, for each resident-id column;
    - ``<id column>__ends_with_x``: bool, null where the id is not valid;
    - ``event_date``: date, null where unreadable; only where the dataset has an event date;
    - every numeric, list, yes-or-no, town_code/division_code, date and month column of the contract under its
      accepted name, typed, null where missing or wrong (numbers as Float64).
    """

    dataset: Dataset
    month: Month
    delivery_no: int
    rows: pl.DataFrame
    candidate: MonthProfile
    """What the month would hold if this delivery were accepted."""
    previous: MonthProfile | None
    """The newest accepted month before this one; None where there is none."""
    refusals: tuple[str, ...] = ()
    """Why files of the delivery were refused, in Chinese, without identities."""
    unknown_headers: tuple[str, ...] = ()
    unit_warnings: tuple[str, ...] = ()
    printed_totals_checked: int = 0
    printed_totals_failed: int = 0
    row_count_change_warn_pct: float = 15.0


@dataclass(frozen=True)
class ExpectationResult:
    """The result of one expectation, fit to be shown anywhere."""

    group: str
    name: str
    severity: Severity
    passed: bool
    observed: str
    expected: str
    message: str
    """One Chinese sentence for the people of the department."""
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """All results on one delivery; a failed critical one rejects it."""

    results: tuple[ExpectationResult, ...]

    @property
    def is_admissible(self) -> bool:
        """True where no critical expectation failed."""
        return not any(f.severity == "critical" and not f.passed for f in self.results)


Gate = Callable[[DeliveryProfile], Verdict]
