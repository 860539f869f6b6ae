"""What a month's tables held in circles is freed, without a look through all that the process had loaded before."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from dagster import Failure

from orchestration import resources
from orchestration.resources import Platform
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.garbage import OBJECTS_BETWEEN_COLLECTIONS


class Table:
    validation: object


@pytest.fixture(autouse=True)
def _as_in_a_new_process() -> Iterator[None]:
    thresholds = gc.get_threshold()
    resources._collect_what_comes.cache_clear()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    resources._collect_what_comes.cache_clear()


def _begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a run up as far as its home, which is refused."""

    def refuse(*_: object) -> None:
        raise ShouwangError("refused")

    monkeypatch.setattr(resources.layout, "require_same", refuse)
    with pytest.raises(Failure, match="refused"):
        Platform().setup_for_execution(SimpleNamespace())  # type: ignore[arg-type]


def test_what_was_loaded_before_the_first_month_is_passed_over_and_no_month_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = SimpleNamespace()
    _begin(monkeypatch)
    frozen, of_month = gc.get_freeze_count(), SimpleNamespace()
    assert frozen > 0
    _begin(monkeypatch)
    assert gc.get_freeze_count() <= frozen
    looked_through = {id(kept) for kept in gc.get_objects()}
    assert id(of_month) in looked_through
    assert id(before) not in looked_through
    assert gc.get_threshold()[0] == OBJECTS_BETWEEN_COLLECTIONS


def test_what_a_month_held_in_a_circle_is_gone_before_dbt_needs_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    _begin(monkeypatch)
    table = Table()
    table.validation = SimpleNamespace(table=table)
    gone = weakref.ref(table)
    del table
    Platform().make_room()
    assert gone() is None


def test_nothing_is_left_for_libraries_to_report_when_the_process_ends() -> None:
    program = "import duckdb; from orchestration import resources; resources._collect_what_comes()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("", "")


def test_a_command_begins_to_collect_rarely_before_it_imports_an_engine() -> None:
    shim = (
        "import gc, sys\n"
        "from orchestration.commands import cli\n"
        "engines = {'dagster', 'dbt', 'great_expectations'}\n"
        "cli.run_command = lambda *_: print(gc.get_threshold()[0], *engines & {*sys.modules})\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", shim], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(OBJECTS_BETWEEN_COLLECTIONS)]
