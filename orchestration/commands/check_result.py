"""Show the result of a check: short on the terminal, with every figure as JSON.

Belongs here: the figures of a file, verdicts in words. Does not belong here: single rows (``workbooks.check_report``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console

from orchestration.commands.app import literal
from sources.acceptance.ledger import error_counts_in
from sources.acceptance.outcome import notices_of_file
from sources.checking import CheckedFiles, CheckedTable
from sources.conforming.file import FileResult
from sources.notice import Notice
from workbooks.messages import problem

VERDICTS = {"accepted": "[green]会被接收[/]", "rejected": "[red]会被退回[/]", "unread": "[red]会被拒读[/]"}
_MARKS = {"error": "[red]错误[/]", "warning": "[yellow]提醒[/]", "info": "[cyan]提示[/]"}
_SEVERITIES = {"critical": "[red]必须更正[/]", "warning": "[yellow]提醒[/]"}


def as_json_text(checked: CheckedFiles) -> str:
    """Write the result as JSON; it holds figures and masked file names, no identity and no cell.

    Per file: ``rows_in_file`` = ``accepted`` + ``quarantined`` + ``duplicate``; ``totals`` are exact decimals as text,
    in the contract's unit, over the rows without faults, also where the table would be rejected.
    """
    content = {
        "department": checked.department.name,
        "month": str(checked.month),
        "verdict": "accepted" if checked.would_be_accepted else "rejected",
        "files": [*_files(checked), *map(_unread, checked.unread)],
        "previous_not_compared": [{"file": n.file_name, "message": n.message} for n in checked.uncompared],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def show_check(console: Console, checked: CheckedFiles, report: Path | None) -> None:
    """Print a line per file with its figures, then what is to be done."""
    for file in _files(checked):
        counts = f"{file['rows_in_file']:,} 行:接收 {file['accepted']:,}"
        counts += f",隔离 {file['quarantined']:,},重复 {file['duplicate']:,}"
        console.print(VERDICTS[file["verdict"]], literal(f"{file['file']}({file['label']})  {counts}"), soft_wrap=True)
        for code, cells in file["errors"].items():
            console.print("  -", literal(f"{problem(code)}:{cells:,} 处"), soft_wrap=True)
        for notice in file["notices"]:
            console.print("  -", _MARKS[notice["severity"]], literal(notice["message"]), soft_wrap=True)
    for notice in checked.unread:
        console.print(VERDICTS["unread"], literal(f"{notice.file_name}:{notice.message}"), soft_wrap=True)
    for table in checked.tables:
        for check in _failed(table):
            console.print(_SEVERITIES[check["severity"]], literal(check["message"]), soft_wrap=True)
    for notice in checked.uncompared:
        mark = "[red]没有比较[/]" if notice.severity == "error" else _MARKS[notice.severity]
        console.print(mark, literal(f"{notice.file_name}:{notice.message}"), soft_wrap=True)
    _show_end(console, checked, report)


def _show_end(console: Console, checked: CheckedFiles, report: Path | None) -> None:
    if report:
        text = f"逐格标色的清单在 {report}(含个人信息,请妥善保管,用后删除)"
        console.print(literal(text), soft_wrap=True)
    elif any(t.problems.height for t in checked.tables):
        console.print("要看是哪些格,请加 -o 自查结果.xlsx", soft_wrap=True)
    good = checked.would_be_accepted
    console.print("[green]结论:可以报送[/]" if good else "[red]结论:请更正后再报送[/]", soft_wrap=True)


def _files(checked: CheckedFiles) -> Iterator[dict[str, Any]]:
    for table in checked.tables:
        names = dict(table.outcome.ledger.select("file_no", "file_name").iter_rows())
        for file in table.conformed.files:
            yield _file(table, file, names[file.file.file_no])


def _file(table: CheckedTable, file: FileResult, name: str) -> dict[str, Any]:
    number = file.file.file_no
    counts = table.outcome.ledger.row(by_predicate=pl.col("file_no") == number, named=True)
    rows = _of_file(table.conformed.rows, number)
    is_admissible = table.outcome.status == "accepted"
    return {
        "file": name,
        "dataset": table.dataset.name,
        "label": table.dataset.label,
        "verdict": "unread" if file.refusal else "accepted" if is_admissible else "rejected",
        "sheets": sorted(rows["sheet_no"].unique()) if rows.height else [],
        "rows_in_file": counts["rows_in_file"],
        "accepted": counts["rows_accepted"],
        "quarantined": counts["rows_quarantined"],
        "duplicate": counts["rows_duplicate"],
        "errors": error_counts_in(rows),
        "notices": [{"severity": n.severity, "message": n.message} for n in notices_of_file(table.dataset, file)],
        "totals": _totals(table, number),
        "units": {c.name: c.unit for c in table.dataset.numeric_columns if c.unit},
        "printed_totals": file.printed_totals,
        "checks": list(_failed(table)),
        "compared_with": str(table.compared_with) if table.compared_with else None,
    }


def _unread(notice: Notice) -> dict[str, Any]:
    return {
        "file": notice.file_name,
        "dataset": None,
        "label": None,
        "verdict": "unread",
        "sheets": [],
        "rows_in_file": None,
        "accepted": 0,
        "quarantined": 0,
        "duplicate": 0,
        "errors": {},
        "notices": [{"severity": notice.severity, "message": notice.message}],
        "totals": {},
        "units": {},
        "printed_totals": "none",
        "checks": [],
        "compared_with": None,
    }


def _failed(table: CheckedTable) -> Iterator[dict[str, str]]:
    """Yield the gate's failed results on a table, critical ones first."""
    results = [r for d in table.outcome.deliveries for r in d.verdict.results if not r.passed]
    for result in sorted(results, key=lambda r: r.severity != "critical"):
        yield {"name": result.name, "severity": result.severity, "message": result.message}


def _totals(table: CheckedTable, number: int) -> dict[str, str]:
    rows = _of_file(table.candidate.rows, number)
    return {c.name: _exact(rows[c.name].sum() if rows.height else 0) for c in table.dataset.numeric_columns}


def _exact(total: Decimal | float) -> str:
    """Write a number without exponent and without zeros at the end."""
    text = f"{Decimal(total):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _of_file(rows: pl.DataFrame, number: int) -> pl.DataFrame:
    return rows.filter(pl.col("file_no") == number) if rows.width else rows
