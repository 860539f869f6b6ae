"""Tell where landing reads each department's deliveries: a folder of months, or the record of what was pulled.

Belongs here: the place of a department or table, reading the deliveries of either kind of place.
Does not belong here: listing a folder (``locations``), pulling (``pull``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from sources.contracts.model import Contracts
from sources.home import Home
from sources.landing.locations import InboxDelivery, months_in, read_deliveries
from sources.landing.pulled import Pulled
from sources.landing.settling import Waiting
from sources.landing.transport.location import Location
from sources.months import Month
from sources.notice import Notice

Place = Path | Pulled
Places = Mapping[str, Place]
"""Place by ``department`` or ``department/table``; every department has one."""


class UnknownLocationError(Exception):
    """The settings name a department or table that no contract has; the message is Chinese."""


def places_of(home: Home, contracts: Contracts, locations: Mapping[str, Location | Path]) -> dict[str, Place]:
    """Map departments, and tables with a location of their own, to their places; the inbox is the default.

    Raises UnknownLocationError if a key is no department and no table.
    """
    found: dict[str, Place] = {name: home.inbox / name for name in contracts}
    tables = {f"{d.department}/{d.name}" for d in contracts.datasets}
    for key, location in locations.items():
        if key not in tables | set(contracts):
            known = f"{'、'.join(contracts)},或“部门/数据表”"
            raise UnknownLocationError(f"设置中的 locations 含有未知的部门或数据表 {key};可用:{known}")
        department, _, table = key.partition("/")
        found[key] = Pulled(home, department, table or None) if isinstance(location, Location) else location
    return found


def folders(places: Places) -> dict[str, Path]:
    """Return the places that are folders."""
    return {key: place for key, place in places.items() if isinstance(place, Path)}


def of_department(places: Places, department: str) -> Iterator[tuple[str, Place]]:
    """Yield a department's places, each with the table that it is for; empty for the department's own."""
    for key, place in sorted(own(places, department).items()):
        yield key.partition("/")[2], place


def deliveries_in(
    place: Place, department: str, month: Month, settle_seconds: float = 0.0, waiting: Waiting | None = None
) -> tuple[list[InboxDelivery], list[Notice]]:
    """List the deliveries of a month by number, and notices about what was left out."""
    if isinstance(place, Pulled):
        return place.landed(month)
    return read_deliveries(department, place, month, settle_seconds, waiting)


def months_of(place: Place) -> list[Month]:
    """List the months that a place has."""
    return place.months() if isinstance(place, Pulled) else months_in(place)


def own(places: Places, department: str) -> dict[str, Place]:
    """Return the places of one department and its tables."""
    return {key: place for key, place in places.items() if key.partition("/")[0] == department}


def file_count(place: Place, month: Month) -> int:
    """Count the files that a place has for a month."""
    if isinstance(place, Pulled):
        return len({file.name for delivery in place.deliveries(month) for file in delivery.files})
    return sum(1 for path in (place / str(month)).rglob("*") if path.is_file())


def not_readable(place: Place, month: Month) -> list[str]:
    """Name the files and folders of a month in a folder of ours that this account cannot read."""
    if isinstance(place, Pulled):
        return []
    folder = place / str(month)
    return [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if not os.access(path, os.R_OK)]
