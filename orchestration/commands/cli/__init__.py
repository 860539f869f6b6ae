"""The command line ``shouwang``.

Belongs here: its commands by audience, in the order of ``--help``. Does not belong here: the work.

Commands import slow packages themselves, so that ``--help`` and ``doctor`` answer at once.
"""

from __future__ import annotations

import os

from orchestration.commands.app import app
from orchestration.commands.cli import keeping, months, offices, services, trials
from orchestration.commands.cli.cities import city
from orchestration.commands.mistakes import run_command
from orchestration.runtime.garbage import collect_rarely

for _group in (months, offices, trials, keeping, services):
    app.registered_commands += _group.commands.registered_commands
app.add_typer(city, name="city")


def main() -> None:
    """Run a command; what went wrong is one Chinese sentence, not a traceback."""
    # An account that root became is still in root's folder; dbt looks into the current folder.
    if not os.access(".", os.R_OK | os.X_OK):
        os.chdir("/")
    collect_rarely()
    run_command(app, "shouwang")
