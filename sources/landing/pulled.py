"""Record what was pulled from a location, month by month: the deliveries, each with its files and where they are from.

Belongs here: the record, the deliveries that landing reads from it. Does not belong here: pulling (``pull``).

The record is for a pulled location what its folder is for the inbox. The originals are in the archive before the record
names them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sources.home import PRIVATE_FILE, Home
from sources.landing.archive import is_intact, original_path
from sources.landing.locations import InboxDelivery, InboxFile, absent_files
from sources.landing.removed import is_replacement, kept_as, removed_by_rule
from sources.landing.settings import REPLACE_ALL
from sources.landing.transport.source import Offer
from sources.months import Month
from sources.notice import Notice

_FETCHING = ".fetching-"
_OWN = "_"
"""Folder of the location of a department itself."""


@dataclass(frozen=True)
class PulledFile:
    """One original and its source."""

    name: str
    sha256: str
    version: str
    """The version that the location announced, by which the next pull knows the file without fetching it."""
    modified: str
    """ISO local time of the file at its source, or of the pull."""
    content: str = ""
    """Digest of rows whatever their order; empty for files."""
    facts: dict[str, object] = field(default_factory=dict)
    """Query, parameters, time, rows and schema of rows."""

    @property
    def same(self) -> tuple[str, str]:
        """What two pulls of the same content share."""
        return self.name, self.content or self.sha256


@dataclass(frozen=True)
class PulledDelivery:
    """One delivery: all files that the location had for the month."""

    delivery_no: int
    files: tuple[PulledFile, ...]
    mode: str = REPLACE_ALL
    assigned: dict[str, str] = field(default_factory=dict)
    settings_version: str = ""
    """The version of its ``delivery.yaml``; empty without one."""

    def is_same(self, other: PulledDelivery) -> bool:
        """Return True if names, contents and settings are the same."""
        mine, others = ({file.same for file in d.files} for d in (self, other))
        return (self.mode, self.assigned, mine) == (other.mode, other.assigned, others)


@dataclass(frozen=True)
class Attempt:
    """The newest pull of a month: when, and its problem; ``left_out`` has names and reasons."""

    at: str
    problem: str = ""
    left_out: tuple[tuple[str, str], ...] = ()
    is_snapshot: bool = False
    is_passing: bool = False
    """Whether trying again may help."""


@dataclass(frozen=True)
class Pulled:
    """The record of one location: of a department, or of one of its tables."""

    home: Home
    department: str
    table: str | None = None

    @property
    def folder(self) -> Path:
        """The folder of the record's files."""
        return self.home.restricted / "pulled" / self.department / (self.table or _OWN)

    def path(self, month: Month) -> Path:
        """Return the path of the record of a month."""
        return self.folder / f"{month}.json"

    def months(self) -> list[Month]:
        """List the months that were pulled."""
        return sorted(Month.parse(path.stem) for path in self.folder.glob("????-??.json"))

    def deliveries(self, month: Month) -> list[PulledDelivery]:
        """Return the deliveries of a month by number."""
        return [_delivery(raw) for raw in self._read(month).get("deliveries", [])]

    def attempt(self, month: Month) -> Attempt | None:
        """Return the newest pull of a month."""
        raw = self._read(month).get("attempt")
        return Attempt(**raw | {"left_out": tuple(map(tuple, raw["left_out"]))}) if raw else None

    def _read(self, month: Month) -> dict[str, Any]:
        try:
            return dict(json.loads(self.path(month).read_text("utf-8")))
        except FileNotFoundError:
            return {}

    def save(self, month: Month, deliveries: Iterable[PulledDelivery], attempt: Attempt) -> None:
        """Replace the record of a month. Raises OSError if it cannot be written."""
        content = {"deliveries": [asdict(d) for d in deliveries], "attempt": asdict(attempt)}
        with self.home.replacing(self.path(month)) as temporary:
            temporary.write_text(json.dumps(content, ensure_ascii=False), "utf-8")

    def rewrite(self, month: Month, hidden: Callable[[str], str], hashes: Mapping[str, str]) -> None:
        """Hide a person in the names and facts of a month, and name the originals that replace others.

        Raises OSError if the record cannot be written.
        """

        def file(one: PulledFile) -> PulledFile:
            facts = {name: _hidden(value, hidden) for name, value in one.facts.items()}
            return replace(one, name=hidden(one.name), sha256=hashes.get(one.sha256, one.sha256), facts=facts)

        def delivery(one: PulledDelivery) -> PulledDelivery:
            assigned = {hidden(name): table for name, table in one.assigned.items()}
            return replace(one, files=tuple(map(file, one.files)), assigned=assigned)

        before, attempt = self.deliveries(month), self.attempt(month)
        after = list(map(delivery, before))
        if after != before and attempt:
            self.save(month, after, attempt)

    @contextmanager
    def temporary(self) -> Iterator[Path]:
        """Yield a new empty file for what is being fetched, which is gone afterwards unless it was moved."""
        self.home.make_dir(self.folder)
        path = self.folder / f"{_FETCHING}{secrets.token_hex(8)}.tmp"
        path.touch(PRIVATE_FILE, exist_ok=False)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove what a killed pull was fetching, and an unfinished record of its."""
        for path in self.folder.glob(".*"):
            path.unlink(missing_ok=True)

    def former(self, offer: Offer, before: Sequence[PulledDelivery]) -> PulledFile | None:
        """Return the file that the record has last for an offer; one without number may be in any delivery.

        It has the offer's name, or another one since a person was erased from it; then its version tells.
        """
        files = [f for d in reversed(before) if offer.delivery_no in (None, d.delivery_no) for f in d.files]
        erased = (f for f in files if f.version and f.version == offer.version and is_replacement(self.home, f.sha256))
        return next((f for f in files if f.name == offer.name), None) or next(erased, None)

    def is_kept(self, file: PulledFile) -> bool:
        """Check whether an original is in the archive undamaged, or was removed by rule."""
        sha256 = kept_as(self.home, file.sha256)
        return removed_by_rule(self.home, sha256) or is_intact(self.home, sha256)

    def landed(self, month: Month) -> tuple[list[InboxDelivery], list[Notice]]:
        """Return a month's deliveries as landing reads those of a folder, and notices about the newest pull."""
        found = [
            InboxDelivery(d.delivery_no, d.mode, d.assigned, tuple(self._files(d.files)), notices=self._absent(d))
            for d in self.deliveries(month)
        ]
        return found, self._notices(month)

    def _files(self, files: Sequence[PulledFile]) -> list[InboxFile]:
        return [
            InboxFile(f.name, original_path(self.home, f.sha256), datetime.fromisoformat(f.modified), f.sha256)
            for f in files
        ]

    def _absent(self, delivery: PulledDelivery) -> tuple[Notice, ...]:
        return tuple(absent_files(self.department, delivery.assigned, [file.name for file in delivery.files]))

    def _notices(self, month: Month) -> list[Notice]:
        attempt = self.attempt(month)
        if attempt is None:
            return []
        found = [Notice(self.department, self.table, name, "warning", reason) for name, reason in attempt.left_out]
        if attempt.problem:
            found.append(Notice(self.department, self.table, "-", "error", attempt.problem))
        if attempt.is_snapshot and not attempt.problem:
            text = f"对方只保留最新状态:这是 {attempt.at[:16].replace('T', ' ')} 取得的快照,不是月末的状态。"
            found.append(Notice(self.department, self.table, "-", "info", text))
        return found


def _hidden(value: object, hidden: Callable[[str], str]) -> object:
    """Apply ``hidden`` to every text of a JSON value."""
    match value:
        case str():
            return hidden(value)
        case list():
            return [_hidden(one, hidden) for one in value]
        case dict():
            return {name: _hidden(one, hidden) for name, one in value.items()}
    return value


def _delivery(raw: dict[str, Any]) -> PulledDelivery:
    return PulledDelivery(**raw | {"files": tuple(PulledFile(**file) for file in raw["files"])})


def records_of(home: Home, department: str) -> list[Pulled]:
    """List the records that a department has, also of locations that the settings do not name any more."""
    folders = sorted((home.restricted / "pulled" / department).glob("*/"))
    return [Pulled(home, department, None if folder.name == _OWN else folder.name) for folder in folders]


def numbered(deliveries: Sequence[PulledDelivery], new: PulledDelivery, logged: int) -> list[PulledDelivery]:
    """Append a delivery under the next number, unless the newest one is the same; the versions seen last are kept.

    ``logged`` is the highest number that landing knows: a department may have delivered into the inbox before.
    """
    if deliveries and deliveries[-1].is_same(new):
        return [*deliveries[:-1], replace(deliveries[-1], files=_with_versions(deliveries[-1].files, new.files))]
    return [*deliveries, replace(new, delivery_no=max([logged, *(d.delivery_no for d in deliveries)]) + 1)]


def _with_versions(kept: Sequence[PulledFile], seen: Sequence[PulledFile]) -> tuple[PulledFile, ...]:
    """Keep the files, each with the version that was seen last: the same content may have another time now."""
    versions = {file.name: file.version for file in seen}
    return tuple(replace(file, version=versions[file.name]) for file in kept)
