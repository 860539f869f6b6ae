"""Write the sheet of a dataset in a feedback workbook: the department's own rows with problems.

Belongs here: original text in contract column order, colours, comments, the lineage of a row.
Does not belong here: selecting the rows (``problems``), wording (``messages``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from xlsxwriter.utility import xl_col_to_name

from sources.contracts.model import Column, Dataset
from sources.months import Month
from sources.reading.own_output import LINEAGE_LABELS
from workbooks import messages
from workbooks.places import Place
from workbooks.problems import DUPLICATE, EMPTIED, NOTED, QUARANTINED, Problems
from workbooks.style import CONFIDENTIAL, LINE_HEIGHT, Book, columns, neutral, row_height

MAX_COMMENTS = 5_000
"""Maximum comments of a sheet: Excel loads each as a drawing. The column 问题说明 has every message anyway."""

_HEADER_ROW = 2
_FIRST_ROW = 3
_LINEAGE = tuple(zip(LINEAGE_LABELS, (13.0, 46.0, 30.0, 8.0, 8.0, 6.0), strict=True))
_STATE_FORMATS = {QUARANTINED: "rejected", EMPTIED: "missing", DUPLICATE: "muted", NOTED: "noted"}
_WIDTHS = {"resident_id": 21.0, "certificate": 23.0, "village": 18.0, "town": 14.0, "list": 12.0, "yes_or_no": 9.0}
_COMMENT = {"x_scale": 2.2, "y_scale": 1.3, "author": "守望", "font_size": 9}
_REJECTED_DELIVERY = "(整批退回)"


def write_rows(book: Book, dataset: Dataset, month: Month, problems: Problems, file_names: dict[int, str]) -> str:
    """Add the sheet of a dataset and return the sheet's name; ``file_names`` maps file numbers to names."""
    sheet = book.sheet(dataset.label, footer=CONFIDENTIAL)
    _write_head(book, sheet, dataset, month, problems)
    _write_lineage(book, sheet, dataset, problems.rows, file_names)
    marks = 0
    for index, column in enumerate(dataset.columns, start=len(_LINEAGE)):
        raw = neutral(problems.rows[f"{column.name}__raw"])
        sheet.write_column(_FIRST_ROW, index, raw.fill_null("").to_list(), book["text"])
        for row, code, style in _marks(problems.rows, dataset, column):
            text = raw[row]
            sheet.write(_FIRST_ROW + row, index, "" if text is None else text, book[style])
            if marks < MAX_COMMENTS:
                sheet.write_comment(_FIRST_ROW + row, index, _comment(dataset, column, code, month), _COMMENT)
            marks += 1
    return str(sheet.get_name())


def address_of(dataset: Dataset, place: Place) -> str:
    """Return the address of a cell on the sheet of its dataset, such as K4."""
    index = [column.name for column in dataset.columns].index(place.column)
    return f"{xl_col_to_name(len(_LINEAGE) + index)}{_FIRST_ROW + place.line + 1}"


def _write_head(book: Book, sheet: Any, dataset: Dataset, month: Month, problems: Problems) -> None:
    shown, total = problems.rows.height, problems.total
    widths = [_WIDTHS.get(c.kind, 14.0) for c in dataset.columns]
    columns(sheet, [w for _, w in _LINEAGE] + widths)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, f"{dataset.label}:需要核对的行({month})", book["title"])
    hint = (
        f"共 {total} 行。红色:必填项有误,该行未接收;黄色:选填项有误,该格已清空、该行已接收;蓝色:提示,数据未改动。"
        "把鼠标停在有颜色的格上可看说明。内容为贵单位报送的原文,请在原系统或原表中更正后重新报送,不必回传本表。"
        f"{messages.SHEETS_ARE_COUNTED}。"
    )
    if total > shown:
        hint += f"本表只列出最要紧的 {shown} 行,另有 {total - shown} 行没有列出,全部问题的统计见“汇总”。"
    if _count_marks(problems.rows, dataset) > MAX_COMMENTS:
        hint += f"只有前 {MAX_COMMENTS} 处错误带批注,其余请看“问题说明”一列。"
    width = sum(w for _, w in _LINEAGE)
    sheet.merge_range(1, 0, 1, len(_LINEAGE) - 1, hint, book["subtitle"])
    sheet.set_row(1, row_height([(hint, width)]))
    labels = [c.label for c in dataset.columns]
    sheet.set_row(_HEADER_ROW, row_height(zip(labels, widths, strict=True), least=2))
    for index, (label, _) in enumerate(_LINEAGE):
        sheet.write_string(_HEADER_ROW, index, label, book["head_plain"])
    for index, column in enumerate(dataset.columns, start=len(_LINEAGE)):
        sheet.write_string(_HEADER_ROW, index, column.label, book["head"])
    sheet.freeze_panes(_FIRST_ROW, 2)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + max(shown, 1), len(_LINEAGE) + len(dataset.columns) - 1)


def _write_lineage(book: Book, sheet: Any, dataset: Dataset, rows: pl.DataFrame, file_names: dict[int, str]) -> None:
    names = rows["file_no"].replace_strict(file_names, default="", return_dtype=pl.String)
    sheets = rows.select("第" + pl.col("sheet_no").cast(pl.String) + "个").to_series()
    state = rows.select(
        pl.col("state") + pl.when("is_admissible").then(pl.lit("")).otherwise(pl.lit("\n" + _REJECTED_DELIVERY))
    ).to_series()
    explanations = _explanations(rows, dataset)
    sheet.write_column(_FIRST_ROW, 1, explanations.to_list(), book["wrap"])
    # A Chinese character is two column characters wide. Most rows have one problem and keep the default height.
    lines = (explanations.str.len_chars() * 2 / _LINEAGE[1][1]).ceil()
    for row, count in pl.DataFrame({"row": pl.int_range(rows.height, eager=True), "n": lines}).filter(lines > 1).rows():
        sheet.set_row(_FIRST_ROW + row, LINE_HEIGHT * count + 3)
    sheet.write_column(_FIRST_ROW, 2, neutral(names).to_list(), book["wrap"])
    sheet.write_column(_FIRST_ROW, 3, sheets.to_list(), book["center"])
    sheet.write_column(_FIRST_ROW, 4, rows["row_number"].to_list(), book["number"])
    sheet.write_column(_FIRST_ROW, 5, rows["delivery_no"].to_list(), book["number"])
    sheet.write_column(_FIRST_ROW, 0, state.to_list(), book["state"])
    for text, style in _STATE_FORMATS.items():
        rule = {"type": "text", "criteria": "begins with", "value": text, "format": book[style]}
        sheet.conditional_format(_FIRST_ROW, 0, _FIRST_ROW + max(rows.height, 1), 0, rule)


def _explanations(rows: pl.DataFrame, dataset: Dataset) -> pl.Series:
    """Join all problems of each row in one text, in contract order."""
    parts = [
        pl.when(pl.col("row_state") == "duplicate").then(pl.lit("与前面某行完全相同,只计一次")),
        pl.when(pl.col("row_error") == messages.DUPLICATE_KEY).then(pl.lit(messages.PROBLEMS[messages.DUPLICATE_KEY])),
    ]
    for column in dataset.columns:
        for part in ("error", "note"):
            code = pl.col(f"{column.name}__{part}")
            known = code.replace(messages.PROBLEMS)
            parts.append(pl.when(code.is_not_null()).then(pl.lit(f"{column.label}:") + known))
    return rows.select(pl.concat_str(parts, separator=";", ignore_nulls=True)).to_series()


def _marks(rows: pl.DataFrame, dataset: Dataset, column: Column) -> Iterator[tuple[int, str, str]]:
    """Yield the cells of a column to colour: row index, code, format."""
    error, note = pl.col(f"{column.name}__error"), pl.col(f"{column.name}__note")
    again = (pl.col("row_error") == messages.DUPLICATE_KEY) & pl.lit(column.name in dataset.key)
    code = pl.coalesce(error, pl.when(again).then(pl.lit(messages.DUPLICATE_KEY)), note)
    style = (
        pl.when(error.is_not_null()).then(pl.lit("bad" if column.required else "emptied"))
        .when(again).then(pl.lit("bad"))
        .otherwise(pl.lit("noted"))
    )  # fmt: skip
    marked = rows.select(index=pl.int_range(pl.len()), code=code, style=style).drop_nulls("code")
    yield from marked.iter_rows()


def _count_marks(rows: pl.DataFrame, dataset: Dataset) -> int:
    names = [f"{c.name}__{part}" for c in dataset.columns for part in ("error", "note")]
    again = (rows["row_error"] == messages.DUPLICATE_KEY).sum() * len(dataset.key)
    return sum(rows.height - rows[n].null_count() for n in names) + int(again)


def _comment(dataset: Dataset, column: Column, code: str, month: Month) -> str:
    return messages.duplicate_key(dataset) if code == messages.DUPLICATE_KEY else messages.comment(column, code, month)
