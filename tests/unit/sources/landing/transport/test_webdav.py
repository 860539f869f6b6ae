"""What only WebDAV has: certificates, addresses that do not encrypt, an answer in XML that may be hostile."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from sources.landing.transport import location_of
from sources.landing.transport.store import Entry
from sources.landing.transport.trouble import TransportError
from sources.landing.transport.webdav_listing import entries_of
from sources.months import Month
from tests.servers.certificates import Kind
from tests.servers.webdav import webdav_server
from tests.unit.sources.landing.transport.kinds import Place, place_of

JUNE = Month(2021, 6)
HEAD = '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">'
END = "</d:multistatus>"


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of("webdav", request, tmp_path)


def _trouble(location: Any) -> TransportError:
    with pytest.raises(TransportError) as refused, location.open(["x", "y"]) as source:
        source.listing(JUNE)
    return refused.value


@pytest.mark.parametrize("kind", [kind for kind in get_args(Kind) if kind != "good"])
def test_a_certificate_that_is_not_trusted_is_refused(tmp_path: Path, kind: Kind) -> None:
    with webdav_server(tmp_path, kind) as server:
        url = f"davs://{server.host}:{server.port}"
        entry = {"url": url, "ca_file": str(server.ca_file), "pattern": "{month:%Y-%m}/"}
        trouble = _trouble(location_of(entry, tmp_path))
    assert "证书" in trouble.cause
    assert not trouble.is_passing


def test_the_authority_of_the_test_is_not_trusted_without_the_setting(place: Place) -> None:
    assert "证书" in _trouble(place.location(ca_file=None)).cause


@pytest.mark.parametrize("content", ["", "no certificate"])
def test_an_authority_that_cannot_be_read_is_said(place: Place, tmp_path: Path, content: str) -> None:
    (tmp_path / "ca.pem").write_text(content)
    assert "ca_file" in _trouble(place.location(ca_file=str(tmp_path / "ca.pem"))).cause


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"url": "dav://files.example/x"}, "plain"),
        ({"url": "davs:///x"}, "服务器"),
        ({"user": None}, "user"),
        ({"login": "ntlm"}, "basic"),
    ],
)
def test_settings_that_send_passwords_in_the_open_or_lack_something_are_refused(
    place: Place, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        place.location(**settings)
    assert place.location(url="dav://127.0.0.1:1/x").url
    assert place.location(url="dav://files.example/x", plain=True).url


def _response(href: str, properties: str = "<d:getcontentlength>1</d:getcontentlength>") -> str:
    return f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{properties}</d:prop></d:propstat></d:response>"


def _entries(text: str, folder: str = "/a/") -> list[Entry]:
    return list(entries_of([text.encode()], folder))


def test_an_answer_is_read_into_entries() -> None:
    text = (
        HEAD
        + _response("https://host/a/")
        + _response(
            "/a/%E4%BD%8E%E4%BF%9D.csv",
            "<d:getcontentlength>12</d:getcontentlength><d:getetag>&quot;1&quot;</d:getetag>"
            "<d:getlastmodified>Tue, 01 Jun 2021 00:00:00 GMT</d:getlastmodified><d:resourcetype/>",
        )
        + _response("/a/b/", "<d:resourcetype><d:collection/></d:resourcetype>")
        + _response("/a/c", "<d:getcontentlength>-1</d:getcontentlength><d:getlastmodified>x</d:getlastmodified>")
        + END
    )
    first, folder, odd = _entries(text)
    assert (first.name, first.size, first.tag) == ("低保.csv", 12, '"1"')
    assert str(first.modified) == "2021-06-01 08:00:00"
    assert (folder.name, folder.is_folder, folder.size) == ("b", True, None)
    assert (odd.size, odd.modified) == (None, None)


@pytest.mark.parametrize("href", ["/elsewhere/x.csv", "/ab/x.csv", "", "../x.csv"])
def test_an_entry_of_another_folder_is_refused(href: str) -> None:
    with pytest.raises(TransportError, match="别处"):
        _entries(HEAD + _response(href) + END)


@pytest.mark.parametrize("href", ["/a/../../etc/passwd", "/a/b/c.csv", "/a/%2e%2e", "/a/x%0a", "/a/x%5cy"])
def test_a_path_that_climbs_is_no_plain_name(href: str) -> None:
    from sources.landing.transport.files import _is_plain

    assert not any(_is_plain(entry.name) for entry in _entries(HEAD + _response(href) + END))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body>login</body></html>",
        HEAD,
        HEAD + _response("/a/x"),
        '<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><d:multistatus xmlns:d="DAV:">&b;</d:multistatus>',
        '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><d:multistatus xmlns:d="DAV:">&x;</d:multistatus>',
        "\x00",
    ],
)
def test_an_answer_that_is_cut_or_no_such_xml_or_has_entities_is_refused(text: str) -> None:
    with pytest.raises(TransportError, match="无法理解"):
        _entries(text)


@pytest.mark.parametrize("piece", ["<d:x>", "x" * 10, "<d:response><d:href>/a/"])
def test_an_answer_without_end_is_given_up(piece: str) -> None:
    def endless() -> Iterator[bytes]:
        yield HEAD.encode()
        yield b"<d:response><d:href>"
        while True:
            yield piece.encode() * 1000

    tracemalloc.start()
    try:
        with pytest.raises(TransportError, match="无法理解"):
            list(entries_of(endless(), "/a/"))
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
    finally:
        tracemalloc.stop()


def test_entries_come_before_the_answer_ends() -> None:
    def endless() -> Iterator[bytes]:
        yield HEAD.encode()
        for number in range(10**9):
            yield _response(f"/a/{number}").encode()

    found = entries_of(endless(), "/a/")
    assert [next(found).name for _ in range(1000)][-1] == "999"


@pytest.mark.parametrize("end", ["stop", "pause"])
def test_a_server_that_dies_or_stands_still_within_a_file_is_said(
    tmp_path: Path, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sources.landing.transport import webdav

    monkeypatch.setattr(webdav, "SILENT_SECONDS", 1.0)
    (tmp_path / "server").mkdir()
    with webdav_server(tmp_path / "server") as server:
        (server.root / "2021-06").mkdir()
        (server.root / "2021-06" / "a.csv").write_bytes(b"x" * 50_000_000)
        (tmp_path / "password").write_text(server.password)
        (tmp_path / "password").chmod(0o600)
        entry = {
            "url": f"davs://{server.host}:{server.port}",
            "user": server.user,
            "password_file": "password",
            "ca_file": str(server.ca_file),
            "pattern": "{month:%Y-%m}/",
        }
        following, count = webdav._Body.readinto, []

        def ending(self, buffer):
            count.append(1)
            if len(count) == 10:
                getattr(server.process, end)()
            return following(self, buffer)

        with location_of(entry, tmp_path).open(["x", "y"]) as source:
            (offer,) = source.listing(JUNE).offers
            monkeypatch.setattr(webdav._Body, "readinto", ending)
            began = time.monotonic()
            with pytest.raises(TransportError) as refused:
                source.fetch(offer, JUNE, tmp_path / "target")
    assert refused.value.is_passing
    assert any(words in refused.value.cause for words in ("断开", "按时", "短"))
    assert time.monotonic() - began < 20
