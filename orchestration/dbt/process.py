"""The dbt process of a run: dbt's own command line over a project that is parsed without the month.

Belongs here: handing the parsed project to dbt, ending with the run that started it. Installed as ``shouwang-dbt``.
Does not belong here: starting it and reading its events (``resources``, dagster-dbt).

dbt parses a project anew whenever a variable differs, and the month is one, the data home another: 6 s for every run.
Parsed without a month and with the same home always, dbt finds that nothing has changed since the last time, and its
programmatic interface takes the result. The first run of a data home begins with what was parsed at set-up.
A model whose configuration named the month or the home would then see none, in every run and test alike.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

from orchestration.dbt.manifest import ANY_HOME, MANIFEST, PARSED

PARSED_VARIABLE = "SHOUWANG_DBT_PARSED"
"""Environment variable with the folder where dbt keeps the parsed project."""

WATCH_SECONDS = 0.5


def end_with_parent() -> None:
    """Kill this process when the one that started it is gone.

    A run that is killed cannot stop dbt, and dbt would keep the warehouse from the next run. DuckDB takes back what was
    not committed.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def begin_with_setup(folder: Path) -> None:
    """Put what was parsed at set-up where dbt looks for it, unless something was parsed there already."""
    at_setup = MANIFEST.with_name(PARSED)
    if at_setup.exists() and not (folder / PARSED).exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(at_setup, folder / PARSED)


def main() -> None:
    """Run dbt with the arguments of this process; the exit code is dbt's: 0, or 1 for a failed node, 2 for an error."""
    end_with_parent()
    from dbt.cli.main import dbtRunner

    home, folder = os.environ["SHOUWANG_HOME"], os.environ[PARSED_VARIABLE]
    begin_with_setup(Path(folder))
    os.environ["SHOUWANG_HOME"] = ANY_HOME
    # Only dbt's own record of the parsed project is needed: writing it out as JSON too takes a second.
    parsed = dbtRunner().invoke(["parse", "--no-write-json", "--target-path", folder, "--log-path", folder])
    if not parsed.success:
        sys.exit(2)
    os.environ["SHOUWANG_HOME"] = home
    done = dbtRunner(parsed.result).invoke(sys.argv[1:])
    sys.exit(0 if done.success else 2 if done.exception else 1)


if __name__ == "__main__":
    main()
