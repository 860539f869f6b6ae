"""Place the versions of counties as Parquet in storage that several engines and machines read: a union without a copy.

Belongs here: the folder of a union and the link to the newest. Does not belong here: taking versions (``taking``), the
warehouse of a city that is small enough for one file (``uniting``), the city's own marts (``dbt_city``).

A union is a folder that never changes once it has its name; ``current`` leads to the newest::

    <storage>/union-7/marts/household_risk/district_code=441802/rows.parquet
    <storage>/union-7/marts_open/…
    <storage>/union-7/city/counties/district_code=441802/rows.parquet
    <storage>/current -> union-7

So who follows ``current`` once reads whole versions of all counties: never two versions of a county, and never the
months of two. A county's version is one file per mart with all its months, as it was published: a month alone is never
replaced. The files of a county that has published nothing new are hard links to those of the union before.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from orchestration.city.taking import Taken
from orchestration.city.uniting import CITY, COUNTIES, COUNTY_COLUMNS, DISTRICT, EDITION_OF, rows_of
from orchestration.publishing.content import CONFIG, MARTS, PublishError, literal, quoted
from orchestration.publishing.version import Edition
from orchestration.runtime.errors import cause
from sources.home import CURRENT, Home, point, sync

UNIONS_KEPT = 3
"""Engines may still be reading the union before."""
UNION_VARIABLE = "SHOUWANG_UNITED"
"""Environment variable that names the folder of a union to ``dbt_city``; empty for the city's warehouse."""
DESCRIPTION = "union.json"
_UNION, _BUILDING, _ROWS = "union-", "building", "rows.parquet"
_Columns = dict[str, str]
"""Types by column, in order."""


@dataclass(frozen=True)
class Union:
    """What a union holds: the columns of each mart by schema, and the counties with their versions."""

    columns: dict[str, dict[str, _Columns]]
    counties: dict[str, dict[str, object]]

    def unchanged(self, former: Union | None, code: str, schema: str) -> set[str]:
        """Name the marts of a schema whose file for a county is that of the union before."""
        if former is None or former._version(code) != self._version(code):
            return set()
        columns = former.columns.get(schema, {})
        return {mart for mart, wanted in self.columns[schema].items() if columns.get(mart) == wanted}

    def _version(self, code: str) -> tuple[object, ...]:
        """Return what tells the version of a county from others, which may have its stem."""
        county = self.counties.get(code, {})
        return county.get("stem"), county.get("created_at"), county.get("checksum")


def described(text: str) -> Union | None:
    """Read the description of a union; None if another program wrote it otherwise."""
    try:
        return Union(**json.loads(text))
    except (ValueError, TypeError):
        return None


def place(home: Home, storage: Path, taken: Sequence[Taken], known: Mapping[str, Sequence[str]]) -> Path:
    """Place the versions in a new union, let ``current`` lead to it, and return its folder.

    If nothing has changed, that is the former union. ``known`` gives the marts that travel, by schema; a column that a
    county lacks is null there. Raises PublishError if the storage cannot be written; ``current`` then stays.
    """
    there = [t for t in taken if t.version]
    union = Union(_columns(there, known), {str(row["district_code"]): row for row in rows_of(taken)})
    try:
        storage.mkdir(parents=True, exist_ok=True)
        former = current_union(storage)
        before = _described(former)
        if before == union:
            return former
        building = storage / _BUILDING
        shutil.rmtree(building, ignore_errors=True)
        with duckdb.connect(config=CONFIG) as connection:
            for one in there:
                for schema, edition in EDITION_OF.items():
                    same = union.unchanged(before, one.code, schema)
                    _link(one, same, former / schema, building / schema)
                    wanted = {mart: c for mart, c in union.columns[schema].items() if mart not in same}
                    _write(connection, one, edition, wanted, building / schema)
            _write_counties(connection, union, building / CITY / COUNTIES)
        (building / DESCRIPTION).write_text(json.dumps(asdict(union), ensure_ascii=False, indent=1) + "\n", "utf-8")
        home.set_modes(building)
        return _switch(storage, building)
    except (OSError, duckdb.Error) as error:
        why = cause(error) or error
        raise PublishError(
            f"共用存储 {storage} 写不进去({why}),此前的汇总保持不变。请检查挂载、权限和空间。"
        ) from error


def current_union(storage: Path) -> Path:
    """Return the folder of the newest union; a reader that asks once reads one union. It may be missing."""
    return (storage / CURRENT).resolve()


def _columns(taken: Sequence[Taken], known: Mapping[str, Sequence[str]]) -> dict[str, dict[str, _Columns]]:
    """Return the columns that any county has, by schema and mart."""
    found: dict[str, dict[str, _Columns]] = {schema: {} for schema in EDITION_OF}
    for schema, edition in EDITION_OF.items():
        for marts in (t.version.content(edition) for t in taken if t.version):
            for name in sorted(set(marts) & set(known.get(schema, ()))):
                found[schema].setdefault(name, {}).update({c["name"]: c["type"] for c in marts[name].columns})
    return found


def _described(folder: Path) -> Union | None:
    """Return what a union holds; None if there is none."""
    try:
        return described((folder / DESCRIPTION).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def file_of(schema: Path, mart: str, code: str) -> Path:
    """Return the file of a county's rows in the folder of a schema."""
    return schema / mart / f"{DISTRICT.name}={code}" / _ROWS


def _link(taken: Taken, marts: Collection[str], former: Path, schema: Path) -> None:
    """Let the files of marts that have not changed be those of the union before: a file of a union never changes."""
    for old, new in ((file_of(former, mart, taken.code), file_of(schema, mart, taken.code)) for mart in marts):
        if old.exists():
            new.parent.mkdir(parents=True)
            try:
                os.link(old, new)
            except OSError:
                # Storage without hard links.
                shutil.copyfile(old, new)


def _write(
    connection: duckdb.DuckDBPyConnection, taken: Taken, edition: Edition, marts: Mapping[str, _Columns], schema: Path
) -> None:
    """Write marts of one of the two databases of a version, each as one file."""
    has = (
        {m: {c["name"] for c in mart.columns} for m, mart in taken.version.content(edition).items()}
        if taken.version
        else {}
    )
    wanted = {mart: columns for mart, columns in marts.items() if mart in has}
    if not wanted:
        return
    connection.execute(f"attach {literal(taken.folder / edition.database)} as county (read_only)")
    for mart, columns in wanted.items():
        file = file_of(schema, mart, taken.code)
        file.parent.mkdir(parents=True)
        cells = ", ".join(
            quoted(c) if c in has[mart] else f"cast(null as {dtype}) as {quoted(c)}" for c, dtype in columns.items()
        )
        rows = f"select {cells} from county.{MARTS}.{quoted(mart)}"
        connection.execute(f"copy ({rows}) to {literal(file)} (format parquet, compression zstd)")
        sync(file)
    connection.execute("detach county")


def _write_counties(connection: duckdb.DuckDBPyConnection, union: Union, folder: Path) -> None:
    for code, county in union.counties.items():
        file = folder / f"{DISTRICT.name}={code}" / _ROWS
        file.parent.mkdir(parents=True)
        cells = ", ".join(f"cast(? as {COUNTY_COLUMNS[name]}) as {name}" for name in county if name != DISTRICT.name)
        values = [value for name, value in county.items() if name != DISTRICT.name]
        connection.execute(f"copy (select {cells}) to {literal(file)} (format parquet)", values)


def _switch(storage: Path, building: Path) -> Path:
    """Give a union its name, let ``current`` lead to it, and remove all but the newest unions."""
    number = {int(f.name.removeprefix(_UNION)): f for f in storage.glob(f"{_UNION}*")}
    union = storage / f"{_UNION}{max(number, default=0) + 1}"
    building.replace(union)
    sync(storage)
    point(storage / CURRENT, union.name)
    sync(storage)
    for old in sorted(number)[: max(0, len(number) + 1 - UNIONS_KEPT)]:
        shutil.rmtree(number[old], ignore_errors=True)
    return union
