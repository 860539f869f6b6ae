"""Conform one file of a dataset: its sheets, their tables, the rows that belong to none.

Belongs here: the order of the steps for one file, its refusal, counts and warnings.
Does not belong here: one row (``rows``), duplicates across files (``delivery``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from sources.conforming.context import Context
from sources.conforming.continued import codes_of, continued_header, fits, foreign_header, is_in_order
from sources.conforming.periods import TimedTable, of_another_time, timed_table
from sources.conforming.printed_totals import check_printed_totals
from sources.conforming.rows import conform_rows
from sources.conforming.visibility import listed, visibility_warnings
from sources.contracts.model import Dataset
from sources.landing.deliveries import DeliveredFile
from sources.reading.beside import beside
from sources.reading.blocks import blocks_of
from sources.reading.codes import Codes, code_columns
from sources.reading.doubles import settle_doubles
from sources.reading.extra_columns import unknown_headers
from sources.reading.files import Read, Sheet
from sources.reading.header import Header, best_header, find_header, missing_message, shown
from sources.reading.own_output import refuse_own_output
from sources.reading.samples import sample_sheets
from sources.reading.stated_units import stated_units, unit_conflict, unit_warnings
from sources.reading.table import Table, extract_table
from sources.reading.unread import Unread, above_table, hidden_rows, key_text, other_table, unlabelled
from sources.refusal import RefusedError, breakage_refused
from sources.text import masked
from sources.text_series import plain_series


@dataclass
class FileResult:
    """The conformed rows of one file, or its refusal, with the counts and warnings of the file."""

    file: DeliveredFile
    frames: list[pl.DataFrame] = field(default_factory=list)
    refusal: str | None = None
    rows_refused: int = 0
    rows_unread: int = 0
    """Number of rows that look like data and belong to no table that was read."""
    totals_checked: int = 0
    totals_failed: int = 0
    unknown_headers: list[str] = field(default_factory=list)
    unit_warnings: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """Hidden columns, rows that are hidden or struck through, rows and cells that were read otherwise or not at all."""
    skipped: list[str] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    lists: list[list[pl.DataFrame]] = field(default_factory=list)
    """Rows and totals of each list, table by table, until its printed totals are checked."""
    stated_units: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Column name to the unit that a row outside the header states first, and the row."""
    tables: list[TimedTable] = field(default_factory=list)
    """The tables that were read and have rows, each with its month."""
    header: Header | None = None
    """The header of the newest table that was read, under which a sheet without one may go on."""
    is_mixed: bool = False
    """Whether tables have their columns in different orders, so that no sheet goes on without a header."""
    shown: str = ""
    """The file name, masked so that logs and marts may show it."""

    def __post_init__(self) -> None:
        self.shown = self.shown or masked(self.file.name)

    @property
    def printed_totals(self) -> str:
        """Result of the printed totals: passed, failed or none."""
        if not self.totals_checked:
            return "none"
        return "failed" if self.totals_failed else "passed"


def conform_file(file: DeliveredFile, dataset: Dataset, context: Context, read: Read) -> FileResult:
    """Read and conform one file. An unreadable file does not raise; its result holds the refusal."""
    result = FileResult(file)
    partial: Header | None = None
    try:
        with breakage_refused():
            sheets = read(file.content)
            refuse_own_output(sheets)
            samples = sample_sheets(sheets, dataset)
            result.skipped += [f"第{number}个工作表是示例(样表),已跳过" for number in samples]
            for sheet in (s for s in sheets if s.number not in samples):
                partial = max(partial, _conform_sheet(sheet, result, dataset, context), key=_matches)
            _check_totals(result, dataset)
            if not result.refusal and not result.frames:
                result.refusal = _no_header(result, partial, dataset)
            _compare_times(result, dataset, context)
            _count_unread(result, dataset, context)
    except RefusedError as refusal:
        result.refusal = result.refusal or str(refusal)
    if result.refusal:
        result.rows_refused += sum(f.height for f in result.frames)
        result.frames = []
    return result


def _check_totals(result: FileResult, dataset: Dataset) -> None:
    for tables in result.lists:
        if not any((table["role"] == "total").any() for table in tables):
            continue
        blocks = [table.with_columns(block=pl.struct(pl.lit(number), "section")) for number, table in enumerate(tables)]
        checked, failed = check_printed_totals(pl.concat(blocks), dataset)
        result.totals_checked += checked
        result.totals_failed += failed
    result.lists = []


def _compare_times(result: FileResult, dataset: Dataset, context: Context) -> None:
    refusal, warnings = of_another_time(result.tables, context.month, dataset)
    result.refusal = result.refusal or refusal
    result.warnings += warnings


def _count_unread(result: FileResult, dataset: Dataset, context: Context) -> None:
    """Count the rows that were not read; refuse the file if they are shown, because somebody would be lost.

    Nobody is lost if every id of a row is among those that were read. A lone id in another kind of row is a warning.
    """
    unread_rows = [unread for unread in result.unread if unread]
    read = _read_keys(result, dataset) if unread_rows else pl.Series(dtype=pl.String)
    column = next(iter(code_columns(dataset)), None)
    codes = codes_of(result.frames, column) if column and unread_rows else Codes()
    for unread in unread_rows:
        rows = unread.lost(read, codes)
        if not rows and unread.part and not codes.tell_most:
            rows = _under_other_names(unread.part, read, result, dataset, context)
        if not rows:
            continue
        result.rows_unread += len(rows)
        message = unread.message(rows)
        if result.refusal or not unread.is_shown or unread.is_lone(rows, codes):
            result.warnings.append(message)
        else:
            result.refusal = message
    result.unread = []


def _under_other_names(
    part: Sheet, read: pl.Series, result: FileResult, dataset: Dataset, context: Context
) -> list[int]:
    """List the rows that would be read without errors by the header of the newest table, and whose key is not read."""
    header = result.header and foreign_header(part, result.header)
    if not header:
        return []
    frame = conform_rows(extract_table(part, header, dataset), dataset, context)
    if not fits(frame, result.frames, dataset):
        return []
    right = _data(frame).filter(pl.all_horizontal(pl.col(f"{name}__error").is_null() for name in dataset.key))
    keys = right.select("row_number", key=_keys(right, dataset).str.to_uppercase())
    return keys.filter(~pl.col("key").is_in(read.implode()))["row_number"].to_list()


def _keys(frame: pl.DataFrame, dataset: Dataset) -> pl.Series:
    texts = frame.select(plain_series(frame[f"{name}__raw"]) for name in dataset.key)
    return texts.select(key_text(dataset, "__raw")).to_series()


def _matches(header: Header | None) -> int:
    return len(header.columns) if header else 0


def _no_header(result: FileResult, partial: Header | None, dataset: Dataset) -> str:
    found = f"({';'.join(result.skipped)})" if result.skipped else ""
    missing = f"最接近的一行{missing_message(partial, dataset)}" if partial else ""
    example = "、".join(c.label for c in dataset.required[:4])
    return f"没有找到“{dataset.label}”的表头{found};前20行内应有一行列名,例如“{example}”。{missing}"


def _read_keys(result: FileResult, dataset: Dataset) -> pl.Series:
    """List the ids that were read, as delivered and typed, or the keys of a table without ids."""
    if not dataset.id_columns:
        columns = [_keys(frame, dataset) for frame in result.frames]
    else:
        columns = [f[name] for f in result.frames for c in dataset.id_columns for name in (c.name, f"{c.name}__raw")]
    return pl.concat([pl.Series(dtype=pl.String), *(c.rename("") for c in columns)]).str.to_uppercase().unique()


def _conform_sheet(sheet: Sheet, result: FileResult, dataset: Dataset, context: Context) -> Header | None:
    """Conform the tables of one sheet into ``result``; return the closest match if no header can be recognised."""
    name = f"第{sheet.number}个工作表" if sheet.name else "文件"
    if sheet.is_hidden:
        result.skipped.append(f"{name}是隐藏的,已跳过")
        result.unread.append(hidden_rows(sheet, name, dataset))
        return None
    header = best_header(sheet, dataset) if sheet.is_typed else find_header(sheet, dataset)
    if header is None:
        return _go_on(sheet, name, result, dataset, context)
    result.lists.append([])
    for block in blocks_of(sheet, header, dataset):
        if block.header and not block.is_other:
            _conform_table(block.sheet, block.header, name, result, dataset, context)
        else:
            unread = other_table(block.sheet, name, block.header, dataset)
            result.unread.append(unread)
            if block.sheet.above and not unread.rows and unread.ids.is_empty():
                result.warnings.append(
                    f"{name}第{block.sheet.above + 1}行起是另一张表,没有读取;是本表数据的,请写上本表的列名。"
                )
    return None


def _go_on(sheet: Sheet, name: str, result: FileResult, dataset: Dataset, context: Context) -> Header | None:
    """Conform a sheet without a header as the continuation of the table before, if it fits; else note it as unread."""
    header = result.header and not result.is_mixed and continued_header(sheet, result.header, dataset)
    if header:
        table = extract_table(sheet, header, dataset)
        frame = conform_rows(table, dataset, context)
        aside = unlabelled(sheet, header, _data(frame)["row_number"])
        if fits(frame, result.frames, dataset) and not (aside and aside[1] >= len(_data(frame))):
            _take_units(sheet, header, table, name, result, dataset)
            _keep(sheet, frame, result, dataset)
            result.tables.append(timed_table(sheet, name, header.first_row, context.month))
            result.warnings.append(
                f"{name}没有表头,{len(_data(frame))}行按前一张表的表头读取;请核对各列是否一致,下次每个工作表都写上表头。"
            )
            return None
    unread = other_table(sheet, name, best_header(sheet, dataset), dataset)
    result.unread.append(unread)
    if any(len(column.drop_nulls()) for column in sheet.plain):
        result.skipped.append(f"{name}没有可识别的表头,已跳过")
    return best_header(sheet, dataset)


def _conform_table(
    sheet: Sheet, header: Header, name: str, result: FileResult, dataset: Dataset, context: Context
) -> None:
    """Conform one table into ``result``, or refuse it."""
    aside = beside(sheet, header, dataset)
    reason = f"{aside.cell}是并排的另一张表的表头。" if aside.cell else "在表的旁边。"
    result.unread.append(Unread(f"{name}旁边", f"{reason}{_BESIDE}", aside.ids, aside.rows, aside.codes))
    named = header
    if aside:
        # Columns of the same name are those of the other list.
        header = replace(header, doubles={})
    settled = settle_doubles(sheet, header, dataset)
    header = settled.header
    result.unread.append(above_table(sheet, name, header, dataset))
    table = extract_table(sheet, header, dataset)
    rows = table.rows.filter(pl.col("role") == "data")["row_number"]
    unknown = unknown_headers(sheet, named, rows, dataset)
    result.unknown_headers += [text for text in unknown if text not in result.unknown_headers]
    _take_units(sheet, header, table, name, result, dataset)
    _report(sheet, header, table, settled.notices, name, result)
    wrong = header.wrong_units(dataset)
    if header.missing(dataset) or wrong or settled.conflicts:
        result.rows_refused += int((table.rows["role"] == "data").sum())
        if settled.conflicts:
            problem = "".join(settled.conflicts)
        elif wrong:
            problem = f"{'、'.join(shown(w) for w in wrong)}无法换算;请改用合同规定的单位后重新报送。"
        else:
            problem = missing_message(header, dataset)
        place = f"{name}第{header.last_row + sheet.above + 1}行的表头" if sheet.above else name
        result.refusal = result.refusal or f"{place}:{problem}"
        return
    result.is_mixed |= result.header is not None and not is_in_order(result.header, header)
    result.header = header
    _keep(sheet, conform_rows(table, dataset, context), result, dataset)
    if len(result.frames[-1]):
        place = f"{name}第{sheet.above + 1}行起的表" if sheet.above else name
        result.tables.append(timed_table(sheet, place, header.first_row, context.month))


def _take_units(sheet: Sheet, header: Header, table: Table, name: str, result: FileResult, dataset: Dataset) -> None:
    """Note the units that rows outside the header state; refuse the file if they differ."""
    stated = stated_units(sheet, header, table.rows["row_number"], dataset)
    result.unit_warnings += unit_warnings(stated, dataset)
    row = header.last_row + sheet.above + 1
    result.refusal = result.refusal or unit_conflict(stated, header.units, row, name, result.stated_units, dataset)


_BESIDE = (
    "一个工作表只并排放一张表;请把这些行移到左边的表下面,或移到另一个工作表并写上表头,再重新报送。"
    "如果是本表各行的其他信息,请写明是谁的,或删除与本表之间的空列。"
)


def _report(
    sheet: Sheet, header: Header, table: Table, notices: tuple[str, ...], name: str, result: FileResult
) -> None:
    """Note the rows, cells and columns of a table that are hidden, struck through or left out."""
    said = [f"{name}{notice}。" for notice in (*notices, *visibility_warnings(sheet, header, table))]
    # What is said of a whole sheet is said of each of its tables.
    result.warnings += [text for text in said if text not in result.warnings]
    rows = table.rows.filter(pl.col("role") == "data")["row_number"]
    if aside := unlabelled(sheet, header, rows):
        result.warnings.append(
            f"{name}有{aside[1]}个单元格没有列名(从{aside[0]}起),没有读取;是数据的,请写上列名,否则请删除。"
        )
    if table.unanswered:
        result.skipped.append(f"{name}有{table.unanswered}行没有填写(只有预先印好的编号),按未核查处理,不计入行数")
    if table.notes:
        result.skipped.append(
            f"{name}第{listed(np.array(table.notes))}行是说明、签字或分组标题(或示例、平均数、统计数),没有作为数据读取"
        )


def _data(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("role") == "data")


def _keep(sheet: Sheet, frame: pl.DataFrame, result: FileResult, dataset: Dataset) -> None:
    """Add the conformed rows of a table to ``result``, and what its printed totals are checked with."""
    numeric = [f"{c.name}__{part}" for c in dataset.numeric_columns for part in ("parsed", "error")]
    result.lists[-1].append(frame.select("role", "label", "section", *numeric))
    lineage = pl.lit(result.file.file_no, pl.Int32).alias("file_no"), pl.lit(sheet.number, pl.Int32).alias("sheet_no")
    kept = frame.drop("label", "section", pl.selectors.ends_with("__parsed"))
    result.frames.append(_data(kept).select(*lineage, *sorted(set(kept.columns) - {"role"})))
