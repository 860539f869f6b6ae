"""Clear away what replaced rows leave in the files of PostgreSQL: their bytes, and frequent values in statistics.

Belongs here: what an erasure and another secret ask for. Does not belong here: the rows themselves (``load``).
The server's write-ahead log and backups are its administrator's.
"""

from __future__ import annotations

import time

from orchestration.publishing.postgres import rights
from orchestration.publishing.postgres.session import BusyError, Session
from orchestration.publishing.postgres.shape import Place, relation

PAUSES = (1.0, 3.0, 10.0)
"""Seconds before a table that somebody reads is tried again."""
_STATISTICS = ("pg_catalog", "pg_statistic")


def scrub(opened: Session, lock_seconds: float) -> list[Place]:
    """Write every table again without remains, and count its statistics again; readers wait for one table at a time.

    Returns the tables that were in use all the time. Raises TransportError.
    """
    with opened.alone():
        places = opened.rows(f"select distinct schema_name, table_name from {relation(rights.LOADED)} order by 1, 2")
        opened.run(f"set lock_timeout = '{lock_seconds}s'")
        return [p for p in (*places, rights.LOADED, _STATISTICS) if not _is_written_again(opened, (p[0], p[1]))]


def _is_written_again(opened: Session, place: Place) -> bool:
    for pause in (*PAUSES, None):
        try:
            opened.run(f"vacuum (full{'' if place == _STATISTICS else ', analyze'}) {relation(place)}")
            return True
        except BusyError:
            if pause is not None:
                time.sleep(pause)
    return False
