"""The web interface: Dagster's web server behind a guard, its daemon, and their common start and end.

Dagster's web server has no login and executes what a request says. Two places guard it: a launch cannot name a program
(``orchestration.resources``), and no request reaches it unless it passes the guard. A reverse proxy would leave the
unguarded server listening as well, so the guard wraps Dagster's application in its own process.

``services`` starts all processes together, ``alone`` one of them, ``one_daemon`` lets a home have one daemon;
``guard`` has the rules.
"""

from enum import StrEnum

from orchestration.runtime.errors import ShouwangError

DEFINITIONS = "orchestration.definitions"
CITY_DEFINITIONS = "orchestration.city.definitions"
"""What the home of a city loads instead."""
LOCATION = "shouwang"
"""The code location; ``dg`` reads the same from ``pyproject.toml``."""

READ_ONLY = "read-only"
"""Argument of the web server's process."""


class UiError(ShouwangError):
    """The web interface cannot start, or a part of it has ended."""


class Part(StrEnum):
    """The parts of the web interface, as the command line names them."""

    CODE = "code"
    DAEMON = "daemon"
    WEB = "web"
    VIEWER = "viewer"


PORTS = {Part.WEB: 3000, Part.VIEWER: 3001}
"""Ports of the web servers, if the command line names none."""
