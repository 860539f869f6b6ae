"""``python -m tests.pipeline.service_kills COUNT [PART …]``: kill each service in the middle of runs, COUNT times each.

Parts are code, daemon, web, viewer, and database, the PostgreSQL of Dagster's records, which is down for five seconds.
A killed part is started again at once, as systemd does after its pause. After each kill the run must be closed or go on
to its end, a following run must succeed, and no unfinished run may be left.
Belongs here: the experiment and its counts. Does not belong here: a test of the suite (``test_services``).
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from orchestration.runtime import locks, run_records
from orchestration.runtime.settings import Settings
from tests.pipeline.services import ROLES, Server, services
from tests.pipeline.test_dead_runs import JUNE, deliver
from tests.pipeline.web import until
from tests.servers.postgres import PostgresServer, postgres_server

ENDS = ("SUCCESS", "FAILURE")
DOWN_SECONDS = 5.0
DATABASE = "database"


def kill(server: Server, postgres: PostgresServer, part: str) -> None:
    """Kill a part, and start it again with whatever ended by that."""
    if part == DATABASE:
        postgres.stop()
        time.sleep(DOWN_SECONDS)
        postgres.start()
    else:
        server.parts.kill(part)
    server.start_missing()


def undisturbed(server: Server) -> float:
    """Run the month to its end, and return its seconds. Raises AssertionError if it fails."""
    began = time.monotonic()
    assert server.wait(server.launch(JUNE), *ENDS) == "SUCCESS"
    return time.monotonic() - began


def main(count: int, parts: list[str]) -> None:
    """Print what became of each killed run. Raises AssertionError at the first surprise."""
    chance, counts = random.Random(), Counter[str]()
    root = Path(tempfile.mkdtemp(prefix="service-kills-"))
    (root / "postgres").mkdir()
    with postgres_server(root / "postgres") as postgres, services(postgres, root) as server:
        settings = Settings()
        deliver(server.home)
        whole = undisturbed(server)
        print(f"{root}: undisturbed month {whole:.0f} s", flush=True)
        for number in range(count * len(parts)):
            part = parts[number % len(parts)]
            deliver(server.home, f"r{number + 2}", 30 + number)
            run = server.launch(JUNE)
            seconds = chance.uniform(0, whole)
            time.sleep(seconds)
            before = server.status(run).get("status")
            kill(server, postgres, part)
            began = time.monotonic()
            became = server.wait(run, *ENDS)
            closed = time.monotonic() - began
            following = undisturbed(server)
            until(lambda: not run_records.unfinished_runs(settings), "no unfinished run", 60)
            until(lambda: locks.home_holder(settings.home) is None, "free home")
            counts[f"{part}: {became}"] += 1
            print(
                f"{number + 1}: {part} after {seconds:.0f} s ({before}): {became} after {closed:.0f} s more,"
                f" next run {following:.0f} s",
                flush=True,
            )
    print(dict(sorted(counts.items())))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:] or ["code", *ROLES, "daemon", DATABASE])
