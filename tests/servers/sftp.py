"""OpenSSH's server with its internal SFTP, on a host key of its own, for the user who runs the tests.

Login is by key, and by password where the tests run as root and may have a mount namespace of their own: there the
server sees a shadow file of its own, and the system's stays as it is. Elsewhere `password` is None. No user is made.
"""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.servers import own_system
from tests.servers.process import Process
from tests.servers.system import HOST, PASSWORD, free_port, program, run

PACKAGE = "openssh-server"

_CONFIG = """\
Port {port}
ListenAddress {host}
HostKey {key}
AuthorizedKeysFile {authorized}
PasswordAuthentication {passwords}
KbdInteractiveAuthentication no
PermitRootLogin yes
UsePAM no
StrictModes no
PidFile none
UseDNS no
# Any number of tests log in wrongly and at once.
MaxStartups 100
Subsystem sftp internal-sftp
ForceCommand internal-sftp -d {root}
"""


@dataclass(frozen=True)
class SftpServer:
    """What a client needs, the folder that it sees first, and the process."""

    host: str
    port: int
    user: str
    # None where the server cannot have passwords of its own.
    password: str | None
    key_file: Path
    root: Path
    host_key_file: Path
    process: Process

    @property
    def host_key(self) -> str:
        """Type and key of the host as known_hosts has them, without the host."""
        return " ".join(self.host_key_file.with_suffix(".pub").read_text().split()[:2])

    @property
    def known_hosts_line(self) -> str:
        """The line of known_hosts that trusts this server."""
        return f"[{self.host}]:{self.port} {self.host_key}"

    def change_host_key(self) -> None:
        """Restart with another host key, as a server in the middle would have it."""
        self.process.stop()
        _make_key(self.host_key_file)
        self.process.start()

    def stop(self) -> None:
        """Be down."""
        self.process.stop()

    def start(self) -> None:
        """Be up again, on the same port."""
        self.process.start()


@contextmanager
def sftp_server(folder: Path) -> Iterator[SftpServer]:
    """Run a server with its files in `folder`; the root is `folder/root`."""
    sshd = program("sshd", PACKAGE)
    root, host_key, key = folder / "root", folder / "host_key", folder / "user_key"
    root.mkdir()
    _make_key(host_key)
    _make_key(key)
    port, own = free_port(), own_system.possible()
    config = folder / "sshd_config"
    config.write_text(
        _CONFIG.format(
            port=port,
            host=HOST,
            key=host_key,
            authorized=key.with_suffix(".pub"),
            passwords="yes" if own else "no",
            root=root,
        )
    )
    command = [sshd, "-D", "-e", "-f", str(config)]
    command = own_system.inside(command, folder) if own else command
    process = Process(command, port, folder / "sshd.log", ready=lambda: _greets(port))
    password = PASSWORD if own else None
    with nullcontext() if own or os.getuid() else own_system.separation_folder(), process.running():
        yield SftpServer(HOST, port, getpass.getuser(), password, key, root, host_key, process)


def _greets(port: int) -> bool:
    """Whether the server says who it is: on a busy machine it may reset its first connections."""
    try:
        with socket.create_connection((HOST, port), 5) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _make_key(path: Path) -> None:
    path.unlink(missing_ok=True)
    run([program("ssh-keygen", "openssh-client"), "-q", "-t", "ed25519", "-N", "", "-C", "tests", "-f", str(path)])
