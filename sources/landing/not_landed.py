"""Recognise the tables of files before they land; nothing is stored.

Belongs here: the files in the folders of a month, and which table each is of.
Does not belong here: files that have landed (``deliveries``), new or known content (``changes``).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sources.contracts.model import Contracts, Department
from sources.landing.archive import ArchivedFile, FolderState
from sources.landing.deliveries import HeaderMatch, recognise_folder
from sources.landing.locations import InboxDelivery, content_of, read_deliveries
from sources.months import Month


def tables_in(
    folder: Path, department: Department, contracts: Contracts, month: Month, by_header: HeaderMatch
) -> Counter[str]:
    """Count the files of each table that a department's folder has for a month; the others have an empty name.

    Files that are not usual ones, or not complete, are left out.
    """
    found: Counter[str] = Counter()
    for delivery in read_deliveries(department.name, folder, month)[0]:
        state = _as_state(delivery)
        # A folder that has not landed has no hashes: a path tells its files apart as well.
        recognised = recognise_folder(lambda path: content_of(Path(path)), state, department, contracts, by_header)
        for table, deliveries in recognised.deliveries.items():
            found[table] += sum(len(d.files) for d in deliveries)
        found[""] += len(recognised.notices)
    return found


def _as_state(delivery: InboxDelivery) -> FolderState:
    files = tuple(ArchivedFile(f.name, str(f.path), f.modified.isoformat()) for f in delivery.files)
    return FolderState(delivery.delivery_no, delivery.mode, files, delivery.assigned)
