"""Ask several servers at once, each within a time limit; one that does not answer holds up nobody.

Belongs here: threads. Does not belong here: what is asked (``commands.sources``, ``automation.polling``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

Answer = TypeVar("Answer")


def asked(questions: Mapping[str, Callable[[], Answer]], seconds: float) -> dict[str, Answer]:
    """Ask every question in a thread of its own; return the answers that came within ``seconds``.

    A thread without an answer is left alone: it ends with the time limits of its transport, or with the process.
    Questions give their failures as answers; one that raises has no answer.
    """
    answers: dict[str, Answer] = {}
    threads = [
        threading.Thread(target=lambda key=key, ask=ask: answers.__setitem__(key, ask()), name=key, daemon=True)
        for key, ask in questions.items()
    ]
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return dict(answers)


def is_asked(key: str) -> bool:
    """Return True if a question of that name is still without an answer."""
    return any(thread.name == key and thread.is_alive() for thread in threading.enumerate())
