"""Write the sheets of a town's work list: families and reasons on the left, answers on the right.

Belongs here: the sheet to fill in and the sheet of instructions.
Does not belong here: selecting leads (``worklist``), reading a returned list (``sources.reading``).

The row that the intake reads as the header has the contract's columns only. The headers of the other columns are in
the row above, in cells merged over both rows, so that a returned list has no unknown headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from sources.contracts.model import Column, Dataset
from sources.months import Month
from workbooks.style import CONFIDENTIAL, LINE_HEIGHT, Book, columns, neutral, row_height
from workbooks.validation import past_date_check, validate

LEAD = "lead_id"
_GROUP_ROW, _HEADER_ROW, _FIRST_ROW = 3, 4, 5
LEVELS = {"red": "红色", "orange": "橙色", "yellow": "黄色"}

_INFO = (
    ("number", "序号", 5.0, "number"),
    (LEAD, "请勿改动", 20.0, "center"),
    ("place", "住址", 18.0, "wrap"),
    ("head", "户主及证件号", 20.0, "wrap"),
    ("household_code", "户的编号", 14.0, "wrap"),
    ("persons", "涉及人员", 15.0, "wrap"),
    ("level", "风险\n等级", 7.0, "center"),
    ("reason", "为什么要核查", 46.0, "wrap"),
    ("category", "户类型及建议", 16.0, "wrap"),
    ("due_on", "核查期限", 11.5, "day"),
)
_ANSWERS = {"result": 10.5, "is_enrolled": 13.5, "reason_not_enrolled": 20.0, "verified_on": 12.5}
_HINTS = {
    "result": "入户后从列表选择:属实、不属实、查无此户。没有核查的线索请整行留空。",
    "is_enrolled": "是否已纳入监测对象:是 或 否。",
    "reason_not_enrolled": "属实而没有纳入时,请简要说明原因。",
    "verified_on": "入户核实的日期,不能晚于今天。",
    "enrolled_on": "识别纳入监测的日期,不能晚于今天;没有纳入请留空。",
}


def write_list(book: Book, dataset: Dataset, town: str, month: Month, leads: pl.DataFrame) -> None:
    """Add the sheet to fill in; ``leads`` is the frame of ``worklist``, in display order."""
    sheet = book.sheet(dataset.label, footer=f"{town} {month}　{CONFIDENTIAL}")
    answers = [c for c in dataset.columns if c.name != LEAD]
    columns(sheet, [width for _, _, width, _ in _INFO] + [_ANSWERS.get(c.name, 16.0) for c in answers])
    _write_head(book, sheet, dataset, answers, town, month, leads)
    for index, (name, _, _, style) in enumerate(_INFO):
        values = neutral(leads[name]) if leads[name].dtype == pl.String else leads[name]
        sheet.write_column(_FIRST_ROW, index, values.to_list(), book[style])
    _colour(book, sheet, leads)
    last = _FIRST_ROW + leads.height - 1
    for index, column in enumerate(answers, start=len(_INFO)):
        style = book["answer_day" if column.kind == "date" else "answer"]
        sheet.write_column(_FIRST_ROW, index, [None] * leads.height, style)
        _check(sheet, (_FIRST_ROW, last), index, column, month)
    _set_heights(sheet, leads)
    # No password: the protection prevents accidental changes of lead ids, it hides nothing.
    allowed = dict.fromkeys(("autofilter", "format_columns", "format_rows", "select_locked_cells"), True)
    sheet.protect("", allowed)


def _write_head(
    book: Book, sheet: Any, dataset: Dataset, answers: Sequence[Column], town: str, month: Month, leads: pl.DataFrame
) -> None:
    width = sum(w for _, _, w, _ in _INFO)
    households, due = leads["household_key"].n_unique(), _first_due(leads)
    texts = (
        f"{town}防返贫风险线索核查清单({month.year}年{month.number}月)",
        f"共 {leads.height} 条线索、{households} 户{f',最早 {due} 前完成' if due else ''}。"
        "线索只是提示,不是结论,请入户核实。只填右侧黄色的格,没有核查的线索整行留空;填好后原样保存,交县级乡村振兴部门放入次月收件箱。",
    )
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, texts[0], book["title"])
    sheet.merge_range(1, 0, 1, len(_INFO) - 1, texts[1], book["subtitle"])
    sheet.set_row(1, row_height([(texts[1], width)]))
    sheet.set_row(2, 6)
    for index, (name, label, _, _) in enumerate(_INFO):
        if name == LEAD:
            sheet.write_string(_GROUP_ROW, index, label, book["head_plain"])
            sheet.write_string(_HEADER_ROW, index, dataset[LEAD].label, book["head"])
        else:
            sheet.merge_range(_GROUP_ROW, index, _HEADER_ROW, index, label, book["head"])
    first, last = len(_INFO), len(_INFO) + len(answers) - 1
    sheet.merge_range(_GROUP_ROW, first, _GROUP_ROW, last, "以下由镇(街道)填写", book["head_answer"])
    for index, column in enumerate(answers, start=first):
        sheet.write_string(_HEADER_ROW, index, column.label, book["head_answer"])
    sheet.set_row(_GROUP_ROW, 20)
    sheet.set_row(_HEADER_ROW, 34)
    sheet.freeze_panes(_FIRST_ROW, 4)
    sheet.repeat_rows(_GROUP_ROW, _HEADER_ROW)
    sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + leads.height, last)


def _first_due(leads: pl.DataFrame) -> date | None:
    due = leads["due_on"].min()
    return due if isinstance(due, date) else None


def _colour(book: Book, sheet: Any, leads: pl.DataFrame) -> None:
    index = [name for name, *_ in _INFO]
    last = _FIRST_ROW + leads.height - 1
    for level, label in LEVELS.items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{label}"', "format": book[level]}
        sheet.conditional_format(_FIRST_ROW, index.index("level"), last, index.index("level"), rule)
    late = leads.select(pl.int_range(pl.len()), "due_on").filter(leads["is_overdue"].fill_null(False))
    for row, due in late.rows():
        sheet.write_datetime(_FIRST_ROW + row, index.index("due_on"), due, book["day_late"])


def _check(sheet: Any, rows: tuple[int, int], index: int, column: Column, month: Month) -> None:
    hint = _HINTS.get(column.name, "")
    if column.kind == "date":
        sheet.data_validation(rows[0], index, rows[1], index, past_date_check(month.first_day, column, hint))
    else:
        validate(sheet, rows, index, column, month, hint)


def _set_heights(sheet: Any, leads: pl.DataFrame) -> None:
    """Fit row heights to the longest text; a Chinese character is two column characters wide."""
    widths = {name: width for name, _, width, style in _INFO if style == "wrap"}
    lines = [(leads[n].fill_null("").str.len_bytes() * 0.72 / w).ceil() for n, w in widths.items()]
    most = leads.select(pl.max_horizontal(lines)).to_series()
    for row, count in enumerate(most.to_list()):
        sheet.set_row(_FIRST_ROW + row, max(2.0, count) * LINE_HEIGHT + 3)


def write_guide(book: Book, dataset: Dataset, town: str) -> None:
    """Add the sheet of instructions."""
    sheet = book.sheet("填写说明", landscape=False)
    sheet.set_column(0, 0, 100)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, "填写说明", book["title"])
    results = "、".join(dataset["result"].values)
    for row, text in enumerate(_guide(dataset, town, results), start=1):
        sheet.write_string(row, 0, text, book["guide"])
        sheet.set_row(row, row_height([(text, 100.0)]) + 6)


def _guide(dataset: Dataset, town: str, results: str) -> Sequence[str]:
    label = {c.name: c.label for c in dataset.columns}
    return (
        f"1. 本清单由县级按各部门数据比对产生,只发{town}。线索只是提示,是否属实、是否纳入监测以入户核实为准。",
        f"2. “{label['result']}”:从列表选择({results})。“查无此户”指按住址和户主都找不到这一户。",
        f"3. “{label['is_enrolled']}”:已纳入或正在纳入监测对象选“是”,否则选“否”。",
        f"4. “{label['reason_not_enrolled']}”:属实而没有纳入时填写原因,其他情况可以不填。",
        f"5. “{label['verified_on']}”:入户核实的日期,例如 2021-07-08,不能晚于今天。"
        f"“{label['enrolled_on']}”:已纳入的填识别纳入监测的日期,其他情况留空。",
        "6. 还没有核查的线索,右侧各格全部留空,下月仍会列出;不要填“无”或“/”。"
        f"“{label['result']}”“{label['is_enrolled']}”“{label['verified_on']}”只填了一部分的行会被退回补填。",
        f"7. “{label['lead_id']}”是系统编号,请不要改动、删除或自行编写;左侧内容不会被读取,户籍信息有误请另行上报。",
        f"8. 填好后直接保存本文件,文件名保留“{dataset.label}”字样,交县级乡村振兴部门放入次月收件箱。"
        "各镇(街道)的文件放在同一个文件夹,一起算一次报送;来不及的放入再下一个月。",
        "9. 本文件含个人信息,只供核查使用,请勿外传,用完按规定销毁。",
    )
