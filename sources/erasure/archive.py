"""Take a person out of the archive: replace the originals that mention the person, and their hashes in the records.

Belongs here: the order in which archive, removals, log and pulls change, so that a kill loses nothing.
Does not belong here: writing an original again (``originals``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date

from sources.contracts.model import Contracts
from sources.erasure.mentions import file_mentions
from sources.erasure.originals import CannotRewriteError, without_person
from sources.erasure.person import Person
from sources.home import Home
from sources.landing.archive import ArchivedFile, DeliveryLog, FolderState, fetch, is_intact, original_path
from sources.landing.pulled import records_of
from sources.landing.removed import record_removed
from sources.months import Month
from sources.reading.files import Read
from sources.refusal import DamagedOriginalError, RefusedError


@dataclass
class Replaced:
    """The originals that were replaced, those that could not be, and the months whose files they are."""

    hashes: dict[str, str] = field(default_factory=dict)
    not_rewritten: list[str] = field(default_factory=list)
    months: set[Month] = field(default_factory=set)


def replace_originals(
    home: Home, contracts: Contracts, person: Person, read: Read, today: date, dry_run: bool = False
) -> Replaced:
    """Replace every logged original that mentions the person, and mask the person in the names of files.

    The new original is complete before the log names it, and the old one goes last: after a kill, the next erasure
    finds what is left. With ``dry_run`` nothing is written.
    """
    done, searched = Replaced(), set[str]()
    logs = [(m, DeliveryLog(home, d, m)) for d in contracts for m in DeliveryLog.months(home, d)]
    for month, log in logs:
        for file in {f.sha256: f for state in log.states for f in state.files}.values():
            if file.sha256 not in searched:
                searched.add(file.sha256)
                _replace(home, file, person, read, done, dry_run)
        if log.hashes & set(done.hashes):
            done.months.add(month)
    if dry_run:
        return done
    if done.hashes:
        record_removed(home, "erase", today, done.hashes)
    for record, month in [(r, m) for d in contracts for r in records_of(home, d) for m in r.months()]:
        record.rewrite(month, person.hide, done.hashes)
    for _, log in logs:
        log.rewrite([_state(state, person, done.hashes) for state in log.states])
    for sha256 in done.hashes:
        original_path(home, sha256).unlink(missing_ok=True)
    _remove_strays(home, person, {h for _, log in logs for h in log.hashes})
    return done


def _replace(home: Home, file: ArchivedFile, person: Person, read: Read, done: Replaced, dry_run: bool) -> None:
    try:
        content = fetch(home, file.sha256)
    except DamagedOriginalError:
        return
    except RefusedError:
        done.not_rewritten.append(file.sha256)
        return
    try:
        new = without_person(content, file.name, person, read)
    except CannotRewriteError:
        done.not_rewritten.append(file.sha256)
        return
    if new is None:
        return
    sha256 = hashlib.sha256(new).hexdigest()
    done.hashes[file.sha256] = sha256
    if not dry_run and not is_intact(home, sha256):
        with home.replacing(original_path(home, sha256)) as temporary:
            temporary.write_bytes(new)


def _state(state: FolderState, person: Person, hashes: dict[str, str]) -> FolderState:
    files = tuple(
        replace(f, name=person.hide(f.name), sha256=hashes.get(f.sha256, f.sha256)) for f in state.files
    )  # fmt: skip
    return replace(state, files=files, assigned={person.hide(n): dataset for n, dataset in state.assigned.items()})


def _remove_strays(home: Home, person: Person, logged: set[str]) -> None:
    """Remove originals that no log names and that mention the person: a killed erasure left them."""
    for path in home.archive.glob("*/*"):
        if path.name not in logged and file_mentions(path, person.needles):
            path.unlink()
