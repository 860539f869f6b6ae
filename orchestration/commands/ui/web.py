"""Serve Dagster's web server behind the guard, as a process of its own.

Belongs here: the application and its server. Does not belong here: the rules of the guard, the start and the end.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._utils.log import configure_loggers
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__
from starlette.types import ASGIApp

from orchestration.commands.ui import READ_ONLY
from orchestration.commands.ui.documents import Documents
from orchestration.commands.ui.guard import Guard
from orchestration.commands.ui.origin import adopt_runs
from orchestration.runtime import instance
from orchestration.runtime.settings import Settings

GRACE_SECONDS = 3
"""Longest wait for open requests at the end; the live updates of a page never end by themselves."""


def _print(address: str) -> None:
    print(f"界面已打开  {address}", flush=True)


@contextmanager
def dagster_application(settings: Settings, workspace: Path, *, read_only: bool = False) -> Iterator[ASGIApp]:
    """Build Dagster's web application over a workspace file, with the documents beside it, without any guard."""
    target = WorkspaceFileTarget([str(workspace)])
    with (
        instance.open_instance(settings) as opened,
        WorkspaceProcessContext(opened, target, version=__version__, read_only=read_only) as context,
    ):
        adopt_runs(opened)
        yield Documents(create_app_from_workspace_process_context(context))


def serve(
    settings: Settings,
    workspace: Path,
    listener: socket.socket,
    token: str,
    *,
    read_only: bool,
    say: Callable[[str], None] = _print,
) -> None:
    """Serve on a socket that is bound, until an interrupt; ``say`` takes the address once pages can be opened."""
    port, host = listener.getsockname()[1], _name(settings.ui_host)
    with dagster_application(settings, workspace, read_only=read_only) as application:
        config = uvicorn.Config(
            Guard(application, token, port, [host, *settings.ui_names]),
            # Any program of this machine could write an address into the headers of a proxy.
            proxy_headers=False,
            server_header=False,
            # It would show the token.
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        login = "" if settings.ui_token_file else f"?token={token}"
        say(f"http://{host}:{port}/{login}")
        uvicorn.Server(config).run(sockets=[listener])


def _name(address: IPv4Address | IPv6Address) -> str:
    """Write the address of the server as browsers do."""
    if address.is_unspecified:
        return "127.0.0.1"
    return f"[{address}]" if address.version == 6 else str(address)


def _answer(address: str) -> None:
    """Pass the address to the process that started this one; all that is printed later belongs into the log."""
    print(address, flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def main() -> None:
    """Serve the workspace of the first argument on the socket of the second.

    A line of standard input is the token; the first line of standard output is the address.
    """
    configure_loggers(log_level="WARNING")
    workspace, listener = Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
    try:
        token = sys.stdin.readline().strip()
        serve(Settings(), workspace, listener, token, read_only=READ_ONLY in sys.argv, say=_answer)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
