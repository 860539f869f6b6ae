"""Fit alerts into messages that a channel takes; nothing is lost, and nothing is cut inside a line without need."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

HEAD_ROOM = 120
"""Bytes for the head of a message."""


@dataclass(frozen=True)
class Message:
    """A message, and the keys of the alerts that are complete once it was received."""

    text: str
    completes: tuple[str, ...]


def size(text: str) -> int:
    """Count the bytes of a text inside JSON: no channel counts more."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def messages(alerts: Mapping[str, str], limit: int, head: str) -> list[Message]:
    """Pack the texts of alerts by key into messages of at most ``limit`` bytes, in order.

    An alert is kept whole if it fits into a message. Each message begins with ``head`` and, of several, its number.
    """
    packed = list(_packed(alerts, limit - HEAD_ROOM))
    numbers = [f"({no}/{len(packed)})" if len(packed) > 1 else "" for no in range(1, len(packed) + 1)]
    return [Message(f"{head}{number}\n{text}", keys) for number, (text, keys) in zip(numbers, packed, strict=True)]


def _packed(alerts: Mapping[str, str], limit: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    text, keys = "", tuple[str, ...]()
    for key, alert in alerts.items():
        *first, last = pieces(alert, limit)
        if first or (text and size(f"{text}\n\n{last}") > limit):
            if text:
                yield text, keys
            yield from ((piece, ()) for piece in first)
            text, keys = "", ()
        text, keys = f"{text}\n\n{last}" if text else last, (*keys, key)
    if text:
        yield text, keys


def pieces(text: str, limit: int) -> list[str]:
    """Split a text into pieces of at most ``limit`` bytes: between lines, and inside a line only if it is longer."""
    found = [""]
    lines = [part for line in text.split("\n") for part in _line_parts(line, limit)]
    for line in lines:
        joined = f"{found[-1]}\n{line}" if found[-1] else line
        if size(joined) <= limit:
            found[-1] = joined
        else:
            found.append(line)
    return found


def _line_parts(line: str, limit: int) -> Iterator[str]:
    """Yield a line, or parts of it if it is longer than a message: a character takes six bytes at most in JSON."""
    while size(line) > limit:
        end = next(n for n in range(min(len(line), limit), 0, -1) if size(line[:n]) <= limit)
        yield line[:end]
        line = line[end:]
    yield line
