"""Write the first sheet of a feedback workbook: the results of all files that the department delivered.

Belongs here: six blocks (tables, files, unread files, checks of whole deliveries, errors by column and their first
cells) and their order.
Does not belong here: single rows (``rows_sheet``), the verdicts (``expectations``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sources.contracts.model import Dataset, Department
from sources.months import Month
from sources.reading.own_output import SUMMARY_LABELS
from workbooks import messages
from workbooks.intake_report import DepartmentReport
from workbooks.places import MOST, first_places
from workbooks.remedies import remedy
from workbooks.results import CADENCE, DatasetState, current_deliveries, file_result, remarks, result_of
from workbooks.rows_sheet import address_of
from workbooks.style import CONFIDENTIAL, Book, columns, neutral_text, row_height

_WIDTHS = (25.0, 8.0, 38.0, 17.0, 9.0, 9.0, 9.0, 9.0, 9.0, 10.0, 17.0, 62.0)
_LAST = len(_WIDTHS) - 1
_SUMS = ("rows_in_file", "rows_accepted", "rows_quarantined", "rows_duplicate", "rows_superseded")
_PRINTED = {"passed": "相符", "failed": "不符", "none": "—"}
_STYLE = {"error": "bad", "warning": "emptied", "info": "wrap"}

_SUM_HEADS = ((4, 4, "文件行数"), (5, 5, "接收"), (6, 6, "隔离"), (7, 7, "重复"), (8, 8, "被替换"))
_RESULT_HEADS = ((10, 10, "结果"), (11, 11, "说明"))

Cell = tuple[int, int, Any, str]
"""First column, last column, value, format."""


class SummarySheet:
    """A sheet of blocks, written from top to bottom."""

    last_column = _LAST

    def __init__(self, book: Book, where: str = "") -> None:
        """Begin the sheet; ``where`` says where corrected files go."""
        self._book, self._where = book, where
        self._sheet = book.sheet("汇总", footer=CONFIDENTIAL)
        columns(self._sheet, _WIDTHS)
        self._row = 0
        self._blocks = iter("一二三四五六")

    def head(self, department: Department, month: Month, now: datetime, states: Sequence[DatasetState]) -> None:
        """Write the title, the figures of the month and the instructions."""
        self._title(f"{department.label} {month.year}年{month.number}月数据反馈")
        sums = [sum(int(s.ledger[name].sum()) for s in states) for name in _SUMS]
        files = sum(s.ledger.height for s in states)
        texts = (
            f"生成时间:{now:%Y-%m-%d %H:%M}。本月共收到 {files} 个文件、{sums[0]:,} 行:接收 {sums[1]:,} 行,"
            f"隔离(未接收){sums[2]:,} 行,重复 {sums[3]:,} 行,被后来的报送替换 {sums[4]:,} 行。",
            "处理办法:在原系统或原表中更正,连同正确的行把整张表重新导出,"
            f"{self._where}。"
            "隔离的行不参与比对;退回的表沿用上一批已接收的数据。",
        )
        self._row = 1
        for text in texts:
            self._line([(0, _LAST, text, "subtitle")])

    def tables(self, month: Month, states: Sequence[DatasetState]) -> None:
        """Write one line per dataset of the contract, delivered or not."""
        self._block(
            "各表结果",
            [
                (0, 0, SUMMARY_LABELS[0]),
                (1, 1, SUMMARY_LABELS[1]),
                (2, 3, SUMMARY_LABELS[2]),
                *_SUM_HEADS,
                (9, 9, "文件数"),
                *_RESULT_HEADS,
            ],
        )
        for state in states:
            text, style, remark = result_of(state, month)
            self._line(
                [
                    (0, 0, state.dataset.label, "wrap"),
                    (1, 1, CADENCE[state.dataset.cadence], "center"),
                    (2, 3, f"{state.problems.total:,} 行" if state.sheet else "—", "center"),
                    *[(4 + i, 4 + i, int(state.ledger[name].sum()), "count") for i, name in enumerate(_SUMS)],
                    (9, 9, state.ledger.height, "count"),
                    (10, 10, text, style),
                    (11, 11, remark, "wrap"),
                ]
            )
            if state.sheet:
                link = f"{state.problems.total:,} 行,见工作表“{state.sheet}”"
                self._sheet.write_url(self._row - 1, 2, f"internal:'{state.sheet}'!A1", self._book["link"], link)

    def files(self, states: Sequence[DatasetState]) -> None:
        """Write one line per file, the newest delivery last."""
        rows = [(state, row) for state in states for row in state.ledger.sort("file_no").iter_rows(named=True)]
        if not rows:
            return
        self._block(
            f"各文件({messages.SHEETS_ARE_COUNTED})",
            [
                (0, 0, "数据表"),
                (1, 1, "批次"),
                (2, 2, "文件"),
                (3, 3, "收到时间"),
                *_SUM_HEADS,
                (9, 9, "合计核对"),
                *_RESULT_HEADS,
            ],
        )
        for state, row in rows:
            text, style = file_result(state, row)
            self._line(
                [
                    (0, 0, state.dataset.label, "wrap"),
                    (1, 1, row["delivery_no"], "number"),
                    (2, 2, neutral_text(row["file_name"]), "wrap"),
                    (3, 3, row["received_at"], "moment"),
                    *[(4 + i, 4 + i, row[name], "count") for i, name in enumerate(_SUMS)],
                    (9, 9, _PRINTED[row["printed_total_rows"]], "center"),
                    (10, 10, text, style),
                    (11, 11, remarks(state, row["file_name"]), "wrap"),
                ]
            )

    def unread_files(self, report: DepartmentReport) -> None:
        """Write the files that belong to no dataset or were not read."""
        if not report.notices:
            return
        self._block("没有识别或没有读取的文件", [(0, 2, "文件"), (3, _LAST, "原因和处理办法")])
        for notice in report.notices:
            name = neutral_text(notice.file_name)
            self._line([(0, 2, name, _STYLE[notice.severity]), (3, _LAST, neutral_text(notice.message), "wrap")])

    def checks(self, states: Sequence[DatasetState]) -> None:
        """Write the gate's failed results on the newest deliveries, critical ones first."""
        failures = [(s, d, f) for s in states if s.report for d in current_deliveries(s.report) for f in d.failed]
        if not failures:
            return
        self._block("整批检查", [(0, 0, "数据表"), (1, 1, "批次"), (2, 2, "程度"), (3, _LAST, "检查结果")])
        for state, delivery, result in sorted(failures, key=lambda item: item[2].severity != "critical"):
            critical = result.severity == "critical"
            self._line(
                [
                    (0, 0, state.dataset.label, "wrap"),
                    (1, 1, delivery.delivery_no, "number"),
                    (
                        2,
                        2,
                        _critical(state) if critical else "提醒(不影响接收)",
                        "rejected" if critical else "missing",
                    ),
                    (3, _LAST, neutral_text(result.message), "wrap"),
                ]
            )

    def errors(self, month: Month, states: Sequence[DatasetState]) -> None:
        """Write the number of cells by column and error code, over all rows, what to do, and the first cells."""
        if not any(s.problems.counts.height for s in states):
            return
        heads = [(0, 0, "数据表"), (1, 1, "处数"), (2, 2, "列"), (3, 5, "问题"), (6, 10, "应为")]
        self._block("错误统计", [*heads, (11, 11, "在Excel或WPS里怎么改")])
        for state in states:
            for name, code, cells in state.problems.counts.iter_rows():
                wrong, right = _words(state.dataset, name, code, month)
                head = [(0, 0, state.dataset.label, "wrap"), (1, 1, cells, "number")]
                texts = [(2, 2, state.dataset[name].label, "wrap"), (3, 5, wrong, "wrap"), (6, 10, right, "wrap")]
                self._line([*head, *texts, (11, 11, remedy(code), "wrap")])
        self._first_cells(month, states)

    def _first_cells(self, month: Month, states: Sequence[DatasetState]) -> None:
        """Write the first cells of each kind of fault, each with a link to the row that lists it."""
        heads = [(0, 0, "数据表"), (1, 1, "格"), (2, 2, "文件"), (3, 3, "工作表"), (4, 8, "列"), (9, _LAST, "问题")]
        self._block(f"有问题的格(每种问题列出前{MOST}处,点击“格”可到对应的行;{messages.SHEETS_ARE_COUNTED})", heads)
        for state in states:
            names = dict(state.ledger.select("file_no", "file_name").iter_rows())
            for place in first_places(state.problems.rows, state.dataset):
                column, file = state.dataset[place.column], names.get(place.file_no, "")
                wrong, _ = _words(state.dataset, place.column, place.code, month)
                sheet = "—" if file.lower().endswith((".csv", ".parquet", ".jsonl")) else f"第{place.sheet_no}个工作表"
                head = [(0, 0, state.dataset.label, "wrap"), (1, 1, place.cell, "center")]
                where = [(2, 2, neutral_text(file), "wrap"), (3, 3, sheet, "center"), (4, 8, column.label, "wrap")]
                self._line([*head, *where, (9, _LAST, wrong, "wrap")])
                target = f"internal:'{state.sheet}'!{address_of(state.dataset, place)}"
                self._sheet.write_url(self._row - 1, 1, target, self._book["link"], place.cell)

    def close(self) -> None:
        """Apply the settings that need the whole sheet."""
        self._sheet.freeze_panes(1, 0)
        self._sheet.activate()

    def _title(self, text: str) -> None:
        self._sheet.set_row(0, 30)
        self._sheet.write_string(0, 0, text, self._book["title"])

    def _block(self, title: str, heads: Sequence[tuple[int, int, str]]) -> None:
        self._row += 1
        self._sheet.set_row(self._row, 22)
        for column in range(_LAST + 1):
            self._sheet.write_blank(self._row, column, None, self._book["section"])
        self._sheet.write_string(self._row, 0, f"{next(self._blocks)}、{title}", self._book["section"])
        self._row += 1
        self._line([(first, last, text, "head") for first, last, text in heads])

    def _line(self, cells: Sequence[Cell]) -> None:
        """Write one row with wrapped texts, as high as the highest text."""
        for first, last, value, style in cells:
            if last > first:
                self._sheet.merge_range(self._row, first, self._row, last, value, self._book[style])
            else:
                self._sheet.write(self._row, first, value, self._book[style])
        texts = [(v, sum(_WIDTHS[first : last + 1])) for first, last, v, _ in cells if isinstance(v, str)]
        self._sheet.set_row(self._row, row_height(texts))
        self._row += 1


def _critical(state: DatasetState) -> str:
    return "必须更正(会被退回)" if state.is_check else "必须更正(已退回)"


def _words(dataset: Dataset, name: str, code: str, month: Month) -> tuple[str, str]:
    """Word a fault in a column and the expected content; a key is that of all its columns."""
    if code == messages.DUPLICATE_KEY:
        wrong, right = messages.duplicate_key(dataset).split("\n")
        return wrong, right
    return messages.problem(code), messages.advice(dataset[name], code, month)
