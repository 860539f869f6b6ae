"""Keep a process that has imported dbt and parsed the project, and let copies of it run dbt.

Belongs here: starting the worker, its loop, asking it. Does not belong here: what dbt does (``parsed``).

Importing dbt and parsing take two to three seconds of a month. The worker does both while the departments' files are
taken in, once for all months of a command. ``shouwang-dbt`` sends it arguments, environment and open files; a copy of
the worker becomes dbt and opens DuckDB, which the worker itself never does. Without a worker, dbt starts as usual.
The copy ends with ``shouwang-dbt``, which ends with the run; the worker ends with the run as well.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from orchestration.dbt.process import PARENT_VARIABLE, PARSED_VARIABLE, end_with_parent
from orchestration.runtime.garbage import collect_rarely

SOCKET_VARIABLE = "SHOUWANG_DBT_WORKER"
"""Environment variable with the socket of the worker."""
LONGEST = 100
"""Bytes in the path of a socket; systems allow 103 or 107."""
_BEGUN = b"+"
_FILES = 3


@contextmanager
def ready(folder: Path, project: Path) -> Iterator[None]:
    """Keep a worker for what this process runs; within another ``ready``, use the same one.

    ``folder`` is that of dbt in the data home, which only its owner may enter, ``project`` the dbt project.
    """
    address = folder / f"{os.getpid()}.worker"
    if SOCKET_VARIABLE in os.environ or len(os.fsencode(address)) > LONGEST:
        yield
        return
    worker = None
    # Without a socket, for instance on a network drive, dbt starts as usual.
    with suppress(OSError):
        worker = _started(address, folder, project)
    try:
        yield
    finally:
        if worker:
            del os.environ[SOCKET_VARIABLE]
            worker.kill()
            worker.wait()
            address.unlink(missing_ok=True)


def _started(address: Path, folder: Path, project: Path) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.worker"):
        left.unlink()
    variables = {
        "DBT_PROJECT_DIR": str(project),
        "DBT_PROFILES_DIR": str(project),
        PARSED_VARIABLE: str(folder / "parsed"),
        PARENT_VARIABLE: str(os.getpid()),
    }
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        worker = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", __name__, str(listener.fileno())],
            env={**os.environ, **variables},
            cwd=project,
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    os.environ[SOCKET_VARIABLE] = str(address)
    return worker


def ask(arguments: list[str]) -> int | None:
    """Let the worker run dbt with these arguments, this environment and these standard files; return its exit code.

    Returns None if there is no worker, or if it cannot parse the project: dbt then says why.
    """
    address = os.environ.get(SOCKET_VARIABLE)
    if not address:
        return None
    # The copy of the worker ends as soon as this process does.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    request = {"arguments": arguments, "environment": dict(os.environ), "folder": str(Path.cwd())}
    with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        socket.send_fds(connection, [_BEGUN], range(_FILES))
        connection.sendall(json.dumps(request).encode() + b"\n")
        if connection.recv(1) == _BEGUN:
            code = connection.recv(1)
            return code[0] if code else 2
    return None


def serve(listener: socket.socket) -> None:
    """Parse the project, then let a copy of this process run dbt for every connection, until this process is killed."""
    end_with_parent(int(os.environ[PARENT_VARIABLE]))
    # Ctrl-C of a terminal reaches the run, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_rarely()
    from orchestration.dbt import parsed

    project = parsed.load()
    while project:
        connection, _ = listener.accept()
        with connection:
            if not (copy := os.fork()):
                listener.close()
                _become_dbt(connection, project)
        # One at a time, as there is one writer.
        os.waitpid(copy, 0)


def _become_dbt(connection: socket.socket, project: object) -> NoReturn:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    from orchestration.dbt import parsed

    _, files, _, _ = socket.recv_fds(connection, 1, _FILES)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    request = json.loads(connection.makefile().readline())
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    connection.sendall(_BEGUN)
    threading.Thread(target=_end_with_other_side, args=(connection,), daemon=True).start()
    code = 2
    try:
        code = parsed.run(project, request["arguments"])
    finally:
        # DuckDB writes its log into the warehouse when it is closed; this process skips what runs at exit.
        DuckDBConnectionManager.close_all_connections()
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(bytes([code]))
        os._exit(code)


def _end_with_other_side(connection: socket.socket) -> None:
    connection.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
