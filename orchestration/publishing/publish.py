"""Publishing a month: build beside the current version, verify, then move the link.

Belongs here: the order of the steps, the link, how many versions are kept, what killed runs leave behind.
Does not belong here: how a version is written (``build``) and checked (``verify``).

A reader sees the old version or the new one. A killed process or a full disk leaves the old one; what they leave
behind has no manifest, and the next publishing removes it.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.publishing.build import WAREHOUSE, build, warehouse
from orchestration.publishing.content import PublishError, measure
from orchestration.publishing.manifest import LINK, PARQUET, Manifest, current, versions
from orchestration.publishing.verify import verify_file, verify_marts, verify_months
from sources.home import Home, sync
from sources.months import Month

VERSIONS_KEPT = 3
_BUILDING = "building"


@dataclass(frozen=True)
class Publication:
    """The current version after publishing; ``is_new`` is False where the content had not changed."""

    manifest: Manifest
    is_new: bool


def publish(
    home: Home, warehouse_file: Path, month: Month, run_id: str, expected: Collection[str], now: datetime
) -> Publication:
    """Publish what the warehouse holds, as the version that the run ``run_id`` of ``month`` made.

    ``expected`` names the marts that must be there. Raises PublishError; the current version then stays.
    """
    published = home.published
    clean(published)
    before = current(published)
    try:
        with warehouse(warehouse_file) as connection:
            measured = measure(connection, WAREHOUSE)
            verify_marts(measured, expected)
            verify_months(measured, str(month), before.months if before else ())
            if before and (before.marts, before.engine) == (measured, duckdb.__version__):
                return Publication(before, is_new=False)
            version = max((m.version for m in versions(published)), default=0) + 1
            manifest = Manifest(
                stem=_new_stem(published, month, run_id, version),
                version=version,
                month=str(month),
                run_id=run_id,
                created_at=now.isoformat(timespec="seconds"),
                engine=duckdb.__version__,
                months=measured["dim_month"].months,
                marts=measured,
            )
            _write(home, connection, manifest)
    except (duckdb.Error, OSError) as error:
        clean(published)
        raise PublishError(f"发布失败,现行版本保持不变:{error}") from error
    except PublishError:
        clean(published)
        raise
    switch(published, manifest)
    prune(published)
    return Publication(manifest, is_new=True)


def _new_stem(published: Path, month: Month, run_id: str, version: int) -> str:
    """A name that no version has: a file that readers may have open is never written again."""
    stem = f"marts-{month}-{run_id[:8]}"
    return f"{stem}-{version}" if (published / f"{stem}.json").exists() else stem


def _write(home: Home, connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    published = home.published
    building = published / f"{_BUILDING}-{manifest.stem}"
    building.mkdir()
    file, parquet = building / f"{manifest.stem}.duckdb", building / PARQUET
    build(connection, file, parquet)
    verify_file(file, manifest.marts)
    sync(file)
    (published / PARQUET).mkdir(exist_ok=True)
    parquet.replace(published / PARQUET / manifest.stem)
    file.replace(published / file.name)
    building.rmdir()
    sync(published)
    # The manifest comes last: a version without one is not a version.
    with home.replacing(published / f"{manifest.stem}.json") as temporary:
        temporary.write_text(manifest.to_json(), encoding="utf-8")


def switch(published: Path, manifest: Manifest) -> None:
    """Let ``marts.duckdb`` name that version, in one step for every reader."""
    temporary = published / f".{LINK}.{manifest.stem}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(f"{manifest.stem}.duckdb")
    temporary.replace(published / LINK)
    sync(published)


def prune(published: Path) -> None:
    """Remove all but the newest versions and the current one."""
    now = current(published)
    for old in versions(published)[VERSIONS_KEPT:]:
        if old != now:
            (published / f"{old.stem}.json").unlink()
    clean(published)


def clean(published: Path) -> None:
    """Remove what killed runs left: half-built versions, and files that no manifest belongs to."""
    kept = {m.stem for m in versions(published)}
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
