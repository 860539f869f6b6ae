"""Find files and logged deliveries that were not taken in yet.

Belongs here: comparing a month's folders with the delivery log, and the log with the record of the intake.
Does not belong here: writing anything, taking in (``intake``), starting a run (``orchestration.automation.sensors``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from sources.home import Home
from sources.landing.archive import DeliveryLog, UnreadableError, sha256_of
from sources.landing.locations import InboxDelivery
from sources.landing.places import Places, deliveries_in, months_of, of_department
from sources.landing.removed import kept_as
from sources.landing.taken_in import TakenIn
from sources.months import Month


def changed(home: Home, places: Places, month: Month) -> str | None:
    """Digest the changes of a month: places that differ from the log, and logs not taken in; None if nothing is new.

    Equal content has an equal digest, whenever it was copied. An unreadable file counts as it was last seen. An emptied
    folder is not a change.
    """
    new: list[object] = []
    for department in _departments(places):
        log = DeliveryLog(home, department, month)
        for table, place in of_department(places, department):
            for delivery in deliveries_in(place, department, month)[0]:
                if files := _new_files(home, delivery, log, table):
                    assigned = sorted(delivery.assigned.items())
                    new.append(
                        (department, table, delivery.delivery_no, delivery.mode, assigned, sorted(files.items()))
                    )
        if log.states and log.digest != TakenIn(home, department, month).landed:
            new.append((department, log.digest))
    return hashlib.sha256(json.dumps(new).encode()).hexdigest() if new else None


def _departments(places: Places) -> list[str]:
    return sorted({key.partition("/")[0] for key in places})


def changed_months(home: Home, places: Places, months: Iterable[Month]) -> dict[Month, str]:
    """Map each month with changes to their digest, in order; months in no place and no log are skipped."""
    there = {month for place in places.values() for month in months_of(place)}
    logged = {month for department in _departments(places) for month in DeliveryLog.months(home, department)}
    digests = {month: changed(home, places, month) for month in sorted((there | logged).intersection(months))}
    return {month: digest for month, digest in digests.items() if digest}


def _new_files(home: Home, delivery: InboxDelivery, log: DeliveryLog, table: str) -> dict[str, str]:
    """Map the files of a folder to their hashes if it differs from its last logged state; empty if it does not."""
    last = log.last(delivery.delivery_no, table)
    before = {f.name: f.sha256 for f in last.files} if last else {}
    files = {name: sha256 for name, sha256 in before.items() if name in delivery.unreadable}
    for file in delivery.files:
        try:
            sha256 = kept_as(home, file.sha256 or _sha256_now(file.path))
            files[log.logged_name(delivery.delivery_no, file.name, sha256, table)] = sha256
        except (OSError, UnreadableError):
            files |= {file.name: before[file.name]} if file.name in before else {}
    same = last and (last.mode, last.assigned, before) == (delivery.mode, delivery.assigned, files)
    return {} if same else files


def _sha256_now(path: Path) -> str:
    state = path.lstat()
    return _sha256(path, state.st_size, state.st_ctime_ns)


@lru_cache(maxsize=20_000)
def _sha256(path: Path, size: int, changed: int) -> str:
    """Hash a file; an untouched file is not read again.

    ``changed`` is the time of the inode's last change, which nobody can set: a copy may keep an old modification time.
    """
    return sha256_of(path)
