"""Remember which alerts each channel got, so that nothing is told twice, whoever asks and however often.

Belongs here: one JSON file in Dagster's home, its lock, comparing problems with it.
Does not belong here: finding problems, sending. No identities: the file keeps texts that Dagster shows as well.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any

from orchestration.automation.alerts.problems import Problem
from sources.home import PRIVATE_FILE, Home

_FOLDER, _FILE, _LOCK = "alerts", "sent.json", "lock"
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
"""Pauses before a channel that failed is tried again: doubled with every failure."""


@dataclass
class Channel:
    """What a channel got, by problem; and how often in a row it failed, and when it is tried again."""

    sent: dict[str, list[str]] = field(default_factory=dict)
    failures: int = 0
    again_at: str = ""


@dataclass
class Record:
    """The open problems, what the channels got of them, and which runs were looked at.

    ``since`` is the time from which runs count, ``runs`` are those looked at since then.
    """

    since: str
    runs: list[str] = field(default_factory=list)
    problems: dict[str, Problem] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)

    def merge(self, found: Sequence[Problem], is_looked_at: Callable[[str], bool]) -> None:
        """Take over what was found; a problem whose key was looked at and that was not found is solved."""
        now = {problem.key: problem for problem in found}
        solved = [key for key, p in self.problems.items() if not p.is_event and key not in now and is_looked_at(key)]
        self.problems = {key: p for key, p in self.problems.items() if key not in solved} | now
        for channel in self.channels.values():
            # A part that is solved and comes again is a new alert.
            channel.sent = {
                key: sorted(set(parts) & self.problems[key].parts)
                for key, parts in channel.sent.items()
                if key in self.problems
            }

    def pending(self, name: str, gets: Callable[[str, str | None], bool]) -> list[Problem]:
        """List the problems of which the channel has not got every part, the serious ones first."""
        sent = self.channels.setdefault(name, Channel()).sent
        new = [p for p in self.problems.values() if gets(p.kind, p.department) and p.parts - set(sent.get(p.key, ()))]
        return sorted(new, key=lambda problem: not problem.serious)

    def got(self, name: str, key: str) -> None:
        """Note that a channel received the alert about a problem."""
        self.channels[name].sent[key] = sorted(self.problems[key].parts)

    def failed(self, name: str, now: datetime) -> None:
        """Note that a channel could not be used, and let it rest for a while."""
        channel = self.channels[name]
        pause = min(_SHORTEST * 2 ** min(channel.failures, 10), _LONGEST)
        channel.failures, channel.again_at = channel.failures + 1, (now + pause).isoformat()

    def worked(self, name: str) -> None:
        """Note that a channel can be used."""
        self.channels[name].failures, self.channels[name].again_at = 0, ""

    def rests_until(self, name: str, now: datetime) -> datetime | None:
        """Return when a channel that failed is tried again; None if it may be tried now."""
        again_at = self.channels.setdefault(name, Channel()).again_at
        until = datetime.fromisoformat(again_at) if again_at else now
        return until if until > now else None

    def forget_events(self, awaited: Callable[[Problem], bool]) -> None:
        """Drop the events that no channel waits for."""
        gone = {key for key, problem in self.problems.items() if problem.is_event and not awaited(problem)}
        self.problems = {key: problem for key, problem in self.problems.items() if key not in gone}
        for channel in self.channels.values():
            channel.sent = {key: parts for key, parts in channel.sent.items() if key not in gone}


@contextmanager
def locked(home: Home) -> Iterator[IO[str]]:
    """Let one process at a time look and send; others wait. Raises OSError if the lock cannot be made."""
    folder = home.make_dir(home.dagster / _FOLDER)
    with os.fdopen(os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, PRIVATE_FILE), "r+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


def is_first_of_hour(lock: IO[str], now: datetime) -> bool:
    """Return True once an hour while nothing can be kept: a full disk takes no new bytes, but the time of a file."""
    if now.timestamp() - os.fstat(lock.fileno()).st_mtime < _LONGEST.total_seconds():
        return False
    os.utime(lock.fileno(), (now.timestamp(), now.timestamp()))
    return True


def begin_hours(lock: IO[str]) -> None:
    """Let the next failure to keep the record be the first of its hour."""
    os.utime(lock.fileno(), (0, 0))


def load(home: Home, now: datetime) -> Record:
    """Load the record; a new one, from now on, if there is none or it is damaged."""
    try:
        raw = json.loads((home.dagster / _FOLDER / _FILE).read_text(encoding="utf-8"))
        return Record(
            since=raw["since"],
            runs=raw["runs"],
            problems={p["key"]: Problem(**{**p, "parts": frozenset(p["parts"])}) for p in raw["problems"]},
            channels={name: Channel(**channel) for name, channel in raw["channels"].items()},
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return Record(since=now.isoformat())


def save(home: Home, record: Record) -> None:
    """Keep the record, unless it is the one that is kept. Raises OSError, and then leaves the former one."""
    file, text = home.dagster / _FOLDER / _FILE, json.dumps(_raw(record), ensure_ascii=False, indent=1)
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    with home.replacing(file) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _raw(record: Record) -> Mapping[str, Any]:
    problems = [{**asdict(p), "parts": sorted(p.parts)} for p in record.problems.values()]
    return {**asdict(record), "problems": problems}
