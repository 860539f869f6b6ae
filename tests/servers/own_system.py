"""A view of the system that only sshd has: an empty /run, and a password for root.

It is a mount namespace, which needs root with CAP_SYS_ADMIN; the system itself stays as it is.
"""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.system import program

# crypt(3) of PASSWORD.
_SHADOW = (
    "$6$rounds=1000$4/kKOyVbK2e18iY9$"
    "Br0ebxkwjhIngsreTdiWjk4Asxc5bD8RdKrXwhze1sFLxeL5PIIQBwtw36G7Nc3LdQKn0yIJnE8GxIlAl7/5w1"
)


def possible() -> bool:
    """Whether sshd can have such a view here."""
    if os.getuid():
        return False
    return subprocess.run([program("unshare", "util-linux"), "--mount", "true"], capture_output=True).returncode == 0


@contextmanager
def separation_folder() -> Iterator[None]:
    """Root's server has to have this folder, which the system's own makes at its start."""
    folder = Path("/run/sshd")
    made = not folder.exists()
    folder.mkdir(0o755, exist_ok=True)
    try:
        yield
    finally:
        if made:
            folder.rmdir()


def inside(command: list[str], folder: Path) -> list[str]:
    """Run a command where /run is empty, as sshd has to have its /run/sshd, and where root has the password."""
    shadow = folder / "shadow"
    shadow.write_text(f"{getpass.getuser()}:{_SHADOW}:20000:0:99999:7:::\n")
    shadow.chmod(0o600)
    script = 'mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && mount --bind "$0" /etc/shadow && exec "$@"'
    return [program("unshare", "util-linux"), "--mount", "sh", "-c", script, str(shadow), *command]
