"""Say how the code server is started, and how the other services find it.

Belongs here: its command line, the folder with its socket and the workspace file. Does not belong here: processes.

The code server asks for no login: whoever reaches it can start runs. It listens on a unix socket in a folder that only
this account can enter, never on a port.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from orchestration.commands.ui import CITY_DEFINITIONS, DEFINITIONS, LOCATION
from orchestration.runtime.city import is_city
from orchestration.runtime.settings import Settings

ENVIRONMENT = {"DAGSTER_GRPC_SHUTDOWN_GRACE_PERIOD": "3", "DAGSTER_BACKFILL_RETRY_DEFINITION_CHANGED_ERROR": "1"}
"""Seconds that the code server waits for its open calls at the end, a minute by default; and backfills wait for it.

Without the second, the daemon ends a backfill with all its runs if it looks while the code server starts again.
"""
LOG_LEVEL = ("--log-level", "warning")


def socket_of(folder: Path) -> Path:
    """Return the socket of the code server in its folder."""
    return folder / "code"


def workspace_of(folder: Path) -> Path:
    """Return the file by which the other services find the code server."""
    return folder / "workspace.yaml"


def definitions() -> str:
    """Return the module with the definitions of the data home: a city's home has others."""
    return CITY_DEFINITIONS if is_city(Settings().home) else DEFINITIONS


def module_and_arguments(folder: Path) -> tuple[str, ...]:
    """Return the module of Python that is the code server, and its arguments."""
    code = ("-m", definitions(), "--empty-working-directory", "--location-name", LOCATION)
    return ("dagster", "api", "grpc", "--socket", str(socket_of(folder)), *code, *LOG_LEVEL)


def write_workspace(folder: Path) -> Path:
    """Write the workspace file of the other services, and return its path."""
    server = {"host": "localhost", "socket": str(socket_of(folder)), "location_name": LOCATION}
    workspace = workspace_of(folder)
    workspace.write_text(yaml.safe_dump({"load_from": [{"grpc_server": server}]}), encoding="utf-8")
    return workspace
