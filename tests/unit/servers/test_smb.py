"""The SMB server of the tests, with smbprotocol."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import smbclient
from smbprotocol.exceptions import SMBOSError

from tests.servers.smb import SmbServer, smb_server


@contextmanager
def login(server: SmbServer, **other: Any) -> Iterator[dict[str, Any]]:
    """What every call of the client needs; connections are not shared with other tests."""
    cache: dict[str, Any] = {}
    yield {
        "port": server.port,
        "username": server.user,
        "password": server.password,
        "connection_cache": cache,
        "connection_timeout": 5,
        **other,
    }
    smbclient.reset_connection_cache(fail_on_error=False, connection_cache=cache)


def test_keeps_files_and_asks_for_the_password(smb: SmbServer) -> None:
    print(f"start-up: {smb.process.seconds:.2f} s")
    (smb.root / "三月.csv").write_text("户编号")
    share = rf"\\{smb.host}\{smb.share}"
    with login(smb) as known:
        assert smbclient.listdir(share, **known) == ["三月.csv"]
        with smbclient.open_file(rf"{share}\back.txt", mode="wb", **known) as file:
            file.write(b"back")
    assert (smb.root / "back.txt").read_bytes() == b"back"
    with login(smb, password="wrong") as known, pytest.raises(SMBOSError, match="LOGON_FAILURE"):
        smbclient.listdir(share, **known)


def test_follows_links_on_one_share_only_and_none_out_of_it(smb: SmbServer, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_bytes(b"elsewhere")
    for root in (smb.root, smb.links_root):
        (root / "here.csv").write_bytes(b"here")
        (root / "link.csv").symlink_to("here.csv")
        (root / "out.csv").symlink_to(tmp_path / "elsewhere.csv")
    with login(smb) as known:
        assert _read(smb, smb.links_share, "link.csv", known) == b"here"
        for share, name in ((smb.links_share, "out.csv"), (smb.share, "link.csv"), (smb.share, "out.csv")):
            with pytest.raises(SMBOSError):
                _read(smb, share, name, known)
    for root in (smb.root, smb.links_root):
        for made in root.iterdir():
            made.unlink()


def _read(server: SmbServer, share: str, name: str, known: dict[str, Any]) -> bytes:
    with smbclient.open_file(rf"\\{server.host}\{share}\{name}", mode="rb", **known) as file:
        return file.read()


def test_is_down_and_up_again(tmp_path: Path) -> None:
    with smb_server(tmp_path) as server:
        share = rf"\\{server.host}\{server.share}"
        with login(server) as known:
            assert smbclient.listdir(share, **known) == []
            server.stop()
        with login(server) as known, pytest.raises(ValueError, match="Failed to connect"):
            smbclient.listdir(share, **known)
        server.start()
        with login(server) as known:
            assert smbclient.listdir(share, **known) == []
