"""What lies in the departments' locations and was not taken in yet.

Belongs here: comparing a month's folders with the log of deliveries. Nothing is stored.
Does not belong here: taking in (``intake``), when to do so (``orchestration.automation.sensors``).
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
from sources.months import Month


def pending(home: Home, locations: Mapping[str, Path], month: Month) -> str | None:
    """A digest of the folders of a month that are not as the intake last saw them; None where all are.

    The same content has the same digest, whenever it was copied. Files that cannot be read now count as they were
    seen before; an emptied folder is nothing new.
    """
    new = [
        (department, delivery.delivery_no, delivery.mode, sorted(delivery.assigned.items()), sorted(files.items()))
        for department, location in sorted(locations.items())
        for delivery in read_deliveries(department, location, month)[0]
        if (files := _new_files(delivery, DeliveryLog(home, department, month)))
    ]
    return hashlib.sha256(json.dumps(new).encode()).hexdigest() if new else None


def pending_months(home: Home, locations: Mapping[str, Path], months: Iterable[Month]) -> dict[Month, str]:
    """The digest of each of the months for which something lies there that was not taken in, in order."""
    there = {month for location in locations.values() for month in months_in(location)}
    digests = {month: pending(home, locations, month) for month in sorted(there.intersection(months))}
    return {month: digest for month, digest in digests.items() if digest}


def _new_files(delivery: InboxDelivery, log: DeliveryLog) -> dict[str, str]:
    """Names and hashes of a folder that is not as it was last seen; nothing where it is."""
    last = log.last(delivery.delivery_no)
    before = {f.name: f.sha256 for f in last.files} if last else {}
    files = {name: sha256 for name, sha256 in before.items() if name in delivery.unreadable}
    for file in delivery.files:
        try:
            state = file.path.lstat()
            files[file.name] = _sha256(file.path, state.st_size, state.st_ctime_ns)
        except (OSError, UnreadableError):
            files |= {file.name: before[file.name]} if file.name in before else {}
    same = last and (last.mode, last.assigned, before) == (delivery.mode, delivery.assigned, files)
    return {} if same else files


@lru_cache(maxsize=20_000)
def _sha256(path: Path, size: int, changed: int) -> str:
    """The hash of a file; one that was not touched since is not read again.

    By the time of the last change of any kind, which nobody can set: a copy may bring an old modification time.
    """
    return sha256_of(path)
