"""Record the deliveries that each dataset was taken in from, so that a landed delivery is new until it is taken in.

The record is written after the accepted rows. If a run dies between the two, the delivery stays new, and the next run
takes it in again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from sources.home import Home
from sources.landing.deliveries import DatasetDelivery
from sources.months import Month


def digest_of(deliveries: Iterable[DatasetDelivery]) -> str:
    """Digest the landed deliveries of one dataset, even if there are none: numbers, modes, file names and hashes."""
    seen = [(d.delivery_no, d.mode, sorted((f.name, f.sha256) for f in d.files)) for d in deliveries]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


class TakenIn:
    """The record of one department and month: digests of deliveries, and of the register that masked people."""

    def __init__(self, home: Home, department: str, month: Month) -> None:
        self._home = home
        self._path = home.restricted / "taken_in" / department / f"{month}.json"
        kept = json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}
        self.landed: str | None = kept.get("landed")
        """Digest of the delivery log when every dataset was last up to date with it; None if that never happened."""
        self._datasets: dict[str, dict[str, str]] = kept.get("datasets", {})

    def holds(self, dataset: str, deliveries: str) -> bool:
        """Return True if the dataset was taken in from exactly these deliveries; no record means from none."""
        return self._datasets.get(dataset, {}).get("deliveries", digest_of(())) == deliveries

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
