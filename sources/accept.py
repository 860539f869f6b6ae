"""What is in force for a dataset and month, and writing it down.

Belongs here: rows without identities, how a delivery replaces another, the files written.
Does not belong here: the gate's verdict, counting (``balance``), the order of the steps (``intake``).
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from sources.accepted import (
    BALANCE_FILE,
    FILE_BALANCE,
    ROW_ID,
    ROWS_FILE,
    accepted_columns,
    name_key,
    schema_of,
    shown_name,
)
from sources.conform.ids import birth_month_of, sex_of
from sources.contract import Column, Contracts, Dataset
from sources.delivery import Conformed
from sources.delivery_settings import REPLACE_ALL, REPLACE_TOWNS
from sources.home import Home, sync
from sources.identity import Keyring
from sources.known import IDENTITY, Known
from sources.months import Month
from sources.redaction import NOBODY, redacted_numbers, redacted_text

SCHEMA_FILE = "schema.parquet"


@dataclass(frozen=True)
class InForce:
    """Rows in force: accepted columns plus the identities behind them under ``identity__<column>``."""

    rows: pl.DataFrame
    delivery_no: int = 0
    mode: str = REPLACE_ALL
    hashes: frozenset[str] = frozenset()
    """Files of the newest delivery in force, the one of that number and mode."""
    files: frozenset[int] = frozenset()
    """file_no of every file of the deliveries in force."""

    def is_same_again(self, delivery_no: int, mode: str, hashes: set[str]) -> bool:
        """True where such files are no new delivery (semantics §1).

        The same folder with another mode in its ``delivery.yaml`` is one.
        """
        return hashes <= self.hashes and (self.delivery_no != delivery_no or self.mode == mode)


def _column(column: Column, dataset: Dataset, keys: Keyring, frame: pl.DataFrame, known: Known) -> dict[str, pl.Series]:
    values = frame[column.name]
    if column.kind == "resident_id":
        if column.name == "resident_id":
            parts = frame.select(birth=birth_month_of(pl.col(column.name)), sex=sex_of(pl.col(column.name)))
            return {"person_key": keys.person(values), "id_birth_month": parts["birth"], "id_sex": parts["sex"]}
        return {f"{column.name.removesuffix('_resident_id')}_person_key": keys.person(values)}
    if column.kind == "certificate":
        return {
            "certificate_category": values.str.slice(18, 1).cast(pl.Int32),
            "certificate_grade": values.str.slice(19, 1).cast(pl.Int32),
        }
    if column.semantic == "household_code":
        return {"household_key": keys.household(values)}
    if column.semantic == "person_name":
        return {name_key(column): keys.name(values)}
    if column.stays_restricted:
        return {column.name: keys.text(values)} if column.name in dataset.key else {}
    if column.kind == "text":
        identities = [c for c in dataset.columns if c.is_identity]
        if column.name in dataset.key:
            return {column.name: redacted_numbers(frame, column.name, identities, keys, known)}
        return {column.name: redacted_text(frame, column.name, identities, known)}
    return {shown_name(column): values}


def to_accepted(
    conformed: Conformed, dataset: Dataset, month: Month, keys: Keyring, known: Known = NOBODY
) -> pl.DataFrame:
    """Replace identities in the accepted rows of a delivery; they follow under ``identity__<column>``.

    So do texts that no mart shows: people write anything there. ``known`` is taken out of those that marts show.
    """
    columns = accepted_columns(dataset)
    identities = [c.name for c in dataset.columns if c.stays_restricted]
    if conformed.rows.is_empty():
        restricted = {IDENTITY + i: pl.String() for i in identities}
        return pl.DataFrame(schema=pl.Schema({**schema_of(columns), **restricted}))
    frame = conformed.rows.filter(pl.col("row_state") == "accepted")
    values: dict[str, pl.Series] = {}
    for column in dataset.columns:
        values |= _column(column, dataset, keys, frame, known)
    accepted = pl.DataFrame(values).with_columns(
        frame["file_no"],
        frame["sheet_no"],
        frame["row_number"],
        extract_month=pl.lit(month.first_day),
        delivery_no=pl.lit(conformed.delivery_no, pl.Int32),
        row_order=pl.lit(0, pl.Int64),
    )
    return accepted.select([c.name for c in columns]).cast(schema_of(columns)).with_columns(
        frame[i].rename(IDENTITY + i) for i in identities
    )  # fmt: skip


def replace_rows(former: InForce | None, rows: pl.DataFrame, conformed: Conformed, dataset: Dataset) -> InForce:
    """Put a delivery in force: whole, or with ``replace_towns`` only for the towns that occur in it.

    A key that a kept town has and the new delivery brings for another town belongs to the new delivery.
    """
    new = InForce(
        rows=rows,
        delivery_no=conformed.delivery_no,
        mode=conformed.mode,
        hashes=frozenset(p.part.sha256 for p in conformed.parts),
        files=frozenset(p.part.file_no for p in conformed.parts),
    )
    if former is None or conformed.mode != REPLACE_TOWNS or "town_code" not in rows.columns:
        return new
    keys = [_key_name(dataset[name]) for name in dataset.key]
    kept = former.rows.filter(~pl.col("town_code").is_in(rows["town_code"].unique().implode()).fill_null(False))
    kept = kept.join(rows.select(keys), on=keys, how="anti", nulls_equal=True, maintain_order="left")
    return replace(new, rows=pl.concat([kept, rows]), files=former.files | new.files)


def _key_name(column: Column) -> str:
    if column.kind == "resident_id":
        return f"{IDENTITY}{column.name}"
    if column.semantic == "household_code":
        return "household_key"
    return shown_name(column)


def write_month(
    home: Home, dataset: Dataset, month: Month, state: InForce, problems: pl.DataFrame, balance: pl.DataFrame
) -> str:
    """Write identities and rows with problems (restricted), accepted rows and balances; returns the rows' fingerprint.

    All four are written out before the first one takes its place, so that a full disk leaves the former ones; a killed
    process leaves whole files.
    """
    rows = state.rows.with_columns(row_order=pl.int_range(pl.len(), dtype=pl.Int64))
    identities = [c for c in rows.columns if c.startswith(IDENTITY)]
    names = [c.name for c in accepted_columns(dataset) if c.name.endswith("_key")]
    accepted = home.accepted(dataset, month) / ROWS_FILE
    frames = {home.deliveries(dataset, month) / BALANCE_FILE: balance, accepted: rows.drop(identities)}
    frames[home.quarantine(dataset, month) / ROWS_FILE] = problems
    if identities:
        frames[home.identities(dataset, month) / ROWS_FILE] = rows.select(*ROW_ID, *names, *identities)
    return _write(home, frames)[accepted]


def write_rejected(
    home: Home, dataset: Dataset, month: Month, problems: pl.DataFrame, balance: pl.DataFrame
) -> pl.DataFrame:
    """Write the problems and balances of a month in which no delivery is admissible; returns the balances that hold.

    What was accepted for the month by an earlier run stays, with its balances (semantics §4).
    """
    frames = {home.quarantine(dataset, month) / ROWS_FILE: problems}
    former = home.deliveries(dataset, month) / BALANCE_FILE
    if (home.accepted(dataset, month) / ROWS_FILE).exists() and former.exists():
        balance = pl.read_parquet(former)
    else:
        frames[former] = balance
    _write(home, frames)
    return balance


def write_schema_files(home: Home, contracts: Contracts) -> None:
    """Write zero-row files for every dataset, so that tables nobody ever delivered can be read."""
    for dataset in contracts.datasets:
        for folder, columns in (
            (home.accepted(dataset, None), accepted_columns(dataset)),
            (home.deliveries(dataset, None), FILE_BALANCE),
        ):
            path, schema = folder / SCHEMA_FILE, schema_of(columns)
            if not path.exists() or pl.read_parquet_schema(path) != schema:
                _write(home, {path: pl.DataFrame(schema=schema)})


def _write(home: Home, frames: dict[Path, pl.DataFrame]) -> dict[Path, str]:
    """Write Parquet files and return their SHA-256; the last one takes its place first."""
    hashes = {}
    with ExitStack() as stack:
        for path, frame in frames.items():
            temporary = stack.enter_context(home.replacing(path))
            frame.write_parquet(temporary, compression="zstd", compression_level=1)
            sync(temporary)
            hashes[path] = hashlib.sha256(temporary.read_bytes()).hexdigest()
    return hashes
