"""``python -m tests.pipeline.pull_kills KIND|all COUNT``: kill pulls from each kind of location, at COUNT moments each.

Every kill is one of a home of its own, in the pull of a month that is new or in that of its change. After it, the pull
that follows must leave what undisturbed pulls leave, byte by byte of the originals: the record, the delivery log, the
files and the deliveries, nothing lost and nothing doubled. A further pull must find nothing new.
Belongs here: the experiment and its counts. Does not belong here: the suite's share of it (``test_pull_kills``).
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from sources.home import Home
from sources.landing.archive import DeliveryLog, sha256_of
from sources.landing.deliveries import recognise_month
from sources.landing.pulled import records_of
from tests.paths import ROOT
from tests.pipeline.changing_extracts import KINDS, Extract
from tests.pipeline.dying_pulls import DEPARTMENT, MONTH
from tests.servers.https import https_server
from tests.servers.mariadb import mariadb_server
from tests.servers.postgres import postgres_server
from tests.servers.s3 import s3_server
from tests.servers.sftp import sftp_server
from tests.servers.smb import smb_server
from tests.servers.webdav import webdav_server
from tests.unit.sources.builder import CONTRACTS

COMMAND = [sys.executable, "-m", "tests.pipeline.dying_pulls"]
AT_ANY_TIME = "at any time"
CHANGED_MEANWHILE = "between archive and record, then changed"
WAYS: dict[str, tuple[str | None, bool]] = {
    "in a fetch": ("fetch", False),
    "between archive and record": ("record", True),
    "in the record": ("record", False),
    "between record and landing": ("landing", True),
    AT_ANY_TIME: (None, False),
    "in the archive": ("archive", False),
    "in the landing": ("landing", False),
    "in a listing": ("listing", False),
    CHANGED_MEANWHILE: ("record", True),
}
"""Where a pull is killed: the phase, and whether at its beginning; without a phase, by the clock."""
TOLD_BY_TIME = {"at", "received_at", "modified", "version", "settings_version"}
"""What differs between two pulls of the same rows, and what a server says of files that are put there again."""
SERVERS: dict[str, Callable[[Path], AbstractContextManager[Any]]] = {
    "sftp": sftp_server,
    "s3": s3_server,
    "smb": smb_server,
    "webdav": webdav_server,
    "postgres": postgres_server,
    "mariadb": mariadb_server,
    "https": https_server,
}


@dataclass(frozen=True)
class Pull:
    """What a pull in a process of its own came to; ``told`` is empty if it was killed."""

    told: dict[str, Any]
    seconds: float

    @property
    def is_killed(self) -> bool:
        return not self.told


class Pulls:
    """The process that pulls in children."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def pull(
        self, home: Home, extract: Extract, phase: str | None = None, nth: int = 0, seconds: float | None = None
    ) -> Pull:
        """Pull and land; die at the ``nth`` event of a phase, or be killed after some seconds.

        Raises AssertionError if the child ends otherwise, or its pull has a problem.
        """
        asked = {"home": str(home.root), "entries": extract.entries, "phase": phase, "nth": nth, "seconds": seconds}
        assert self._process.stdin
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        began = time.monotonic()
        told = {} if (line := self._line()).startswith("exit") else json.loads(line)
        end = self._line() if told else line
        assert end.split()[1] in (("0", "-9") if told else ("-9",)), end
        assert not told.get("problems"), told
        return Pull(told, time.monotonic() - began)

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


@contextmanager
def pulls() -> Iterator[Pulls]:
    """Run the process that pulls."""
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        yield Pulls(process)


def state_of(home: Home) -> dict[str, Any]:
    """Return all that pulling and landing leave, without times; originals by the hash of their bytes.

    Raises AssertionError if an original has not the bytes of its name.
    """
    parts = [home.restricted / name for name in ("pulled", "deliveries", "archive")]
    files = [path for part in parts for path in part.rglob("*") if path.is_file()]
    assert [p for p in files if p.is_relative_to(home.archive) and len(p.name) == 64 and sha256_of(p) != p.name] == []
    records = records_of(home, DEPARTMENT)
    log = DeliveryLog(home, DEPARTMENT, MONTH)
    recognised = recognise_month(home, CONTRACTS[DEPARTMENT], CONTRACTS, log, lambda _: [])
    return {
        "files": sorted(str(path.relative_to(home.restricted)) for path in files),
        "records": [[_timeless(asdict(delivery)) for delivery in record.deliveries(MONTH)] for record in records],
        "attempts": [_timeless(asdict(attempt)) for r in records if (attempt := r.attempt(MONTH))],
        "log": [_timeless(asdict(state)) for state in log.states],
        "deliveries": {
            name: [(d.delivery_no, d.mode, [(f.name, f.sha256, len(f.content())) for f in d.files]) for d in of]
            for name, of in recognised.deliveries.items()
        },
        "notices": [asdict(notice) for notice in recognised.notices],
    }


def _timeless(value: Any) -> Any:
    match value:
        case dict():
            return {key: _timeless(one) for key, one in value.items() if key not in TOLD_BY_TIME}
        case list() | tuple():
            return [_timeless(one) for one in value]
    return value


@dataclass
class Experiment:
    """A kind of location, and what undisturbed pulls of its month and of its change come to."""

    folder: Path
    extract: Extract
    pulls: Pulls
    expected: list[dict[str, Any]] = field(default_factory=list)
    undisturbed: list[Pull] = field(default_factory=list)

    def prepare(self) -> None:
        """Pull both states undisturbed. Raises AssertionError unless each is a delivery, and a further pull none."""
        home = self._home("undisturbed")
        for state in (1, 2):
            self.extract.put(state)
            self.undisturbed.append(self.pulls.pull(home, self.extract))
            self.expected.append(state_of(home))
            assert self.undisturbed[-1].told["new_states"] > 0
            self._check_nothing_new(home, state)

    def kill(self, way: str, number: int, in_state: int, chance: random.Random) -> str:
        """Kill the pull of a state; pull again, and pull the other state. Return what it was doing.

        Raises AssertionError if anything differs from what undisturbed pulls leave.
        """
        if way == CHANGED_MEANWHILE:
            return self._kill_before_change(number, chance)
        home = self._home(str(number))
        outcome = ""
        for state in (1, 2):
            self.extract.put(state)
            if state == in_state:
                killed = self._killed(home, way, self.undisturbed[state - 1], chance)
                outcome = "killed" if killed.is_killed else "ended before"
            self.pulls.pull(home, self.extract)
            self._check(home, state)
            self._check_nothing_new(home, state)
        shutil.rmtree(home.root)
        return f"{way}, {outcome}"

    def _kill_before_change(self, number: int, chance: random.Random) -> str:
        """Kill the pull of a month that changes before the next one: what was not recorded has never been.

        The originals that nobody names stay in the archive, whole.
        """
        alone, home = self._home(f"{number}-alone"), self._home(str(number))
        self.extract.put(1)
        assert self._killed(home, CHANGED_MEANWHILE, self.undisturbed[0], chance).is_killed
        self.extract.put(2)
        for one in (alone, home):
            self.pulls.pull(one, self.extract)
        found, expected = state_of(home), state_of(alone)
        strays = set(found["files"]) - set(expected["files"])
        assert all(Path(path).parent.parent.name == "archive" and len(Path(path).name) == 64 for path in strays), strays
        assert found | {"files": expected["files"]} == expected
        return f"{CHANGED_MEANWHILE}, killed"

    def _killed(self, home: Home, way: str, done: Pull, chance: random.Random) -> Pull:
        phase, is_at_begin = WAYS[way]
        if phase is None:
            # The machine is now faster, now slower.
            whole = min(pull.seconds for pull in self.undisturbed)
            return self.pulls.pull(home, self.extract, seconds=chance.uniform(0, whole))
        nth = 1 if is_at_begin else chance.randint(1, done.told["counts"][phase])
        return self.pulls.pull(home, self.extract, phase, nth)

    def _check_nothing_new(self, home: Home, state: int) -> None:
        again = self.pulls.pull(home, self.extract).told
        found = (again["fetched"], again["new_deliveries"], again["new_states"])
        assert found == (self.extract.fetched_again, 0, 0)
        self._check(home, state)

    def _check(self, home: Home, state: int) -> None:
        found, expected = state_of(home), self.expected[state - 1]
        for part, wanted in expected.items():
            assert found[part] == wanted, f"{part} of {home.root}:\n{found[part]}\nnot\n{wanted}"

    def _home(self, name: str) -> Home:
        home = Home(self.folder / f"home-{name}")
        home.prepare()
        return home


class Servers:
    """What a test asks pytest for, outside pytest: a server by its name, started once, and an end for what it makes."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack, self._folder = stack, folder
        self._started: dict[str, Any] = {}

    def getfixturevalue(self, name: str) -> Any:
        if name not in self._started:
            (self._folder / name).mkdir()
            self._started[name] = self._stack.enter_context(SERVERS[name](self._folder / name))
        return self._started[name]


def extract_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> Extract:
    """Make an extract of a kind, with its secrets in a home of ``folder``."""
    home = Home(folder / "settings" / "home")
    home.prepare()
    return KINDS[kind](request, home)


def main(kinds: list[str], count: int) -> None:
    """Kill ``count`` pulls of each kind, and print what became of each. Raises AssertionError at the first surprise."""
    chance = random.Random()
    root = Path(tempfile.mkdtemp(prefix="pull-kills-"))
    with ExitStack() as stack:
        request = cast(pytest.FixtureRequest, Servers(stack, root))
        opened = stack.enter_context(pulls())
        for kind in kinds:
            (folder := root / f"kind-{kind}").mkdir(parents=True)
            experiment = Experiment(folder, extract_of(kind, request, folder), opened)
            experiment.prepare()
            counts = Counter[str]()
            for number in range(count):
                way, state = list(WAYS)[number % len(WAYS)], 1 + (number + number // len(WAYS)) % 2
                outcome = experiment.kill(way, number, state, chance)
                counts[outcome] += 1
                print(f"{kind} {number + 1}: {'the month' if state == 1 else 'its change'}, {outcome}", flush=True)
            seconds = " and ".join(f"{pull.seconds:.1f}" for pull in experiment.undisturbed)
            print(f"{kind}: undisturbed {seconds} s; {dict(counts)}", flush=True)
    shutil.rmtree(root)


if __name__ == "__main__":
    main(list(KINDS) if sys.argv[1] == "all" else [sys.argv[1]], int(sys.argv[2]))
