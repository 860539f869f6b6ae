"""Report steps to the listeners of the same process; only the command line listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Step:
    """A step of a run: a wait for files, a table taken in, a dbt model or test, a published version."""

    stage: Literal["intake", "dbt", "publish"]
    name: str
    text: str


Listener = Callable[[Step], None]
_listeners: list[Listener] = []


def report(step: Step) -> None:
    """Pass a step to every listener of this process."""
    for listener in _listeners:
        listener(step)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call ``listener`` for every step that is reported within the block."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
