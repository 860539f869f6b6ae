"""Take a person's rows out of what the intake has written: accepted rows, identities, quarantine and the ledger.

Belongs here: filtering the files of one dataset and month. Does not belong here: the originals (``archive``).

A month that can still be taken in is taken in again afterwards; this also covers the months that cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sources import parquet
from sources.acceptance.provenance import accepted_months, keep_input
from sources.acceptance.store import write_frames
from sources.contracts.model import Contracts, Dataset
from sources.contracts.row_schema import LEDGER_FILE, ROW_ID, ROWS_FILE
from sources.erasure.person import Person
from sources.home import Home
from sources.landing.archive import DeliveryLog
from sources.landing.taken_in import TakenIn
from sources.months import Month
from sources.privacy.people import IDENTITY

_LINEAGE = pl.Schema(dict.fromkeys(ROW_ID, pl.Int32()))


@dataclass(frozen=True)
class Removed:
    """The rows removed from one dataset and month."""

    dataset: str
    month: Month
    accepted: int
    quarantined: int


def remove_rows(home: Home, contracts: Contracts, person: Person, dry_run: bool = False) -> list[Removed]:
    """Remove the person's rows from every dataset and month; with ``dry_run`` only count them."""
    found = []
    for dataset in contracts.datasets:
        quarantined = home.restricted.glob(f"quarantine/{dataset.department}/{dataset.name}/month=*/{ROWS_FILE}")
        months = {Month.parse(path.parent.name.removeprefix("month=")) for path in quarantined}
        for month in sorted(months | set(accepted_months(home, dataset))):
            removed = _remove(home, dataset, month, person, dry_run)
            if removed.accepted or removed.quarantined:
                found.append(removed)
    return found


def settle_sealed(home: Home, contracts: Contracts) -> None:
    """Record that the tables of months without originals are up to date with their log, which may have new names."""
    for department in contracts:
        for month in DeliveryLog.months(home, department):
            log = DeliveryLog(home, department, month)
            if log.is_sealed:
                record = TakenIn(home, department, month)
                record.landed = log.digest
                record.save()


def _remove(home: Home, dataset: Dataset, month: Month, person: Person, dry_run: bool) -> Removed:
    identities = _Cells(home.identities(dataset, month) / ROWS_FILE, person, prefix=IDENTITY)
    quarantine = _Cells(home.quarantine(dataset, month) / ROWS_FILE, person, suffix="__raw")
    if not dry_run:
        if identities.own.height or quarantine.is_changed:
            _write(home, dataset, month, identities.own.select(ROW_ID), quarantine)
        if identities.is_changed:
            # Last: after a kill, the rows to remove are still known.
            write_frames(home, {identities.path: identities.rest})
    return Removed(dataset.name, month, identities.own.height, quarantine.own.height)


class _Cells:
    """A Parquet file with original cells: the person's rows, and the rest with the person's name masked."""

    def __init__(self, path: Path, person: Person, prefix: str = "", suffix: str = "") -> None:
        self.path = path
        frame = parquet.read(path) if path.exists() else pl.DataFrame(schema=_LINEAGE)
        cells = frame.select(c for c in frame.columns if c.startswith(prefix) and c.endswith(suffix))
        is_own = person.is_of_row(cells)
        masked = person.masked(cells)
        self.own = frame.filter(is_own)
        self.rest = frame.with_columns(masked.get_columns()).filter(~is_own)
        self.is_changed = bool(is_own.any()) or not masked.equals(cells)


def _write(home: Home, dataset: Dataset, month: Month, own: pl.DataFrame, quarantine: _Cells) -> None:
    """Write accepted rows, quarantine and ledger without the person, and record the accepted rows."""
    accepted, ledger = home.accepted(dataset, month) / ROWS_FILE, home.deliveries(dataset, month) / LEDGER_FILE
    frames, removed = {}, own.clear()
    files = parquet.read(ledger)
    if accepted.exists():
        rows = parquet.read(accepted)
        removed = rows.join(own, on=ROW_ID, how="semi")
        frames[accepted] = rows.join(own, on=ROW_ID, how="anti", maintain_order="left")
    if quarantine.path.exists():
        frames[quarantine.path] = quarantine.rest
    files = frames[ledger] = _counted(files, removed, quarantine.own)
    hashes = write_frames(home, frames)
    keep_input(home, dataset, month, hashes.get(accepted, ""), files)


def _counted(files: pl.DataFrame, accepted: pl.DataFrame, problems: pl.DataFrame) -> pl.DataFrame:
    """Subtract removed rows from the ledger, file by file; rows that the files of the intake do not show stay counted.

    In a rejected delivery every row counts as quarantined, in an accepted one only those that are.
    """
    if problems.height:
        state = pl.when("is_admissible").then("row_state").otherwise(pl.lit("quarantined"))
        problems = problems.select("file_no", state=state)
    else:
        problems = pl.DataFrame(schema={"file_no": pl.Int32, "state": pl.String})
    parts = {
        "rows_accepted": accepted["file_no"],
        "rows_quarantined": problems.filter(state="quarantined")["file_no"],
        "rows_duplicate": problems.filter(state="duplicate")["file_no"],
    }
    for name, numbers in parts.items():
        counts = numbers.value_counts(name="_removed").with_columns(pl.col("_removed").cast(pl.Int64))
        files = files.join(counts, on="file_no", how="left", maintain_order="left").with_columns(
            pl.col(name, "rows_in_file") - pl.col("_removed").fill_null(0)
        ).drop("_removed")  # fmt: skip
    return files
