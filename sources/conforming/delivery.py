"""Conform one delivery of one dataset: read its files, find duplicates, give every row its state.

Belongs here: joining files and sheets to one frame in delivery order, refused files, duplicates (they span files).
Does not belong here: the gate (``expectations``), replacing earlier rows (``acceptance.in_force``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from sources.conforming.context import Context
from sources.conforming.rows import check_printed_totals, conform_rows
from sources.conforming.visibility import listed, visibility_warnings
from sources.contracts.model import Dataset
from sources.landing.deliveries import DeliveredFile
from sources.reading.doubles import settle_doubles
from sources.reading.files import Read, Sheet, read_here
from sources.reading.header import Header, best_header, find_header, missing_message, shown, title_unit_warnings
from sources.reading.table import extract_table
from sources.refusal import RefusedError, breakage_refused
from sources.text import masked


@dataclass
class FileResult:
    """The conformed rows of one file, or its refusal, with the counts and warnings of the file."""

    file: DeliveredFile
    frames: list[pl.DataFrame] = field(default_factory=list)
    refusal: str | None = None
    rows_refused: int = 0
    totals_checked: int = 0
    totals_failed: int = 0
    unknown_headers: list[str] = field(default_factory=list)
    unit_warnings: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """Hidden columns, and rows that are hidden or struck through."""
    skipped: list[str] = field(default_factory=list)
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


@dataclass(frozen=True)
class ConformedDelivery:
    """A delivery with all its rows.

    ``rows`` has file_no, sheet_no, the columns of ``conform_rows`` for data rows, and ``row_state``: accepted,
    duplicate or quarantined. It omits the rows of refused files; ``FileResult.rows_refused`` counts them.
    """

    delivery_no: int
    mode: str
    files: tuple[FileResult, ...]
    rows: pl.DataFrame


def conform_delivery(
    delivery_no: int, mode: str, files: list[DeliveredFile], dataset: Dataset, context: Context, read: Read = read_here
) -> ConformedDelivery:
    """Read and conform the files of a delivery in delivery order.

    An unreadable file does not raise; its ``FileResult`` holds the refusal.
    """
    results = [_conform_file(f, dataset, context, read) for f in files]
    frames = [f for r in results if not r.refusal for f in r.frames]
    rows = pl.concat(frames, how="vertical") if frames else pl.DataFrame()
    return ConformedDelivery(delivery_no, mode, tuple(results), _with_states(rows, dataset))


def _conform_file(file: DeliveredFile, dataset: Dataset, context: Context, read: Read) -> FileResult:
    result = FileResult(file)
    partial: Header | None = None
    try:
        with breakage_refused():
            for sheet in read(file.content):
                partial = max(partial, _conform_sheet(sheet, result, dataset, context), key=_matches)
    except RefusedError as refusal:
        result.refusal = result.refusal or str(refusal)
    if not result.refusal and not result.frames:
        result.refusal = _no_header(result, partial, dataset)
    if result.refusal:
        result.rows_refused += sum(f.height for f in result.frames)
        result.frames = []
    return result


def _matches(header: Header | None) -> int:
    return len(header.columns) if header else 0


def _no_header(result: FileResult, partial: Header | None, dataset: Dataset) -> str:
    found = f"({';'.join(result.skipped)})" if result.skipped else ""
    missing = f"最接近的一行{missing_message(partial, dataset)}" if partial else ""
    example = "、".join(c.label for c in dataset.required[:4])
    return f"没有找到“{dataset.label}”的表头{found};前20行内应有一行列名,例如“{example}”。{missing}"


def _conform_sheet(sheet: Sheet, result: FileResult, dataset: Dataset, context: Context) -> Header | None:
    """Conform one sheet into ``result``; return the closest match to a header if no header can be recognised."""
    name = f"第{sheet.number}个工作表" if sheet.name else "文件"
    if sheet.is_hidden:
        result.skipped.append(f"{name}是隐藏的,已跳过")
        return None
    header = find_header(sheet, dataset)
    if header is None:
        result.skipped.append(f"{name}没有可识别的表头,已跳过")
        return best_header(sheet, dataset)
    settled = settle_doubles(sheet, header, dataset)
    header = settled.header
    result.unknown_headers += header.unknown()
    result.unit_warnings += title_unit_warnings(sheet, header, dataset)
    table = extract_table(sheet, header, dataset)
    notices = [*settled.notices, *visibility_warnings(sheet, header, table)]
    result.warnings += [f"{name}{notice}。" for notice in notices]
    if table.unanswered:
        result.skipped.append(f"{name}有{table.unanswered}行没有填写(只有预先印好的编号),按未核查处理,不计入行数")
    if table.notes:
        result.skipped.append(f"{name}第{listed(np.array(table.notes))}行是说明、签字或分组标题,没有作为数据读取")
    wrong = header.wrong_units(dataset)
    if header.missing(dataset) or wrong or settled.conflicts:
        result.rows_refused += int((table.rows["role"] == "data").sum())
        if settled.conflicts:
            problem = "".join(settled.conflicts)
        elif wrong:
            problem = f"{'、'.join(shown(w) for w in wrong)}无法换算;请改用合同规定的单位后重新报送。"
        else:
            problem = missing_message(header, dataset)
        result.refusal = result.refusal or f"{name}:{problem}"
        return None
    frame = conform_rows(table, dataset, context)
    checked, failed = check_printed_totals(frame, dataset)
    result.totals_checked += checked
    result.totals_failed += failed
    lineage = pl.lit(result.file.file_no, pl.Int32).alias("file_no"), pl.lit(sheet.number, pl.Int32).alias("sheet_no")
    data = frame.filter(pl.col("role") == "data").drop("role", "label", pl.selectors.ends_with("__parsed"))
    result.frames.append(data.select(*lineage, *sorted(data.columns)))
    return None


def _with_states(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Give every row its state.

    Exact repetitions of a row are duplicates; a repeated key with other values is quarantined.
    """
    if rows.is_empty():
        return rows
    rows = rows.with_row_index("_i")
    good = rows.filter(~pl.col("is_bad"))
    suspects = good.filter(pl.struct(dataset.key).is_duplicated())
    firsts = suspects.unique([c.name for c in dataset.columns], keep="first", maintain_order=True)
    keyed = firsts.unique(list(dataset.key), keep="first", maintain_order=True)
    index = pl.col("_i")
    is_duplicate = index.is_in(suspects["_i"].implode()) & ~index.is_in(firsts["_i"].implode())
    is_key_again = index.is_in(firsts["_i"].implode()) & ~index.is_in(keyed["_i"].implode())
    return rows.with_columns(
        row_state=pl.when("is_bad").then(pl.lit("quarantined"))
        .when(is_duplicate).then(pl.lit("duplicate"))
        .when(is_key_again).then(pl.lit("quarantined"))
        .otherwise(pl.lit("accepted")),
        row_error=pl.when(is_key_again).then(pl.lit("duplicate_key")).otherwise("row_error"),
    ).drop("_i")  # fmt: skip
