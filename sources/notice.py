"""Define a notice: a message for people about a file, a sheet or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Notice:
    """A message in Chinese about one file; it masks numbers that look like an id and quotes no cell."""

    department: str
    dataset: str | None
    file_name: str
    severity: Literal["info", "warning", "error"]
    message: str
