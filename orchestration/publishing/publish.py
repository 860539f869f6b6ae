"""Publish a month: build the new version next to the current one, verify it, then move the link.

Belongs here: the order of the steps, the link, the number of versions kept, removing the leftovers of killed runs.
Does not belong here: writing a version (``build``), checking it (``verify``).

A reader sees either the old version or the new one. If the process is killed or the disk is full, the old version
stays current. The leftovers have no JSON file, and the next publication removes them.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.publishing.build import WAREHOUSE, build, warehouse
from orchestration.publishing.content import Mart, PublishError, measure
from orchestration.publishing.restate import RESTATEMENTS, Grains, Restated, compare, keep, rows_sql
from orchestration.publishing.verify import verify_file, verify_marts, verify_months
from orchestration.publishing.version import LINK, PARQUET, Version, current, versions
from orchestration.runtime.errors import cause
from sources import audit
from sources.home import Home, sync
from sources.months import Month

VERSIONS_KEPT = 3
_BUILDING = "building"


@dataclass(frozen=True)
class Publication:
    """The current version after publishing; ``is_new`` is False if the content has not changed."""

    version: Version
    is_new: bool
    restated: tuple[Restated, ...] = ()


def publish(
    home: Home, warehouse_file: Path, month: Month, run_id: str, grains: Grains, now: datetime, caused_by: str
) -> Publication:
    """Publish the content of the warehouse as a version made by the run ``run_id`` of ``month``.

    ``grains`` maps each expected mart to the columns that identify its rows. ``caused_by`` names the deliveries that
    changed since ``month`` was last computed. Raises PublishError; the current version then stays current.
    """
    published = home.published
    clean(published)
    before = current(published)
    try:
        with warehouse(warehouse_file) as connection:
            measured = measure(connection, WAREHOUSE)
            verify_marts(measured, grains)
            verify_months(measured, str(month), before.months if before else ())
            if before and _is_same(before, measured):
                return Publication(before, is_new=False)
            number = max((v.number for v in versions(published)), default=0) + 1
            restated = _restated(connection, published, before, measured, grains, month)
            keep(home, number, restated, caused_by, now)
            version = Version(
                stem=_new_stem(published, month, run_id, number),
                number=number,
                month=str(month),
                run_id=run_id,
                created_at=now.isoformat(timespec="seconds"),
                engine=duckdb.__version__,
                months=measured["dim_month"].months,
                marts=measured,
            )
            version = _write(home, connection, version)
        audit.record(home, "publish", version=version.number, month=str(month), stem=version.stem, run_id=run_id)
    except (PublishError, duckdb.Error, OSError) as error:
        clean(published)
        if isinstance(error, PublishError):
            raise
        raise PublishError(f"发布失败,现行版本保持不变:{cause(error) or error}") from error
    switch(published, version)
    prune(published)
    return Publication(version, is_new=True, restated=restated)


def _is_same(before: Version, measured: Mapping[str, Mart]) -> bool:
    """Return whether all marts except the restatements equal those of ``before``, hashed by the same engine."""
    figures = [{name: m for name, m in marts.items() if name != RESTATEMENTS} for marts in (before.marts, measured)]
    return figures[0] == figures[1] and before.engine == duckdb.__version__


def _restated(
    connection: duckdb.DuckDBPyConnection, published: Path, before: Version | None, measured: Mapping[str, Mart],
    grains: Grains, month: Month,
) -> tuple[Restated, ...]:  # fmt: skip
    if before is None:
        return ()
    former = published / f"{before.stem}.duckdb"
    return tuple(compare(connection, former, before.marts, measured, grains, month))


def _new_stem(published: Path, month: Month, run_id: str, number: int) -> str:
    """Return a stem that no version has yet: a file that readers may have open is never overwritten."""
    stem = f"marts-{month}-{run_id[:8]}"
    return f"{stem}-{number}" if (published / f"{stem}.json").exists() else stem


def _write(home: Home, connection: duckdb.DuckDBPyConnection, version: Version) -> Version:
    published = home.published
    building = published / f"{_BUILDING}-{version.stem}"
    building.mkdir()
    file, parquet = building / f"{version.stem}.duckdb", building / PARQUET
    contents = {RESTATEMENTS: rows_sql(home)} if RESTATEMENTS in version.marts else {}
    built = build(connection, file, parquet, contents)
    version = replace(version, marts={**version.marts, **built})
    verify_file(file, version.marts)
    home.set_modes(building)
    sync(file)
    home.make_dir(published / PARQUET)
    parquet.replace(published / PARQUET / version.stem)
    file.replace(published / file.name)
    building.rmdir()
    sync(published)
    # The JSON file comes last: a version without one is not a version.
    with home.replacing(published / f"{version.stem}.json") as temporary:
        temporary.write_text(version.to_json(), encoding="utf-8")
    return version


def switch(published: Path, version: Version) -> None:
    """Point ``marts.duckdb`` to ``version``, atomically for every reader."""
    temporary = published / f".{LINK}.{version.stem}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(f"{version.stem}.duckdb")
    temporary.replace(published / LINK)
    sync(published)


def roll_back(home: Home, number: int | None = None) -> Version:
    """Switch back to an earlier version: the one with that number or, without a number, the one before the current.

    The next publication makes a new version from the warehouse. Raises PublishError if there is no such version, naming
    the versions that are kept.
    """
    published = home.published
    kept, now = versions(published), current(published)
    earlier = [v for v in kept if now and v.number < now.number]
    wanted = [v for v in kept if v.number == number] if number else earlier
    if not wanted:
        there = "、".join(f"{v.number}({v.month},{v.created_at[:16]})" for v in kept) or "无"
        raise PublishError(f"没有可以退回的版本{number or ''};保留的版本:{there}。")
    audit.record(home, "rollback", version=wanted[0].number, stem=wanted[0].stem, of=now.number if now else 0)
    switch(published, wanted[0])
    return wanted[0]


def prune(published: Path) -> None:
    """Remove all versions except the newest ``VERSIONS_KEPT`` and the current one."""
    now = current(published)
    for old in versions(published)[VERSIONS_KEPT:]:
        if old != now:
            (published / f"{old.stem}.json").unlink()
    clean(published)


def clean(published: Path) -> None:
    """Remove the leftovers of killed runs: half-built versions, and files that belong to no version.

    The file that readers have open stays, even if its JSON file is damaged.
    """
    kept = {v.stem for v in versions(published)} | {(published / LINK).resolve().stem}
    for leftover in [*published.glob(f"{_BUILDING}-*"), *published.glob(f".{LINK}.*"), *published.glob(".*.tmp")]:
        _remove(leftover)
    for file in [*published.glob("marts-*"), *published.glob(f"{PARQUET}/marts-*")]:
        if file.name.split(".")[0] not in kept:
            _remove(file)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
