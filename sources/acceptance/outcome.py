"""Report what became of a dataset: the verdict on each delivery, the ledger, messages about its files.

Belongs here: the shape of an outcome and the wording of messages about files.
Does not belong here: deciding (``expectations``), showing it (``orchestration``, ``workbooks``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from sources.acceptance.ledger import Taken, error_counts
from sources.conforming.file import FileResult
from sources.contracts.model import Dataset
from sources.months import Month
from sources.notice import Notice
from sources.profiling.profile import Verdict


@dataclass(frozen=True)
class DeliveryOutcome:
    """The verdict on one delivery."""

    delivery_no: int
    verdict: Verdict
    files: tuple[str, ...]

    @property
    def is_admissible(self) -> bool:
        """Return True if the delivery was accepted."""
        return self.verdict.is_admissible


@dataclass(frozen=True)
class DatasetOutcome:
    """The outcome of taking in one dataset for one month."""

    dataset: Dataset
    month: Month
    status: Literal["accepted", "rejected", "not_delivered"]
    """Status of the newest delivery of the month."""
    is_in_force: bool
    """Whether any delivery of the month, perhaps an earlier one, is accepted."""
    deliveries: tuple[DeliveryOutcome, ...]
    ledger: pl.DataFrame
    notices: tuple[Notice, ...]
    error_counts: dict[str, int] = field(default_factory=dict)
    rows_read: int = 0
    seconds: float = 0.0
    fingerprint: str = ""
    """Hash of the accepted rows; equal content has an equal hash."""
    awaits_first_delivery: bool = False
    """Whether nobody owes the table yet, because it was never received (``expected``)."""

    @property
    def is_expected(self) -> bool:
        """Return True if the department owes the table for the month."""
        return self.dataset.is_due(self.month) and not self.awaits_first_delivery


def outcome_of(
    dataset: Dataset, month: Month, deliveries: Sequence[DeliveryOutcome], taken: Taken, ledger: pl.DataFrame
) -> DatasetOutcome:
    """Report the deliveries of a month and their ledger; without time and fingerprint."""
    return DatasetOutcome(
        dataset=dataset,
        month=month,
        status="not_delivered" if not deliveries else "accepted" if deliveries[-1].is_admissible else "rejected",
        is_in_force=bool(ledger["is_in_force"].any()),
        deliveries=tuple(deliveries),
        ledger=ledger,
        notices=notices_of(dataset, taken),
        error_counts=error_counts(taken),
        rows_read=int(ledger["rows_in_file"].sum()),
    )


def notices_of(dataset: Dataset, taken: Taken) -> tuple[Notice, ...]:
    """Word the messages about the files of a month's deliveries, in order."""
    notices = []
    for conformed, _ in taken:
        for file in conformed.files:
            notices += notices_of_file(dataset, file)
    return tuple(notices)


def notices_of_file(dataset: Dataset, file: FileResult) -> list[Notice]:
    """Word the messages about one file: its refusal first, then warnings, then what was left out."""
    notices = []
    if file.refusal:
        notices.append(Notice(dataset.department, dataset.name, file.shown, "error", file.refusal))
    if file.unknown_headers:
        message = f"有未登记的表头,这些列没有读取:{'、'.join(file.unknown_headers)}。"
        notices.append(Notice(dataset.department, dataset.name, file.shown, "warning", message))
    warnings = file.unit_warnings + file.warnings
    notices += [Notice(dataset.department, dataset.name, file.shown, "warning", w) for w in warnings]
    notices += [Notice(dataset.department, dataset.name, file.shown, "info", s) for s in file.skipped]
    return notices
