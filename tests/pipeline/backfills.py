"""``python -m tests.pipeline.backfills assets|job MONTHS HOUSEHOLDS``: fill many months from files in one go.

The backfill is launched as the page of the assets, or of the job with its later months in another order, launches it.
One month has no register. Every month must run once, in order; the bad one fails and says why, the others are
published; after the register arrives, a second backfill of the missing month alone succeeds.
Belongs here: the experiment and its figures. Does not belong here: a test of the suite (``test_backfill``).
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from dagster import DagsterRun, RunsFilter

from orchestration.definitions import defs
from orchestration.publishing.version import current
from orchestration.runtime import instance
from orchestration.runtime.settings import DIVISIONS_CSV, Settings
from sources.months import Month
from tests.pipeline.web import REPOSITORY, Web, until, web

LAUNCH = """
mutation($parameters: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $parameters) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }
"""
FIRST = Month(2021, 1)
SECONDS_PER_MONTH = 600.0


@dataclass(frozen=True)
class Ran:
    """A finished run of a backfill; ``why`` is the text of its failed step."""

    month: str
    success: bool
    started: float
    ended: float
    why: str


def launch(opened: Web, by: str, months: Sequence[str]) -> str:
    """Launch a backfill over months in the given order, of all assets or of the job; return its id."""
    if by == "assets":
        keys = defs.resolve_asset_graph().get_all_asset_keys()
        target: dict[str, Any] = {"assetSelection": [{"path": list(key.path)} for key in sorted(keys)]}
    else:
        target = {"selector": {"partitionSetName": "monthly_run_partition_set", "repositorySelector": REPOSITORY}}
    answer = opened.ask(LAUNCH, parameters={**target, "partitionNames": list(months)})["launchPartitionBackfill"]
    assert answer["__typename"] == "LaunchBackfillSuccess", answer
    return str(answer["backfillId"])


def wait_for(opened: Web, backfill: str, months: int, seconds: float = SECONDS_PER_MONTH) -> list[Ran]:
    """Wait for all runs of a backfill, and return them in the order in which they started."""
    of_backfill = RunsFilter(tags={"dagster/backfill": backfill})

    def ended() -> list[DagsterRun]:
        runs = opened.opened.get_runs(of_backfill)
        return list(runs) if len(runs) == months and all(run.is_finished for run in runs) else []

    until(ended, f"{months} runs of {backfill}", seconds * months, 1)
    return sorted((_ran(opened, record) for record in opened.opened.get_run_records(of_backfill)), key=_start)


def _start(ran: Ran) -> float:
    return ran.started


def _ran(opened: Web, record: Any) -> Ran:
    run = record.dagster_run
    failures = [entry.dagster_event for entry in opened.opened.all_logs(run.run_id) if entry.is_dagster_event]
    steps = [e.step_failure_data for e in failures if e and e.is_step_failure]
    why = "".join((s.user_failure_data.description or "") for s in steps if s.user_failure_data)
    return Ran(run.tags["dagster/partition"], run.is_success, record.start_time or 0, record.end_time or 0, why)


def in_order(runs: Sequence[Ran]) -> bool:
    """Return True if each run began after the one of the month before it had ended."""
    return all(a.month < b.month and a.ended <= b.started for a, b in pairwise(runs))


def published(settings: Settings) -> list[str]:
    """List the months of the published version."""
    version = current(settings.paths.published)
    return list(version.months) if version else []


def main(by: str, count: int, households: int) -> None:
    """Fill the months, print each, and check what the module promises."""
    from sample.write import write_district

    months = [str(FIRST.shift(number)) for number in range(count)]
    bad, root = months[count // 3], Path(tempfile.mkdtemp(prefix="backfill-"))
    instance.close_process()
    settings = Settings(home=root / "home")
    instance.prepare(settings)
    shutil.rmtree(settings.paths.inbox)
    write_district(settings.paths.inbox, households, [Month.parse(m) for m in months], 1, DIVISIONS_CSV)
    kept = root / "register"
    kept.mkdir()
    for file in (settings.paths.inbox / "agriculture" / bad).glob("*名册*"):
        file.rename(kept / file.name)
    began = time.monotonic()
    with web(settings) as opened:
        # The first run starts before the others are queued; the page sends the earliest month first.
        order = months if by == "assets" else [months[0], *random.Random(1).sample(months[1:], count - 1)]
        runs = wait_for(opened, launch(opened, by, order), count)
        for run in runs:
            print(
                run.month, "ok" if run.success else f"failed: {run.why}", f"{run.ended - run.started:.0f} s", flush=True
            )
        assert in_order(runs), [run.month for run in runs]
        assert [run.month for run in runs if not run.success] == [bad]
        assert published(settings) == [month for month in months if month != bad]
        for file in kept.iterdir():
            file.rename(settings.paths.inbox / "agriculture" / bad / file.name)
        (again,) = wait_for(opened, launch(opened, by, [bad]), 1)
        assert again.success, again.why
        assert published(settings) == months
    print(f"{count} months of {households} households: {time.monotonic() - began:.0f} s")
    shutil.rmtree(root)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
