"""Remove what the office keeps no longer than its rules say: originals, rows that were not accepted, texts of errors.

Belongs here: which files a rule concerns, removing them. Does not belong here: the rules' months (settings), the
erasure of a person (``erasure``).

Accepted rows, their identities and the marts stay: a month without originals keeps its figures, and is only not taken
in again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from sources import audit, parquet
from sources.contracts.model import Contracts
from sources.contracts.row_schema import ROWS_FILE
from sources.home import Home
from sources.landing.archive import DeliveryLog, original_path
from sources.landing.removed import record_removed
from sources.landing.taken_in import TakenIn
from sources.months import Month

Kind = Literal["originals", "quarantine", "errors"]


@dataclass(frozen=True)
class Retention:
    """How many months before the current one are kept, by kind; None keeps all."""

    originals: int | None = None
    quarantine: int | None = None
    errors: int | None = None

    def first_kept(self, kind: Kind, today: date) -> Month | None:
        """Return the earliest month that is kept; None if all are."""
        months: int | None = getattr(self, kind)
        return None if months is None else Month(today.year, today.month).shift(-months)


@dataclass(frozen=True)
class Expired:
    """A file that a rule no longer keeps, with the latest month that it belongs to."""

    kind: Kind
    month: Month
    path: Path
    size: int


@dataclass(frozen=True)
class Plan:
    """The files to remove, and the months whose originals stay because deliveries of theirs are not taken in."""

    expired: tuple[Expired, ...]
    waiting: tuple[Month, ...]


def plan(home: Home, contracts: Contracts, retention: Retention, today: date) -> Plan:
    """List the files that the rules no longer keep; remove nothing."""
    originals, waiting = _originals(home, contracts, retention.first_kept("originals", today))
    quarantine = _quarantine(home, retention.first_kept("quarantine", today))
    errors = _errors(home, retention.first_kept("errors", today))
    return Plan((*originals, *quarantine, *errors), tuple(sorted(waiting)))


def remove(home: Home, expired: Plan, today: date) -> None:
    """Remove the files of a plan; each is a line of the audit log, written before. May be repeated after a kill."""
    originals = {e.path.name: "" for e in expired.expired if e.kind == "originals"}
    if originals:
        record_removed(home, "retention", today, originals)
    for one in expired.expired:
        name = one.path.relative_to(home.restricted)
        audit.record(home, "remove", rule="retention", kind=one.kind, month=str(one.month), file=str(name))
        if one.kind == "quarantine":
            # Without rows, the file still says that the month was taken in.
            rows = parquet.read(one.path)
            with home.replacing(one.path) as temporary:
                rows.clear().write_parquet(temporary)
        else:
            one.path.unlink(missing_ok=True)


def _originals(home: Home, contracts: Contracts, first: Month | None) -> tuple[list[Expired], set[Month]]:
    """List the originals that only months before ``first`` name, and the months with deliveries not taken in."""
    if first is None:
        return [], set()
    newest: dict[str, Month] = {}
    waiting: set[Month] = set()
    for department in contracts:
        for month in DeliveryLog.months(home, department):
            log = DeliveryLog(home, department, month)
            if month < first and log.digest != TakenIn(home, department, month).landed:
                waiting.add(month)
            newest |= {sha256: max(month, newest.get(sha256, month)) for sha256 in log.hashes}
    old = {sha256: month for sha256, month in newest.items() if month < first and month not in waiting}
    there = [(month, original_path(home, sha256)) for sha256, month in sorted(old.items())]
    return [Expired("originals", m, p, p.stat().st_size) for m, p in there if p.exists()], waiting


def _quarantine(home: Home, first: Month | None) -> list[Expired]:
    if first is None:
        return []
    files = sorted(home.restricted.glob(f"quarantine/*/*/month=*/{ROWS_FILE}"))
    months = [(Month.parse(path.parent.name.removeprefix("month=")), path) for path in files]
    return [Expired("quarantine", m, p, p.stat().st_size) for m, p in months if m < first and _has_rows(p)]


def _has_rows(path: Path) -> bool:
    return bool(parquet.scan(path).select(pl.len()).collect().item())


def _errors(home: Home, first: Month | None) -> list[Expired]:
    """List the texts of errors by the day in their name."""
    if first is None:
        return []
    files = [p for p in sorted((home.restricted / "errors").glob("*.txt")) if p.name[:6].isdigit()]
    months = [(Month(int(path.name[:4]), int(path.name[4:6])), path) for path in files]
    return [Expired("errors", m, p, p.stat().st_size) for m, p in months if m < first]


def counted(expired: Plan) -> dict[tuple[Kind, Month], int]:
    """Count the files of a plan by kind and month."""
    return dict(sorted(Counter((e.kind, e.month) for e in expired.expired).items()))
