"""Write workbooks for a department to fill in, one per table of its contract.

Belongs here: headers, input checks, notes and the sheet of instructions.
Does not belong here: reading a filled-in workbook (``sources.reading``), which rows are filled in (``prefilled``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sources.contracts.model import Column, Dataset, Department
from sources.months import Month
from workbooks import messages
from workbooks.style import Book, columns, file_name, row_height
from workbooks.validation import validate

LAST_ROW = 20_000
"""Last row with input checks, at least; the rows below may be filled in as well."""
_SPARE_ROWS = 2_000
"""Rows with input checks below the rows that are filled in."""
_LAST_ROW_OF_EXCEL = 1_048_575

KINDS = {
    "resident_id": "18位证号", "certificate": "20位证号", "date": "年月日", "month": "年月", "number": "数字",
    "integer": "整数", "yes_or_no": "是/否", "list": "选项", "town": "地名", "village": "地名", "text": "文字",
}  # fmt: skip
_INPUT = {"date": "input_day", "number": "input_number", "integer": "input_number"}
_WIDTHS = {"resident_id": 22.0, "certificate": 24.0, "village": 22.0, "town": 18.0}
CADENCE = {"monthly": "每月", "quarterly": "每季度末月", "annual": "每年12月"}
_GUIDE_WIDTHS = (24.0, 10.0, 10.0, 14.0, 90.0)
_COMMENT = {"x_scale": 2.2, "y_scale": 1.3, "author": "守望", "font_size": 9}


def write_templates(department: Department, out_dir: Path) -> list[Path]:
    """Write one empty workbook per table into ``out_dir`` and return their paths in contract order.

    The folder is created if it is missing; existing templates are replaced. Raises OSError if it cannot be written.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    paths = {dataset: out_dir / f"{file_name(dataset.label)}_模板.xlsx" for dataset in department.datasets}
    for dataset, path in paths.items():
        temporary = path.with_name(f".{path.name}.tmp")
        write_template(department, dataset, temporary)
        temporary.replace(path)
    return list(paths.values())


def write_template(
    department: Department,
    dataset: Dataset,
    path: Path,
    cells: Mapping[str, Sequence[Any]] | None = None,
    rows: int = 0,
    filled_in: str = "",
    month: Month | None = None,
) -> None:
    """Write the workbook of a table; ``cells`` holds the values of ``rows`` rows by contract column.

    ``filled_in`` says in the instructions what they are. Of lists whose words are dated it offers those of ``month``,
    else those of any month. Raises OSError if the workbook cannot be written.
    """
    with Book(path, dataset.label, f"{department.label}报送模板") as book:
        _write_table(book, dataset, cells or {}, rows, month)
        _write_guide(book, department, dataset, filled_in, month)


def _write_table(
    book: Book, dataset: Dataset, cells: Mapping[str, Sequence[Any]], rows: int, month: Month | None
) -> None:
    """Write the sheet to fill in: a header in row 1, and the data directly below."""
    sheet = book.sheet(dataset.label)
    last = min(max(LAST_ROW, rows + _SPARE_ROWS), _LAST_ROW_OF_EXCEL)
    sheet.hide_gridlines(1)
    sheet.set_row(0, 36)
    for index, column in enumerate(dataset.columns):
        style = book[_INPUT.get(column.kind, "input_text")]
        sheet.set_column(index, index, _width(column), style)
        sheet.write_column(1, index, cells.get(column.name, ()), style)
        sheet.write_string(0, index, column.label, book["head_answer" if column.required else "head_plain"])
        sheet.write_comment(0, index, _note(column, month), _COMMENT)
        validate(sheet, (1, last), index, column, month, _note(column, month))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)


def _width(column: Column) -> float:
    return max(_WIDTHS.get(column.kind, 13.0), len(column.label) * 2.0 + 2)


def _note(column: Column, month: Month | None) -> str:
    unit = f"单位:{column.unit}。" if column.unit else ""
    return f"{'必填' if column.required else '选填'}。{unit}{messages.expectation(column, month)}"


def _write_guide(book: Book, department: Department, dataset: Dataset, filled_in: str, month: Month | None) -> None:
    """Write the instructions; no row has two column names, so that a reader never takes one for a header."""
    sheet = book.sheet("填表说明", landscape=False)
    columns(sheet, _GUIDE_WIDTHS)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, f"{dataset.label} 填表说明", book["title"])
    row = 1
    rules = _rules(department, dataset)
    for text in [*rules, *([f"{len(rules) + 1}. {filled_in}"] if filled_in else [])]:
        sheet.merge_range(row, 0, row, len(_GUIDE_WIDTHS) - 1, text, book["subtitle"])
        sheet.set_row(row, row_height([(text, sum(_GUIDE_WIDTHS))]))
        row += 1
    row += 1
    for index, label in enumerate(("列的名称", "是否必填", "内容类型", "其他可用列名", "填写要求")):
        sheet.write_string(row, index, label, book["head"])
    for column in dataset.columns:
        row += 1
        _write_guide_row(book, sheet, row, column, month)


def _write_guide_row(book: Book, sheet: Any, row: int, column: Column, month: Month | None) -> None:
    expected = messages.expectation(column, month)
    others = "\n".join(column.synonyms) or "—"
    sheet.write_string(row, 0, column.label, book["wrap"])
    sheet.write_string(row, 1, "必填" if column.required else "选填", book["rejected" if column.required else "muted"])
    sheet.write_string(row, 2, KINDS[column.kind], book["center"])
    sheet.write_string(row, 3, others, book["wrap"])
    sheet.write_string(row, 4, expected, book["wrap"])
    cells = [(column.label, _GUIDE_WIDTHS[0]), (others, _GUIDE_WIDTHS[3]), (expected, _GUIDE_WIDTHS[4])]
    sheet.set_row(row, row_height(cells))


def _rules(department: Department, dataset: Dataset) -> Sequence[str]:
    keys = "、".join(f"“{dataset[name].label}”" for name in dataset.key)
    extent = "月末全部数据" if dataset.extract_mode == "snapshot" else "当月新增的记录(补报以前漏报的也可)"
    empty = "没有数据时也请报送只有表头的空表。" if dataset.may_be_empty else "本表不会没有数据,空表将被退回。"
    return (
        f"1. {department.label},{CADENCE[dataset.cadence]}报送,次月{department.due_day}日前;内容为{extent}。{empty}",
        f"2. 请在“{dataset.label}”工作表的表头下面逐行填写,不要改动表头文字;黄色表头为必填。",
        f"3. 同一{keys}只能有一行;完全相同的行只计一次,内容不同的只接收第一行。",
        "4. 身份证号等编号列已设为文本格式,粘贴时请选择“只粘贴值”,以免变成数字丢失末位。",
        f"5. 文件名请保留“{dataset.keywords[0]}”字样;数字列请按规定单位填写,用其他单位请写进列名,例如“金额(万元)”。",
    )
