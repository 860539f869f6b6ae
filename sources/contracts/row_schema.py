"""What an accepted row looks like: the schema of the Parquet files that dbt reads.

Belongs here: names, types and Chinese labels of accepted columns, derived from the contract, and of
the per-file balances. Identities are replaced: a resident id becomes ``person_key`` with the birth month
and sex it holds, a household code ``household_key``, a name ``name_key``, a disability certificate its
category and grade. A text that no mart shows is left out; it is a keyed stand-in where it is part of the primary
key or the contract asks for one, or says only whether it is filled.
Does not belong here: how rows get there (``accept``).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sources.contracts.model import Column, Dataset

ROWS_FILE = "rows.parquet"
"""Rows of one dataset and month, in every zone."""
LEDGER_FILE = "files.parquet"
"""Per-file balances of one dataset and month (``FILE_LEDGER``)."""
COLUMNS_FILE = "columns.parquet"
"""Columns of the sheets that the rows of a month were read from (restricted zone)."""

NUMBER = pl.Decimal(28, 10)
"""Exact decimals: 18 digits before the point, 10 behind it."""

_TYPE_OF_KIND: dict[str, pl.DataType | type[pl.DataType]] = {
    "date": pl.Date,
    "month": pl.String,
    "number": NUMBER,
    "integer": pl.Int64,
    "yes_or_no": pl.Boolean,
    "list": pl.String,
    "text": pl.String,
    "town": pl.String,
    "village": pl.String,
}
_PLACE_LABELS = {"town": "镇街代码", "village": "村居代码"}


@dataclass(frozen=True)
class AcceptedColumn:
    """One column of an accepted row and the contract column that it comes from."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    label: str
    source: str | None = None


LINEAGE = (
    AcceptedColumn("extract_month", pl.Date, "数据月份"),
    AcceptedColumn("delivery_no", pl.Int32, "交付批次"),
    AcceptedColumn("file_no", pl.Int32, "文件序号"),
    AcceptedColumn("sheet_no", pl.Int32, "工作表序号"),
    AcceptedColumn("row_number", pl.Int32, "行号"),
    AcceptedColumn("row_order", pl.Int64, "交付顺序"),
    AcceptedColumn("row_ref", pl.String, "行代码"),
)
"""Where a row came from; ``row_order`` counts the accepted rows of dataset and month in delivery order.

``row_ref`` stands for the row in marts (``sources.privacy.pseudonyms``).
"""

ROW_ID = ("delivery_no", "file_no", "sheet_no", "row_number")
"""The lineage columns that together name one delivered row of a dataset and month."""

FILE_LEDGER = (
    AcceptedColumn("extract_month", pl.Date, "数据月份"),
    AcceptedColumn("department", pl.String, "部门"),
    AcceptedColumn("dataset", pl.String, "数据表"),
    AcceptedColumn("delivery_no", pl.Int32, "交付批次"),
    AcceptedColumn("file_no", pl.Int32, "文件序号"),
    AcceptedColumn("file_name", pl.String, "文件名"),
    AcceptedColumn("file_sha256", pl.String, "文件指纹"),
    AcceptedColumn("received_at", pl.Datetime("us"), "收到时间"),
    AcceptedColumn("is_in_force", pl.Boolean, "所属批次是否生效"),
    AcceptedColumn("is_current", pl.Boolean, "是否现行"),
    AcceptedColumn("rows_in_file", pl.Int64, "文件行数"),
    AcceptedColumn("rows_accepted", pl.Int64, "接收行数"),
    AcceptedColumn("rows_quarantined", pl.Int64, "隔离行数"),
    AcceptedColumn("rows_duplicate", pl.Int64, "重复行数"),
    AcceptedColumn("rows_superseded", pl.Int64, "被替换行数"),
    AcceptedColumn("printed_total_rows", pl.String, "合计行核对"),
)
"""One row per file of a dataset and month. A dataset counts as accepted for the month where a row is in force."""


def _person_columns(column: Column) -> list[AcceptedColumn]:
    if column.name == "resident_id":
        return [
            AcceptedColumn("person_key", pl.String, "人员代码", column.name),
            AcceptedColumn("id_birth_month", pl.String, "证件出生年月", column.name),
            AcceptedColumn("id_sex", pl.String, "证件性别", column.name),
        ]
    prefix = column.name.removesuffix("_resident_id")
    return [AcceptedColumn(f"{prefix}_person_key", pl.String, f"{column.label}(代码)", column.name)]


def name_key(column: Column) -> str:
    """Name the pseudonym of a person's name: ``name_key``, or ``head_name_key`` for a ``head_name``."""
    prefix = column.name.removesuffix("person_name").removesuffix("name").rstrip("_")
    return f"{prefix}_name_key" if prefix else "name_key"


def shown_name(column: Column) -> str:
    """Name a column that is no identity: its own name, except that codes replace place names."""
    return {"town": "town_code", "village": "division_code"}.get(column.kind, column.name)


def _accepted(column: Column) -> list[AcceptedColumn]:
    if column.kind == "resident_id":
        return _person_columns(column)
    if column.kind == "certificate":
        return [
            AcceptedColumn("certificate_category", pl.Int32, "残疾证类别码", column.name),
            AcceptedColumn("certificate_grade", pl.Int32, "残疾证等级码", column.name),
        ]
    if column.semantic == "household_code":
        return [AcceptedColumn("household_key", pl.String, "户代码", column.name)]
    if column.semantic == "person_name":
        return [AcceptedColumn(name_key(column), pl.String, f"{column.label}(代码)", column.name)]
    if column.published == "presence":
        return [AcceptedColumn(f"has_{column.name}", pl.Boolean, f"是否填有{column.label}", column.name)]
    if column.stays_restricted and (column.key_position is not None or column.published == "key"):
        return [AcceptedColumn(column.name, pl.String, f"{column.label}(代码)", column.name)]
    if column.stays_restricted:
        return []
    label = _PLACE_LABELS.get(column.kind, column.label)
    return [AcceptedColumn(shown_name(column), _TYPE_OF_KIND[column.kind], label, column.name)]


def accepted_columns(dataset: Dataset) -> tuple[AcceptedColumn, ...]:
    """Columns of the accepted rows of a dataset: the contract's without identities, then the lineage."""
    return (*[a for c in dataset.columns for a in _accepted(c)], *LINEAGE)


def schema_of(columns: tuple[AcceptedColumn, ...]) -> pl.Schema:
    """Make the polars schema of such columns."""
    return pl.Schema({c.name: c.dtype for c in columns})
