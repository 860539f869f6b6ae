"""What only SFTP has: the server's key, private keys with a passphrase, a session that dies or stands still."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sources.landing.transport import files, location_of, sftp, sftp_store
from sources.landing.transport.files import FilesSource
from sources.landing.transport.trouble import TransportError, explained
from sources.months import Month
from tests.servers.sftp import SftpServer, sftp_server
from tests.unit.sources.landing.transport.kinds import Place, place_of, secret

JUNE = Month(2021, 6)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of("sftp", request, tmp_path)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[SftpServer]:
    """A server of this test, which may be stopped."""
    folder = tmp_path / "server"
    folder.mkdir()
    with sftp_server(folder) as server:
        yield server


def _of(server: SftpServer, **settings: Any) -> sftp.SftpLocation:
    entry = {
        "url": f"sftp://{server.user}@{server.host}:{server.port}{server.root}",
        "key_file": str(server.key_file),
        "pattern": "{month:%Y-%m}/",
        "host_key": server.host_key,
    }
    location = location_of(entry | settings, server.root)
    assert isinstance(location, sftp.SftpLocation)
    return location


def _trouble(location: sftp.SftpLocation) -> TransportError:
    with pytest.raises(TransportError) as refused, location.open(["x", "y"]) as source:
        source.listing(JUNE)
    return refused.value


def test_a_changed_host_key_is_refused_before_any_password_is_sent(own_server: SftpServer) -> None:
    location = _of(own_server)
    own_server.change_host_key()
    trouble = _trouble(location)
    assert "变了" in trouble.cause
    assert "SHA256:" in trouble.cause
    assert not trouble.is_passing
    assert "Accepted" not in own_server.process.log.read_text()


def test_known_hosts_that_do_not_know_the_server_refuse_it(sftp: SftpServer, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text("")
    location = _of(sftp, host_key=None, known_hosts_file=str(known))
    assert "没有对方的主机密钥" in _trouble(location).cause
    known.write_text(f"# comment\n{sftp.known_hosts_line}\n")
    with location.open(["x", "y"]) as source:
        assert source.listing(JUNE).offers == ()
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(known)], check=True, capture_output=True)
    assert sftp.host not in known.read_text()
    with location.open(["x", "y"]) as source:
        assert source.listing(JUNE).offers == ()


def test_known_hosts_that_are_absent_are_said(sftp: SftpServer) -> None:
    assert "读不到" in _trouble(_of(sftp, host_key=None, known_hosts_file="/absent")).cause


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"host_key": None}, "host_key"),
        ({"known_hosts_file": "/x"}, "host_key"),
        ({"host_key": "SHA256:abc"}, "主机公钥"),
        ({"key_file": None}, "key_file"),
        ({"url": "sftp://files.example/x"}, "user"),
        ({"url": "sftp://a:b@files.example/x"}, "密码"),
    ],
)
def test_settings_that_would_trust_anybody_or_lack_a_login_are_refused(
    sftp: SftpServer, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        _of(sftp, **settings)


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_a_key_with_a_passphrase_is_used_and_a_wrong_passphrase_said(place: Place, tmp_path: Path, kind: str) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "geheim", "-f", str(key)], check=True)
    authorized = place.server.key_file.with_suffix(".pub")
    former = authorized.read_text()
    authorized.write_text(former + key.with_suffix(".pub").read_text())
    try:
        with place.location(key_file=str(key), passphrase_file=secret(place.home, "geheim\n")).connect() as store:
            assert list(store.entries("")) == []
    finally:
        authorized.write_text(former)
    for wrong in (None, secret(place.home, "other")):
        location = place.location(key_file=str(key), passphrase_file=wrong)
        with pytest.raises(TransportError, match="口令") as refused, location.connect():
            pass
        assert "other" not in str(refused.value)


def test_a_password_logs_in(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    if place.server.password is None:
        pytest.skip("the server has no passwords here")
    monkeypatch.setenv("OF_SFTP", place.server.password)
    with place.location(key_file=None, password_env="OF_SFTP").connect() as store:
        assert list(store.entries("")) == []


def test_neither_an_agent_nor_the_home_is_asked_for_keys(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".ssh").mkdir()
    shutil.copy(place.server.key_file, tmp_path / ".ssh" / "id_ed25519")
    monkeypatch.setenv("HOME", str(tmp_path))
    location = place.location(**place.wrong)
    with pytest.raises(TransportError, match="登录"), explained(location.explain), location.connect():
        pass


def test_a_tilde_is_the_folder_of_the_account(place: Place) -> None:
    place.put("2021-06/a.csv")
    assert place.root
    url = place.entry["url"].partition(str(place.server.root))[0]
    with place.location(url=f"{url}/~/{place.root.name}").connect() as store:
        assert [entry.name for entry in store.entries("2021-06")] == ["a.csv"]
    with place.location(url=url).connect() as store:
        assert place.root.name in [entry.name for entry in store.entries("")]


def test_a_listing_without_end_is_read_no_further_than_it_may_go(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert place.root
    folder = place.root / "2021-06"
    folder.mkdir()
    for number in range(2000):
        (folder / f"{number}.csv").touch()
    monkeypatch.setattr(files, "MAX_ENTRIES", 300)
    entry, seen = sftp_store._entry, []
    monkeypatch.setattr(sftp_store, "_entry", lambda *of: seen.append(of) or entry(*of))
    with place.location().open(["x", "y"]) as source, pytest.raises(TransportError, match="条目超过"):
        source.listing(JUNE)
    assert len(seen) <= 302, "the month's folder and one entry too many"


def test_a_listing_that_breaks_off_is_no_listing(own_server: SftpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own_server.root / "2021-06"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number}.csv").touch()
    entry, seen = sftp_store._entry, []

    def stopping(*of):
        seen.append(of)
        if len(seen) == 150:
            own_server.stop()
        return entry(*of)

    monkeypatch.setattr(sftp_store, "_entry", stopping)
    trouble = _trouble(_of(own_server))
    assert "中途断开" in trouble.cause
    assert trouble.is_passing


def test_a_connection_that_takes_no_request_any_more_is_not_the_end_of_a_listing(
    own_server: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paramiko raises EOFError both when a server has no more entries and when a closed channel takes no bytes."""
    from paramiko import SFTPClient, sftp

    folder = own_server.root / "2021-06"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number}.csv").touch()
    asked, whole = [], SFTPClient._async_request

    def closed(self, fileobj, kind, *rest):
        asked.append(kind)
        if asked.count(sftp.CMD_READDIR) == 5:
            raise EOFError
        return whole(self, fileobj, kind, *rest)

    monkeypatch.setattr(SFTPClient, "_async_request", closed)
    trouble = _trouble(_of(own_server))
    assert "中途断开" in trouble.cause
    assert trouble.is_passing


@pytest.mark.parametrize("end", ["stop", "pause"])
def test_a_server_that_dies_or_stands_still_within_a_file_is_said(
    own_server: SftpServer, end: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sftp, "SILENT_SECONDS", 1.0)
    (own_server.root / "2021-06").mkdir()
    (own_server.root / "2021-06" / "a.csv").write_bytes(b"x" * 5_000_000)
    following, count = sftp_store._Reading._next, []

    def ending(self):
        count.append(1)
        if len(count) == 10:
            getattr(own_server.process, end)()
        return following(self)

    with _of(own_server).open(["x", "y"]) as source:
        (offer,) = source.listing(JUNE).offers
        monkeypatch.setattr(sftp_store._Reading, "_next", ending)
        with pytest.raises(TransportError) as refused:
            source.fetch(offer, JUNE, tmp_path / "target")
    assert "中途断开" in refused.value.cause or "没有按时回应" in refused.value.cause
    assert refused.value.is_passing


def test_a_server_that_stands_still_while_the_session_starts_is_given_up(
    own_server: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paramiko import Channel

    monkeypatch.setattr(sftp, "CONNECT_SECONDS", 2.0)
    invoke = Channel.invoke_subsystem

    def pausing(self, subsystem):
        own_server.process.pause()
        invoke(self, subsystem)

    monkeypatch.setattr(Channel, "invoke_subsystem", pausing)
    began = time.monotonic()
    trouble = _trouble(_of(own_server))
    assert "没有按时回应" in trouble.cause
    assert time.monotonic() - began < 15
    own_server.process.resume()


def test_short_answers_in_the_middle_lose_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server may send less than it was asked for at any place."""
    content = os.urandom(1_000_003)
    place.put("a.bin", content)
    with place.location().connect() as store:
        asked = sftp_store._Reading._ask
        monkeypatch.setattr(sftp_store, "_AHEAD", 8)

        def shorter(self, at, size):
            number, _, _ = asked(self, at, max(1, size * 2 // 3))
            return number, at, size

        monkeypatch.setattr(sftp_store._Reading, "_ask", shorter)
        with store.read("a.bin") as source:
            assert source.read() == content


def test_files_are_fetched_with_their_announced_size(place: Place, tmp_path: Path) -> None:
    content = os.urandom(10_000_000)
    place.put("2021-06/a.bin", content)
    with place.location().open(["x", "y"]) as source:
        assert isinstance(source, FilesSource)
        (offer,) = source.listing(JUNE).offers
        assert offer.size == len(content)
        source.fetch(offer, JUNE, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == content
