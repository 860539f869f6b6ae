"""Put together the state of a month: its tables, what it does without, the published version, outdated months.

Belongs here: one object for every page and check that says how the month is. Does not belong here: figures of the
marts (``publishing.month_pages``), Markdown and links (``assets.status_page``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from orchestration.publishing.version import Version, current
from orchestration.status.lacking import Lack, accepted_in, lacks
from orchestration.status.tables import TableStatus, table_statuses
from sources.acceptance.expected import awaits_first_delivery
from sources.acceptance.outdated import Outdated, outdated
from sources.acceptance.provenance import accepted_months, inputs_of
from sources.contracts.model import Contracts
from sources.home import Home
from sources.months import Month
from sources.notice import Notice
from workbooks import intake_report

Level = Literal["ok", "look", "act"]


@dataclass(frozen=True)
class MonthStatus:
    """How a month is, as the data home says it now."""

    month: Month
    tables: Mapping[str, tuple[TableStatus, ...]]
    """The tables of each department, in the order of the contracts."""
    not_recognised: Mapping[str, int]
    """Files of each department that belong to no table or could not be landed."""
    lacks: tuple[Lack, ...]
    """What the month does without; not for lack of tables that nobody owes yet."""
    version: Version | None
    """The published version; it may not hold the month."""
    outdated: tuple[Outdated, ...]
    """Every published month that must run again, in order."""
    gaps: tuple[Month, ...] = ()
    """Months between the first accepted one and this one without an accepted register: nothing looks back on them."""

    @property
    def is_published(self) -> bool:
        """Return True if the published version holds the month."""
        return self.version is not None and str(self.month) in self.version.months

    @property
    def is_current(self) -> bool:
        """Return True if readers see the month as its rows are accepted now."""
        return self.is_published and all(o.month != self.month for o in self.outdated)

    @property
    def of_all(self) -> tuple[TableStatus, ...]:
        """Return the tables of all departments."""
        return tuple(t for of_department in self.tables.values() for t in of_department)

    @property
    def level(self) -> Level:
        """Say whether somebody must act, because a table was rejected or the month cannot run, or look."""
        if any(t.is_rejected or t.stops_month for t in self.of_all):
            return "act"
        return "look" if any(t.state == "overdue" for t in self.of_all) else "ok"

    def outdated_with(self, month: Month) -> tuple[Outdated, ...]:
        """Return the outdated months that concern ``month``: itself, and those that are outdated because of it."""
        return tuple(o for o in self.outdated if o.month == month or any(c.month == month for c in o.changes))


def month_status(home: Home, contracts: Contracts, month: Month, today: date) -> MonthStatus:
    """Read how a month is; nothing is changed. ``today`` is a day in Shanghai.

    Raises OSError or polars' errors if ledgers or reports are damaged.
    """
    notices = {name: intake_report.load(home, about, month).notices for name, about in contracts.items()}
    owed = [d for d in contracts.datasets if not awaits_first_delivery(home, d, month)]
    return MonthStatus(
        month=month,
        tables={name: tuple(table_statuses(home, about, month, today)) for name, about in contracts.items()},
        not_recognised={name: _errors(of_department) for name, of_department in notices.items()},
        lacks=tuple(lacks(owed, accepted_in(inputs_of(home, contracts, month)), month)),
        version=current(home.published),
        outdated=tuple(outdated(home, contracts)),
        gaps=tuple(_gaps(home, contracts, month)),
    )


def _gaps(home: Home, contracts: Contracts, month: Month) -> Iterator[Month]:
    (register,) = (d for d in contracts.datasets if d.is_core)
    accepted = accepted_months(home, register)
    between = min([*accepted, month]).shift(1)
    while between < month:
        if between not in accepted:
            yield between
        between = between.shift(1)


def _errors(notices: tuple[Notice, ...]) -> int:
    return sum(n.severity == "error" for n in notices)
