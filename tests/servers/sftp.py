"""OpenSSH's server with its internal SFTP, on a host key of its own, for the user who runs the tests.

Login is by key, and by password where the tests run as root and may have a mount namespace of their own: there the
server sees a shadow file of its own, and the system's stays as it is. Elsewhere `password` is None. No user is made.
"""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import HOST, Process, free_port, program, run

PACKAGE = "openssh-server"
PASSWORD = "extracts-of-the-tests"
# crypt(3) of PASSWORD.
_SHADOW = (
    "$6$rounds=1000$4/kKOyVbK2e18iY9$"
    "Br0ebxkwjhIngsreTdiWjk4Asxc5bD8RdKrXwhze1sFLxeL5PIIQBwtw36G7Nc3LdQKn0yIJnE8GxIlAl7/5w1"
)

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
    port, own_system = free_port(), _may_have_own_system()
    config = folder / "sshd_config"
    config.write_text(
        _CONFIG.format(
            port=port,
            host=HOST,
            key=host_key,
            authorized=key.with_suffix(".pub"),
            passwords="yes" if own_system else "no",
            root=root,
        )
    )
    command = [sshd, "-D", "-e", "-f", str(config)]
    process = Process(_in_own_system(command, folder) if own_system else command, port, folder / "sshd.log")
    password = PASSWORD if own_system else None
    with nullcontext() if own_system or os.getuid() else _separation_folder(), process.running():
        yield SftpServer(HOST, port, getpass.getuser(), password, key, root, host_key, process)


def _make_key(path: Path) -> None:
    path.unlink(missing_ok=True)
    run([program("ssh-keygen", "openssh-client"), "-q", "-t", "ed25519", "-N", "", "-C", "tests", "-f", str(path)])


def _may_have_own_system() -> bool:
    if os.getuid():
        return False
    return subprocess.run([program("unshare", "util-linux"), "--mount", "true"], capture_output=True).returncode == 0


@contextmanager
def _separation_folder() -> Iterator[None]:
    """Root's server has to have this folder, which the system's own makes at its start."""
    folder = Path("/run/sshd")
    made = not folder.exists()
    folder.mkdir(0o755, exist_ok=True)
    try:
        yield
    finally:
        if made:
            folder.rmdir()


def _in_own_system(command: list[str], folder: Path) -> list[str]:
    """Run a command where /run is empty, as sshd has to have its /run/sshd, and where root has the password."""
    shadow = folder / "shadow"
    shadow.write_text(f"{getpass.getuser()}:{_SHADOW}:20000:0:99999:7:::\n")
    shadow.chmod(0o600)
    script = 'mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && mount --bind "$0" /etc/shadow && exec "$@"'
    return [program("unshare", "util-linux"), "--mount", "sh", "-c", script, str(shadow), *command]
