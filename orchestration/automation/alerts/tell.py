"""Look for problems and tell each channel what it does not know yet.

Belongs here: the order of the steps. Does not belong here: finding, remembering, wording and sending (their modules).
"""

from __future__ import annotations

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
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.contracts.model import load_contracts
from sources.landing.transport.trouble import TransportError

MOST_MESSAGES = 10
"""Messages that a channel gets at once, because robots refuse more than 20 in a minute; others follow the next time."""


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
    told = Told()
    with record.locked(settings.paths) as lock:
        kept = record.load(settings.paths, now)
        try:
            _look(settings, instance, kept, now, is_daemon)
            kept.channels = {name: channel for name, channel in kept.channels.items() if name in settings.alerts}
            record.save(settings.paths, kept)
        except OSError:
            if record.is_first_of_hour(lock, now):
                _warn_of_full_disk(settings, kept)
            raise
        record.begin_hours(lock)
        for name in settings.alerts:
            _tell_channel(settings, kept, name, now, told)
        kept.forget_events(lambda problem: any(problem in _pending(settings, kept, name) for name in settings.alerts))
        record.save(settings.paths, kept)
    return told


def _warn_of_full_disk(settings: Settings, kept: Record) -> None:
    """Tell the channels that do not know it yet, without keeping that they do."""
    kept.merge(home.full_disk(settings), lambda key: key == "full_disk")
    for name in settings.alerts:
        for problem in _pending(settings, kept, name):
            if problem.kind == "full_disk":
                with suppress(TransportError):
                    opened(settings.alerts[name]).send(f"{TITLE}\n{problem.words(settings.ui_address)}")


def _look(settings: Settings, instance: DagsterInstance, kept: Record, now: datetime, is_daemon: bool) -> None:
    """Bring the record up to date with what is wrong now."""
    contracts = load_contracts()
    looked = runs.look(instance, contracts, kept.since, kept.runs, now)
    states = {
        "late": home.late(settings, contracts, now),
        "outdated": home.outdated(settings, contracts, instance),
        "full_disk": home.full_disk(settings),
        "silent_daemon": [] if is_daemon else home.silent_daemon(instance, now),
    }
    found = [*looked.problems.values(), *(p for problems in states.values() for p in problems or ())]
    kinds = {kind for kind, problems in states.items() if problems is not None}
    kept.merge(found, lambda key: key in looked.keys or key.partition("/")[0] in kinds)
    kept.since, kept.runs = looked.since, looked.runs


def _pending(settings: Settings, kept: Record, name: str) -> Sequence[Problem]:
    return kept.pending(name, settings.alerts[name].gets)


def _tell_channel(settings: Settings, kept: Record, name: str, now: datetime, told: Told) -> None:
    pending = _pending(settings, kept, name)
    if until := kept.rests_until(name, now):
        if pending:
            told.resting.append(f"告警通道 {name} 上次没有发出,{until.astimezone(ZONE):%H:%M} 后再试")
        return
    if not pending:
        return
    told.sent[name] = 0
    try:
        _send(settings, kept, name, opened(settings.alerts[name]), pending, now, told)
    except TransportError as error:
        kept.failed(name, now)
        told.failed.append(f"告警通道 {name}:{error}")
    else:
        kept.worked(name)
    record.save(settings.paths, kept)


def _send(
    settings: Settings,
    kept: Record,
    name: str,
    channel: Opened,
    pending: Sequence[Problem],
    now: datetime,
    told: Told,
) -> None:
    """Send messages one after the other, and note each that was received. Raises TransportError."""
    alerts = {problem.key: problem.words(settings.ui_address) for problem in pending}
    head = f"{TITLE} {now.astimezone(ZONE):%m-%d %H:%M},共 {len(alerts)} 条"
    for count, message in enumerate(messages(alerts, channel.limit, head), start=1):
        channel.send(message.text)
        for key in message.completes:
            kept.got(name, key)
            told.sent[name] += 1
        record.save(settings.paths, kept)
        if message.completes and count >= MOST_MESSAGES:
            break
