"""Write the feedback on files that a department only checked: the same sheets, from results in memory.

Belongs here: the head of the summary, which sheets there are, how the workbook is known again.
Does not belong here: checking (``sources.checking``), the blocks of a sheet (``summary_sheet``, ``rows_sheet``).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from sources.checking import CheckedFiles, CheckedTable
from sources.contracts.model import Department
from sources.home import replacing
from sources.landing.locations import LOCAL_TIME
from sources.months import Month
from workbooks.feedback import write_tables
from workbooks.intake_report import DepartmentReport, report_of
from workbooks.problems import problems_in
from workbooks.results import DatasetState
from workbooks.style import Book, sheet_name
from workbooks.summary_sheet import SummarySheet

_SUBJECT = "报送前需要核对的行"
"""Subject among the properties of the workbook, by which it is known again."""
_MOST_PROPERTIES = 1 << 16


class _Summary(SummarySheet):
    """The first sheet; it says that nothing was delivered."""

    def head(self, department: Department, month: Month, now: datetime, states: Sequence[DatasetState]) -> None:
        """Write the title and the instructions."""
        rows = sum(int(s.ledger["rows_in_file"].sum()) for s in states)
        bad = sum(int(s.ledger["rows_quarantined"].sum()) for s in states)
        self._title(f"{department.label} {month.year}年{month.number}月报送前自查")
        self._row = 1
        for text in (
            f"检查时间:{now:%Y-%m-%d %H:%M}。这是报送前的自查结果:文件没有报送,也没有保存。"
            f"共 {rows:,} 行,其中 {bad:,} 行不会被接收。",
            "处理办法:在原系统或原表中更正有颜色的格,重新导出后再检查一次;没有问题后再报送。"
            "与上月的比较只在给出上月文件时进行;正式接收时还会与上月已接收的数据比较。",
        ):
            self._line([(0, self.last_column, text, "subtitle")])


def write_check(path: Path, checked: CheckedFiles, now: datetime | None = None) -> None:
    """Write the feedback workbook of a check, which holds identities; its owner alone may read it.

    Raises OSError if it cannot be written; a former file is then kept.
    """
    now = now or datetime.now(LOCAL_TIME).replace(tzinfo=None, microsecond=0)
    states = [_state(table) for table in checked.tables]
    title = f"{checked.department.label}{checked.month.year}年{checked.month.number}月报送前自查"
    with replacing(path) as temporary, Book(temporary, title, _SUBJECT, now) as book:
        summary = _Summary(book)
        summary.head(checked.department, checked.month, now, states)
        summary.tables(checked.month, states)
        summary.files(states)
        summary.unread_files(DepartmentReport(notices=(*checked.unread, *checked.uncompared)))
        summary.checks(states)
        summary.errors(checked.month, states)
        summary.close()
        write_tables(book, checked.month, states)


def is_report(path: Path) -> bool:
    """Check whether a file is the workbook of an earlier check, so that nothing is lost if it is replaced."""
    try:
        with ZipFile(path) as book, book.open("docProps/core.xml") as properties:
            return _SUBJECT.encode() in properties.read(_MOST_PROPERTIES)
    except (OSError, BadZipFile, KeyError, NotImplementedError, RuntimeError, ValueError, zlib.error):
        return False


def _state(table: CheckedTable) -> DatasetState:
    problems = problems_in(table.problems, table.dataset)
    return DatasetState(
        dataset=table.dataset,
        report=report_of(table.outcome),
        ledger=table.outcome.ledger,
        problems=problems,
        sheet=sheet_name(table.dataset.label) if problems.total else None,
        is_check=True,
    )
