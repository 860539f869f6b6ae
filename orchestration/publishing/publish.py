"""Publish a month: build the new version next to the current one, verify it, then move the link.

Belongs here: the order of the steps, the link, the number of versions kept, removing the leftovers of killed runs.
Does not belong here: writing a version (``build``), checking it (``verify``).

A reader sees either the old version or the new one. If the process is killed or the disk is full, the old version
stays current. A version's folder gets its name when everything is in it; the next publication removes what is left.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import metadata
from pathlib import Path

import duckdb

from orchestration.publishing.bi.view import View, fingerprint
from orchestration.publishing.build import WAREHOUSE, build, warehouse
from orchestration.publishing.content import MARTS, MARTS_OPEN, Mart, PublishError, measure
from orchestration.publishing.inventory import Found, inventory
from orchestration.publishing.parquet_manifest import MANIFEST, manifest_json
from orchestration.publishing.restate import RESTATEMENTS, Grains, Restated, compare, keep, rows_sql, update_of
from orchestration.publishing.verify import verify_file, verify_marts, verify_months
from orchestration.publishing.version import (
    EDITIONS,
    FULL,
    OPEN,
    STEMS,
    County,
    Edition,
    Version,
    current,
    current_stem,
    lost_links,
    versions,
)
from orchestration.runtime.errors import cause
from sources import audit
from sources.home import CURRENT, DESCRIPTION, Home, point, sync
from sources.months import Month
from sources.privacy.rekeying import keys_path

Opened = Mapping[str, str]
"""The schema in the warehouse of every mart of the open database, by name."""

VERSIONS_KEPT = 3
_BUILDING = "building"


@dataclass(frozen=True)
class Publication:
    """The current version after publishing; ``is_new`` is False if the content has not changed."""

    version: Version
    is_new: bool
    restated: tuple[Restated, ...] = ()


def publish(
    home: Home, warehouse_file: Path, month: Month, run_id: str, grains: Grains, opened: Opened, now: datetime,
    caused_by: Callable[[str, str], str], views: Sequence[View] = (), counties: Sequence[County] = (),
) -> Publication:  # fmt: skip
    """Publish the content of the warehouse as a version made by the run ``run_id`` of ``month``.

    ``grains`` maps each expected mart to the columns that identify its rows, ``opened`` each mart of the open database
    to its schema in the warehouse. ``caused_by`` names the deliveries that changed since a month was last published,
    and an update of the program: its arguments are the month and the update.
    ``views`` are those for analysts. ``counties`` are the versions that a city unites: its restatements are theirs, so
    that of the warehouse is published as it is.
    Raises PublishError; the current version then stays current.
    """
    published = home.published
    clean(published)
    before = current(published)
    try:
        with warehouse(warehouse_file) as connection:
            measured = measure(connection, WAREHOUSE)
            verify_marts(measured, grains)
            verify_months(measured, str(month), before.months if before else ())
            shown = _measure_open(connection, opened, measured)
            if before and before.bi == fingerprint(views) and _is_same(before, measured, shown):
                return Publication(before, is_new=False)
            number = max((v.number for v in versions(published)), default=0) + 1
            restated = _restated(connection, published, before, measured, grains, month)
            programs = _programs(before, measured["dim_month"].months, month, restated)
            if not counties:
                former = before.programs if before else {}
                why = {m: caused_by(m, update_of(former.get(m, ""), programs[m])) for m, *_ in restated}
                keep(home, number, restated, why, now)
            version = Version(
                stem=_new_stem(published, month, run_id, number),
                number=number,
                month=str(month),
                run_id=run_id,
                created_at=now.isoformat(timespec="seconds"),
                engine=duckdb.__version__,
                months=measured["dim_month"].months,
                marts=measured,
                open=shown,
                bi=fingerprint(views),
                programs=programs,
                counties=tuple(counties),
            )
            version = _write(home, connection, version, opened, views)
        audit.record(home, "publish", version=version.number, month=str(month), stem=version.stem, run_id=run_id)
    except (PublishError, duckdb.Error, OSError) as error:
        clean(published)
        if isinstance(error, PublishError):
            raise
        raise PublishError(f"发布失败,现行版本保持不变:{cause(error) or error}") from error
    switch(published, version)
    prune(published)
    return Publication(version, is_new=True, restated=restated)


def _measure_open(
    connection: duckdb.DuckDBPyConnection, opened: Opened, measured: Mapping[str, Mart]
) -> dict[str, Mart]:
    """Measure the marts of the open database. Raises PublishError if one is missing, or one is not expected."""
    made = measure(connection, WAREHOUSE, MARTS_OPEN)
    verify_marts(made, [name for name, schema in opened.items() if schema == MARTS_OPEN])
    return {name: (measured if schema == MARTS else made)[name] for name, schema in opened.items()}


def _is_same(before: Version, measured: Mapping[str, Mart], shown: Mapping[str, Mart]) -> bool:
    """Return whether all marts except the restatements equal those of ``before``, hashed by the same engine."""
    pairs = ((before.marts, measured), (before.open, shown))
    return before.engine == duckdb.__version__ and all(_figures(old) == _figures(new) for old, new in pairs)


def _figures(marts: Mapping[str, Mart]) -> dict[str, Mart]:
    return {name: mart for name, mart in marts.items() if name != RESTATEMENTS}


def _restated(
    connection: duckdb.DuckDBPyConnection, published: Path, before: Version | None, measured: Mapping[str, Mart],
    grains: Grains, month: Month,
) -> tuple[Restated, ...]:  # fmt: skip
    if before is None:
        return ()
    former = published / FULL.file(before.stem)
    return tuple(compare(connection, former, before.marts, measured, grains, month))


def _programs(
    before: Version | None, months: Sequence[str], month: Month, restated: Sequence[Restated]
) -> dict[str, str]:
    """Map each month to the program whose figures it has: this one, unless the month is as ``before`` had it."""
    computed = {str(month), *(m for m, *_ in restated), *(set(months) - set(before.months if before else ()))}
    return (before.programs if before else {}) | dict.fromkeys(computed, metadata.version("shouwang"))


def _new_stem(published: Path, month: Month, run_id: str, number: int) -> str:
    """Return a stem that no version has yet: a file that readers may have open is never overwritten."""
    stem = f"marts-{month}-{run_id[:8]}"
    return f"{stem}-{number}" if (published / stem).exists() else stem


def _write(
    home: Home, connection: duckdb.DuckDBPyConnection, version: Version, opened: Opened, views: Sequence[View]
) -> Version:
    published = home.published
    building = published / f"{_BUILDING}-{version.stem}"
    building.mkdir(mode=0o700)
    marts = _build(home, connection, building, version, FULL, dict.fromkeys(version.marts, MARTS), views)
    shown = _build(home, connection, building, version, OPEN, opened, views)
    version = replace(version, marts=marts, open=shown)
    for edition in EDITIONS:
        folder = building / edition.parquet
        (folder / MANIFEST).write_text(manifest_json(version, edition, folder, views), encoding="utf-8")
    (building / DESCRIPTION).write_text(version.to_json(), encoding="utf-8")
    home.set_modes(building)
    for name in (*(edition.database for edition in EDITIONS), DESCRIPTION, "."):
        sync(building / name)
    building.replace(published / version.stem)
    sync(published)
    return version


def _build(
    home: Home, connection: duckdb.DuckDBPyConnection, building: Path, version: Version, edition: Edition,
    schemas: Mapping[str, str], views: Sequence[View],
) -> dict[str, Mart]:  # fmt: skip
    """Write and verify one of the two databases of a version; returns its marts as measured."""
    file, folder = building / edition.database, building / edition.parquet
    contents = {RESTATEMENTS: rows_sql(home)} if RESTATEMENTS in schemas and not version.counties else {}
    marts = version.content(edition) | build(connection, file, folder, schemas, contents, views, edition == OPEN)
    verify_file(file, marts)
    return marts


def switch(published: Path, version: Version) -> None:
    """Let readers see ``version``: one link moves, and all names of databases and Parquet files lead through it.

    A version from before there was an open database has none: its readers then find nothing.
    """
    point(published / CURRENT, version.stem)
    for edition in EDITIONS:
        if edition.link in lost_links(published):
            point(published / edition.link, edition.target)
    sync(published)


def roll_back(home: Home, number: int | None = None) -> Version:
    """Switch back to an earlier version: the one with that number or, without a number, the one before the current.

    The next publication makes a new version from the warehouse. Raises PublishError if there is no such version, or if
    readers could not use it; the message names every version that is there, and what is wrong with it.
    """
    there = inventory(home.published)
    now = next((f.version for f in there if f.is_current and f.version), None)
    earlier = [f for f in there if f.version and not f.is_current and (now is None or f.version.number < now.number)]
    asked = [f for f in there if f.version and f.version.number == number]
    wanted = [f.version for f in (asked if number else earlier) if f.version and not f.problem]
    if not wanted:
        raise PublishError(f"没有可以退回的版本{number or ''};{_listed(home, there)}")
    of = now.number if now else 0
    audit.record(home, "rollback", version=wanted[0].number, stem=wanted[0].stem, of=of)
    switch(home.published, wanted[0])
    return wanted[0]


def _listed(home: Home, there: Sequence[Found]) -> str:
    rotated = "换密钥(rotate-key)以前的版本用的是旧代码,已在换密钥时清除。" if keys_path(home).exists() else ""
    return f"保留的版本:{'、'.join(f.described for f in there) or '无'}。{rotated}"


def prune(published: Path, kept: int = VERSIONS_KEPT) -> None:
    """Remove all versions except the newest ``kept``, and the current one."""
    now = current(published)
    for old in versions(published)[kept:]:
        if old != now:
            (published / old.stem / DESCRIPTION).unlink()
    clean(published)


def clean(published: Path) -> None:
    """Remove the leftovers of killed runs: half-built versions, and folders that are no version.

    The files that readers see stay, even if their JSON file is damaged. Makes the links of the databases again if they
    are lost.
    """
    if (now := current(published)) and lost_links(published):
        switch(published, now)
    kept = {v.stem for v in versions(published)} | {current_stem(published)}
    for leftover in [*published.glob(f"{_BUILDING}-*"), *published.glob(".*.link"), *published.glob(".*.tmp")]:
        _remove(leftover)
    for folder in published.glob(STEMS):
        if folder.name not in kept:
            _remove(folder)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
