"""Read and conform damaged files as a run does, and count the outcomes.

Belongs here: the outcomes, their limits of time. Does not belong here: the damage (``damage``).
"""

from __future__ import annotations

import json
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sources.conforming.context import Context
from sources.conforming.delivery import conform_delivery
from sources.contracts.model import Dataset
from sources.divisions import vintage_of
from sources.landing.deliveries import DeliveredFile
from sources.reading.files import ReaderProcess, Sheet, reader_process
from sources.reading.header import fitting_datasets
from sources.refusal import BREAKAGE, RefusedError
from tests.district import DIVISIONS
from tests.fuzz.damage import damaged
from tests.fuzz.seeds import CONTRACTS, MONTH, seeds

READ_SECONDS, CONFORM_SECONDS = 60.0, 60.0
"""Time limits for one small file; a run gives a file of any size ten minutes."""
READ, REFUSED, PANIC = "read", "refused", "refused after a library gave up"
BROKEN, EXCEPTION, DEATH, TIME_OUT = "broken", "exceptions", "deaths of the reader", "time-outs"
"""Broken: refused while reading because of an error that nobody foresaw; exceptions: any error after reading."""
FINE = (READ, REFUSED, PANIC)
GAVE_UP = f"{BREAKAGE}(PanicException)"


class OvertimeError(BaseException):
    """The work on a file takes longer than it may; no ``Exception``, so that nothing turns it into a refusal."""


@dataclass
class Tally:
    """How many files had which outcome, and the slowest."""

    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Return True if every file was read or refused."""
        return self.outcomes.keys() <= set(FINE)

    def __str__(self) -> str:
        counts = ", ".join(f"{self.outcomes[name]} {name}" for name in (*FINE, BROKEN, EXCEPTION, DEATH, TIME_OUT))
        kinds = "".join(f"\n  {count} x {kind}" for kind, count in self.kinds.most_common(40))
        return f"{self.outcomes.total()} files: {counts}; slowest {self.slowest:.1f} s; {self.seconds:.0f} s{kinds}"


def fuzz(numbers: Sequence[int], seconds: float, seed: int, keep: Path | None) -> Tally:
    """Damage files until the time or the numbers are used up; keep those that were neither read nor refused."""
    reader_process.SECONDS = READ_SECONDS
    good, tally, began = seeds(), Tally(), time.monotonic()
    context = Context(MONTH, vintage_of(DIVISIONS, MONTH))
    with ReaderProcess() as reader:
        for number in numbers:
            if time.monotonic() - began > seconds:
                break
            random = Random(f"{seed}-{number}")
            file, other = random.choice(good), random.choice(good)
            content = damaged(file.content, other.content, random)
            started = time.monotonic()
            outcome, detail = _outcome(content, file.dataset, context, reader, random)
            tally.slowest = max(tally.slowest, time.monotonic() - started)
            tally.outcomes[outcome] += 1
            if outcome not in (READ, REFUSED):
                tally.kinds[f"{outcome}: {detail.splitlines()[-1]}"] += 1
                if keep:
                    _keep(keep, f"{seed}-{number}", content, {"of": file.name, "outcome": outcome, "detail": detail})
    tally.seconds = time.monotonic() - began
    return tally


def _outcome(
    content: bytes, dataset: Dataset, context: Context, reader: ReaderProcess, random: Random
) -> tuple[str, str]:
    try:
        sheets = reader(lambda: content)
    except RefusedError as refusal:
        return _refused(str(refusal))
    except Exception:
        return EXCEPTION, traceback.format_exc()
    try:
        with _at_most(CONFORM_SECONDS):
            return _conformed(sheets, dataset, context, random)
    except OvertimeError:
        return TIME_OUT, traceback.format_exc()
    except Exception:
        return EXCEPTION, traceback.format_exc()


def _refused(message: str) -> tuple[str, str]:
    if message == reader_process.KILLED:
        return DEATH, message
    if message == reader_process.TOO_LONG:
        return TIME_OUT, message
    if message.startswith(GAVE_UP):
        return PANIC, message
    return (BROKEN if message.startswith(BREAKAGE) else REFUSED), message


def _conformed(sheets: list[Sheet], dataset: Dataset, context: Context, random: Random) -> tuple[str, str]:
    file = DeliveredFile(1, "a.xlsx", "0" * 64, "2021-07-03T09:30:00", lambda: b"")
    conformed = conform_delivery(1, "replace_all", [file], dataset, context, lambda _: sheets)
    if random.random() < 0.1:
        fitting_datasets(sheets, CONTRACTS.datasets)
    refusal = conformed.files[0].refusal
    if refusal is None:
        return READ, ""
    # In a run, too, an error of our own code refuses the file only; here it is a find.
    return (EXCEPTION if refusal.startswith(BREAKAGE) else REFUSED), refusal


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def late(*_: object) -> None:
        raise OvertimeError

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _keep(folder: Path, name: str, content: bytes, about: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    (folder / f"{name}.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
