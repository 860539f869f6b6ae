"""nginx in front of web servers, with the site of ``deploy/nginx/shouwang.conf`` and a certificate of the tests.

Only what differs from machine to machine is replaced in the site: addresses, ports and folders.
"""

from __future__ import annotations

import os
import shutil
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT
from tests.servers.certificates import Certificates
from tests.servers.process import Process
from tests.servers.system import HOST, free_port, program, run

NAME = "localhost"
SITE = ROOT / "deploy" / "nginx" / "shouwang.conf"
MAIN = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/main.log;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Nginx:
    """Where the site is, what to trust, and its logs."""

    port: int
    plain_port: int
    context: ssl.SSLContext
    folder: Path

    @property
    def name(self) -> str:
        """Host and port, as browsers send them."""
        return f"{NAME}:{self.port}"


@contextmanager
def nginx(
    folder: Path, port: int, servers: Mapping[str, int], tokens: Mapping[str, str], accounts: Mapping[str, str]
) -> Iterator[Nginx]:
    """Serve the site on a port; `servers` and `tokens` are by role, `accounts` are passwords; `lin` is an operator."""
    binary = program("nginx", "nginx")
    certificates = Certificates.in_folder(folder)
    shutil.copy(certificates.issue(), folder / "tls.crt")
    shutil.copy(folder / "tls.crt", folder / "tls.key")
    hashed = {who: run(["openssl", "passwd", "-6", "-stdin"], word).strip() for who, word in accounts.items()}
    (folder / "accounts").write_text("".join(f"{who}:{text}\n" for who, text in hashed.items()))
    (folder / "operators").write_text("lin operator;\n")
    (folder / "nginx-tokens").write_text(f'default "{tokens["viewer"]}";\noperator "{tokens["operator"]}";\n')
    plain = free_port()
    (folder / "site.conf").write_text(_site(folder, port, plain, servers))
    # As root its workers would be an account that may not enter the folder of the tests.
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user="" if os.getuid() else "user root;"))
    command = [binary, "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]
    run([*command, "-t"])
    context = ssl.create_default_context(cafile=str(certificates.ca_file))
    with Process(command, port, folder / "output.log").running():
        yield Nginx(port, plain, context, folder)


def _site(folder: Path, port: int, plain: int, servers: Mapping[str, int]) -> str:
    """Return the site with every address of this trial. Raises AssertionError if one is not in it."""
    replaced = {
        "/etc/shouwang": str(folder),
        "/var/log/shouwang": str(folder),
        "shouwang.example.gov.cn": NAME,
        "listen 80;": f"listen {HOST}:{plain};",
        "listen 443 ssl;": f"listen {HOST}:{port} ssl;",
        "127.0.0.1:3000": f"{HOST}:{servers['operator']}",
        "127.0.0.1:3001": f"{HOST}:{servers['viewer']}",
        "2s;": "0s;",
    }
    text = SITE.read_text(encoding="utf-8")
    for expected, own in replaced.items():
        assert expected in text, expected
        text = text.replace(expected, own)
    return text
