"""Copy a union to an object store, for engines that have no folder in common with the city.

Belongs here: names and order of the objects. Does not belong here: making the union (``placing``), signing requests
(``sources.landing.transport.s3``).

Objects have no links and no names that change, so ``current`` is an object with the name of the newest union::

    s3://bucket/prefix/union-7-1f0c9a3e/marts/household_risk/district_code=441802/rows.parquet
    s3://bucket/prefix/current        (its content: union-7-1f0c9a3e)

The name ends with a digest of what the union holds, so that a copy that was interrupted goes on under its name.
``current`` is put last. What a county has not published anew, the store copies itself.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from orchestration.city.placing import DESCRIPTION, UNIONS_KEPT, described, file_of
from orchestration.publishing.content import PublishError
from sources.home import CURRENT
from sources.landing.transport.files import MAX_ENTRIES
from sources.landing.transport.s3 import S3Location, S3Store
from sources.landing.transport.trouble import TransportError, explained

_NAME = re.compile(r"union-([0-9]+)-([0-9a-f]{8})")
_MOST_BYTES = 64 * 1024**2
"""Bytes of a description that are read; that of a province has a hundredth."""
_AT_ONCE = 8
"""Requests at once: thousands of small files wait for the network, not for this machine."""


@dataclass(frozen=True)
class Copy:
    """A union in an object store: its name there, and how many of its files were sent and copied by the store."""

    name: str
    sent: int
    copied: int


def copy_union(union: Path, location: S3Location) -> Copy:
    """Copy a union that ``placing`` made, and let ``current`` name it; nothing is sent if it does already.

    Raises PublishError if the store cannot be used; ``current`` then names the union before.
    """
    try:
        with explained(location.explain), location.connect() as store:
            return _copy(union, store)
    except TransportError as error:
        raise PublishError(f"汇总没有复制到对象存储 {location.shown},那里仍是此前的汇总:{error}。") from None


def _copy(union: Path, store: S3Store) -> Copy:
    there = _names(store)
    unions = {name: int(match[1]) for name in there if (match := _NAME.fullmatch(name))}
    text = (union / DESCRIPTION).read_text("utf-8")
    name = _name(text, unions)
    former = _text(store, CURRENT).strip() if CURRENT in there else ""
    if former == name:
        return Copy(name, 0, 0)
    unchanged = _unchanged(text, _text(store, f"{former}/{DESCRIPTION}")) if former in unions else set()

    def put(file: Path) -> bool:
        """Put one file there; return True if the store had it."""
        path = file.relative_to(union)
        if path in unchanged and store.copy(f"{former}/{path.as_posix()}", f"{name}/{path.as_posix()}"):
            return True
        store.write(f"{name}/{path.as_posix()}", file)
        return False

    # The description comes last: a union without one is not whole.
    *files, last = sorted((f for f in union.rglob("*") if f.is_file()), key=lambda f: f.name == DESCRIPTION)
    with ThreadPoolExecutor(_AT_ONCE) as executor:
        copied = sum(executor.map(put, files))
    put(last)
    _put_text(store, CURRENT, f"{name}\n")
    kept = {name, former, *sorted(unions, key=unions.__getitem__)[1 - UNIONS_KEPT :]}
    for old in unions.keys() - kept:
        store.remove(old)
    return Copy(name, len(files) + 1 - copied, copied)


def _name(text: str, unions: Mapping[str, int]) -> str:
    """Name a union with this description: as one that was begun with it, else with the next number."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    begun = (name for name in unions if name.endswith(digest))
    return next(begun, f"union-{max(unions.values(), default=0) + 1}-{digest}")


def _unchanged(text: str, former: str) -> set[Path]:
    """List the files of a union that are those of the former one, by the descriptions of both."""
    now, before = described(text), described(former)
    if not (now and before):
        return set()
    return {
        file_of(Path(schema), mart, code)
        for schema in now.columns
        for code in now.counties
        for mart in now.unchanged(before, code, schema)
    }


def _names(store: S3Store) -> set[str]:
    try:
        return {entry.name for entry in islice(store.entries(""), MAX_ENTRIES)}
    except FileNotFoundError:
        return set()


def _text(store: S3Store, path: str) -> str:
    """Read a small text; what others have put in its place names no union, and describes none."""
    with store.read(path) as source:
        return source.read(_MOST_BYTES).decode(errors="replace")


def _put_text(store: S3Store, path: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text"
        file.write_text(text, "utf-8")
        store.write(path, file)
