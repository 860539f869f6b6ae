"""Resolve references to the delivered rows, if these are still the rows that the marts were computed from.

Belongs here: the rows and files of a trace, what must not have changed since the marts were published.
Does not belong here: finding references (``subjects``), identities (``originals``), output (``write``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from sources import parquet
from sources.acceptance.provenance import computed_from, kept_input
from sources.contracts.model import Contracts, Dataset
from sources.contracts.row_schema import LEDGER_FILE, ROW_ID, ROWS_FILE
from sources.home import Home
from sources.landing.archive import UnreadableError, sha256_of
from sources.months import Month
from workbooks.leads import published
from workbooks.references import accepted_places
from workbooks.trace.subjects import references_of

MAX_ROWS = 10_000
"""Most rows that a trace shows; the count is of all."""
_FILE = ("month", "department", "dataset", "label", "delivery_no", "file_no", "file_name", "file_sha256", "received_at")
ORDER = ("month", "department", "dataset", *ROW_ID)
COLUMNS = (
    "role", "department", "dataset", "label", "month", "delivery_no", "file_no", "file_name", "file_sha256",
    "received_at", "sheet_no", "row_number",
)  # fmt: skip
"""Columns of a traced row; none holds an identity."""
_FILES = """
select strftime(month, '%Y-%m') as month, dataset, delivery_no, file_no, file_name, file_sha256, received_at
from published.marts.reconciliation_deliveries
"""


class ChangedRowsError(RuntimeError):
    """The accepted rows or files are not those of the published marts; the Chinese message names dataset and month."""

    def __init__(self, dataset: Dataset, month: Month, problem: str) -> None:
        super().__init__(f"《{dataset.label}》{month} {problem}")


@dataclass(frozen=True)
class Trace:
    """The delivered rows behind a published figure: ``COLUMNS``, in the order of month, file and row.

    Those of an indicator have ``n`` and ``d`` too, and divisions and months of its denominator are rows without a file.
    """

    subject: str
    rows: pl.DataFrame
    reason: str | None = None
    """Why an indicator has no value."""

    @property
    def shown(self) -> pl.DataFrame:
        """The first ``MAX_ROWS`` rows."""
        return self.rows.head(MAX_ROWS)

    @property
    def files(self) -> pl.DataFrame:
        """One row per file, with the number of its rows in ``rows``."""
        return self.rows.drop_nulls("file_no").group_by(_FILE, maintain_order=True).agg(rows=pl.len())


def trace(home: Home, contracts: Contracts, marts: Path, subject: str) -> Trace:
    """Trace a lead or a conflict of the published marts to its delivered rows.

    Raises UnknownSubjectError if nothing of that id is published, ChangedRowsError if rows or files have changed since,
    NotPublishedError if nothing is published.
    """
    with published(marts) as connection:
        references = references_of(connection, subject)
        _require_references(contracts, references)
        files = published_files(connection)
    parts = [
        _rows(home, contracts.dataset(str(dataset)), Month.parse(str(month)), of_table, files)
        for (dataset, month), of_table in references.group_by("dataset", "month", maintain_order=True)
    ]
    return Trace(subject, pl.concat(parts).unique().sort(ORDER).select(COLUMNS))


def published_files(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Read the files of all published months; ``connection`` has the marts attached as ``published``."""
    found: pl.DataFrame = connection.sql(_FILES).pl()
    return found


def _require_references(contracts: Contracts, references: pl.DataFrame) -> None:
    """Require that every row has a reference: versions of old named file and row instead."""
    for dataset, month in references.filter(pl.col("ref").is_null()).select("dataset", "month").head(1).iter_rows():
        problem = "的依据是旧版本程序发布的,没有行代码;请执行 shouwang rebuild --from-archive 后再追溯。"
        raise ChangedRowsError(contracts.dataset(dataset), Month.parse(month), problem)


def _rows(home: Home, dataset: Dataset, month: Month, references: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """Resolve the references of one dataset and month; raises ChangedRowsError."""
    require_unchanged(home, dataset, month, references["computed_month"].unique().to_list())
    named = references.select("role", "department", "dataset", "month", "ref").unique()
    places = accepted_places(home, dataset, month)
    return in_files(home, dataset, month, named.join(places, on="ref", how="left").drop("ref"), files)


def in_files(home: Home, dataset: Dataset, month: Month, rows: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """Add label and published file to the rows of one dataset and month, by delivery_no and file_no.

    ``files`` are those of ``published_files``. Raises ChangedRowsError if a row has no file that the ledger still
    has.
    """
    ledger = parquet.read(home.deliveries(dataset, month) / LEDGER_FILE)
    of_file = ["delivery_no", "file_no", "file_sha256"]
    of_month = files.filter(dataset=dataset.name, month=str(month)).drop("dataset", "month")
    same = of_month.join(ledger.select(of_file), on=of_file)
    found = rows.join(same, on=["delivery_no", "file_no"], how="left")
    if found["file_sha256"].has_nulls():
        raise ChangedRowsError(dataset, month, _changed(month))
    return found.with_columns(label=pl.lit(dataset.label))


def require_unchanged(home: Home, dataset: Dataset, month: Month, computed: list[date]) -> None:
    """Compare the accepted rows with those that each of the months ``computed`` was published from.

    Raises ChangedRowsError if they differ.
    """
    published_from = {_published_rows(home, dataset, month, Month(day.year, day.month)) for day in computed}
    now = kept_input(home, dataset, month)
    if now is None or published_from != {now.rows}:
        raise ChangedRowsError(dataset, month, _changed(month))
    try:
        is_intact = sha256_of(home.accepted(dataset, month) / ROWS_FILE) == now.rows
    except UnreadableError:
        is_intact = False
    if not is_intact:
        raise ChangedRowsError(dataset, month, "已接收的行已损坏或丢失;请执行 shouwang verify --deep。")


def _published_rows(home: Home, dataset: Dataset, month: Month, computed: Month) -> str | None:
    inputs = computed_from(home, computed) or {}
    found = inputs.get((month, dataset.name))
    return found.rows if found else None


def _changed(month: Month) -> str:
    return f"已接收的行不是发布时的那些(发布之后有更正、重新接收或退回版本);请执行 shouwang run {month} 后再追溯。"
