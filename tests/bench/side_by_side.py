"""Two counties run at the same time, each by a Dagster of its own: ``python -m tests.bench.side_by_side``.

Each home has its parts as on a server (``shouwang serve code``, ``web``, ``daemon``) and its own database on one
PostgreSQL. Both months are launched as the web page does: the queue of each instance gives its run to the launcher,
which starts it in the code server of the home's machine. Here both are this machine; nothing is shared but PostgreSQL.

Belongs here: launching both, when each ran, what each published. Does not belong here: the parts
(``tests.pipeline.services``).
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from orchestration.publishing.version import current
from sources.months import Month
from tests.bench.province import shouwang
from tests.pipeline.services import Server, services
from tests.servers.postgres import postgres_server

COUNTIES = ("441823", "150421")
MONTH = Month(2021, 6)
HOUSEHOLDS = "160"
TIMES = "query($id: ID!) { runOrError(runId: $id) { ... on Run { startTime endTime } } }"


def _prepare(folder: Path, code: str) -> None:
    """Make the home of a county with the files of a month."""
    folder.mkdir()
    home = folder / "home"
    shouwang(home, "init", code)
    shouwang(home, "sample", "--out", str(home / "inbox"), "--months", str(MONTH), "--households", HOUSEHOLDS)


def main() -> None:
    """Run both months and print when; exit with 1 unless both are published and ran at the same time."""
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        root = Path(place)
        postgres = stack.enter_context(postgres_server(root))
        servers: dict[str, Server] = {}
        for code in COUNTIES:
            _prepare(root / code, code)
            servers[code] = stack.enter_context(services(postgres, root / code))
        runs = {code: server.launch(MONTH) for code, server in servers.items()}
        ends = {code: servers[code].wait(run, "SUCCESS", "FAILURE", "CANCELED") for code, run in runs.items()}
        spans = {}
        for code, server in servers.items():
            found = server.ask("lin", TIMES, id=runs[code])["runOrError"]
            spans[code] = (float(found["startTime"]), float(found["endTime"]))
            version = current(server.home.published)
            published = f"version {version.number}, months {version.months}" if version else "nothing"
            print(f"{code}: {ends[code]}, {spans[code][1] - spans[code][0]:.0f} s, published {published}")
    both = min(end for _, end in spans.values()) - max(start for start, _ in spans.values())
    print(f"both ran at the same time for {both:.0f} s")
    sys.exit(set(ends.values()) != {"SUCCESS"} or both <= 0)


if __name__ == "__main__":
    main()
