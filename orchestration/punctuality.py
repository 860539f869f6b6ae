"""Compare the datasets that each department owes for a month with its deliveries, and find the late ones.

Belongs here: reading the delivery ledger against the contracts' due days, in words; local dates (Asia/Shanghai).
Does not belong here: the scorecard's rates (dbt), showing the result (``doctor``, ``assets``), the time of the daily
check (``schedules``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sources import parquet
from sources.acceptance.expected import is_expected
from sources.contracts.model import Contracts, Dataset, Department
from sources.contracts.row_schema import LEDGER_FILE
from sources.home import Home
from sources.months import Month


@dataclass(frozen=True)
class Standing:
    """A dataset that is due for the month; ``received_on`` is the day of its first file, accepted or not."""

    dataset: Dataset
    due_on: date
    received_on: date | None

    def is_missing(self, today: date) -> bool:
        """Return whether the due day has passed without a file."""
        return self.received_on is None and today > self.due_on

    @property
    def days_late(self) -> int:
        """Days from the due day to the first file; 0 if the file was on time or there is none."""
        return max((self.received_on - self.due_on).days, 0) if self.received_on else 0


def standings(home: Home, department: Department, month: Month) -> list[Standing]:
    """List the datasets that the department owes for the month (semantics §9)."""
    day = department.due_on(month)
    return [Standing(d, day, _received_on(home, d, month)) for d in department.datasets if is_expected(home, d, month)]


def _received_on(home: Home, dataset: Dataset, month: Month) -> date | None:
    files = home.deliveries(dataset, month) / LEDGER_FILE
    if not files.exists():
        return None
    first = parquet.read(files, columns=["received_at"])["received_at"].dt.date().min()
    return first if isinstance(first, date) else None


def missing(home: Home, contracts: Contracts, month: Month, today: date) -> dict[str, list[Dataset]]:
    """Map each late department to the datasets of the month whose due day has passed without a file."""
    found = {
        name: [s.dataset for s in standings(home, department, month) if s.is_missing(today)]
        for name, department in contracts.items()
    }
    return {name: datasets for name, datasets in found.items() if datasets}


def sentence(department: Department, month: Month, due: Sequence[Standing], has_new_files: bool, today: date) -> str:
    """Say which datasets the department owed for the month, and which are missing or came late.

    ``has_new_files`` says that the department delivered files that no run has taken in yet.
    """
    absent = [s.dataset for s in due if s.is_missing(today)]
    late = [s for s in due if s.days_late]
    text = f"{department.label} {month}:应报 {len(due)} 张表,截止 {department.due_on(month)}"
    text += f";逾期未报 {len(absent)} 张:{named(absent)}" if absent else ""
    if late:
        text += f";晚报 {len(late)} 张:" + "、".join(f"{s.dataset.label}(晚 {s.days_late} 天)" for s in late)
    text += ";全部按时" if not absent and not late and all(s.received_on for s in due) else ""
    text += ";收件目录中有尚未处理的新文件,运行本月后再看" if absent and has_new_files else ""
    return text + "。"


def named(datasets: Iterable[Dataset]) -> str:
    """Join the labels of datasets for a message."""
    return "、".join(d.label for d in datasets)
