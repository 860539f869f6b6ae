"""Ask every location of the settings at once whether it has something new; nothing is fetched.

Belongs here: which months are asked for, failures in few words. Does not belong here: comparing with what was pulled
(``sources.landing.offered``), requesting runs (``sensors``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from functools import partial

from orchestration.runtime.settings import Settings
from orchestration.runtime.together import asked, is_asked
from sources.contracts.model import Contracts, Department
from sources.landing.offered import offered_changes
from sources.landing.pull import pulled_locations
from sources.landing.pulled import Pulled
from sources.landing.transport import Location
from sources.landing.transport.trouble import TransportError
from sources.months import Month

PATIENCE_SECONDS = 25.0
"""How long all locations together may take: Dagster ends a tick after a minute, and folders are looked at as well."""
MONTHS = 13
"""Newest months that are asked for: a year back, as far as departments correct; older ones with ``shouwang pull``."""
LATE = "没有按时回应"

Found = dict[Month, str] | str
"""Digests of what is new by month, or why the location could not be asked."""


def poll(
    settings: Settings, contracts: Contracts, months: Collection[Month], patience: float = PATIENCE_SECONDS
) -> tuple[dict[Month, str], list[str]]:
    """Return a digest for each month with something new at a location, and a short sentence for each that failed."""
    newest = sorted(months)[-MONTHS:]
    locations = {
        f"poll {d.name} {pulled.table or ''}".strip(): (pulled, location, d)
        for d in contracts.values()
        for pulled, location in pulled_locations(settings.paths, d, settings.locations)
    }
    # A location that has not answered the last time is not asked twice at once.
    questions = {
        key: partial(_found, pulled, location, department, newest)
        for key, (pulled, location, department) in locations.items()
        if not is_asked(key)
    }
    answers: Mapping[str, Found] = asked(questions, patience)
    failed = [
        f"{_named(pulled, department)}:{answer}"
        for key, (pulled, _, department) in locations.items()
        if isinstance(answer := answers.get(key, LATE), str)
    ]
    new = {key: answer for key, answer in answers.items() if isinstance(answer, dict)}
    changed = {month for answer in new.values() for month in answer}
    return {month: _digest(new, month) for month in sorted(changed)}, failed


def _found(pulled: Pulled, location: Location, department: Department, months: Collection[Month]) -> Found:
    try:
        return offered_changes(pulled, location, department, months)
    except TransportError as error:
        return error.cause
    except Exception as error:
        # Its text may quote a secret or a name.
        return f"程序出错({type(error).__name__})"


def _named(pulled: Pulled, department: Department) -> str:
    return department.label.split("(")[0] + (f"《{department[pulled.table].label}》" if pulled.table else "")


def _digest(found: Mapping[str, Mapping[Month, str]], month: Month) -> str:
    new = sorted((key, digests[month]) for key, digests in found.items() if month in digests)
    return hashlib.sha256(json.dumps(new).encode()).hexdigest()
