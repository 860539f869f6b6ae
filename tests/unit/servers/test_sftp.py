"""The SFTP server of the tests, with paramiko."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest

from tests.servers.sftp import SftpServer, sftp_server


@contextmanager
def connected(server: SftpServer, known: str, **login: object) -> Iterator[paramiko.SFTPClient]:
    with paramiko.SSHClient() as client:
        client.get_host_keys().add(*_host_key(known))
        client.connect(
            server.host, server.port, server.user, look_for_keys=False, allow_agent=False, timeout=10, **login
        )
        yield client.open_sftp()


def _host_key(line: str) -> tuple[str, str, paramiko.PKey]:
    entry = paramiko.hostkeys.HostKeyEntry.from_line(line)
    return entry.hostnames[0], entry.key.get_name(), entry.key


def test_logs_in_by_key_into_the_root(sftp: SftpServer) -> None:
    (sftp.root / "三月.csv").write_text("户编号")
    print(f"start-up: {sftp.process.seconds:.2f} s")
    with connected(sftp, sftp.known_hosts_line, key_filename=str(sftp.key_file)) as client:
        assert client.normalize(".") == str(sftp.root)
        client.putfo(io.BytesIO(b"back"), "back.txt")
        assert sorted(client.listdir()) == sorted(["back.txt", "三月.csv"])
    assert (sftp.root / "back.txt").read_bytes() == b"back"


def test_logs_in_by_password_and_refuses_another(sftp: SftpServer) -> None:
    if sftp.password is None:
        pytest.skip("sshd has passwords of its own only for root with a mount namespace")
    with connected(sftp, sftp.known_hosts_line, password=sftp.password) as client:
        assert client.normalize(".") == str(sftp.root)
    with (
        pytest.raises(paramiko.AuthenticationException),
        connected(sftp, sftp.known_hosts_line, password="wrong"),
    ):
        pass


def test_changes_its_host_key_and_can_be_down(tmp_path: Path) -> None:
    with sftp_server(tmp_path) as server:
        known = server.known_hosts_line
        server.change_host_key()
        with (
            pytest.raises(paramiko.BadHostKeyException),
            connected(server, known, key_filename=str(server.key_file)),
        ):
            pass
        server.stop()
        with (
            pytest.raises(OSError, match="Unable to connect"),
            connected(server, server.known_hosts_line, key_filename=str(server.key_file)),
        ):
            pass
        server.start()
        with connected(server, server.known_hosts_line, key_filename=str(server.key_file)) as client:
            assert client.listdir() == []
