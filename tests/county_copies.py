"""A published county as another one: ``python -m tests.county_copies PUBLISHED HOME CODE…``, for cities to try.

Every copy is published by the publishing package itself, with the code of the county in place of the original's in all
texts. Figures are the same unless ``without`` leaves out months, ``share`` makes indicators smaller, or each month is
there for several.
Belongs here: counties that differ in codes, months and that share only. Does not belong here: samples (``sample``).
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.dbt import manifest
from orchestration.publishing.content import CONFIG, MARTS, MARTS_OPEN, Column, literal, quoted, shapes, tables
from orchestration.publishing.publish import Publication, publish
from orchestration.publishing.version import EDITIONS, current
from orchestration.working_days import ZONE
from sources.home import CURRENT, Home
from sources.months import Month

ORIGINAL = "441802"


def publish_as(
    published: Path, home: Home, code: str, without: Collection[str] = (), share: float = 1, months: int = 1
) -> Publication:
    """Publish what ``published`` holds in another home as the county ``code``, without some months.

    Numerators and values of its indicators are multiplied by ``share``, at most 1. The rows of a month are also those
    of the ``months`` - 1 before it.
    """
    version = current(published)
    assert version is not None
    home.prepare()
    file = home.warehouse / "warehouse.duckdb"
    file.unlink(missing_ok=True)
    opened = manifest.open_marts(manifest.load())
    with duckdb.connect(str(file), config=CONFIG) as c:
        for schema, edition in zip((MARTS, MARTS_OPEN), EDITIONS, strict=True):
            c.execute(
                f"create schema {schema}; attach {literal(published / CURRENT / edition.database)} as o (read_only)"
            )
            for name, about in tables(c, "o").items():
                if schema == MARTS or opened.get(name) == MARTS_OPEN:
                    _copy(c, schema, name, about, code, without, share, months)
            c.execute("detach o")
    grains = manifest.grains(manifest.load(), MARTS)
    there = [month for month in version.months if month not in without]
    return publish(
        home, file, Month.parse(there[-1]), f"{int(code):08x}", {n: grains[n] for n in version.marts},
        {n: s for n, s in opened.items() if n in version.open}, datetime.now(ZONE), str,
    )  # fmt: skip


def _cell(mart: str, column: Column, code: str, share: float) -> str:
    name = quoted(column.name)
    if column.dtype == "VARCHAR":
        return f"replace({name}, {literal(ORIGINAL)}, {literal(code)}) as {name}"
    if mart == "rural_indicators" and column.name in ("numerator", "value"):
        return f"{name} * {share} as {name}"
    return name


def _copy(
    c: duckdb.DuckDBPyConnection, schema: str, name: str, about: str, code: str, without: Collection[str],
    share: float, months: int,
) -> None:  # fmt: skip
    shape = shapes(c, "o")[name]
    cells = ", ".join(_cell(name, column, code, share) for column in shape)
    is_monthly = any(s.name == "month" for s in shape)
    left_out = ", ".join(f"date '{month}-01'" for month in without)
    where = f"where month not in ({left_out})" if is_monthly and without else ""
    table = f"{schema}.{quoted(name)}"
    rows = f"o.{MARTS}.{quoted(name)}"
    if is_monthly and months > 1:
        earlier = "cast(month - to_months(cast(earlier as integer)) as date) as month"
        rows = f"(select * exclude (earlier) replace ({earlier}) from {rows} cross join range({months}) as t(earlier))"
    c.execute(f"create table {table} as select {cells} from {rows} {where}")
    c.execute(f"comment on table {table} is {literal(about)}")
    for column in shape:
        c.execute(f"comment on column {table}.{quoted(column.name)} is {literal(column.comment)}")


if __name__ == "__main__":
    for argument in sys.argv[3:]:
        publish_as(Path(sys.argv[1]), Home(Path(sys.argv[2]) / argument), argument)
