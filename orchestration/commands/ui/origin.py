"""The code location of ``shouwang ui`` as the origin of runs that it did not launch.

Belongs here: that origin, giving it to runs that have none. Does not belong here: executing a run (``commands.run``).

Dagster's web server shows a run on the timeline and under its job, and repeats it, by its origin. Of an origin it needs
the names only; the socket of the code server is another at every start.
"""

from __future__ import annotations

from dagster import DagsterInstance
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.storage.tags import CODE_LOCATION_TAG, REPOSITORY_LABEL_TAG

from orchestration.commands.ui import LOCATION

_REPOSITORY = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(LOCATION), SINGLETON_REPOSITORY_NAME)


def origin_of(job: str) -> RemoteJobOrigin:
    """Return the origin of a job's runs."""
    return _REPOSITORY.get_job_origin(job)


def adopt_runs(opened: DagsterInstance) -> int:
    """Give the finished runs without an origin, which earlier programs left, the one of this location; count them."""
    # The whole record of a run is written again, so a run in progress is left to the next start.
    orphans = [run.run_id for run in opened.get_runs() if run.remote_job_origin is None and run.is_finished]
    for run_id in orphans:
        # The tags first: with an origin a run counts as tagged, and its tags are not stored.
        opened.add_run_tags(run_id, {REPOSITORY_LABEL_TAG: _REPOSITORY.get_label(), CODE_LOCATION_TAG: LOCATION})
        if run := opened.get_run_by_id(run_id):
            opened.run_storage.replace_job_origin(run, origin_of(run.job_name))
    return len(orphans)
