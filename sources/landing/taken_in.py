"""Record the deliveries that each dataset was taken in from, so that a landed delivery is new until it is taken in.

The record is written after the accepted rows. If a run dies between the two, the delivery stays new, and the next run
takes it in again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sources.home import Home
from sources.landing.deliveries import DatasetDelivery
from sources.months import Month


def digest_of(deliveries: Iterable[DatasetDelivery]) -> str:
    """Digest the landed deliveries of one dataset, even if there are none: numbers, modes, file names and hashes."""
    seen = [(d.delivery_no, d.mode, sorted((f.name, f.sha256) for f in d.files)) for d in deliveries]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def record_path(home: Home, department: str, month: Month) -> Path:
    """Return the path of a record."""
    return home.restricted / "taken_in" / department / f"{month}.json"


def records(home: Home, department: str) -> list[Month]:
    """List the months for which a department has a record."""
    return sorted(Month.parse(p.stem) for p in (home.restricted / "taken_in" / department).glob("????-??.json"))


class TakenIn:
    """The record of one department and month: digests of deliveries, and of the register that masked people."""

    def __init__(self, home: Home, department: str, month: Month) -> None:
        self._home = home
        self._path = record_path(home, department, month)
        kept = _kept(self._path)
        self.landed: str | None = kept.get("landed")
        """Digest of the delivery log when every dataset was last up to date with it; None if that never happened."""
        self._datasets: dict[str, dict[str, str]] = kept.get("datasets", {})

    def holds(self, dataset: str, deliveries: str) -> bool:
        """Return True if the dataset was taken in from exactly these deliveries; no record means from none."""
        return self._datasets.get(dataset, {}).get("deliveries", digest_of(())) == deliveries

    @property
    def delivered(self) -> list[str]:
        """The datasets that were taken in from at least one delivery."""
        return [name for name, kept in self._datasets.items() if kept["deliveries"] != digest_of(())]

    def people_of(self, dataset: str) -> str | None:
        """Return the digest of the register that masked the dataset's texts; None without a record."""
        return self._datasets.get(dataset, {}).get("people")

    def record(self, dataset: str, deliveries: str, people: str) -> None:
        """Record that the dataset was taken in from these deliveries, masked by this register."""
        self._datasets[dataset] = {"deliveries": deliveries, "people": people}

    def save(self) -> None:
        """Write the record. Raises OSError if it cannot be written."""
        content = {"landed": self.landed, "datasets": self._datasets}
        with self._home.replacing(self._path) as temporary:
            temporary.write_text(json.dumps(content), "utf-8")


def _kept(path: Path) -> dict[str, Any]:
    """Read a record; a damaged one is none, so that everything is taken in again."""
    try:
        kept = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
