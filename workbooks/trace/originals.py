"""Add the people and the original rows to a trace, inside the restricted zone.

Belongs here: sheet names, names, ids and original cells of traced rows.
Does not belong here: which rows are traced (``rows``); anything that leaves the restricted zones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from sources import parquet
from sources.contracts.model import Column, Contracts, Dataset
from sources.contracts.row_schema import ROW_ID, ROWS_FILE
from sources.home import Home
from sources.landing.archive import DeliveryLog
from sources.landing.deliveries import DeliveredFile, recognise_month
from sources.months import Month
from sources.privacy.people import IDENTITY
from sources.reading.blocks import blocks_of
from sources.reading.files import Read, Sheet, read_here
from sources.reading.header import Header, find_header, fitting_datasets
from sources.refusal import DamagedOriginalError, RefusedError
from workbooks.trace.rows import COLUMNS, ChangedRowsError, Trace

_SHEETS = pl.Schema({"row_number": pl.Int32, "sheet_no": pl.Int32, "sheet_name": pl.String, "original": pl.String})


def with_originals(home: Home, contracts: Contracts, trace: Trace, read: Read = read_here) -> pl.DataFrame:
    """Add to the shown rows of a trace: sheet_name, person, resident_id, original (headers and cells as delivered).

    Raises ChangedRowsError if an original is missing, damaged or another than that of the published marts.
    """
    parts = [
        _of_table(home, contracts, contracts.dataset(str(dataset)), Month.parse(str(month)), rows, read)
        for (dataset, month), rows in trace.shown.drop_nulls("file_no").group_by(
            "dataset", "month", maintain_order=True
        )
    ]
    return pl.concat([*parts, trace.shown.filter(pl.col("file_no").is_null())], how="diagonal")


def _of_table(
    home: Home, contracts: Contracts, dataset: Dataset, month: Month, rows: pl.DataFrame, read: Read
) -> pl.DataFrame:
    delivered = _delivered(home, contracts, dataset, month, read)
    parts = []
    for (number, sha256), of_file in rows.group_by("file_no", "file_sha256", maintain_order=True):
        file = delivered.get((int(str(number)), str(sha256)))
        if file is None:
            raise ChangedRowsError(dataset, month, "归档的原件与发布时不同;请执行 shouwang verify --deep。")
        originals = original_rows(_sheets(file, dataset, month, read), dataset, of_file)
        parts.append(of_file.join(originals, on=["sheet_no", "row_number"], how="left", maintain_order="left"))
    people = _people(home, dataset, month)
    joined = pl.concat(parts).join(people, on=list(ROW_ID), how="left", maintain_order="left")
    return joined.select(*COLUMNS, "sheet_name", "person", "resident_id", "original")


def _delivered(
    home: Home, contracts: Contracts, dataset: Dataset, month: Month, read: Read
) -> dict[tuple[int, str], DeliveredFile]:
    """Find the archived files of a dataset and month by number and hash, numbered as the intake does."""
    department = contracts[dataset.department]
    log = DeliveryLog(home, department.name, month)
    found = recognise_month(home, department, contracts, log, lambda c: fitting_datasets(read(c), contracts.datasets))
    files = [file for delivery in found.deliveries.get(dataset.name, []) for file in delivery.files]
    return {(file.file_no, file.sha256): file for file in files}


def _sheets(file: DeliveredFile, dataset: Dataset, month: Month, read: Read) -> list[Sheet]:
    try:
        return read(file.content)
    except (DamagedOriginalError, RefusedError) as error:
        raise ChangedRowsError(dataset, month, str(error)) from error


def original_rows(sheets: list[Sheet], dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Give the original text of the rows of one file: sheet_no, row_number, sheet_name, original."""
    wanted = set(rows["sheet_no"])
    parts = [pl.DataFrame(schema=_SHEETS)]
    for table, header in (found for found in _tables(sheets, dataset) if found[0].number in wanted):
        numbered = table.cells.with_row_index("row_number", offset=table.above + 1).join(
            rows.filter(sheet_no=table.number).select(pl.col("row_number").cast(pl.UInt32)), on="row_number"
        )
        parts.append(
            numbered.select(
                "row_number",
                sheet_no=pl.lit(table.number),
                sheet_name=pl.lit(table.name),
                original=_labelled(table, header),
            ).cast(_SHEETS)
        )
    return pl.concat(parts)


def _tables(sheets: list[Sheet], dataset: Dataset) -> Iterator[tuple[Sheet, Header | None]]:
    """Yield each table of a file with its header; a sheet without one goes on under the header before it."""
    header: Header | None = None
    for sheet in (s for s in sheets if not s.is_hidden):
        found = find_header(sheet, dataset)
        for block in blocks_of(sheet, found, dataset) if found else ():
            header = block.header or header
            yield block.sheet, block.header
        if found is None:
            yield sheet, header


def _labelled(sheet: Sheet, header: Header | None) -> pl.Expr:
    """Join the filled cells of a row, each behind its header text; a column without one has its number."""
    labels = dict(enumerate(header.labels if header else ()))
    cells = [
        pl.lit((labels.get(i) or f"第{i + 1}列") + ":") + pl.col(name) for i, name in enumerate(sheet.cells.columns)
    ]
    return pl.concat_str(cells, separator=";", ignore_nulls=True)


def _people(home: Home, dataset: Dataset, month: Month) -> pl.DataFrame:
    """Read ``ROW_ID``, person and resident_id of the accepted rows; null where the table names nobody."""
    name = _column(dataset, lambda c: c.semantic == "person_name")
    number = _column(dataset, lambda c: c.kind == "resident_id")
    path = home.identities(dataset, month) / ROWS_FILE
    places = home.accepted(dataset, month) / ROWS_FILE
    rows = parquet.scan(path if path.exists() else places)
    return rows.select(*ROW_ID, person=name, resident_id=number).collect()


def _column(dataset: Dataset, is_wanted: Callable[[Column], bool]) -> pl.Expr:
    found = next((IDENTITY + c.name for c in dataset.columns if is_wanted(c)), None)
    return pl.col(found) if found else pl.lit(None, pl.String)
