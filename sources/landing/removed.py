"""Record the originals that a rule removed from the archive, so that they are not taken for lost.

Belongs here: ``restricted/removed.json``. Does not belong here: the rules (``retention``, ``erasure``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from sources.home import Home

Rule = Literal["retention", "erase"]


@dataclass(frozen=True)
class Removal:
    """The rule that removed an original, the day, and the hash of the original that replaces it, if one does."""

    rule: Rule
    on: str
    replaced_by: str = ""


def removed(home: Home) -> Mapping[str, Removal]:
    """Map the SHA-256 of each removed original to its removal. Raises ValueError if the record is damaged."""
    path = _path(home)
    if not path.exists():
        return {}
    written = path.stat()
    return _read(path, (written.st_ino, written.st_mtime_ns))


def record_removed(home: Home, rule: Rule, today: date, originals: Mapping[str, str]) -> None:
    """Record originals, each with its replacement or an empty text, before they are removed."""
    new = {sha256: Removal(rule, today.isoformat(), replacement) for sha256, replacement in originals.items()}
    content = {sha256: asdict(removal) for sha256, removal in {**removed(home), **new}.items()}
    with home.replacing(_path(home)) as temporary:
        temporary.write_text(json.dumps(content), "utf-8")


def kept_as(home: Home, sha256: str) -> str:
    """Return the hash under which the archive keeps a delivered file: its own, or that of its replacement."""
    found = removed(home)
    while sha256 in found and found[sha256].replaced_by:
        sha256 = found[sha256].replaced_by
    return sha256


def is_replacement(home: Home, sha256: str) -> bool:
    """Return True if an original replaces another one."""
    return any(removal.replaced_by == sha256 for removal in removed(home).values())


def removed_by_rule(home: Home, sha256: str) -> bool:
    """Return True if a rule removed an original and nothing replaces it."""
    found = removed(home).get(sha256)
    return found is not None and not found.replaced_by


def _path(home: Home) -> Path:
    return home.restricted / "removed.json"


@lru_cache(maxsize=4)
def _read(path: Path, _written: tuple[int, int]) -> Mapping[str, Removal]:
    """Read the record once per version of the file; ``_written`` is only part of the cache key."""
    return {sha256: Removal(**raw) for sha256, raw in json.loads(path.read_text("utf-8")).items()}
