"""Write traces: JSON and CSV without identities, a workbook with them.

Belongs here: the formats, and that no text in them is run as a formula.
Does not belong here: what a trace holds (``rows``, ``originals``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import polars as pl

from sources.home import Home
from workbooks.style import CONFIDENTIAL, Book, columns, neutral
from workbooks.trace.rows import Trace

LABELS = {
    "role": "作用", "department": "部门", "dataset": "数据表代码", "label": "数据表", "month": "月份",
    "delivery_no": "批次", "file_no": "文件序号", "file_name": "文件", "file_sha256": "指纹", "received_at": "收到时间",
    "sheet_no": "工作表序号", "row_number": "行", "rows": "行数", "n": "计入分子", "d": "计入分母",
}  # fmt: skip
"""Chinese labels of the columns of a trace."""
ROLES = {"evidence": "依据", "numerator": "分子", "denominator": "分母", "both": "分子和分母"}
_WITH_IDENTITIES = {"sheet_name": "工作表", "person": "姓名", "resident_id": "证件号", "original": "原文(表头:内容)"}
_WIDTHS = {"file_name": 36.0, "label": 26.0, "received_at": 17.0, "resident_id": 21.0, "file_sha256": 20.0}
_WIDE = {"original": 120.0}
_FIRST_ROW = 3


def traces_folder(home: Home) -> Path:
    """Return the folder of traces with identities."""
    return home.outbox / "traces"


def as_json(trace: Trace) -> str:
    """Return a trace as JSON: subject, count of all rows, reason of no value, files, rows (at most ``MAX_ROWS``).

    A line break ends it.
    """
    content = {
        "subject": trace.subject,
        "count": trace.rows.height,
        "reason": trace.reason,
        "files": _plain(trace.files).to_dicts(),
        "rows": _plain(trace.shown).to_dicts(),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_csv(trace: Trace) -> str:
    """Return the rows of a trace (at most ``MAX_ROWS``) as CSV, with a byte order mark for Excel."""
    return "\ufeff" + _neutral(_plain(trace.shown)).write_csv()


def write_workbook(home: Home, trace: Trace, rows: pl.DataFrame, name: str, now: datetime) -> Path:
    """Write a trace with identities to a workbook in ``traces_folder`` and return its path.

    ``rows`` are those of ``originals.with_originals``. Raises OSError if the outbox cannot be written.
    """
    path = traces_folder(home) / name
    counts = f"共 {trace.rows.height:,} 行" + (
        f",只列出前 {rows.height:,} 行" if trace.rows.height > rows.height else ""
    )
    with home.replacing(path) as temporary, Book(temporary, f"{trace.subject} 追溯", "依据的来源", now) as book:
        _write_sheet(
            book, "文件", f"{trace.subject} 的依据来自 {trace.files.height} 个文件,{counts}", trace.files, LABELS
        )
        _write_sheet(book, "行", counts, rows, LABELS | _WITH_IDENTITIES)
    return path


def _write_sheet(book: Book, name: str, title: str, frame: pl.DataFrame, labels: Mapping[str, str]) -> None:
    sheet = book.sheet(name, footer=CONFIDENTIAL)
    columns(sheet, [(_WIDTHS | _WIDE).get(c, 10.0) for c in frame.columns])
    sheet.write_string(0, 0, title, book["title"])
    shown = _neutral(_plain(frame.with_columns(pl.col("^role$").replace(ROLES))))
    sheet.write_row(_FIRST_ROW - 1, 0, [labels[c] for c in shown.columns], book["head"])
    for index, values in enumerate(shown):
        style = "text" if values.dtype == pl.String else "number"
        sheet.write_column(_FIRST_ROW, index, values.to_list(), book[style])
    sheet.freeze_panes(_FIRST_ROW, 0)
    sheet.autofilter(_FIRST_ROW - 1, 0, _FIRST_ROW - 1 + max(shown.height, 1), shown.width - 1)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.selectors.datetime().dt.to_string("%Y-%m-%d %H:%M:%S"), pl.selectors.decimal().cast(pl.Float64)
    )


def _neutral(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(neutral(values) for values in frame if values.dtype == pl.String)
