"""An answer of the doctor, and where a location is.

Belongs here: what all looks of the doctor share. Does not belong here: looking (``doctor``, ``doctor_month``,
``try_sources``), how answers are shown (``console``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sources.landing.transport.location import Location

Level = Literal["ok", "info", "look", "problem"]
"""``look`` deserves a look and stops nothing; with a ``problem`` the month cannot run, or identities are open."""


@dataclass(frozen=True)
class Answer:
    """One line of the doctor: what was looked at, how it is, what to do."""

    subject: str
    level: Level
    text: str


def where(location: Location | Path) -> str:
    """Name a location of the settings, without its secrets."""
    return str(location) if isinstance(location, Path) else f"{location.label} {location.shown}"
