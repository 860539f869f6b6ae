"""Find files and logged deliveries that were not taken in yet.

Belongs here: comparing a month's folders with the delivery log, and the log with the record of the intake.
Does not belong here: writing anything, taking in (``intake``), starting a run (``orchestration.automation.sensors``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from sources.home import Home
from sources.landing.archive import DeliveryLog, UnreadableError, sha256_of
from sources.landing.locations import InboxDelivery, months_in, read_deliveries
from sources.landing.removed import kept_as
from sources.landing.taken_in import TakenIn
from sources.months import Month


def changed(home: Home, locations: Mapping[str, Path], month: Month) -> str | None:
    """Digest the changes of a month: folders that differ from the log, and logs not taken in; None if nothing is new.

    Equal content has an equal digest, whenever it was copied. An unreadable file counts as it was last seen. An emptied
    folder is not a change.
    """
    new: list[object] = []
    for department, location in sorted(locations.items()):
        log = DeliveryLog(home, department, month)
        for delivery in read_deliveries(department, location, month)[0]:
            if files := _new_files(home, delivery, log):
                assigned = sorted(delivery.assigned.items())
                new.append((department, delivery.delivery_no, delivery.mode, assigned, sorted(files.items())))
        if log.states and log.digest != TakenIn(home, department, month).landed:
            new.append((department, log.digest))
    return hashlib.sha256(json.dumps(new).encode()).hexdigest() if new else None


def changed_months(home: Home, locations: Mapping[str, Path], months: Iterable[Month]) -> dict[Month, str]:
    """Map each month with changes to their digest, in order; months in no location and no log are skipped."""
    there = {month for location in locations.values() for month in months_in(location)}
    logged = {month for department in locations for month in DeliveryLog.months(home, department)}
    digests = {month: changed(home, locations, month) for month in sorted((there | logged).intersection(months))}
    return {month: digest for month, digest in digests.items() if digest}


def _new_files(home: Home, delivery: InboxDelivery, log: DeliveryLog) -> dict[str, str]:
    """Map the files of a folder to their hashes if it differs from its last logged state; empty if it does not."""
    last = log.last(delivery.delivery_no)
    before = {f.name: f.sha256 for f in last.files} if last else {}
    files = {name: sha256 for name, sha256 in before.items() if name in delivery.unreadable}
    for file in delivery.files:
        try:
            state = file.path.lstat()
            sha256 = kept_as(home, _sha256(file.path, state.st_size, state.st_ctime_ns))
            files[log.logged_name(delivery.delivery_no, file.name, sha256)] = sha256
        except (OSError, UnreadableError):
            files |= {file.name: before[file.name]} if file.name in before else {}
    same = last and (last.mode, last.assigned, before) == (delivery.mode, delivery.assigned, files)
    return {} if same else files


@lru_cache(maxsize=20_000)
def _sha256(path: Path, size: int, changed: int) -> str:
    """Hash a file; an untouched file is not read again.

    ``changed`` is the time of the inode's last change, which nobody can set: a copy may keep an old modification time.
    """
    return sha256_of(path)
