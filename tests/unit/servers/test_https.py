"""The HTTPS server of the tests and its faults, with httpx."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import replies
from tests.servers.certificates import Kind
from tests.servers.https import HttpsServer, https_server

ROWS = [{"编号": number} for number in range(250)]


@pytest.fixture
def client(https: HttpsServer) -> Iterator[httpx.Client]:
    https.requests.clear()
    with httpx.Client(base_url=https.url, verify=ssl.create_default_context(cafile=https.ca_file), timeout=2) as client:
        yield client


def test_serves_a_file_and_its_ranges(https: HttpsServer, client: httpx.Client) -> None:
    https.add_file("/三月.csv", b"0123456789")
    whole = client.get("/三月.csv", headers={"Authorization": "Bearer t"})
    assert (whole.content, whole.headers["Content-Length"]) == (b"0123456789", "10")
    assert "GMT" in whole.headers["Last-Modified"]
    assert https.requests[0].headers["authorization"] == "Bearer t"
    part = {"Range": "bytes=7-", "If-Range": whole.headers["ETag"]}
    rest = client.get("/三月.csv", headers=part)
    assert (rest.status_code, rest.content, rest.headers["Content-Range"]) == (206, b"789", "bytes 7-9/10")
    assert client.get("/三月.csv", headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    https.add_file("/三月.csv", b"abcdefghij")
    assert client.get("/三月.csv", headers=part).content == b"abcdefghij"
    assert client.get("/三月.csv", headers={"Range": "bytes=10-"}).status_code == 416
    assert client.head("/三月.csv").headers["Content-Length"] == "10"


def test_pages_by_number_cursor_and_link(https: HttpsServer, client: httpx.Client) -> None:
    https.add_pages("/page", ROWS)
    numbered = [client.get("/page", params={"page": page}).json() for page in (1, 2, 3)]
    assert [row for page in numbered for row in page["rows"]] == ROWS
    assert numbered[0]["total"] == 250
    assert client.post("/page", json={"page": 3}).json() == numbered[2]
    https.add_pages("/cursor", ROWS, by="cursor")
    rows, cursor = [], "c0"
    while cursor:
        page = client.get("/cursor", params={"cursor": cursor, "size": 60}).json()
        rows, cursor = rows + page["rows"], page["next_cursor"]
    assert rows == ROWS
    https.add_pages("/link", ROWS, by="link")
    rows, following = [], "/link?month=202603"
    while following:
        reply = client.get(following)
        rows, following = rows + reply.json()["rows"], reply.links.get("next", {}).get("url")
    assert rows == ROWS
    assert [request.query["month"] for request in https.requests[-3:]] == ["202603"] * 3


def test_the_body_goes_wrong(https: HttpsServer, client: httpx.Client) -> None:
    https.add_file("/cut", b"0123456789")
    https.misbehave("/cut", replies.truncate(4), times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="received 4 bytes, expected 10"):
        client.get("/cut")
    https.misbehave("/cut", replies.longer(b"more"), times=1)
    # An honest client reads what was announced.
    assert client.get("/cut").content == b"0123456789"
    https.misbehave("/cut", replies.stall(after=4), times=1)
    with pytest.raises(httpx.ReadTimeout):
        client.get("/cut")
    assert client.get("/cut").content == b"0123456789"
    https.misbehave("/cut", replies.endless(), times=1)
    with client.stream("GET", "/cut") as reply:
        got = 0
        for chunk in reply.iter_raw():
            got += len(chunk)
            if got > 1_000_000:
                break
    assert got > 1_000_000
    https.misbehave("/cut", replies.nested(100_000), times=1)
    assert len(client.get("/cut").content) == 200_010


def test_statuses_and_pages_go_wrong(https: HttpsServer, client: httpx.Client) -> None:
    https.add_pages("/rows", ROWS)
    https.misbehave("/rows", replies.status(500), times=2)
    https.misbehave("/rows", replies.status(429, Retry_After="2"), times=1)
    https.misbehave("/rows", replies.redirect("https://elsewhere.test/rows"), times=1)
    https.misbehave("/rows", replies.total(999), times=1)
    https.misbehave("/rows", replies.repeat({"page": "1"}))
    assert [client.get("/rows").status_code for _ in range(2)] == [500, 500]
    assert client.get("/rows").headers["Retry-After"] == "2"
    assert client.get("/rows").headers["Location"] == "https://elsewhere.test/rows"
    assert client.get("/rows").json()["total"] == 999
    assert client.get("/rows", params={"page": 3}).json()["page"] == 1
    https.behave("/rows")
    assert client.get("/rows", params={"page": 3}).json()["page"] == 3
    https.allow("/rows", lambda request: request.headers.get("authorization") == "Bearer right")
    assert client.get("/rows").status_code == 401
    assert client.get("/rows", headers={"Authorization": "Bearer right"}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "words"),
    [("wrong host", "IP address mismatch"), ("expired", "expired"), ("untrusted", "unable to get local issuer")],
)
def test_certificates_that_are_not_to_be_trusted(tmp_path: Path, kind: Kind, words: str) -> None:
    with https_server(tmp_path, kind) as server:
        trusted = ssl.create_default_context(cafile=server.ca_file)
        with pytest.raises(httpx.ConnectError, match=words):
            httpx.get(server.url, verify=trusted)
        server.use_certificate("good")
        assert httpx.get(server.url, verify=trusted).status_code == 404


def test_is_down_and_up_again(tmp_path: Path) -> None:
    with https_server(tmp_path) as server:
        trusted = ssl.create_default_context(cafile=server.ca_file)
        server.add_file("/slow", b"0123456789")
        server.misbehave("/slow", replies.stall(after=4))
        with httpx.Client(verify=trusted) as client, client.stream("GET", server.url + "/slow") as reply:
            began = time.monotonic()
            server.stop()
            with pytest.raises(httpx.TransportError):
                reply.read()
            assert time.monotonic() - began < 2
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url, verify=trusted)
        server.start()
        assert httpx.get(server.url, verify=trusted).status_code == 404
