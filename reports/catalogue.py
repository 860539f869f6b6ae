"""The words of the catalogues that documents need, handed in by whoever keeps the catalogues.

Belongs here: the form. Does not belong here: reading the seeds, Chinese for them (``orchestration.dictionary``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """How an indicator is defined: numerator and denominator in words, and the tables that it needs."""

    numerator: str
    denominator: str
    datasets: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Chinese words by code."""

    indicators: Mapping[str, Definition]
    parameters: Mapping[str, str]
    """Label by name of a parameter."""
    conflicts: Mapping[str, tuple[str, str]]
    """Name and definition by code of a reconciliation rule."""
