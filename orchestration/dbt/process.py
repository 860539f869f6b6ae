"""Run dbt's own command line over a project that is parsed without the month and the data home.

Belongs here: handing the parsed project to dbt, ending with the run that started it. Installed as ``shouwang-dbt``.
Does not belong here: starting it and reading its events (``resources``, dagster-dbt).

dbt discards its parsed project if a variable or the connection of the profile differs, and parses again for 4 to 6 s.
The month is a variable, the path of the warehouse part of the connection. So this process parses without a month and
with one home for all, finds nothing changed, and hands the result to dbt's programmatic interface. The first run of a
data home starts from the project that set-up parsed. The month from the environment would not save that: every new home
would still be parsed in full. A model must not configure itself by month or home: parsing sees neither.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

from orchestration.dbt.manifest import ANY_HOME, MANIFEST, PARSED
from orchestration.publishing.content import literal, pattern

PARSED_VARIABLE = "SHOUWANG_DBT_PARSED"
"""Environment variable with the folder where dbt keeps the parsed project."""

PARENT_VARIABLE = "SHOUWANG_RUN_PID"
"""Environment variable with the id of the process that runs dbt; without it, dbt's parent when dbt began."""

APART_VARIABLE = "SHOUWANG_DBT_APART"
"""Environment variable with a folder that holds another ``warehouse/warehouse.duckdb`` than the data home's."""

ROWS_VARIABLE = "SHOUWANG_HOME_IN_SQL"
"""Environment variable with the data home for patterns in SQL, without the quotes."""

WATCH_SECONDS = 0.5

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 is for processes that live longer and hold less."""


def end_with_parent(parent: int | None = None) -> None:
    """Kill this process when the one that started it is gone; ``parent`` is its id, if it may be gone by now.

    A killed run cannot stop dbt, and dbt would lock the warehouse against the next run. DuckDB rolls back uncommitted
    changes.
    """
    parent = parent or os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def begin_with_setup(folder: Path) -> None:
    """Copy the project that set-up parsed to the folder, unless it holds a parsed project already."""
    at_setup = MANIFEST.with_name(PARSED)
    if at_setup.exists() and not (folder / PARSED).exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(at_setup, folder / PARSED)


def main() -> None:
    """Run dbt with the arguments of this process; the exit code is dbt's: 0, or 1 for a failed node, 2 for an error."""
    # A run may be killed before this process has begun: its parent is another one by then.
    end_with_parent(int(os.environ.get(PARENT_VARIABLE, 0)) or None)
    from dbt.cli.main import dbtRunner

    home, folder = os.environ["SHOUWANG_HOME"], os.environ[PARSED_VARIABLE]
    begin_with_setup(Path(folder))
    os.environ["SHOUWANG_HOME"] = ANY_HOME
    # dbt needs only its own record of the parsed project: writing JSON as well takes a second.
    parsed = dbtRunner().invoke(["parse", "--no-write-json", "--target-path", folder, "--log-path", folder])
    if not parsed.success:
        sys.exit(2)
    # The parsed project stays until the end: collections that look through it again and again take a tenth of the time.
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 50)
    # A path with a # is a URL with a fragment to dbt-duckdb, so it gets the path of the warehouse from here.
    os.environ["DBT_PROJECT_DIR"] = os.environ.get("DBT_PROJECT_DIR") or str(Path.cwd())
    os.chdir(os.environ.get(APART_VARIABLE) or home)
    os.environ["SHOUWANG_HOME"] = "."
    os.environ[ROWS_VARIABLE] = literal(pattern(Path(home)))[1:-1]
    done = dbtRunner(parsed.result).invoke(sys.argv[1:])
    sys.exit(0 if done.success else 2 if done.exception else 1)


if __name__ == "__main__":
    main()
