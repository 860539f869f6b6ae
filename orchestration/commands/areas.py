"""An area of the data home that was verified, with its problems."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """The result for one area; each problem is a Chinese sentence that names the way back, without identities."""

    subject: str
    text: str
    problems: tuple[str, ...] = ()
