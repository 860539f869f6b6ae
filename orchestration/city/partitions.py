"""Define the months that a city can unite: from the first month that a county has published.

Belongs here: the partitions of a city's assets. Does not belong here: those of a county (``orchestration.partitions``).
"""

from __future__ import annotations

from datetime import datetime

from dagster import MonthlyPartitionsDefinition

from orchestration.city.taking import FOLDER
from orchestration.partitions import make_months
from orchestration.publishing.version import current
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.home import Home
from sources.months import Month


def months_taken(home: Home) -> list[Month]:
    """List the months in the copies that the city has; storage of counties may be away when definitions load."""
    versions = [current(copies) for copies in sorted((home.warehouse / FOLDER).glob("*"))]
    return sorted({Month.parse(month) for version in versions if version for month in version.months})


def _make(settings: Settings) -> MonthlyPartitionsDefinition:
    months = months_taken(settings.paths)
    known = {"first_month": months[0]} if months and not settings.first_month else {}
    return make_months(settings.model_copy(update=known), datetime.now(ZONE).date())


MONTHS = _make(Settings())
