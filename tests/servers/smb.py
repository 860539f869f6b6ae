"""Samba with its own settings and accounts in a temporary folder, for the user who runs the tests.

Two shares: `extracts`, which does not follow links, and `links`, which follows those that stay in the share. (Links out
of a share need a module of another package.) The protocol is SMB 3 with signing or encryption as the client asks.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import Process
from tests.servers.system import HOST, PASSWORD, free_port, program, run

PACKAGE = "samba"
_STATE = ["private dir", "lock directory", "state directory", "cache directory", "pid directory", "ncalrpc dir"]

_CONFIG = """\
[global]
server role = standalone server
workgroup = TESTS
interfaces = {host}
bind interfaces only = yes
smb ports = {port}
disable netbios = yes
disable spoolss = yes
load printers = no
server min protocol = SMB3
map to guest = never
passdb backend = tdbsam:{state}/accounts.tdb
{directories}

[extracts]
path = {root}
read only = no
valid users = {user}
follow symlinks = no

[links]
path = {links_root}
read only = no
valid users = {user}
follow symlinks = yes
"""


@dataclass(frozen=True)
class SmbServer:
    """What a client needs, the folders of the two shares, and the process."""

    host: str
    port: int
    user: str
    password: str
    share: str
    root: Path
    links_share: str
    links_root: Path
    process: Process

    def stop(self) -> None:
        """Be down."""
        self.process.stop()

    def start(self) -> None:
        """Be up again, on the same port."""
        self.process.start()


@contextmanager
def smb_server(folder: Path) -> Iterator[SmbServer]:
    """Run a server with everything in `folder`; the shares are `folder/root` and `folder/links`."""
    smbd, pdbedit = program("smbd", PACKAGE), program("pdbedit", PACKAGE)
    root, links_root, state = folder / "root", folder / "links", folder / "state"
    for made in (root, links_root, state):
        made.mkdir()
    port, user, config = free_port(), getpass.getuser(), folder / "smb.conf"
    directories = "\n".join(f"{name} = {state}" for name in _STATE)
    config.write_text(
        _CONFIG.format(
            host=HOST, port=port, state=state, directories=directories, root=root, links_root=links_root, user=user
        )
    )
    run(
        [pdbedit, f"--configfile={config}", "--create", "--password-from-stdin", f"--user={user}"],
        text=f"{PASSWORD}\n{PASSWORD}\n",
    )
    command = [
        smbd,
        "--foreground",
        "--no-process-group",
        "--debug-stdout",
        f"--log-basename={state}",
        f"--configfile={config}",
    ]
    process = Process(command, port, folder / "smbd.log")
    with process.running():
        yield SmbServer(HOST, port, user, PASSWORD, "extracts", root, "links", links_root, process)
