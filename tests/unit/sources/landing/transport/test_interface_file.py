"""A file of an interface: its version, its announced length and hash, and downloads that break."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from sources.landing.transport.interface import client, download
from sources.landing.transport.trouble import TransportError
from tests.servers import replies
from tests.servers.https import HttpsServer
from tests.servers.pages import file_answer
from tests.servers.replies import Answer, Fault, Reply, Request
from tests.unit.sources.landing.transport.interfaces import Interface

Make = Callable[..., Interface]
CONTENT = "姓名,金额\n".encode() * 50_000
_NUMBERS = count()
_NOW = dt.datetime(2021, 7, 3, 1, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_WAIT", 0.01)


@pytest.fixture
def path(https: HttpsServer) -> Iterator[str]:
    path = f"/files/{next(_NUMBERS)}/住院202106.csv"
    https.requests.clear()
    https.add_file(path, CONTENT, _NOW)
    yield path
    https.behave(path)


@pytest.fixture
def make(https: HttpsServer, path: str, tmp_path: Path) -> Make:
    address = path.replace("202106", "{month:%Y%m}")
    return lambda **settings: Interface(https, address, tmp_path, **{"gives": "file", "params": None, **settings})


def without(answer: Answer, *names: str) -> Answer:
    """The same answers without some headers."""

    def bare(request: Request) -> Reply:
        right = answer(request)
        return replace(right, headers={n: v for n, v in right.headers.items() if n not in names})

    return bare


def test_a_file_is_known_by_its_headers_and_fetched_as_it_is(https: HttpsServer, make: Make) -> None:
    interface = make()
    offer = interface.offer()
    assert (offer.name, offer.size, offer.table) == ("住院202106.csv", len(CONTENT), "medical_settlements")
    assert offer.modified == dt.datetime(2021, 7, 3, 9, 30)
    assert [r.method for r in https.requests] == ["HEAD"]
    assert interface.fetch(offer).rows is None
    assert interface.target.read_bytes() == CONTENT


def test_the_version_changes_with_etag_or_time_and_length(https: HttpsServer, path: str, make: Make) -> None:
    first = make().offer().version
    assert make().offer().version == first != ""
    https.add_file(path, CONTENT[1:], _NOW)
    assert make().offer().version != first
    https.add(path, without(file_answer(CONTENT, _NOW), "ETag"))
    timed = make().offer().version
    https.add(path, without(file_answer(CONTENT, _NOW + dt.timedelta(seconds=1)), "ETag"))
    assert make().offer().version not in ("", timed)
    https.add(path, without(file_answer(CONTENT, _NOW), "ETag", "Last-Modified"))
    assert make().offer().version == "", "only fetching tells"
    interface = make()
    interface.fetch()
    assert interface.target.read_bytes() == CONTENT


@pytest.mark.parametrize("reply", [Reply(405), Reply(404), Reply(200)])
def test_a_server_without_head_is_asked_for_the_headers(
    https: HttpsServer, path: str, make: Make, reply: Reply
) -> None:
    https.misbehave(path, lambda answer, request: reply if request.method == "HEAD" else answer(request))
    offer = make().offer()
    assert (offer.size, offer.version != "") == (len(CONTENT), True)


def test_a_file_by_post_has_the_month_in_its_body(https: HttpsServer, path: str, make: Make) -> None:
    https.add("/files/post", file_answer(CONTENT, _NOW))
    settings = {"method": "POST", "body": {"m": "{month:%Y%m}"}, "name": "住院{month:%Y年%-m月}.csv"}
    interface = make(url=f"{https.url}/files/post", **settings)
    assert interface.offer().name == "住院2021年6月.csv"
    interface.fetch()
    assert interface.target.read_bytes() == CONTENT
    assert {(r.method, r.query["m"]) for r in https.requests} == {("POST", "202106")}


def test_a_file_that_is_not_there_is_left_out_by_name(https: HttpsServer, path: str, make: Make) -> None:
    https.misbehave(path, replies.status(404))
    listing = make().listing()
    assert listing.offers == ()
    assert listing.left_out == (("住院202106.csv", download.NOT_THERE),)


def test_a_download_that_breaks_goes_on_where_it_was(https: HttpsServer, path: str, make: Make) -> None:
    interface = make()
    offer = interface.offer()
    https.requests.clear()
    https.misbehave(path, replies.truncate(300_000), times=1)
    https.misbehave(path, replies.truncate(200_000), times=1)
    interface.fetch(offer)
    assert interface.target.read_bytes() == CONTENT
    assert [r.headers.get("range") for r in https.requests] == [None, "bytes=300000-", "bytes=500000-"]
    assert len({r.headers["if-range"] for r in https.requests[1:]}) == 1


def test_without_an_etag_it_begins_again(https: HttpsServer, path: str, make: Make) -> None:
    https.add(path, without(file_answer(CONTENT, _NOW), "ETag"))
    interface = make()
    offer = interface.offer()
    https.misbehave(path, replies.truncate(300_000), times=1)
    interface.fetch(offer)
    assert interface.target.read_bytes() == CONTENT
    assert all("range" not in r.headers for r in https.requests)


@pytest.mark.parametrize("other", [CONTENT[::-1], CONTENT[:-1]])
def test_a_file_that_changes_between_two_parts_is_never_mixed(
    https: HttpsServer, path: str, make: Make, other: bytes
) -> None:
    interface = make()
    offer = interface.offer()

    def change(answer: Answer, request: Request) -> Reply:
        reply = replies.truncate(300_000)(answer, request)
        https.add_file(path, other, _NOW)
        return reply

    https.misbehave(path, change, times=1)
    if len(other) != len(CONTENT):
        with pytest.raises(TransportError, match="下载期间对方的文件变了"):
            interface.fetch(offer)
    else:
        interface.fetch(offer)
        assert interface.target.read_bytes() == other
        assert interface.offer().version != offer.version, "the second listing tells"


@pytest.mark.parametrize("shift", [0, 5])
def test_a_part_of_another_place_is_refused(https: HttpsServer, path: str, make: Make, shift: int) -> None:
    interface = make()
    offer = interface.offer()
    etag = '"other"' if not shift else None

    def elsewhere(answer: Answer, request: Request) -> Reply:
        right = answer(request)
        part = f"bytes {300_000 + shift}-{len(CONTENT) - 1}/{len(CONTENT)}"
        return replace(right, headers={**right.headers, "Content-Range": part, **({"ETag": etag} if etag else {})})

    https.misbehave(path, replies.truncate(300_000), times=1)
    https.misbehave(path, elsewhere, times=1)
    with pytest.raises(TransportError, match="下载期间对方的文件变了"):
        interface.fetch(offer)


def _with(**headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answer, request: replace(answer(request), headers={**answer(request).headers, **named})


def _base64(algorithm: str, content: bytes) -> str:
    return base64.b64encode(hashlib.new(algorithm, content).digest()).decode()


@pytest.mark.parametrize(
    ("name", "form", "algorithm"),
    [
        ("Content_MD5", "{}", "md5"),
        ("Digest", "SHA-256={}", "sha256"),
        ("Digest", "unixsum=1, md5={}", "md5"),
        ("Repr_Digest", "sha-512=:{}:", "sha512"),
    ],
)
def test_an_announced_hash_is_believed(
    https: HttpsServer, path: str, make: Make, name: str, form: str, algorithm: str
) -> None:
    https.misbehave(path, _with(**{name: form.format(_base64(algorithm, CONTENT))}))
    assert make().offer().digest == (algorithm, hashlib.new(algorithm, CONTENT).hexdigest())
    make().fetch()
    https.misbehave(path, _with(**{name: form.format(_base64(algorithm, b"other"))}))
    assert "校验值不符" in make().problem().cause


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (replies.longer(b"more"), "比对方说的长"),
        (replies.truncate(10), "比对方说的短"),
        (_with(Content_Type="text/html; charset=utf-8"), "网页或说明"),
        (_with(Content_Type="application/json"), "网页或说明"),
        (_with(Content_Encoding="gzip"), "没有要求的压缩方式"),
        (replies.status(401), "拒绝登录"),
        (replies.status(403), "不准"),
        (lambda answer, request: replace(answer(request), body=b""), "空的(0 字节)"),
        (lambda answer, request: Reply(headers={"Content-Type": "text/csv"}, endless=b"x"), "没有说明文件的长度"),
    ],
)
def test_files_that_are_wrong_are_refused_by_name(
    https: HttpsServer, path: str, make: Make, fault: Fault, words: str
) -> None:
    https.add(path, without(file_answer(CONTENT, _NOW), "ETag"))
    https.misbehave(path, fault)
    assert words in make().problem().cause


def test_a_file_larger_than_the_limit_is_left_in_the_middle(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MAX_BYTES", 1000)
    assert "文件超过" in make().problem().cause


def test_the_name_is_never_the_servers(https: HttpsServer, path: str, make: Make) -> None:
    https.misbehave(path, _with(Content_Disposition='attachment; filename="../../evil.csv"'))
    assert make().offer().name == "住院202106.csv"


def test_trying_out_says_whether_the_file_is_there(https: HttpsServer, path: str, make: Make) -> None:
    url = f"{https.url}{path}"
    with make(url=url, snapshot=True).location.open(["medical_settlements"]) as source:
        assert "可以读取" in source.try_out()[1][1]
        https.misbehave(path, replies.status(404))
        assert download.NOT_THERE in source.try_out()[1][1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_disk_that_cannot_be_written_is_no_fault_of_the_other_side(make: Make) -> None:
    interface = make()
    interface.target = Path("/dev/full")
    with pytest.raises(OSError, match=r"Invalid argument|No space left"):
        interface.fetch()
