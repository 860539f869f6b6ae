"""Find what a location offers that was not pulled yet, by listing it only.

Belongs here: comparing offers with the record. Does not belong here: fetching (``pull``), asking at intervals
(``orchestration.automation.polling``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sources.contracts.model import Department
from sources.landing.locations import LOCAL_TIME
from sources.landing.pull import last_complete, tables_of
from sources.landing.pulled import Pulled, PulledDelivery
from sources.landing.settings import SETTINGS_FILE
from sources.landing.transport.location import Location
from sources.landing.transport.source import Offer
from sources.months import Month

AGAIN_AFTER = timedelta(hours=1)
"""How long a pull that failed, and may succeed later, is left alone before its offers count as new once more."""


def offered_changes(
    pulled: Pulled, location: Location, department: Department, months: Iterable[Month], now: datetime | None = None
) -> dict[Month, str]:
    """Map each month with something new at a location to a digest of it; equal offers have equal digests.

    An offer is new if its version is not that of the record. One without a version, which only fetching can tell, is
    new if nothing was ever pulled for the month. What vanished is not new. Raises TransportError.
    """
    now = now or datetime.now(LOCAL_TIME).replace(tzinfo=None)
    asked = sorted(m for m in months if location.keeps_months or m == last_complete(now))
    if not asked:
        return {}
    with location.open(tables_of(pulled, department)) as source:
        new = {month: _new(pulled, source.listing(month).offers, month) for month in asked}
    return {month: _digest(offers, _failed_at(pulled, month, now)) for month, offers in new.items() if offers}


def _new(pulled: Pulled, offers: Sequence[Offer], month: Month) -> list[Offer]:
    before = pulled.deliveries(month)
    return [offer for offer in offers if not _is_known(pulled, offer, before)]


def _is_known(pulled: Pulled, offer: Offer, before: Sequence[PulledDelivery]) -> bool:
    if offer.name == SETTINGS_FILE and offer.delivery_no:
        return (offer.delivery_no, offer.version) in {(d.delivery_no, d.settings_version) for d in before}
    if not offer.version:
        return bool(before)
    former = pulled.former(offer, before)
    return former is not None and former.version == offer.version


def _failed_at(pulled: Pulled, month: Month, now: datetime) -> str:
    """Return the time of the newest pull if it failed some time ago and may succeed now; empty otherwise."""
    attempt = pulled.attempt(month)
    if attempt and attempt.is_passing and now - datetime.fromisoformat(attempt.at) > AGAIN_AFTER:
        return attempt.at
    return ""


def _digest(offers: Sequence[Offer], failed_at: str) -> str:
    new = sorted((o.delivery_no or 0, o.name, o.version) for o in offers)
    return hashlib.sha256(json.dumps([new, failed_at]).encode()).hexdigest()
