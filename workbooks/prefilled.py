"""Write a department's templates with the rows of the month before, to be corrected instead of typed again.

Belongs here: which rows and cells are filled in, and where such workbooks may be.
Does not belong here: the sheets of a template (``template``), empty templates.

They hold identities, so that they are written to the outbox only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from sources import audit, parquet
from sources.acceptance.provenance import accepted_months
from sources.contracts.model import Column, Dataset, Department
from sources.contracts.row_schema import ROW_ID, ROWS_FILE, accepted_columns, schema_of, shown_name
from sources.divisions import in_force
from sources.home import Home
from sources.months import Month
from sources.personal_numbers import HIDDEN
from sources.privacy.people import IDENTITY
from workbooks.style import MAX_TEXT, file_name, neutral
from workbooks.template import write_template
from workbooks.validation import YES_NO

_EXCEL_DAYS_FROM = date(1900, 3, 1)
"""Excel counts a day before it that did not exist; earlier days are written as text."""
_EXACT_DIGITS = 15
"""Digits of a number that a spreadsheet keeps."""


class LostIdentitiesError(Exception):
    """Accepted rows have no identities any more; the message is Chinese and names the way back."""


@dataclass(frozen=True)
class Prefill:
    """The cells to fill in, by contract column, and where they come from."""

    month: Month | None = None
    """The month of the rows; None if there is no earlier one, or the table holds events of its own month only."""
    rows: int = 0
    columns: dict[str, list[Any]] = field(default_factory=dict)
    left_out: int = 0
    """Cells that are left empty, because their text is masked or too long."""

    def sentence(self, dataset: Dataset) -> str:
        """Say in the instructions what is filled in."""
        if dataset.extract_mode != "snapshot":
            return "本表只报当月新增的记录,没有预填上期的行。"
        if self.month is None:
            return "此前没有接收过本表的数据,没有预填。"
        text = (
            f"已预填 {self.month} 接收的 {self.rows} 行(已按规定表式换算),请删去不再有的行、补上新增的行、"
            "改正有变化的格后报送。内容含个人信息,只交本部门。"
        )
        if self.left_out:
            text += f"有 {self.left_out} 格的文字不能预填,留作空白,请按原表补填。"
        return text


def prefilled_folder(home: Home, department: Department, month: Month) -> Path:
    """Return the folder of a department's prefilled templates."""
    return home.outbox / department.name / str(month) / "模板"


def write_prefilled(home: Home, department: Department, month: Month, divisions: pl.DataFrame) -> dict[Path, Prefill]:
    """Write one workbook per table for ``month``, filled with the rows of the newest accepted month before it.

    A line of the audit log is written first. Raises LostIdentitiesError if identities are missing, OSError if the
    outbox cannot be written.
    """
    places = in_force(divisions, month)
    audit.record(home, "export", what="template", department=department.name, month=str(month))
    written = {}
    for dataset in department.datasets:
        prefill = prefill_of(home, dataset, month, places)
        path = prefilled_folder(home, department, month) / f"{file_name(dataset.label)}_{month}_预填.xlsx"
        with home.replacing(path) as temporary:
            filled_in = prefill.sentence(dataset)
            write_template(department, dataset, temporary, prefill.columns, prefill.rows, filled_in, month)
        written[path] = prefill
    return written


def earlier_month(home: Home, dataset: Dataset, month: Month) -> Month | None:
    """Return the newest month before ``month`` for which a snapshot was accepted; None for other tables."""
    if dataset.extract_mode != "snapshot":
        return None
    return max((m for m in accepted_months(home, dataset) if m < month), default=None)


def prefill_of(home: Home, dataset: Dataset, month: Month, places: pl.DataFrame) -> Prefill:
    """Collect the cells to fill in; ``places`` are the divisions of ``month``, by whose names places are written."""
    before = earlier_month(home, dataset, month)
    if before is None:
        return Prefill()
    rows = _accepted(home, dataset, before)
    columns, left_out = {}, 0
    for column in dataset.columns:
        cells = rows[IDENTITY + column.name if column.stays_restricted else shown_name(column)]
        if column.kind in ("town", "village"):
            columns[column.name] = _place_names(cells, places, column, dataset)
        elif column.scheme:
            columns[column.name] = cells.replace(column.scheme.spoken(month)).to_list()
        elif cells.dtype == pl.String:
            kept = _whole_texts(cells)
            left_out += kept.null_count() - cells.null_count()
            columns[column.name] = neutral(kept).to_list()
        else:
            columns[column.name] = _typed(cells)
    return Prefill(before, rows.height, columns, left_out)


def _accepted(home: Home, dataset: Dataset, month: Month) -> pl.DataFrame:
    """Read the accepted rows with their identities, in delivery order."""
    rows = parquet.read(home.accepted(dataset, month) / ROWS_FILE)
    names = [IDENTITY + c.name for c in dataset.columns if c.stays_restricted]
    if names:
        path = home.identities(dataset, month) / ROWS_FILE
        known = parquet.read(path) if path.exists() else None
        known = known.select(*ROW_ID, *(n for n in names if n in known.columns)) if known is not None else None
        joined = rows.join(known, on=list(ROW_ID)) if known is not None else rows.clear()
        if joined.height != rows.height:
            raise LostIdentitiesError(
                f"《{dataset.label}》{month} 接收的行缺少身份对照,不能预填;请执行 shouwang verify,按提示修复后再试。"
            )
        rows = joined
    # Rows that were accepted before a column existed have nothing there.
    wanted = {**schema_of(accepted_columns(dataset)), **dict.fromkeys(names, pl.String())}
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in wanted.items() if name not in rows.columns]
    return rows.with_columns(absent).sort("row_order")


def _whole_texts(texts: pl.Series) -> pl.Series:
    """Leave out texts in which somebody is masked, and those that a cell of a workbook would clip."""
    is_whole = ~texts.str.contains(HIDDEN, literal=True) & (texts.str.len_chars() <= MAX_TEXT)
    return texts.set(~is_whole.fill_null(True), None)


def _place_names(codes: pl.Series, places: pl.DataFrame, column: Column, dataset: Dataset) -> list[str | None]:
    """Name places officially; one whose name is not unique there, or that the month does not know, keeps its code."""
    kind = column.kind
    named = places.select(code=f"{kind}_code", name=f"{kind}_name", town="town_code").unique("code")
    scope = ["town", "name"] if kind == "village" and any(c.kind == "town" for c in dataset.columns) else ["name"]
    unique = named.filter(pl.struct(scope).is_unique())
    return codes.replace(dict(unique.select("code", "name").iter_rows())).to_list()


def _typed(cells: pl.Series) -> list[Any]:
    """Give the values that a clerk would type: days, 是 or 否, numbers; what a spreadsheet would change is text."""
    if cells.dtype == pl.Boolean:
        return cells.replace_strict({True: YES_NO[0], False: YES_NO[1]}, return_dtype=pl.String).to_list()
    texts = cells.cast(pl.String).str.replace(r"(\.[0-9]*?)0+$", "${1}").str.strip_suffix(".")
    if cells.dtype == pl.Date:
        typed, is_kept = cells.to_list(), cells >= _EXCEL_DAYS_FROM
    else:
        digits = texts.str.replace_all("[^0-9]", "").str.strip_chars_start("0").str.len_chars()
        typed, is_kept = cells.cast(pl.Float64).to_list(), digits <= _EXACT_DIGITS
    for row in (~is_kept).arg_true():
        typed[row] = texts[row]
    return typed
