"""A launch chooses assets and months, never a program, a path or a setting: it can only turn its log level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dagster import (
    DagsterInvalidConfigError,
    IOManager,
    ResourceDefinition,
    build_input_context,
    build_output_context,
    validate_run_config,
)

from orchestration.automation.jobs import LATE_DEPARTMENTS, MONTHLY_RUN
from orchestration.definitions import defs
from orchestration.resources import Dbt, Platform, make_resources

REPOSITORY = defs.get_repository_def()
# The web server materialises single assets by a job that Dagster makes.
JOBS = {job.name: job for job in REPOSITORY.get_all_jobs()}
PROGRAM = {"dbt_executable": "/bin/true"}


def _values(config_type: Any, path: str = "") -> Iterator[str]:
    """Every place of a run's config that takes a value."""
    fields = getattr(config_type, "fields", None)
    if fields is None:
        yield path
    for name, field in (fields or {}).items():
        yield from _values(field.config_type, f"{path}.{name}".strip("."))


def test_the_walk_finds_a_value() -> None:
    schema = ResourceDefinition(lambda _: None, config_schema={"a": {"b": str}}).config_schema
    assert list(_values(schema.config_type)) == ["a.b"]
    assert list(_values(ResourceDefinition(lambda _: None).config_schema.config_type, "anything")) == ["anything"]


def test_the_jobs_of_the_platform() -> None:
    assert set(JOBS) == {"__ASSET_JOB", MONTHLY_RUN, LATE_DEPARTMENTS}


@pytest.mark.parametrize("name", JOBS)
def test_only_the_console_can_be_configured(name: str) -> None:
    schema = JOBS[name].run_config_schema.run_config_schema_type
    assert set(_values(schema)) == {"loggers.console.config.log_level", "loggers.console.config.name"}


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize(
    "config",
    [
        {"resources": {"dbt": {"config": PROGRAM}}},
        {"resources": {"dbt": {"config": {"project_dir": "/tmp"}}}},
        {"resources": {"platform": {"config": {"home": "/tmp"}}}},
        {"resources": {"io_manager": {"config": {"base_dir": "/tmp"}}}},
        {"ops": {"intake__calendar": {"config": PROGRAM}}},
        {"execution": {"config": {"retries": {"disabled": {}}}}},
        {"loggers": {"file": {"config": {"path": "/tmp/log"}}}},
    ],
)
def test_a_launch_with_anything_else_is_refused(name: str, config: dict[str, Any]) -> None:
    validate_run_config(JOBS[name], {"loggers": {"console": {"config": {"log_level": "INFO"}}}})
    with pytest.raises(DagsterInvalidConfigError):
        validate_run_config(JOBS[name], config)


def test_assets_store_no_values() -> None:
    resources = make_resources("duckdb")
    assert isinstance(resources["platform"], Platform)
    assert isinstance(resources["dbt"].resource_fn(None), Dbt)
    storage = resources["io_manager"].resource_fn(None)
    assert isinstance(storage, IOManager)
    with pytest.raises(NotImplementedError):
        storage.handle_output(build_output_context(), 1)
    with pytest.raises(NotImplementedError):
        storage.load_input(build_input_context())
