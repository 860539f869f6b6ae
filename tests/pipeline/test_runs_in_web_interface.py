"""Runs of the command line in the web interface: on the timeline, under their job, and repeated from there.

Belongs here: the queries that the pages of the web server send. Does not belong here: runs that die (``dead_runs``).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import DagsterEventType, DagsterRunStatus

from orchestration.commands.run import COMMAND_LINE, run_month
from orchestration.publishing import version
from orchestration.runtime.settings import Settings
from orchestration.runtime.whole_runs import LAUNCHED_BY, REPEATED_WHOLE
from tests.pipeline.test_dead_runs import JUNE, deliver
from tests.pipeline.web import REPOSITORY, Web, web

TIMELINE = """
query($filter: RunsFilter!) { runsOrError(filter: $filter) { ... on Runs { results {
  runId startTime pipelineName pipelineSnapshotId repositoryOrigin { repositoryName repositoryLocationName } } } } }
"""
JOB = """
query($job: PipelineSelector!) { pipelineOrError(params: $job) { ... on Pipeline {
  pipelineSnapshotId runs { runId tags { key value } } } } }
"""
REPEAT = """
mutation($repeated: ReexecutionParams!) { launchPipelineReexecution(reexecutionParams: $repeated) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }
"""


def repeat(opened: Web, run_id: str, strategy: str) -> str:
    """Repeat a run as the buttons of its page do; return the id of the new one."""
    tags = [{"key": "dagster/from_ui", "value": "true"}]
    asked = {"parentRunId": run_id, "strategy": strategy, "extraTags": tags}
    launched = opened.ask(REPEAT, repeated=asked)["launchPipelineReexecution"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    return str(launched["run"]["runId"])


def assert_shown(opened: Web, run_id: str) -> None:
    """The timeline has the run under the code location, and the page of the job has it and takes it for its own."""
    job = opened.ask(JOB, job={**REPOSITORY, "pipelineName": "monthly_run"})["pipelineOrError"]
    (run,) = opened.ask(TIMELINE, filter={"statuses": ["SUCCESS", "FAILURE"]})["runsOrError"]["results"]
    assert run.pop("startTime")
    # With another snapshot the page would warn that the job may have changed since.
    assert run == {
        "runId": run_id,
        "pipelineName": "monthly_run",
        "pipelineSnapshotId": job["pipelineSnapshotId"],
        "repositoryOrigin": {name: REPOSITORY[name] for name in ("repositoryName", "repositoryLocationName")},
    }
    (of_job,) = job["runs"]
    assert of_job["runId"] == run_id
    tags = {tag["key"]: tag["value"] for tag in of_job["tags"]}
    assert (tags["dagster/partition"], tags[LAUNCHED_BY]) == (str(JUNE), COMMAND_LINE)


def test_a_month_that_failed_on_the_command_line_is_repeated_from_failure_after_its_register_has_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    settings = Settings()
    failed = run_month(settings, JUNE)
    assert not failed.success
    assert "没有已接收的农户基础信息名册" in "".join(failed.errors)
    deliver(settings.paths)
    with web(settings) as opened:
        assert_shown(opened, failed.run_id)
        repeated = repeat(opened, failed.run_id, "FROM_FAILURE")
        run = opened.wait_for_end(repeated)
        assert run.status == DagsterRunStatus.SUCCESS
        assert (run.parent_run_id, run.tags["dagster/partition"]) == (failed.run_id, str(JUNE))
        assert LAUNCHED_BY not in run.tags
        said = opened.opened.all_logs(repeated, of_type=DagsterEventType.ENGINE_EVENT)
        assert [event.message for event in said].count(REPEATED_WHOLE) == 1
    published = version.current(settings.paths.published)
    assert published
    assert published.months == (str(JUNE),)
