"""Write the rows in force and the ledger of a dataset and month, all files or none.

Belongs here: the Parquet files of accepted rows, identities, quarantine and ledger.
Does not belong here: computing their content (``in_force``, ``ledger``).
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path

import polars as pl

from sources import parquet
from sources.acceptance.in_force import InForce
from sources.contracts.model import Contracts, Dataset
from sources.contracts.row_schema import (
    COLUMNS_FILE,
    FILE_LEDGER,
    LEDGER_FILE,
    ROW_ID,
    ROWS_FILE,
    accepted_columns,
    schema_of,
)
from sources.home import Home, sync
from sources.landing.archive import DeliveryLog
from sources.months import Month
from sources.privacy.people import IDENTITY

SCHEMA_FILE = "schema.parquet"


def write_month(
    home: Home, dataset: Dataset, month: Month, state: InForce, problems: pl.DataFrame, ledger: pl.DataFrame,
    sheet_columns: pl.DataFrame,
) -> str:  # fmt: skip
    """Write identities and rows with problems (restricted), accepted rows and the ledger; return the fingerprint.

    For a form that comes back also the ``sheet_columns`` of its rows, because other answers tell later whether they are
    right. All are complete before the first one takes its place: a full disk leaves the former files, and a killed
    process leaves whole files. Raises OSError if they cannot be written.
    """
    rows = state.rows.with_columns(row_order=pl.int_range(pl.len(), dtype=pl.Int64))
    identities = [c for c in rows.columns if c.startswith(IDENTITY)]
    names = [c.name for c in accepted_columns(dataset) if c.name.endswith("_key")]
    accepted = home.accepted(dataset, month) / ROWS_FILE
    frames = {home.deliveries(dataset, month) / LEDGER_FILE: ledger, accepted: rows.drop(identities)}
    frames[home.quarantine(dataset, month) / ROWS_FILE] = problems
    if any(c.is_prefilled for c in dataset.columns):
        frames[home.quarantine(dataset, month) / COLUMNS_FILE] = sheet_columns
    if identities:
        frames[home.identities(dataset, month) / ROWS_FILE] = rows.select(*ROW_ID, *names, *identities)
    return write_frames(home, frames)[accepted]


def write_rejected(
    home: Home, dataset: Dataset, month: Month, problems: pl.DataFrame, ledger: pl.DataFrame
) -> pl.DataFrame:
    """Write the problems and the ledger of a month without an admissible delivery; return the ledger in effect.

    Rows that an earlier run accepted for the month stay, with their ledger (semantics §4). Raises OSError if the files
    cannot be written.
    """
    frames = {home.quarantine(dataset, month) / ROWS_FILE: problems}
    former = home.deliveries(dataset, month) / LEDGER_FILE
    if (home.accepted(dataset, month) / ROWS_FILE).exists() and former.exists():
        ledger = parquet.read(former)
    else:
        frames[former] = ledger
    write_frames(home, frames)
    return ledger


def write_schema_files(home: Home, contracts: Contracts) -> None:
    """Write zero-row files for every dataset, so that a table can be read before its first delivery."""
    for dataset in contracts.datasets:
        for folder, columns in (
            (home.accepted(dataset, None), accepted_columns(dataset)),
            (home.deliveries(dataset, None), FILE_LEDGER),
        ):
            path, schema = folder / SCHEMA_FILE, schema_of(columns)
            if _schema_in(path) != schema:
                write_frames(home, {path: pl.DataFrame(schema=schema)})


def outdated(home: Home, contracts: Contracts, until: Month | None = None) -> list[tuple[Dataset, Month]]:
    """List the tables and months whose accepted rows or ledger lack a column, or have it with another type.

    A reader of all months would see empty cells there. ``until`` is the last month compared. Damaged files are left to
    whoever reads them. A column that is merely missing does not count where a rule removed the originals: nobody can
    take the month in again, and its cells are unknown.
    """
    return [
        (dataset, month)
        for dataset in contracts.datasets
        for month in _months(home, dataset)
        if (until is None or month <= until) and _is_outdated(home, dataset, month)
    ]


def _is_outdated(home: Home, dataset: Dataset, month: Month) -> bool:
    files = (
        (home.accepted(dataset, month) / ROWS_FILE, accepted_columns(dataset)),
        (home.deliveries(dataset, month) / LEDGER_FILE, FILE_LEDGER),
    )
    kept = [(known, schema_of(columns)) for path, columns in files if (known := _schema_in(path)) is not None]
    if any(name in known and known[name] != dtype for known, schema in kept for name, dtype in schema.items()):
        return True
    is_missing = any(name not in known for known, schema in kept for name in schema)
    return is_missing and not DeliveryLog(home, dataset.department, month).is_sealed


def _months(home: Home, dataset: Dataset) -> list[Month]:
    folders = home.deliveries(dataset, None).parent.glob(f"month=*/{LEDGER_FILE}")
    return sorted(Month.parse(file.parent.name.removeprefix("month=")) for file in folders)


def _schema_in(path: Path) -> pl.Schema | None:
    """Read the schema of a Parquet file; None if it is missing or damaged."""
    try:
        return parquet.schema(path)
    except (pl.exceptions.PolarsError, OSError):
        return None


def write_frames(home: Home, frames: dict[Path, pl.DataFrame]) -> dict[Path, str]:
    """Write Parquet files and return their SHA-256 by path; the last one takes its place first."""
    hashes = {}
    with ExitStack() as stack:
        for path, frame in frames.items():
            temporary = stack.enter_context(home.replacing(path))
            frame.write_parquet(temporary, compression="zstd", compression_level=1)
            sync(temporary)
            hashes[path] = hashlib.sha256(temporary.read_bytes()).hexdigest()
    return hashes
