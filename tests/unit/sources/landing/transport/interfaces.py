"""An interface of the HTTPS server as a location: its settings, and what it gives or why not.

Does not belong here: what is expected of either.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sources.landing.transport import location_of
from sources.landing.transport.interface import InterfaceLocation
from sources.landing.transport.source import Fetched, Listing, Offer
from sources.landing.transport.trouble import TransportError
from sources.months import Month
from tests.servers.https import HttpsServer

JUNE = Month(2021, 6)
TABLE = "medical_settlements"
PAGED = {"rows": "rows", "total": "total", "page": {"number": "page", "size": "size", "per_page": 100}}
ROWS = [{"姓名": f"甲{number}", "金额": number} for number in range(250)]


class Interface:
    """A path of a server, and the settings for it."""

    def __init__(self, server: HttpsServer, path: str, tmp_path: Path, **settings: Any) -> None:
        entry = {
            "url": f"{server.url}{path}",
            "ca_file": str(server.ca_file),
            "params": {"month": "{month:%Y%m}"},
            **settings,
        }
        location = location_of({k: v for k, v in entry.items() if v is not None}, tmp_path)
        assert isinstance(location, InterfaceLocation)
        self.location, self.target = location, tmp_path / "target"

    def listing(self, tables: Sequence[str] = (TABLE,)) -> Listing:
        with self.location.open(tables) as source:
            return source.listing(JUNE)

    def offer(self) -> Offer:
        (offer,) = self.listing().offers
        return offer

    def fetch(self, offer: Offer | None = None) -> Fetched:
        self.target.touch()
        with self.location.open([TABLE]) as source:
            return source.fetch(offer or source.listing(JUNE).offers[0], JUNE, self.target)

    def lines(self) -> list[str]:
        self.fetch()
        return self.target.read_text("utf-8").splitlines()

    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.lines()]

    def problem(self) -> TransportError:
        """The failure; it says what to do, and quotes nothing that the server sent."""
        with pytest.raises(TransportError) as refused:
            self.fetch()
        assert refused.value.todo
        assert "refused on purpose" not in str(refused.value)
        return refused.value
