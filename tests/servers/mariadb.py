"""MariaDB on a data folder of its own, over TCP with password login, as the user who runs the tests."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import Process
from tests.servers.system import HOST, PASSWORD, free_port, program, run

PACKAGE = "mariadb-server"
_OPTIONS = [
    "--skip-name-resolve",
    "--skip-log-bin",
    "--character-set-server=utf8mb4",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
]
# At every start; the account is that of a department that gives its views to read, and here also fills them.
_ACCOUNT = f"""\
CREATE DATABASE IF NOT EXISTS extracts;
CREATE USER IF NOT EXISTS 'extracts'@'%' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON *.* TO 'extracts'@'%';
"""


@dataclass(frozen=True)
class MariadbServer:
    """What a client needs, and the process."""

    host: str
    port: int
    user: str
    password: str
    database: str
    process: Process

    @property
    def url(self) -> str:
        """SQLAlchemy's address, with the password."""
        return f"mysql+pymysql://{self.user}:{self.password}@{self.host}:{self.port}/{self.database}"

    def stop(self) -> None:
        """Be down."""
        self.process.stop()

    def start(self) -> None:
        """Be up again, on the same port and data."""
        self.process.start()


@contextmanager
def mariadb_server(folder: Path) -> Iterator[MariadbServer]:
    """Run a server with everything in `folder`."""
    install, mariadbd = program("mariadb-install-db", PACKAGE), program("mariadbd", PACKAGE)
    data, account, port = folder / "data", folder / "account.sql", free_port()
    account.write_text(_ACCOUNT)
    # The settings of the system's own server are left out.
    common = ["--no-defaults", f"--datadir={data}", f"--user={getpass.getuser()}"]
    run([install, *common, "--auth-root-authentication-method=normal", "--skip-test-db"])
    address = [f"--bind-address={HOST}", f"--port={port}"]
    # Relative to the data folder, because a socket's path may have no more than 107 bytes.
    files = ["--socket=socket", f"--pid-file={folder / 'pid'}", f"--init-file={account}"]
    process = Process([mariadbd, *common, *address, *files, *_OPTIONS], port, folder / "mariadbd.log")
    with process.running():
        yield MariadbServer(HOST, port, "extracts", PASSWORD, "extracts", process)
