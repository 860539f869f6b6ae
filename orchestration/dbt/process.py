"""Run dbt's command line for one month, in a process that ends with the run that started it.

Belongs here: the command ``shouwang-dbt``, the variables of its environment. It imports nothing that takes time.
Does not belong here: dbt itself (``parsed``), the worker that has parsed already (``worker``), reading dbt's events
(``resources``, dagster-dbt).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from orchestration.runtime.garbage import collect_rarely

PARSED_VARIABLE = "SHOUWANG_DBT_PARSED"
"""Environment variable with the folder where dbt keeps the parsed project."""

PARENT_VARIABLE = "SHOUWANG_RUN_PID"
"""Environment variable with the id of the process that runs dbt; without it, dbt's parent when dbt began."""

APART_VARIABLE = "SHOUWANG_DBT_APART"
"""Environment variable with a folder that holds another ``warehouse/warehouse.duckdb`` than the data home's."""

ROWS_VARIABLE = "SHOUWANG_HOME_IN_SQL"
"""Environment variable with the data home for patterns in SQL, without the quotes."""

PATH_VARIABLE = "SHOUWANG_HOME_PATH"
"""Environment variable with the data home as it is, for an engine whose processes have other working folders."""

WATCH_SECONDS = 0.5


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


def main() -> None:
    """Run dbt with the arguments of this process; the exit code is dbt's: 0, or 1 for a failed node, 2 for an error."""
    # A run may be killed before this process has begun: its parent is another one by then.
    end_with_parent(int(os.environ.get(PARENT_VARIABLE, 0)) or None)
    from orchestration.dbt import worker

    code = worker.ask(sys.argv[1:])
    if code is None:
        collect_rarely()
        from orchestration.dbt import parsed

        project = parsed.load()
        code = parsed.run(project, sys.argv[1:]) if project else 2
    sys.exit(code)


if __name__ == "__main__":
    main()
