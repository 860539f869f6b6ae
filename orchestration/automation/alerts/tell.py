"""Look for problems and tell each channel what it does not know yet.

Belongs here: the order of the steps. Does not belong here: finding, remembering, wording and sending (their modules).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from dagster import DagsterInstance

from orchestration.automation.alerts import home, record, runs
from orchestration.automation.alerts.channels import TITLE, Opened, opened
from orchestration.automation.alerts.messages import messages
from orchestration.automation.alerts.problems import Problem
from orchestration.automation.alerts.record import Record
from orchestration.runtime.city import is_city
from orchestration.runtime.county import contracts_here
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.contracts.model import Contracts
from sources.landing.transport.trouble import TransportError

MOST_MESSAGES = 10
"""Messages that a channel gets at once, because robots refuse more than 20 in a minute; others follow the next time."""
PATIENCE_SECONDS = 30.0
"""How long a look goes on sending: Dagster ends a tick after a minute. What is left follows the next time."""


@dataclass
class Told:
    """How many alerts each channel got, and in Chinese which channels failed or rest after a failure."""

    sent: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    resting: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Say in one sentence what was sent."""
        sent = "、".join(f"{name} {count} 条" for name, count in self.sent.items() if count)
        return ";".join([f"已发出:{sent}" if sent else "没有新的告警", *self.resting])


def tell(settings: Settings, instance: DagsterInstance, now: datetime, is_daemon: bool) -> Told:
    """Look at everything, and send what is new. ``is_daemon`` says that the daemon asks: it is not silent.

    Raises OSError if the record cannot be kept: nothing is sent then, except that the disk is full.
    """
    with record.locked(settings.paths) as lock:
        kept = record.load(settings.paths, now)
        try:
            _look(settings, instance, kept, now, is_daemon)
            kept.channels = {name: channel for name, channel in kept.channels.items() if name in settings.alerts}
            record.save(settings.paths, kept)
        except OSError:
            if record.is_first_of_hour(lock, now):
                _Telling(settings, kept, now).warn_of_full_disk()
            raise
        record.begin_hours(lock)
        telling = _Telling(settings, kept, now)
        for name in settings.alerts:
            telling.tell_channel(name)
        kept.forget_events(lambda problem: any(problem in telling.pending(name) for name in settings.alerts))
        record.save(settings.paths, kept)
    return telling.told


def _look(settings: Settings, instance: DagsterInstance, kept: Record, now: datetime, is_daemon: bool) -> None:
    """Bring the record up to date with what is wrong now."""
    contracts = contracts_here(settings.home)
    looked = runs.look(instance, contracts, kept.since, kept.runs, now)
    states = {
        **({} if is_city(settings.home) else _of_deliveries(settings, contracts, instance, now)),
        "full_disk": home.full_disk(settings),
        "silent_daemon": [] if is_daemon else home.silent_daemon(instance, now),
    }
    found = [*looked.problems.values(), *(p for problems in states.values() for p in problems or ())]
    kinds = {kind for kind, problems in states.items() if problems is not None}
    kept.merge(found, lambda key: key in looked.keys or key.partition("/")[0] in kinds)
    kept.since, kept.runs = looked.since, looked.runs


def _of_deliveries(
    settings: Settings, contracts: Contracts, instance: DagsterInstance, now: datetime
) -> dict[str, list[Problem] | None]:
    """Find what only a home has that takes deliveries."""
    return {
        "late": home.late(settings, contracts, now),
        "outdated": home.outdated(settings, contracts, instance),
        "not_copied": home.not_copied(settings, instance),
    }


class _Telling:
    """One round of sending, which notes what each channel received."""

    def __init__(self, settings: Settings, kept: Record, now: datetime) -> None:
        self.settings, self.kept, self.now, self.told = settings, kept, now, Told()
        self._end = time.monotonic() + PATIENCE_SECONDS

    def pending(self, name: str) -> Sequence[Problem]:
        return self.kept.pending(name, self.settings.alerts[name].gets)

    def tell_channel(self, name: str) -> None:
        """Send a channel what it does not know, unless it rests after a failure or the round has taken too long."""
        if not (pending := self.pending(name)) or time.monotonic() > self._end:
            return
        if until := self.kept.rests_until(name, self.now):
            self.told.resting.append(f"告警通道 {name} 上次没有发出,{until.astimezone(ZONE):%H:%M} 后再试")
            return
        try:
            self._send(name, opened(self.settings.alerts[name]), pending)
        except TransportError as error:
            self.kept.failed(name, self.now)
            self.told.failed.append(f"告警通道 {name}:{error}")
        else:
            self.kept.worked(name)
        record.save(self.settings.paths, self.kept)

    def _send(self, name: str, channel: Opened, pending: Sequence[Problem]) -> None:
        """Send messages one after the other, and note each that was received. Raises TransportError."""
        alerts = {problem.key: problem.words(self.settings.ui_address) for problem in pending}
        head = f"{TITLE} {self.now.astimezone(ZONE):%m-%d %H:%M},共 {len(alerts)} 条"
        self.told.sent[name] = 0
        for count, message in enumerate(messages(alerts, channel.limit, head), start=1):
            channel.send(message.text)
            for key in message.completes:
                self.kept.got(name, key)
            self.told.sent[name] += len(message.completes)
            record.save(self.settings.paths, self.kept)
            if message.completes and (count >= MOST_MESSAGES or time.monotonic() > self._end):
                break

    def warn_of_full_disk(self) -> None:
        """Tell the channels that do not know it yet, without keeping that they do."""
        self.kept.merge(home.full_disk(self.settings), lambda key: key == "full_disk")
        for name in self.settings.alerts:
            for problem in self.pending(name):
                if problem.kind == "full_disk":
                    with suppress(TransportError):
                        opened(self.settings.alerts[name]).send(f"{TITLE}\n{problem.words(self.settings.ui_address)}")
