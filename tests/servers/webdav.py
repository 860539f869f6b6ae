"""WsgiDAV on cheroot as a process of its own, over TLS with an authority of its own and basic login."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.servers.certificates import Certificates, Kind
from tests.servers.process import Process
from tests.servers.system import HOST, PASSWORD, free_port


@dataclass(frozen=True)
class WebdavServer:
    """What a client needs, the folder that it serves, and the process."""

    host: str
    port: int
    user: str
    password: str
    root: Path
    certificates: Certificates
    process: Process

    @property
    def url(self) -> str:
        """Address of the root folder."""
        return f"https://{self.host}:{self.port}"

    @property
    def ca_file(self) -> Path:
        """The authority to trust."""
        return self.certificates.ca_file

    def stop(self) -> None:
        """Be down."""
        self.process.stop()

    def start(self) -> None:
        """Be up again, on the same port."""
        self.process.start()


@contextmanager
def webdav_server(folder: Path, certificate: Kind = "good") -> Iterator[WebdavServer]:
    """Run a server with everything in `folder`; it serves `folder/root`."""
    root, port, config = folder / "root", free_port(), folder / "wsgidav.yaml"
    root.mkdir()
    certificates = Certificates.in_folder(folder)
    key_and_chain = str(certificates.issue(certificate))
    settings = {
        "server": "cheroot",
        "host": HOST,
        "port": port,
        "ssl_adapter": "builtin",
        "ssl_certificate": key_and_chain,
        "ssl_private_key": key_and_chain,
        "provider_mapping": {"/": str(root)},
        "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
        "simple_dc": {"user_mapping": {"*": {"extracts": {"password": PASSWORD}}}},
        "property_manager": True,
        "lock_storage": True,
        "verbose": 3,
    }
    config.write_text(yaml.safe_dump(settings))
    command = [sys.executable, "-m", "wsgidav.server.server_cli", "--config", str(config)]
    process = Process(command, port, folder / "wsgidav.log")
    with process.running():
        yield WebdavServer(HOST, port, "extracts", PASSWORD, root, certificates, process)
