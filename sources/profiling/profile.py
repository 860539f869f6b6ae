"""Define the profile of a delivery that the gate judges, and the verdict: figures and codes, never an identity.

Belongs here: the interface between ``profiler``, which computes a profile, and ``expectations``, which judge it.
Does not belong here: thresholds and severities (``expectations``), the computation (``profiler``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from sources.contracts.model import Dataset
from sources.months import Month

Severity = Literal["critical", "warning"]


@dataclass(frozen=True)
class MonthProfile:
    """Figures of the accepted rows of one dataset and month."""

    rows: int
    towns: frozenset[str] = frozenset()
    totals: dict[str, float] = field(default_factory=dict)
    """Sum of each numeric column, in the contract's unit."""


@dataclass(frozen=True)
class DeliveryProfile:
    """One delivery (all its files) before it is accepted.

    ``rows`` has one row per delivered data row, including rows of refused files, with the columns

    - ``row_state``: ``accepted``, ``duplicate`` or ``quarantined``;
    - ``row_error``: the first error code or null; an accepted row has one if an optional cell was emptied;
    - ``row_note``: the code of a contradiction with the id, or null;
    - ``<id column>__error``, for each resident-id column: the error code of the id, null where it is valid;
    - ``<id column>__ends_with_x``: Boolean, null where the id is not valid;
    - ``event_date``, if the dataset has one: Date, null where unreadable;
    - every numeric, list, yes-or-no, town_code/division_code, date and month column of the contract under its
      accepted name, typed, null where missing or wrong (numbers as Float64).
    """

    dataset: Dataset
    month: Month
    delivery_no: int
    rows: pl.DataFrame
    candidate: MonthProfile
    """Figures of the month as if this delivery were accepted."""
    previous: MonthProfile | None
    """The newest accepted month before this one; None if there is none."""
    former_towns: frozenset[str] | None = None
    """Towns of the deliveries in the month from the one in force on, also rejected ones; None for the first."""
    is_confirmed: bool = False
    """The department says that towns which no longer occur have no rows left."""
    has_base: bool = True
    """False if only towns should be replaced, but the table has no towns, or none in force in the month."""
    real_towns: Mapping[str, str] = field(default_factory=dict)
    """Names of the month's towns and streets that are not virtual, by code."""
    refusals: tuple[str, ...] = ()
    """The refusal of each refused file, in Chinese, without identities."""
    unknown_headers: tuple[str, ...] = ()
    unit_warnings: tuple[str, ...] = ()
    printed_totals_checked: int = 0
    printed_totals_failed: int = 0
    row_count_change_warn_pct: float = 15.0


@dataclass(frozen=True)
class ExpectationResult:
    """The result of one expectation, without identities, so that logs and marts may show it."""

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
    """All expectation results of one delivery; a failed critical one rejects it."""

    results: tuple[ExpectationResult, ...]

    @property
    def is_admissible(self) -> bool:
        """True if no critical expectation failed."""
        return not any(r.severity == "critical" and not r.passed for r in self.results)


Gate = Callable[[DeliveryProfile], Verdict]
