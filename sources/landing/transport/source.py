"""Define what an open location offers, and how it is fetched.

Belongs here: the shapes that every kind shares. Does not belong here: how a kind fills them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sources.months import Month


@dataclass(frozen=True)
class Offer:
    """A file, or the rows of a query, that a location has for a month."""

    name: str
    """Name of the original: the path below the delivery's folder, or the table with the ending of its format."""
    path: str
    """Where the kind finds it."""
    version: str
    """Changes whenever the content may have changed; empty if only fetching it can tell."""
    size: int | None = None
    """Announced bytes."""
    modified: datetime | None = None
    """Local time in China, without a zone."""
    digest: tuple[str, str] | None = None
    """Announced hash: its algorithm, as hashlib calls it, and the digits."""
    delivery_no: int | None = None
    """Number by the department's folders (r2 is 2); None: every change at the source is the next delivery."""
    table: str | None = None
    """The dataset; None: recognised like any file."""
    is_whole: bool = False
    """Whether it appears only once it is complete, as an object in a store does."""


@dataclass(frozen=True)
class Listing:
    """What a location has for a month, and what it has that is not taken."""

    offers: tuple[Offer, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    """Name and Chinese reason, for instance of a link or a file that is still being sent."""


@dataclass(frozen=True)
class Fetched:
    """What fetching tells about an original, kept beside it."""

    rows: int | None = None
    """Rows of a query or interface; None for a file."""
    content: str = ""
    """Digest of the rows whatever their order; empty for a file, whose bytes tell."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """Query, parameters, time, source schema: what can be written as JSON; no secret."""


class Source(Protocol):
    """An open connection to a location."""

    def listing(self, month: Month) -> Listing:
        """List the month without fetching it. Raises TransportError."""

    def fetch(self, offer: Offer, month: Month, target: Path) -> Fetched:
        """Write an offer into ``target``, verified against all that the source announced of it.

        Raises TransportError; ``target`` is worthless then.
        """

    def try_out(self) -> list[tuple[str, str]]:
        """Try to list and to read one row, for the doctor: steps and what was found. Raises TransportError."""
