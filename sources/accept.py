"""What is in force for a dataset and month, and writing it down.

Belongs here: rows without identities, how a delivery replaces another, the files written.
Does not belong here: the gate's verdict, counting (``balance``), the order of the steps (``intake``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from sources.accepted import FILE_BALANCE, accepted_columns, schema_of
from sources.conform.ids import birth_month_of, sex_of
from sources.contract import Column, Contracts, Dataset
from sources.delivery import Conformed
from sources.home import Home
from sources.identity import Keyring, without_identities
from sources.months import Month

ROWS_FILE = "rows.parquet"
BALANCE_FILE = "files.parquet"
_IDENTITY = "identity__"
_ROW_ID = ("delivery_no", "file_no", "sheet_no", "row_number")


@dataclass(frozen=True)
class InForce:
    """Rows in force: accepted columns plus the identities behind them under ``identity__<column>``."""

    rows: pl.DataFrame
    hashes: frozenset[str] = frozenset()
    deliveries: frozenset[int] = frozenset()
    files: dict[int, int] = field(default_factory=dict)
    """file_no to rows accepted when the file came in."""


def _column(column: Column, dataset: Dataset, keys: Keyring, frame: pl.DataFrame) -> dict[str, pl.Series]:
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
        return {("name_key" if column.name == "person_name" else "head_name_key"): keys.name(values)}
    if column.is_identity:
        return {}
    if column.kind == "text":
        if column.name in dataset.key:
            return {column.name: keys.hide_ids(values)}
        identities = [c.name for c in dataset.columns if c.is_identity]
        return {column.name: frame.select(without_identities(column.name, identities))[column.name]}
    renamed = {"town": "town_code", "village": "division_code"}.get(column.kind, column.name)
    return {renamed: values}


def to_accepted(conformed: Conformed, dataset: Dataset, month: Month, keys: Keyring) -> pl.DataFrame:
    """Replace identities in the accepted rows of a delivery; they follow under ``identity__<column>``."""
    columns = accepted_columns(dataset)
    identities = [c.name for c in dataset.columns if c.is_identity]
    if conformed.rows.is_empty():
        restricted = {_IDENTITY + i: pl.String() for i in identities}
        return pl.DataFrame(schema=pl.Schema({**schema_of(columns), **restricted}))
    frame = conformed.rows.filter(pl.col("row_state") == "accepted")
    values: dict[str, pl.Series] = {}
    for column in dataset.columns:
        values |= _column(column, dataset, keys, frame)
    accepted = pl.DataFrame(values).with_columns(
        frame["file_no"],
        frame["sheet_no"],
        frame["row_number"],
        extract_month=pl.lit(month.first_day),
        delivery_no=pl.lit(conformed.delivery_no, pl.Int32),
        row_order=pl.lit(0, pl.Int64),
    )
    return accepted.select([c.name for c in columns]).cast(schema_of(columns)).with_columns(
        frame[i].rename(_IDENTITY + i) for i in identities
    )  # fmt: skip


def replace_rows(former: InForce | None, rows: pl.DataFrame, conformed: Conformed, dataset: Dataset) -> InForce:
    """Put a delivery in force: whole, or with ``replace_towns`` only for the towns that occur in it.

    A key that a kept town has and the new delivery brings for another town belongs to the new delivery.
    """
    new = InForce(
        rows=rows,
        hashes=frozenset(p.part.sha256 for p in conformed.parts),
        deliveries=frozenset({conformed.delivery_no}),
        files={p.part.file_no: 0 for p in conformed.parts},
    )
    if former is None or conformed.mode != "replace_towns" or "town_code" not in rows.columns:
        return new
    keys = [_key_name(dataset[name]) for name in dataset.key]
    kept = former.rows.filter(~pl.col("town_code").is_in(rows["town_code"].unique().implode()).fill_null(False))
    kept = kept.join(rows.select(keys), on=keys, how="anti", nulls_equal=True, maintain_order="left")
    return InForce(
        rows=pl.concat([kept, rows]),
        hashes=former.hashes | new.hashes,
        deliveries=former.deliveries | new.deliveries,
        files=former.files | new.files,
    )


def _key_name(column: Column) -> str:
    if column.kind == "resident_id":
        return f"{_IDENTITY}{column.name}"
    if column.semantic == "household_code":
        return "household_key"
    return {"town": "town_code", "village": "division_code"}.get(column.kind, column.name)


def _write(home: Home, path: Path, frame: pl.DataFrame) -> str:
    with home.replacing(path) as temporary:
        frame.write_parquet(temporary, compression="zstd")
        return hashlib.sha256(temporary.read_bytes()).hexdigest()


def write_accepted(home: Home, dataset: Dataset, month: Month, state: InForce, problems: pl.DataFrame) -> str:
    """Write identities (restricted), rows with problems (restricted) and accepted rows; returns the rows' fingerprint.

    Each file is replaced atomically; a killed write leaves the former one.
    """
    rows = state.rows.with_columns(row_order=pl.int_range(pl.len(), dtype=pl.Int64))
    identities = [c for c in rows.columns if c.startswith(_IDENTITY)]
    if identities:
        names = [c.name for c in accepted_columns(dataset) if c.name.endswith("_key")]
        _write(home, home.identities(dataset, month) / ROWS_FILE, rows.select(*_ROW_ID, *names, *identities))
    _write(home, home.quarantine(dataset, month) / ROWS_FILE, problems)
    return _write(home, home.accepted(dataset, month) / ROWS_FILE, rows.drop(identities))


def write_balance(home: Home, dataset: Dataset, month: Month, balance: pl.DataFrame) -> None:
    """Write the per-file balances of a dataset and month."""
    _write(home, home.deliveries(dataset, month) / BALANCE_FILE, balance)


def write_problems(home: Home, dataset: Dataset, month: Month, problems: pl.DataFrame) -> None:
    """Write the rows with problems of a month in which nothing could be accepted."""
    _write(home, home.quarantine(dataset, month) / ROWS_FILE, problems)


def write_schema_files(home: Home, contracts: Contracts) -> None:
    """Write zero-row files for every dataset, so that tables nobody ever delivered can be read."""
    for dataset in contracts.datasets:
        rows = home.accepted(dataset, None) / "schema.parquet"
        balance = home.deliveries(dataset, None) / "schema.parquet"
        if not (rows.exists() and balance.exists()):
            _write(home, rows, pl.DataFrame(schema=schema_of(accepted_columns(dataset))))
            _write(home, balance, pl.DataFrame(schema=schema_of(FILE_BALANCE)))
