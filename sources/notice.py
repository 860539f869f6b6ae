"""Something that people should know about a file, a sheet or a folder.

Belongs here: the one shape of such a message. Does not belong here: results of the gate (``profile``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Notice:
    """One message in Chinese about one file; id-like digits in the name are masked, no cell content is quoted."""

    department: str
    dataset: str | None
    file_name: str
    severity: Literal["info", "warning", "error"]
    message: str
