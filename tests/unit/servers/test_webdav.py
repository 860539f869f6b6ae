"""The WebDAV server of the tests, with webdav4."""

from __future__ import annotations

import io
import ssl
from pathlib import Path

import httpx
import pytest
from webdav4.client import Client, HTTPError

from tests.servers.webdav import WebdavServer, webdav_server


def _client(server: WebdavServer, password: str | None = None) -> Client:
    trusted = ssl.create_default_context(cafile=server.ca_file)
    return Client(server.url, auth=(server.user, password or server.password), verify=trusted, timeout=5)


def test_keeps_files_and_asks_for_the_password(webdav: WebdavServer) -> None:
    print(f"start-up: {webdav.process.seconds:.2f} s")
    (webdav.root / "三月.csv").write_text("户编号")
    client = _client(webdav)
    assert client.ls("/", detail=False) == ["三月.csv"]
    client.upload_fileobj(io.BytesIO(b"back"), "back.txt")
    assert (webdav.root / "back.txt").read_bytes() == b"back"
    with pytest.raises(HTTPError, match="401"):
        _client(webdav, "wrong").ls("/")
    for made in webdav.root.iterdir():
        made.unlink()


def test_a_certificate_that_is_not_to_be_trusted(tmp_path: Path) -> None:
    with webdav_server(tmp_path, "expired") as server:
        with pytest.raises(httpx.ConnectError, match="expired"):
            _client(server).ls("/")
        server.stop()
        with pytest.raises(httpx.ConnectError, match="refused"):
            _client(server).ls("/")
