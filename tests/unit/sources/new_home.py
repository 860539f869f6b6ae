"""What the first intake of a new home writes before anything else, from a copy.

Belongs here: the zero-row files of every table. Does not belong here: what an inbox holds (``builder``).
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from sources.acceptance import store
from sources.contracts.model import load_contracts
from sources.home import Home


@cache
def _written() -> tempfile.TemporaryDirectory[str]:
    """A home that holds only these files; it is removed at the end of this process."""
    folder = tempfile.TemporaryDirectory(prefix="zero-rows-")
    store.write_schema_files(Home(Path(folder.name)), load_contracts())
    return folder


def begin(home: Home) -> None:
    """Prepare a home as its first intake does, in a tenth of the time: each file is encoded and flushed only once."""
    home.prepare()
    if not (home.warehouse / "accepted").exists():
        shutil.copytree(Path(_written().name) / home.warehouse.name, home.warehouse, dirs_exist_ok=True)
