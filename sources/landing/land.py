"""Land a department's month: archive what its location holds and log the state of every delivery folder."""

from __future__ import annotations

from dataclasses import dataclass

from sources.home import Home
from sources.landing.archive import ArchivedFile, DeliveryLog, FolderState, UnreadableError, keep_original
from sources.landing.locations import UNREADABLE, InboxDelivery
from sources.landing.places import Places, deliveries_in, of_department
from sources.landing.removed import kept_as
from sources.landing.settling import Waiting
from sources.months import Month
from sources.notice import Notice
from sources.text import masked

FAULTY = "收取文件时出错,这个部门的文件可能没有收全,以前收到的仍然有效,其他部门不受影响;请联系技术人员。"


@dataclass(frozen=True)
class Landing:
    """The result of a landing: the updated log, the number of new folder states, notices about files left out."""

    log: DeliveryLog
    new_states: int
    notices: tuple[Notice, ...]
    fault: Exception | None = None
    """Unexpected error that ended the landing; its text may quote a name."""


def land(
    home: Home,
    department: str,
    places: Places,
    month: Month,
    settle_seconds: float = 0.0,
    waiting: Waiting | None = None,
) -> Landing:
    """Archive the files of a department's month and log each delivery that changed.

    An unreadable file keeps its last logged state. A damaged original is repaired if its file is still there. Any fault
    of a folder stays the department's: the result says so, and the states logged so far still count. Raises OSError if
    the archive cannot be written (for instance because the disk is full).
    """
    log = DeliveryLog(home, department, month)
    before = len(log.states)
    notices: list[Notice] = []
    fault: Exception | None = None
    try:
        for table, place in of_department(places, department):
            deliveries, left_out = deliveries_in(place, department, month, settle_seconds, waiting)
            notices += left_out
            for delivery in deliveries:
                state, failed = _archived(home, department, delivery, log, table)
                notices += [*delivery.notices, *failed]
                log.add(state)
    except OSError:
        raise
    except Exception as error:
        fault = error
        notices.append(Notice(department, None, str(month), "error", FAULTY))
    return Landing(log, len(log.states) - before, tuple(notices), fault)


def _archived(
    home: Home, department: str, delivery: InboxDelivery, log: DeliveryLog, table: str
) -> tuple[FolderState, list[Notice]]:
    files, notices, unreadable = [], [], set(delivery.unreadable)
    for file in delivery.files:
        try:
            sha256 = kept_as(home, file.sha256) if file.sha256 else keep_original(home, file.path, log.hashes)
        except UnreadableError:
            notices.append(Notice(department, None, masked(file.name), "error", f"文件{UNREADABLE}"))
            unreadable.add(file.name)
            continue
        name = log.logged_name(delivery.delivery_no, file.name, sha256, table)
        received = log.received_at(delivery.delivery_no, name, sha256, file.modified, table)
        files.append(ArchivedFile(name, sha256, received))
    last = log.last(delivery.delivery_no, table)
    files += [f for f in (last.files if last else ()) if f.name in unreadable]
    return FolderState(delivery.delivery_no, delivery.mode, tuple(files), delivery.assigned, table), notices
