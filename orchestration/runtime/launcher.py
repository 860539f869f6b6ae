"""Let Dagster's run monitoring see that the process of a run is gone.

Belongs here: one run launcher, named in the ``dagster.yaml`` that ``instance`` writes.
Does not belong here: the proof that a process is alive (``dead_runs``).

The daemon counts a STARTED run against ``max_concurrent_runs``. After a power cut nobody reports the end of such a run,
and no queued run is started that could close it: the daemon itself must look. It does so for a launcher that supports
``check_run_worker_health``; Dagster's default launcher does not.
"""

from __future__ import annotations

from pathlib import Path

from dagster import DagsterRun, DefaultRunLauncher
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus

from orchestration.runtime import dead_runs


class WatchedRunLauncher(DefaultRunLauncher):
    """Start runs as Dagster's default launcher does, and say whether a started run has a process."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Return True: the daemon asks for every started run, whoever started it."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Return FAILED for a run whose process is gone."""
        record = self._instance.get_run_record_by_id(run.run_id)
        if record and dead_runs.is_dead(Path(self._instance.root_directory), record):
            return CheckRunHealthResult(WorkerStatus.FAILED, dead_runs.REASON)
        return CheckRunHealthResult(WorkerStatus.RUNNING)
