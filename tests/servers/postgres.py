"""PostgreSQL on a data folder of its own, over TCP with password login.

The server refuses to run as root, and its user may not enter root's folders: there the data is in a folder of its own
under the system's temporary folder, removed at the end, or by the next start if the tests are killed. Nothing is synced
to disk.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import Process
from tests.servers.system import HOST, PASSWORD, free_port, program, run

PACKAGE = "postgresql"
_OPTIONS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "4GB",
}


@dataclass(frozen=True)
class PostgresServer:
    """What a client needs, and the process; the user owns the server."""

    host: str
    port: int
    user: str
    password: str
    database: str
    process: Process

    @property
    def url(self) -> str:
        """SQLAlchemy's address, with the password."""
        return f"postgresql+psycopg://{self.user}:{self.password}@{self.host}:{self.port}/{self.database}"

    def stop(self) -> None:
        """Be down; connections break at once and transactions roll back."""
        self.process.stop()

    def start(self) -> None:
        """Be up again, on the same port and data."""
        self.process.start()


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    """Run a server with its log, and as an ordinary user its data, in `folder`."""
    initdb, postgres = binary("initdb"), binary("postgres")
    data = _data_folder(folder)
    try:
        password_file = data.with_name("password")
        password_file.write_text(f"{PASSWORD}\n")
        shutil.chown(password_file, *_owner(data))
        made = ["-D", str(data), "-U", "extracts", "-A", "scram-sha-256", "--pwfile", str(password_file)]
        run([*_as_owner(data), initdb, *made, "--no-sync", "--no-locale", "-E", "UTF8"], folder=data.parent)
        port = free_port()
        options = [word for name, value in _OPTIONS.items() for word in ("-c", f"{name}={value}")]
        command = [*_as_owner(data), postgres, "-D", str(data), "-p", str(port), *options]
        # The port answers while the server still starts; SIGINT does not wait for its clients.
        ready = [binary("pg_isready"), "-q", "-h", HOST, "-p", str(port)]
        process = Process(
            command,
            port,
            folder / "postgres.log",
            ready=lambda: subprocess.run(ready).returncode == 0,
            end=signal.SIGINT,
        )
        with process.running():
            yield PostgresServer(HOST, port, "extracts", PASSWORD, "postgres", process)
    finally:
        if data.parent != folder:
            shutil.rmtree(data.parent)


def binary(name: str) -> str:
    """Debian keeps each version's binaries in a folder that is on nobody's path; the newest is taken."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return program(name, PACKAGE, versions)


def _data_folder(folder: Path) -> Path:
    if os.getuid():
        return folder / "data"
    # Named after the process, so that others see when it is gone.
    for left in Path(tempfile.gettempdir()).glob("shouwang-postgres-*-*"):
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    parent = Path(tempfile.mkdtemp(prefix=f"shouwang-postgres-{os.getpid()}-"))
    shutil.chown(parent, "postgres", "postgres")
    return parent / "data"


def _owner(data: Path) -> tuple[int, int]:
    status = data.parent.stat()
    return status.st_uid, status.st_gid


def _as_owner(data: Path) -> list[str]:
    """Words before a command that lets the owner of the folder run it, and end it with the tests' process.

    A changed user loses the tie to the parent, so that it is tied after the change. SIGQUIT lets the server end its
    children and its shared memory.
    """
    uid, gid = _owner(data)
    other = [f"--reuid={uid}", f"--regid={gid}", "--clear-groups"] if uid != os.getuid() else []
    return [program("setpriv", "util-linux"), *other, "--pdeathsig", "QUIT", "--"]
