"""Colour towns on a map."""

from __future__ import annotations

from pathlib import Path

from reports.marts import Marts


def maps(marts: Marts, geometry: Path | None) -> str:
    """Return the section of the page with the maps."""
    return ""
