"""A month that was begun and not finished is never shown along with another one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from orchestration.dbt.process import PARENT_VARIABLE, WATCH_SECONDS
from orchestration.publishing import unfinished
from orchestration.publishing.content import PublishError
from sources.months import Month
from tests.unit.orchestration.conftest import TinyWarehouse

MAY, JUNE = Month(2021, 5), Month(2021, 6)


def _break_off(tiny: TinyWarehouse, month: Month) -> None:
    with pytest.raises(RuntimeError, match="test failed"), unfinished.mark_until_finished(tiny.home, month):
        raise RuntimeError("test failed")


def test_a_month_that_ends_well_leaves_no_note(tiny: TinyWarehouse) -> None:
    with unfinished.mark_until_finished(tiny.home, MAY):
        assert unfinished.list_months(tiny.home) == [MAY]
    assert unfinished.list_months(tiny.home) == []


def test_what_an_unfinished_month_left_is_not_published_with_another(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05", "2021-06"])
    _break_off(tiny, JUNE)
    assert unfinished.remove_rows_of_others(tiny.home, tiny.file, MAY) == [JUNE]
    assert tiny.publish("2021-05").version.months == ("2021-05",)
    assert tiny.read("select distinct strftime(month, '%Y-%m') from marts.household_month") == [("2021-05",)]
    assert unfinished.list_months(tiny.home) == []


def test_a_published_month_that_breaks_off_must_run_again_first(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05", "2021-06"])
    tiny.publish("2021-06")
    _break_off(tiny, JUNE)
    unfinished.remove_rows_of_others(tiny.home, tiny.file, MAY)
    with pytest.raises(PublishError, match="缺少已发布的月份 2021-06:请先重新运行这些月份"):
        tiny.publish("2021-05")
    assert tiny.read("select count(*) from marts.dim_month") == [(2,)]


def test_the_month_itself_is_built_again_and_not_discarded(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05", "2021-06"])
    _break_off(tiny, JUNE)
    assert unfinished.remove_rows_of_others(tiny.home, tiny.file, JUNE) == []
    assert unfinished.list_months(tiny.home) == [JUNE]


def test_without_a_warehouse_there_is_nothing_to_discard(tiny: TinyWarehouse) -> None:
    tiny.file.unlink(missing_ok=True)
    _break_off(tiny, JUNE)
    assert unfinished.remove_rows_of_others(tiny.home, tiny.file, MAY) == [JUNE]


CHILD = """
import time
from orchestration.dbt.process import end_with_parent
end_with_parent()
print("bound", flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", sys.argv[1]]).wait()
"""


def test_dbt_does_not_outlive_a_killed_run() -> None:
    # A run in this process leaves its own id in the environment of others that watch their parent.
    environment = {**os.environ, PARENT_VARIABLE: str(os.getpid())}
    command = [sys.executable, "-c", PARENT, CHILD]
    parent = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    assert parent.stdout.readline() == "bound\n"
    with pytest.raises(subprocess.TimeoutExpired):
        parent.wait(2 * WATCH_SECONDS)
    killed = time.monotonic()
    parent.kill()
    # The child writes to the same pipe: it ends when both are gone.
    parent.stdout.read()
    assert time.monotonic() - killed < 30
    parent.wait()


def test_dbt_does_not_outlive_a_run_that_was_killed_before_dbt_began() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    environment = {**os.environ, PARENT_VARIABLE: str(gone.pid)}
    dbt = [sys.executable, "-c", "from orchestration.dbt.process import main; main()"]
    done = subprocess.run(dbt, env=environment, capture_output=True, timeout=30, check=False)
    assert done.returncode == -signal.SIGKILL
