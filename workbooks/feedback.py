"""Write the feedback to a department: one workbook per month in the outbox.

Belongs here: collecting the reports and rows of the month, and the order of the sheets.
Does not belong here: the layout of a sheet (``summary_sheet``, ``rows_sheet``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sources import audit
from sources.acceptance.expected import is_expected
from sources.contracts.model import Dataset, Department
from sources.home import Home
from sources.landing.locations import LOCAL_TIME
from sources.landing.transport.location import Location
from sources.months import Month
from workbooks import intake_report
from workbooks.corrections import where_to
from workbooks.problems import ledger_of, problems_of
from workbooks.results import DatasetState
from workbooks.rows_sheet import write_rows
from workbooks.style import Book, file_name, sheet_name
from workbooks.summary_sheet import SummarySheet


def feedback_path(home: Home, department: Department, month: Month) -> Path:
    """Return the path of a department's feedback for a month."""
    return home.outbox / department.name / str(month) / f"数据反馈_{file_name(department.label)}_{month}.xlsx"


def write_feedback(
    home: Home,
    department: Department,
    month: Month,
    now: datetime | None = None,
    location: Location | Path | None = None,
) -> Path:
    """Write the feedback workbook of a department and month from the saved reports (``intake_report.save``).

    ``location`` is the department's, by default its folder in the inbox. A line of the audit log is written first.
    Raises OSError if the outbox cannot be written; the previous workbook is then kept.
    """
    now = now or datetime.now(LOCAL_TIME).replace(tzinfo=None, microsecond=0)
    kept = intake_report.load(home, department, month)
    awaited_until = department.awaited_until(month, now.date())
    states = [_state(home, dataset, month, kept, awaited_until) for dataset in department.datasets]
    where = where_to(home, department, month, location)
    path = feedback_path(home, department, month)
    audit.record(home, "export", what="feedback", department=department.name, month=str(month))
    title = f"{department.label}{month.year}年{month.number}月数据反馈"
    subject = "报送数据的接收情况与需要核对的行"
    with home.replacing(path) as temporary, Book(temporary, title, subject, now) as book:
        summary = SummarySheet(book, where)
        summary.head(department, month, now, states)
        summary.tables(month, states)
        summary.files(states)
        summary.unread_files(kept)
        summary.checks(states)
        summary.errors(month, states)
        summary.close()
        write_tables(book, month, states)
    return path


def write_tables(book: Book, month: Month, states: Sequence[DatasetState]) -> None:
    """Add the sheet of every table that has rows with problems."""
    for state in states:
        if state.sheet:
            names = dict(state.ledger.select("file_no", "file_name").iter_rows())
            write_rows(book, state.dataset, month, state.problems, names)


def _state(
    home: Home, dataset: Dataset, month: Month, kept: intake_report.DepartmentReport, awaited_until: date | None
) -> DatasetState:
    problems = problems_of(home, dataset, month)
    return DatasetState(
        dataset=dataset,
        report=kept.datasets.get(dataset.name),
        ledger=ledger_of(home, dataset, month),
        problems=problems,
        sheet=sheet_name(dataset.label) if problems.total else None,
        awaited_until=awaited_until,
        is_expected=is_expected(home, dataset, month),
    )
