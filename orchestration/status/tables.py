"""Say what became of every table of a department's month: the newest delivery, and the one in force.

Belongs here: one state per table, from the intake's report, the file ledger and the due days.
Does not belong here: file names, which may hold names of people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import polars as pl

from orchestration.punctuality import Standing, standings
from sources import parquet
from sources.contracts.model import Dataset, Department
from sources.contracts.row_schema import FILE_LEDGER, LEDGER_FILE, schema_of
from sources.home import Home
from sources.months import Month
from workbooks import intake_report
from workbooks.intake_report import DatasetReport

State = Literal["accepted", "rejected", "failed", "overdue", "awaited", "not_due"]
"""``overdue``, ``awaited`` and ``not_due`` have no delivery: after the due day, before it, and if none is due."""
_ROWS = "rows_in_file", "rows_accepted", "rows_quarantined"


@dataclass(frozen=True)
class TableStatus:
    """One table in one month; ``state`` is that of its newest delivery."""

    dataset: Dataset
    state: State
    is_due: bool
    reason: str = ""
    """The first reason of a rejection, or the message about a table that could not be processed; no identities."""
    days_late: int = 0
    """Days from the due day to the first file, or to today if there is none; 0 if it is on time or not due."""
    newest: int = 0
    """Number of the newest delivery; 0 if there is none."""
    in_force: tuple[int, ...] = ()
    """Numbers of the deliveries that are in force, in order."""
    received_at: datetime | None = None
    """Time of the newest file (Asia/Shanghai)."""
    files: int = 0
    rows_in_file: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0

    @property
    def is_rejected(self) -> bool:
        """Return True if the newest delivery was rejected or could not be processed: somebody must act."""
        return self.state in ("rejected", "failed")

    @property
    def is_extra(self) -> bool:
        """Return True if the table was delivered in a month that does not ask for it, such as an annual one early."""
        return not self.is_due and self.state != "not_due"

    @property
    def stops_month(self) -> bool:
        """Return True if the month cannot run without this table."""
        return self.dataset.is_core and not self.in_force


def table_statuses(home: Home, department: Department, month: Month, today: date) -> list[TableStatus]:
    """List the department's tables in the order of the contract.

    Raises OSError or polars' errors if the ledger or the reports are damaged.
    """
    report = intake_report.load(home, department, month)
    due = {s.dataset.name: s for s in standings(home, department, month)}
    return [
        _status(d, report.datasets.get(d.name), _ledger(home, d, month), due.get(d.name), today)
        for d in department.datasets
    ]


def _ledger(home: Home, dataset: Dataset, month: Month) -> pl.DataFrame:
    path = home.deliveries(dataset, month) / LEDGER_FILE
    return parquet.read(path) if path.exists() else pl.DataFrame(schema=schema_of(FILE_LEDGER))


def _status(
    dataset: Dataset, report: DatasetReport | None, ledger: pl.DataFrame, due: Standing | None, today: date
) -> TableStatus:
    newest = max([0, *ledger["delivery_no"], *(d.delivery_no for d in (report.deliveries if report else ()))])
    in_force = ledger.filter("is_in_force")["delivery_no"].unique().sort().to_list()
    state = _state(report, newest, in_force, due, today)
    received_at = ledger["received_at"].max()
    return TableStatus(
        dataset=dataset,
        state=state,
        is_due=due is not None,
        reason=_reason(report) if report else "",
        days_late=(today - due.due_on).days if due and state == "overdue" else due.days_late if due else 0,
        newest=newest,
        in_force=tuple(in_force),
        received_at=received_at if isinstance(received_at, datetime) else None,
        files=ledger.height,
        **{name: int(ledger[name].sum()) for name in _ROWS},
    )


def _state(report: DatasetReport | None, newest: int, in_force: list[int], due: Standing | None, today: date) -> State:
    """Return the state of the newest delivery; without a report of it, as the ledger has it."""
    if report and report.status != "not_delivered":
        return report.status
    if newest:
        return "accepted" if newest in in_force else "rejected"
    if due is None:
        return "not_due"
    return "overdue" if due.is_missing(today) else "awaited"


def _reason(report: DatasetReport) -> str:
    if report.status != "rejected":
        return report.message
    failed = report.deliveries[-1].failed if report.deliveries else ()
    return next((f.message for f in failed if f.severity == "critical"), "")
