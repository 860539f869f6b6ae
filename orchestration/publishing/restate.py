"""Find restatements: published months that a new version changes, and the deliveries or the update that caused it.

Belongs here: comparing a version with the one before it, keeping the rows of the mart ``restatements``.
Does not belong here: finding the deliveries that are new (``provenance``), the order of publishing (``publish``).

A row is one month of the previous version and one mart whose rows of that month differ. A mart without a ``month`` in
its grain (a catalogue, the leads) counts for the month of the run, if that month was published before. ``dim_month`` is
left out: it changes when the next month closes a month, and that is no restatement.

The rows are kept in ``warehouse/restatements/version=<n>/rows.parquet``, one file per version; the dbt model
``restatements`` reads them. They are written before the version is, so the next version overwrites the rows of a
version that never became current.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from orchestration.publishing.build import WAREHOUSE
from orchestration.publishing.content import MARTS, Mart, columns, literal, pattern, quoted
from orchestration.working_days import ZONE
from sources import parquet
from sources.acceptance.provenance import OF_COUNTY, Change
from sources.contracts.model import Contracts
from sources.home import Home
from sources.months import Month

RESTATEMENTS = "restatements"
FORMER = "former"
NO_DELIVERY = "没有新的交付:参数、规则或程序有变"
_LEFT_OUT = ("dim_month", RESTATEMENTS)
_NO_ROWS = "version=000000/schema.parquet"
_SCHEMA = pl.Schema(
    {
        "month": pl.Date(),
        "published_version": pl.Int32(),
        "mart": pl.String(),
        "rows_added": pl.Int32(),
        "rows_removed": pl.Int32(),
        "rows_changed": pl.Int32(),
        "caused_by": pl.String(),
        "published_at": pl.Datetime("us"),
    }
)

Grains = Mapping[str, Sequence[str]]
"""The columns that identify the rows of a mart, by mart."""

Restated = tuple[str, str, int, int, int]
"""Month, mart, rows added, removed and changed."""


def compare(
    connection: duckdb.DuckDBPyConnection,
    former: Path,
    before: Mapping[str, Mart],
    now: Mapping[str, Mart],
    grains: Grains,
    month: Month,
) -> list[Restated]:
    """Count rows added, removed and changed, by month and mart, from the version ``former`` to the attached warehouse.

    ``before`` and ``now`` are the measured marts of the two; only marts that differ are compared row by row.
    """
    found: list[Restated] = []
    connection.execute(f"attach {literal(former)} as {FORMER} (read_only)")
    try:
        for mart, grain in sorted(grains.items()):
            if mart in before and mart not in _LEFT_OUT and before[mart] != now[mart]:
                found += _differences(connection, mart, grain, before["dim_month"].months, str(month))
    finally:
        connection.execute(f"detach {FORMER}")
    return sorted(found)


def _differences(
    connection: duckdb.DuckDBPyConnection, mart: str, grain: Sequence[str], published: Sequence[str], month: str
) -> Iterator[Restated]:
    # A column that only one version has is no figure that changed; the program did.
    there = {c.name for c in columns(connection, FORMER, mart)}
    shared = [c.name for c in columns(connection, WAREHOUSE, mart) if c.name in there]
    if not set(shared).issuperset(grain):
        return
    monthly = "month" in grain
    if not monthly and month not in published:
        return
    of_month = "strftime(coalesce(n.month, o.month), '%Y-%m')" if monthly else literal(month)
    within = f"where strftime(month, '%Y-%m') in ({', '.join(map(literal, published))})" if monthly else ""
    keys, cells = (", ".join(map(quoted, names)) for names in (grain, shared))
    same = " and ".join(f"n.{quoted(k)} is not distinct from o.{quoted(k)}" for k in grain)

    def rows(database: str) -> str:
        return f"(select {keys}, hash(({cells},)) as content from {database}.{MARTS}.{quoted(mart)} {within})"

    yield from connection.execute(
        f"select {of_month} as m, {literal(mart)},"
        " count(*) filter (o.content is null), count(*) filter (n.content is null),"
        " count(*) filter (n.content <> o.content)"
        f" from {rows(WAREHOUSE)} as n full join {rows(FORMER)} as o on {same}"
        " where n.content is distinct from o.content group by m"
    ).fetchall()


def causes(changes: Sequence[Change], contracts: Contracts, update: str = "") -> str:
    """Name in Chinese deliveries, for example ``农户收入监测表 2021-05 第 2 批``, a county's parameters, an ``update``.

    An update of the program explains why accepted rows differ although no delivery is new: such tables are not named
    beside it.
    """
    told = [c for c in changes if c.dataset not in OF_COUNTY and (c.delivery_no or not update)]
    named = [f"{contracts.dataset(c.dataset).label} {c.month} {_which(c)}" for c in told]
    for name, word in OF_COUNTY.items():
        named += [f"{word} {c.month} 起有变" for c in changes if c.dataset == name][:1]
    return "、".join([*named, *filter(None, [update])]) or NO_DELIVERY


def update_of(former: str, program: str) -> str:
    """Say in Chinese that another program than the ``former`` one computed a month; empty if it is the same.

    ``former`` is empty for a program that kept no record.
    """
    if former == program:
        return ""
    return f"程序更新({former} → {program})" if former else f"程序更新(→ {program})"


def _which(change: Change) -> str:
    return f"第 {change.delivery_no} 批" if change.delivery_no else "接收内容有变"


def keep(home: Home, version: int, found: Sequence[Restated], caused_by: Mapping[str, str], now: datetime) -> None:
    """Write the rows of a version; removes those of versions that were never published. Raises OSError.

    ``caused_by`` has the cause in Chinese for each restated month.
    """
    published_at = now.astimezone(ZONE).replace(tzinfo=None)
    rows = [
        (Month.parse(month).first_day, version, mart, added, removed, changed, caused_by[month], published_at)
        for month, mart, added, removed, changed in found
    ]
    prepare_restatements(home)
    for path in _folder(home).glob("version=*/rows.parquet"):
        if int(path.parent.name.removeprefix("version=")) >= version:
            path.unlink()
    if rows:
        _write(home, f"version={version:06d}/rows.parquet", pl.DataFrame(rows, schema=_SCHEMA, orient="row"))


def prepare_restatements(home: Home) -> int:
    """Write a file without rows, so that dbt always finds the columns; returns the number of rows kept so far."""
    if not has_restatements(home):
        _write(home, _NO_ROWS, pl.DataFrame(schema=_SCHEMA))
    return sum(parquet.read(path, columns=["month"]).height for path in _folder(home).glob("*/*.parquet"))


def has_restatements(home: Home) -> bool:
    """Return True if the file without rows is there, from which dbt takes the columns."""
    return (_folder(home) / _NO_ROWS).exists()


def rows_sql(home: Home) -> str:
    """Return a query that selects all restatements kept so far."""
    return f"select * from read_parquet({literal(pattern(_folder(home)) + '/*/*.parquet')}, hive_partitioning = false)"


def _folder(home: Home) -> Path:
    return home.warehouse / RESTATEMENTS


def _write(home: Home, name: str, frame: pl.DataFrame) -> None:
    with home.replacing(_folder(home) / name) as temporary:
        frame.write_parquet(temporary)
