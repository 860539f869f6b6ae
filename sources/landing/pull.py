"""Pull a month from a location: what is new there is fetched, verified, archived and recorded as a delivery.

Belongs here: the order of the steps, what counts as new, one location's failure as one sentence.
Does not belong here: how a kind of location works (``transport``), recognising and reading (later stages).

Nothing counts as received before it is verified and in the archive. A pull that fails or is killed leaves the record of
the last good one; what it had archived is not fetched again in vain, it is only not known yet.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sources.contracts.model import Department
from sources.home import Home
from sources.landing.archive import DeliveryLog, take_original
from sources.landing.locations import LOCAL_TIME
from sources.landing.pulled import Attempt, Pulled, PulledDelivery, PulledFile, numbered
from sources.landing.settings import SETTINGS_FILE, DeliverySettings, read_settings
from sources.landing.settling import Waiting
from sources.landing.transport.files import BEING_SENT
from sources.landing.transport.location import Location
from sources.landing.transport.source import Offer, Source
from sources.landing.transport.trouble import OneFileError, TransportError
from sources.months import Month
from sources.text import masked

UNCHANGED = "以前收到的仍然有效,其他部门不受影响"
EARLIER = (
    "这个月以前收到过第 {known} 批,它仍然有效;对方的文件夹只到第 {there} 批,不会替换它,"
    "要替换请对方把文件放入该月文件夹的 r{next}"
)
VANISHED = "对方那里已没有这个文件,这一批不再包含它;如果不是有意删除,请对方放回"
GONE = "对方那里已没有这个月的文件,以前收到的仍然有效"


@dataclass(frozen=True)
class PullResult:
    """What a pull found and did."""

    pulled: Pulled
    shown: str
    """The place, as logs may show it."""
    offered: int = 0
    fetched: int = 0
    bytes: int = 0
    rows: int | None = None
    seconds: float = 0.0
    new_deliveries: int = 0
    problem: str = ""
    is_passing: bool = False
    """Whether trying again may help."""
    left_out: tuple[tuple[str, str], ...] = field(default=())
    snapshot_at: str = ""
    """When the newest state was taken (ISO local time) of a location that keeps no months."""


def pulled_locations(
    home: Home, department: Department, locations: Mapping[str, Location | Path]
) -> list[tuple[Pulled, Location]]:
    """List a department's locations that are pulled, each with its record: its own, then those of its tables."""
    keys = {department.name: None} | {f"{department.name}/{d.name}": d.name for d in department.datasets}
    return [
        (Pulled(home, department.name, table), location)
        for key, table in keys.items()
        if isinstance(location := locations.get(key), Location)
    ]


def pull_department(
    home: Home,
    department: Department,
    locations: Mapping[str, Location | Path],
    month: Month,
    settle_seconds: float = 0.0,
    waiting: Waiting | None = None,
) -> list[PullResult]:
    """Pull a department's month from each of its locations; a failure of one stays its own. Raises OSError."""
    return [
        pull(pulled, location, department, month, settle_seconds, waiting)
        for pulled, location in pulled_locations(home, department, locations)
    ]


def pull(
    pulled: Pulled,
    location: Location,
    department: Department,
    month: Month,
    settle_seconds: float = 0.0,
    waiting: Waiting | None = None,
) -> PullResult:
    """Pull a month from one location; a failure of the other side is a result. Raises OSError if our own disk fails."""
    began, now = time.monotonic(), datetime.now(LOCAL_TIME).replace(tzinfo=None, microsecond=0)
    result = PullResult(pulled, location.shown)
    before = pulled.deliveries(month)
    if before and not location.keeps_months and month < last_complete(now):
        # The month's snapshot was taken in its time; there is nothing to ask for any more.
        taken = pulled.attempt(month)
        return replace(result, snapshot_at=taken.at if taken else "")
    attempt = Attempt(now.isoformat(), is_snapshot=not location.keeps_months)
    try:
        _require_current(location, month, now)
        with location.open(tables_of(pulled, department)) as source:
            pulling = _Month(pulled, source, month, before, result)
            after = pulling.run(settle_seconds, waiting)
        result = replace(_with_faults(pulling, department), snapshot_at=attempt.at if attempt.is_snapshot else "")
    except TransportError as error:
        problem = _sentence(pulled, department, month, error)
        result, after = replace(result, problem=problem, is_passing=error.is_passing), before
    attempt = replace(attempt, left_out=result.left_out, problem=result.problem, is_passing=result.is_passing)
    pulled.save(month, after, attempt)
    new = [d for d in after if not any(d.delivery_no == b.delivery_no and d.is_same(b) for b in before)]
    return replace(result, seconds=time.monotonic() - began, new_deliveries=len(new))


def _sentence(pulled: Pulled, department: Department, month: Month, error: TransportError, of: str = "") -> str:
    """Say in one sentence what failed: department, table, month, cause and remedy; ``of`` counts what was not got."""
    what = f"《{department[pulled.table].label}》" if pulled.table else ""
    return f"没有取到{department.label}{what}{month} 的{of or '数据'}:{error.cause}。{UNCHANGED};{error.todo}。"


def _with_faults(pulling: _Month, department: Department) -> PullResult:
    """Say of single files that could not be had why the first of them could not; the others were taken."""
    faults, result = list(pulling.faults.values()), pulling.result
    if not faults:
        return result
    of = f" {len(faults)} 份数据(共 {result.offered} 份)" if result.offered > len(faults) else ""
    problem = _sentence(pulling.pulled, department, pulling.month, faults[0], of)
    return replace(result, problem=problem, is_passing=any(fault.is_passing for fault in faults))


def tables_of(pulled: Pulled, department: Department) -> list[str]:
    """List the tables that a location is asked for: its own one, or all of the department."""
    return [pulled.table] if pulled.table else [d.name for d in department.datasets]


def last_complete(now: datetime) -> Month:
    """Return the last complete month."""
    return Month(now.year, now.month).shift(-1)


def _require_current(location: Location, month: Month, now: datetime) -> None:
    """Refuse a snapshot of a month that is not the last complete one: its state is not there any more."""
    last = last_complete(now)
    if not location.keeps_months and month != last:
        raise TransportError(
            f"对方只保留最新状态,现在只能取 {last} 的快照", f"请向对方要 {month} 当时的文件,放到按月份保存的位置"
        )


@dataclass
class _Month:
    """One pull of one month, while it is done."""

    pulled: Pulled
    source: Source
    month: Month
    before: list[PulledDelivery]
    result: PullResult
    faults: dict[Offer, TransportError] = field(default_factory=dict)
    """What could not be had though the location answers: a file without permission, or with another hash."""
    _settings_versions: dict[int, str] = field(default_factory=dict)

    def run(self, settle_seconds: float, waiting: Waiting | None) -> list[PulledDelivery]:
        """Fetch what is new; return the deliveries that the record has afterwards."""
        self.pulled.clear()
        listing = self.source.listing(self.month)
        files = {offer: known for offer in listing.offers if (known := self._known(offer))}
        new = [offer for offer in listing.offers if offer not in files]
        _let_settle(new, settle_seconds, waiting)
        settings: dict[int | None, DeliverySettings] = {}
        for offer in new:
            if _is_settings(offer):
                settings[offer.delivery_no] = self._settings(offer)
                self._settings_versions[offer.delivery_no or 0] = offer.version
            else:
                files |= self._fetched_or_former(offer)
        unsettled = [offer for offer in self._unsettled(new) if offer not in self.faults]
        # The mode is not guessed from half a file: its delivery waits for it, or stays as it was.
        waiting_for = {offer.delivery_no for offer in unsettled if _is_settings(offer)}
        files = {offer: file for offer, file in files.items() if offer.delivery_no not in waiting_for}
        for offer in unsettled:
            files.pop(offer, None)
            if offer.delivery_no in waiting_for:
                continue
            if former := self.pulled.former(offer, self.before):
                files[offer] = former
        if self.before and not listing.offers:
            listing = replace(listing, left_out=(*listing.left_out, ("-", GONE)))
        faults = [(offer.name, f"没有取到:{fault.cause};{fault.todo}") for offer, fault in self.faults.items()]
        faults = faults if len(listing.offers) > 1 else []
        left_out = [
            *listing.left_out,
            *faults,
            *self._without_effect(listing.offers),
            *self._vanished(listing.offers),
            *((offer.name, BEING_SENT) for offer in unsettled),
        ]
        shown = tuple((masked(name), reason) for name, reason in left_out)
        offered = sum(not _is_settings(offer) for offer in listing.offers)
        self.result = replace(self.result, offered=offered, left_out=shown)
        return self._deliveries(files, settings)

    def _vanished(self, offers: Sequence[Offer]) -> list[tuple[str, str]]:
        """Name the files that the newest state of a delivery had and the location has no more, if it has others."""
        there = {(offer.delivery_no, offer.name) for offer in offers}
        numbers = {offer.delivery_no for offer in offers}
        newest = self.before[-1].delivery_no if self.before else 0
        gone = []
        for delivery in self.before:
            number = delivery.delivery_no if delivery.delivery_no in numbers else None
            if number in numbers and (number or delivery.delivery_no == newest):
                gone += [(file.name, VANISHED) for file in delivery.files if (number, file.name) not in there]
        return gone

    def _without_effect(self, offers: Sequence[Offer]) -> list[tuple[str, str]]:
        """Say that folders of deliveries replace nothing, if later ones came from elsewhere or are gone."""
        there = max((offer.delivery_no or 0 for offer in offers), default=0)
        known = max([self._logged, *(d.delivery_no for d in self.before)])
        return [("-", EARLIER.format(known=known, there=there, next=known + 1))] if 0 < there < known else []

    @property
    def _logged(self) -> int:
        """The highest number of a delivery from this place that landing has logged; 0 without one."""
        states = DeliveryLog(self.pulled.home, self.pulled.department, self.month).states
        return max((s.delivery_no for s in states if s.table == (self.pulled.table or "")), default=0)

    def _known(self, offer: Offer) -> PulledFile | None:
        """Return the file that was fetched from an offer before and is still there."""
        former = self.pulled.former(offer, self.before)
        if former and offer.version and former.version == offer.version and self.pulled.is_kept(former):
            return former
        return None

    def _fetched_or_former(self, offer: Offer) -> dict[Offer, PulledFile]:
        """Fetch an offer; if it alone cannot be had, keep what there was of it, and the others go on.

        Raises TransportError if the location does not answer.
        """
        try:
            return {offer: self._fetched(offer)}
        except OneFileError as error:
            self.faults[offer] = error
            former = self.pulled.former(offer, self.before)
            return {offer: former} if former else {}

    def _fetched(self, offer: Offer) -> PulledFile:
        """Fetch an offer into the archive, unless it has the content that is there."""
        with self.pulled.temporary() as target:
            fetched = self.source.fetch(offer, self.month, target)
            size, former = target.stat().st_size, self.pulled.former(offer, self.before)
            rows = None if fetched.rows is None else (self.result.rows or 0) + fetched.rows
            self.result = replace(
                self.result, fetched=self.result.fetched + 1, bytes=self.result.bytes + size, rows=rows
            )
            if former and fetched.content and fetched.content == former.content and self.pulled.is_kept(former):
                return replace(former, version=offer.version)
            known = {file.sha256 for delivery in self.before for file in delivery.files}
            sha256 = take_original(self.pulled.home, target, known)
        modified = (offer.modified or datetime.now(LOCAL_TIME).replace(tzinfo=None)).isoformat(timespec="seconds")
        return PulledFile(offer.name, sha256, offer.version, modified, fetched.content, dict(fetched.facts))

    def _settings(self, offer: Offer) -> DeliverySettings:
        """Fetch and read ``delivery.yaml``. Raises TransportError if it cannot be understood: no mode is guessed."""
        with self.pulled.temporary() as target:
            self.source.fetch(offer, self.month, target)
            settings, problem = read_settings(target.parent, target.name)
        if problem:
            # Half of a file that is being written may be the cause.
            raise TransportError(f"无法理解第 {offer.delivery_no} 批的 {SETTINGS_FILE}", "请对方更正或删除该文件", True)
        return settings

    def _unsettled(self, new: Sequence[Offer]) -> list[Offer]:
        """List again, if anything was fetched that may have changed meanwhile, and return what did."""
        if all(offer.is_whole or not offer.version for offer in new):
            return []
        later = {(o.path, o.version) for o in self.source.listing(self.month).offers}
        return [offer for offer in new if not offer.is_whole and (offer.path, offer.version) not in later]

    def _deliveries(
        self, files: Mapping[Offer, PulledFile], settings: Mapping[int | None, DeliverySettings]
    ) -> list[PulledDelivery]:
        """Sort the files into deliveries: by the department's folders, or all as the next one if anything changed."""
        after = list(self.before)
        for number in sorted({offer.delivery_no or 0 for offer in files}):
            of = {offer: file for offer, file in files.items() if (offer.delivery_no or 0) == number}
            kept = settings.get(number, DeliverySettings())
            assigned = kept.assigned | {file.name: offer.table for offer, file in of.items() if offer.table}
            inside = tuple(of[o] for o in sorted(of, key=lambda o: o.name))
            new = PulledDelivery(number, inside, kept.mode, assigned, self._settings_versions.get(number, ""))
            after = _placed(after, new) if number else numbered(after, new, self._logged)
        return after


def _is_settings(offer: Offer) -> bool:
    return offer.name == SETTINGS_FILE and offer.delivery_no is not None


def _placed(deliveries: Sequence[PulledDelivery], new: PulledDelivery) -> list[PulledDelivery]:
    """Put a delivery into its place by number; it replaces the state of its folder that was seen before."""
    others = [d for d in deliveries if d.delivery_no != new.delivery_no]
    return sorted([*others, new], key=lambda d: d.delivery_no)


def _let_settle(new: Sequence[Offer], seconds: float, waiting: Waiting | None) -> None:
    """Wait until the newest file has been unchanged for ``seconds``, as far as the clock of the other side tells."""
    now = datetime.now(LOCAL_TIME).replace(tzinfo=None)
    ages = [(now - o.modified).total_seconds() for o in new if o.modified and not o.is_whole]
    left = max((seconds - max(0.0, age) for age in ages), default=0.0)
    if left > 0:
        if waiting:
            waiting(left)
        time.sleep(left)
