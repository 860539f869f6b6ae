"""Whether a data home is that of a city, for commands and alerts.

Belongs here: the file by which it is known, refusing what a city has not. Does not belong here: what is in the file
(``orchestration.city.counties``).
"""

from __future__ import annotations

from pathlib import Path

from orchestration.runtime.errors import ShouwangError

FILE = "city.toml"


class CityError(ShouwangError):
    """The home is no city's, or its file cannot be used, or a city has no such thing."""


def is_city(home: Path) -> bool:
    """Return whether a home is that of a city."""
    return (home / FILE).is_file()


def refuse_city(home: Path, instead: str) -> None:
    """Raise CityError if the home is a city's; ``instead`` says in Chinese why, and what to do."""
    if is_city(home):
        raise CityError(f"{home} 是市级数据目录(有 {FILE}):{instead}。")
