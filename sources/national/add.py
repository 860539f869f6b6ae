"""Add a vintage to the national list: ``python -m sources.national.add CUTOFF FOLDER``.

The folder has provinces.csv, cities.csv, areas.csv, streets.csv and villages.csv, each with the columns code and name,
as the source of the list has them (README.md).
Belongs here: one vintage file, with what differs from the vintages before.
Does not belong here: reading the list (``sources.national``).
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl

from sources.national import FOLDER, LEVELS, list_of, vintage_files

FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv")


def add(cutoff: str, source: Path, folder: Path = FOLDER) -> int:
    """Write the vintage file of a cut-off day, and return how many divisions differ from the vintage before.

    Raises ValueError if the day is not after every vintage, or if codes are doubled or of no level.
    """
    date.fromisoformat(cutoff)
    if any(path.stem >= cutoff for path in vintage_files(folder)):
        raise ValueError(f"{cutoff} is not after {vintage_files(folder)[-1].stem}")
    frames = [pl.read_csv(source / name, infer_schema=False, glob=False).select("code", "name") for name in FILES]
    new = pl.concat(frames).sort("code")
    wrong = new.filter(pl.col("code").is_duplicated() | ~pl.col("code").str.len_chars().is_in(list(LEVELS.values())))
    if len(wrong):
        raise ValueError(f"{len(wrong)} codes are doubled or of no level, the first is {wrong['code'][0]}")
    changes = new
    if vintage_files(folder):
        both = new.join(list_of(cutoff, folder=folder), on="code", how="full", suffix="_before", coalesce=True)
        changes = both.filter(pl.col("name").ne_missing(pl.col("name_before"))).select("code", "name").sort("code")
    # One row group and the highest level of compression: the file is written once and shipped with every copy.
    path = folder / f"{cutoff}.parquet"
    changes.write_parquet(path, compression="zstd", compression_level=22, row_group_size=max(1, len(changes)))
    return len(changes)


if __name__ == "__main__":
    print(f"{add(sys.argv[1], Path(sys.argv[2]))} divisions written")
