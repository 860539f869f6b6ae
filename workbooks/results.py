"""Word the result of a table or a file and choose its colour.

Belongs here: the state that the summary describes, and the wording of results.
Does not belong here: the position on the sheet (``summary_sheet``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from sources.contracts.model import Dataset
from sources.months import Month
from sources.notice import Notice
from workbooks.intake_report import DatasetReport, DeliveryReport
from workbooks.problems import Problems
from workbooks.style import neutral_text

CADENCE = {"monthly": "每月", "quarterly": "每季", "annual": "每年"}


@dataclass(frozen=True)
class DatasetState:
    """The input of the summary about one dataset."""

    dataset: Dataset
    report: DatasetReport | None
    ledger: pl.DataFrame
    problems: Problems
    sheet: str | None
    """Name of the sheet with its rows; None if it has no rows with problems."""
    awaited_until: date | None = None
    """Due day of the month's delivery, if that day is not over yet."""
    is_expected: bool = True
    """Whether the department owes the table for the month."""
    is_check: bool = False
    """True if the files were only checked at the department's desk: nothing was delivered."""


def result_of(state: DatasetState, month: Month) -> tuple[str, str, str]:
    """Word the result of one dataset: result, its format, a remark."""
    report = state.report
    if state.is_check and report:
        return _checked_result(state, report)
    if report is None:
        return "未处理", "muted", "本表还没有处理过。"
    if report.status == "failed":
        return "处理出错", "rejected", report.message
    if report.status == "accepted":
        remark = "已接收。" if not state.problems.total else "已接收,请核对列出的行,下次报送前更正。"
        return "已接收", "good", remark
    if report.status == "rejected":
        if report.is_in_force:
            return "退回,沿用上一批", "rejected", "最新一批没有通过检查,仍使用本月上一批已接收的数据;原因见“整批检查”。"
        return "退回", "rejected", "没有通过检查,本月没有可用的数据;原因见“整批检查”,请更正后尽快重新报送。"
    if state.is_expected and state.awaited_until:
        return "尚未到期", "muted", f"本月应报,{state.awaited_until} 前(含当日)报送即可。"
    if state.is_expected:
        return "未报送", "missing", "本月应报未报,相关风险规则和指标无法计算;请尽快补报。"
    if state.dataset.is_due(month):
        return "尚未开始报送", "muted", f"首次报送后,{CADENCE[state.dataset.cadence]}报送一次。"
    return "本月不需报送", "muted", f"{CADENCE[state.dataset.cadence]}报送一次。"


def _checked_result(state: DatasetState, report: DatasetReport) -> tuple[str, str, str]:
    """Word the result of files that were only checked."""
    if report.status != "accepted":
        return "会被退回", "rejected", "没有通过检查,原因见“整批检查”;请更正后再报送。"
    if any(n.severity == "error" for n in report.notices):
        return "有文件读不到", "rejected", "有的文件会被拒读,其中的行不会被接收,原因见“各文件”;请更正后再报送。"
    remark = "可以报送。" if not state.problems.total else "可以报送;请先核对列出的行,隔离的行不会被接收。"
    return "会被接收", "good", remark


_CHECKED = {"现行": "会被接收", "退回": "会被退回", "拒读": "会被拒读"}
"""Results of files that were only checked, by those of delivered files."""


def file_result(state: DatasetState, row: dict[str, Any]) -> tuple[str, str]:
    """Word the result of one file, a row of the file ledger: result, its format."""
    text, style = _delivered_result(state, row)
    return (_CHECKED.get(text, text) if state.is_check else text), style


def _delivered_result(state: DatasetState, row: dict[str, Any]) -> tuple[str, str]:
    if row["is_current"]:
        return "现行", "good"
    if any(n.severity == "error" for n in _notices(state, row["file_name"])):
        return "拒读", "rejected"
    if row["rows_quarantined"] == row["rows_in_file"] > 0 or not _was_admitted(state, row):
        return "退回", "rejected"
    return "已被替换", "muted"


def _was_admitted(state: DatasetState, row: dict[str, Any]) -> bool:
    deliveries = state.report.deliveries if state.report else ()
    mine = [d for d in deliveries if d.delivery_no == row["delivery_no"] and row["file_name"] in d.files]
    return not mine or mine[-1].is_admissible


def _notices(state: DatasetState, file_name: str) -> Sequence[Notice]:
    """List the notices about a file; the ledger appends `` #<number>`` to the name of a file overwritten in place."""
    notices = state.report.notices if state.report else ()
    return [n for n in notices if n.file_name in (file_name, file_name.rsplit(" #", 1)[0])]


def remarks(state: DatasetState, file_name: str) -> str:
    """Join the notices about one file, without repetitions."""
    return "\n".join(dict.fromkeys(neutral_text(n.message) for n in _notices(state, file_name)))


def current_deliveries(report: DatasetReport) -> tuple[DeliveryReport, ...]:
    """Return the newest accepted delivery and those after it; all of them if none is accepted."""
    accepted = [i for i, d in enumerate(report.deliveries) if d.is_admissible]
    return report.deliveries[accepted[-1] if accepted else 0 :]
