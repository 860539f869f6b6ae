"""Pull a month again and again as ``python -m … HOME SETTINGS``, killed one step later each time, until one ends.

Prints the number of pulls that were killed. Each is a fork of this process, which has the libraries and no connection.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing import pull
from sources.landing.pulled import Pulled
from sources.landing.transport import copying, files, location_of
from sources.months import Month


def _killing(at: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let the process kill itself before or after the step with a number."""
    steps = count(1)

    def step() -> None:
        if next(steps) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*of: Any, **named: Any) -> Any:
            step()
            found = function(*of, **named)
            step()
            return found

        return stepping

    return wrapped


def _pull_killed(home: Path, entry: dict[str, Any], at: int) -> None:
    killing = _killing(at)
    files.FilesSource._entries = killing(files.FilesSource._entries)  # type: ignore[method-assign]
    # Once for each piece that is written.
    copying.own_disk = killing(copying.own_disk)
    pull.take_original = killing(pull.take_original)
    Pulled.save = killing(Pulled.save)  # type: ignore[method-assign]
    locations = {"health": location_of(entry, home)}
    (result,) = pull.pull_department(Home(home), load_contracts()["health"], locations, Month(2021, 6))
    os._exit(1 if result.problem else 0)


def main(home: str, settings: str) -> None:
    for at in count(1):
        if not (child := os.fork()):
            _pull_killed(Path(home), json.loads(settings), at)
        status = os.waitpid(child, 0)[1]
        if os.WIFEXITED(status):
            print(at - 1)
            sys.exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    main(*sys.argv[1:])
