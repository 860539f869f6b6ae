"""Give versions that an earlier program published the folders that this one reads.

Belongs here: the former names in ``published``. Does not belong here: publishing.

The earlier program kept ``<stem>.duckdb``, ``<stem>.open.duckdb``, ``<stem>.json`` and ``parquet/<stem>`` side by side,
and one link for each of the two databases. The files get their new names before they lose the former ones, so readers
always find them; a killed adoption is repeated as a whole.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from orchestration.runtime import locks
from sources.home import CURRENT, DATABASE, DESCRIPTION, OPEN_DATABASE, OPEN_PARQUET, PARQUET, Home, point, sync

_LINKS = {"marts.duckdb": DATABASE, "open.duckdb": OPEN_DATABASE}


def adopt(home: Home) -> None:
    """Move the versions of an earlier program into folders of their own, if there are any and no run is working.

    Raises OSError if files cannot be linked.
    """
    published = home.published
    if any(published.glob("marts-*.json")):
        # The process that works in the home adopted them when it began.
        with suppress(locks.HomeBusyError), locks.holding(home.root, "整理已发布的版本"):
            _adopt(published)


def _adopt(published: Path) -> None:
    for description in published.glob("marts-*.json"):
        _adopt_version(published, description.stem)
    former = published / "marts.duckdb"
    if former.is_symlink() and former.readlink().name.startswith("marts-"):
        point(published / CURRENT, former.readlink().stem)
    for link, database in _LINKS.items():
        if (published / CURRENT).exists():
            point(published / link, f"{CURRENT}/{database}")
    sync(published)
    shutil.rmtree(published / "parquet", ignore_errors=True)
    for file in [*published.glob("marts-*.duckdb"), *published.glob("marts-*.json")]:
        file.unlink()


def _adopt_version(published: Path, stem: str) -> None:
    folder, building = published / stem, published / f"building-{stem}"
    if folder.exists():
        return
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    names = {".json": DESCRIPTION, ".duckdb": DATABASE, ".open.duckdb": OPEN_DATABASE}
    for former, now in ((f"{stem}{ending}", name) for ending, name in names.items()):
        if (published / former).exists():
            os.link(published / former, building / now)
    for former, now in ((stem, PARQUET), (f"{stem}.open", OPEN_PARQUET)):
        if (published / "parquet" / former).exists():
            shutil.copytree(published / "parquet" / former, building / now, copy_function=os.link)
    building.chmod(published.stat().st_mode & 0o777)
    building.replace(folder)
    sync(published)
