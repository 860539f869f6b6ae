"""``python -m tests.pipeline.run_months MONTH …``: months one after the other in one process, a line of JSON for each.

Belongs here: running the pipeline as ``shouwang run`` does, in the data home of ``SHOUWANG_HOME``, and what it cost.
Does not belong here: judging the outcome (tests), showing it (``tests.bench``).
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.commands.run import RunReport


def main(months: list[str]) -> None:
    """Print month, success, errors, seconds by step, statuses and rows by dataset, peak memory in MiB."""
    started = time.perf_counter()
    from orchestration.month_range import name_months
    from sources.months import Month

    name_months(map(Month.parse, months))
    from orchestration.commands.run import run_month
    from orchestration.dbt import worker
    from orchestration.definitions import defs
    from orchestration.runtime.settings import DBT_PROJECT_DIR, Settings

    assert defs
    print(json.dumps({"start_up_seconds": time.perf_counter() - started}), flush=True)
    settings = Settings()
    with worker.ready(settings.dbt_dir, DBT_PROJECT_DIR):
        for name in months:
            _show(run_month(settings, Month.parse(name)))


def _show(report: RunReport) -> None:
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    about = {
        "month": str(report.month),
        "success": report.success,
        "errors": report.errors,
        "seconds": report.seconds,
        "stage_seconds": dict(report.stage_seconds),
        "statuses": {d.name: d.status for d in report.datasets},
        "rows": sum(d.figure("rows_in_file") for d in report.datasets),
        "dataset_seconds": {d.name: d.figures.get("seconds") for d in report.datasets},
        "peak_mib": {"python": peaks[0], "dbt": peaks[1]},
    }
    print(json.dumps(about, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
