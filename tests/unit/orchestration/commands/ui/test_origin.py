"""Runs that an earlier program left without a code location are given the one of the web interface, once."""

from __future__ import annotations

from dagster import DagsterInstance, RunsFilter, job

from orchestration.commands.ui import LOCATION
from orchestration.commands.ui.origin import adopt_runs, origin_of


@job
def monthly() -> None:
    """Do nothing."""


def test_a_run_without_an_origin_is_adopted_once_and_keeps_what_it_has() -> None:
    with DagsterInstance.ephemeral() as opened:
        left = monthly.execute_in_process(instance=opened, tags={"dagster/partition": "2021-06"}).run_id
        own = opened.create_run_for_job(monthly, remote_job_origin=origin_of("monthly")).run_id
        of_location = RunsFilter(tags={".dagster/repository": f"__repository__@{LOCATION}"})
        assert [run.run_id for run in opened.get_runs(of_location)] == [own]
        assert adopt_runs(opened) == 1
        assert {run.run_id for run in opened.get_runs(of_location)} == {own, left}
        adopted = opened.get_run_by_id(left)
        assert adopted
        assert adopted.remote_job_origin == origin_of("monthly")
        assert adopted.is_success
        assert adopted.tags["dagster/partition"] == "2021-06"
        assert adopted.tags["dagster/code_location"] == LOCATION
        assert adopt_runs(opened) == 0
