"""What a run says while it works, to whoever started it in this process.

Belongs here: one place where steps report and where the command line listens; nobody listens in a run of the daemon.
Does not belong here: how it is shown (``console``); anything that is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Step:
    """One finished piece of work: a table taken in, a model or test of dbt, a published version."""

    stage: Literal["intake", "dbt", "publish"]
    name: str
    text: str


Listener = Callable[[Step], None]
_listeners: list[Listener] = []


def report(step: Step) -> None:
    """Tell every listener of this process."""
    for listener in _listeners:
        listener(step)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear every step that finishes within the block."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
