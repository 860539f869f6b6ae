"""Map the keys and lead ids of before a rotation of the secret to those of now: ``restricted/rotated``.

Belongs here: making the mapping from kept identities, chaining it with that of earlier rotations, reading it.
Does not belong here: the secret (``secret``), building a home with another one (``orchestration``).

Work lists that were handed out name leads by their former ids, and return with them after a rotation.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from sources import parquet
from sources.contracts.model import Contracts, Dataset
from sources.contracts.row_schema import ROWS_FILE
from sources.home import Home
from sources.privacy.pseudonyms import Keyring
from sources.privacy.secret import identity_columns

MAPPING = pl.Schema({"former": pl.String(), "current": pl.String()})


def keys_path(home: Home) -> Path:
    """Return the path of the mapping of keys, former to current."""
    return home.restricted / "rotated" / "keys.parquet"


def leads_path(home: Home) -> Path:
    """Return the path of the mapping of lead ids, former to current."""
    return home.restricted / "rotated" / "leads.parquet"


def current_lead_ids(home: Home) -> dict[str, str]:
    """Read the current lead ids by former ones; empty if the secret was never rotated.

    Raises OSError or polars.exceptions.PolarsError if the mapping cannot be read: without it, returns would be lost.
    """
    path = leads_path(home)
    return dict(parquet.read(path).select("former", "current").iter_rows()) if path.exists() else {}


def map_keys(home: Home, contracts: Contracts, secret: bytes) -> pl.DataFrame:
    """Map every key in the kept identities to the key that ``secret`` makes of the same identity (``MAPPING``).

    Raises OSError or polars.exceptions.PolarsError if identities cannot be read.
    """
    keys, found = Keyring(secret), [pl.DataFrame(schema=MAPPING)]
    for dataset in contracts.datasets:
        for folder in sorted(home.identities_of(dataset).glob("month=*")):
            found += _of_file(folder / ROWS_FILE, dataset, keys)
    return pl.concat(found).unique()


def map_leads(leads: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Map lead ids to those of the current keys (``MAPPING``); a lead of a household without a key is left out.

    ``leads`` has ``lead_id``, ``household_key``, ``rule_code`` and ``opened_month`` (date).
    """
    known = leads.join(keys, left_on="household_key", right_on="former")
    named = known.select(
        former="lead_id",
        text=pl.concat_str("current", "rule_code", pl.col("opened_month").dt.strftime("%Y-%m"), separator="|"),
    )
    # The formula is that of dbt's macro lead_id; a rotation compares its results with the ids that dbt makes.
    ids = [f"L{hashlib.sha256(text.encode()).hexdigest()[:16]}" for text in named["text"]]
    return pl.DataFrame({"former": named["former"], "current": ids}, schema=MAPPING)


def keep_mapping(home: Home, path: Path, earlier: Path, mapping: pl.DataFrame) -> None:
    """Write a mapping, with that of the rotations before (``earlier``) followed to the current keys.

    Raises OSError if it cannot be written.
    """
    if earlier.exists():
        before = parquet.read(earlier).join(mapping, left_on="current", right_on="former")
        mapping = pl.concat([mapping, before.select("former", current="current_right")])
    with home.replacing(path) as temporary:
        mapping.unique("former", keep="first").sort("former").write_parquet(temporary)


def _of_file(file: Path, dataset: Dataset, keys: Keyring) -> list[pl.DataFrame]:
    there = set(parquet.schema(file))
    columns = [(c, i, make) for c, i, make in identity_columns(dataset) if {c, i} <= there]
    if not columns:
        return []
    rows = parquet.read(file, columns=sorted({name for c, i, _ in columns for name in (c, i)}))
    pairs = [(rows.select(former=c, text=i).drop_nulls().unique(), make) for c, i, make in columns]
    return [p.select("former", current=make(keys, p["text"])) for p, make in pairs]
