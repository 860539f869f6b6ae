"""Login, signatures and certificates of an interface; what is secret goes to its server and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
import ssl
import traceback
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

from sources.landing.transport.interface import client
from sources.landing.transport.trouble import TransportError
from tests.servers import replies
from tests.servers.certificates import Kind
from tests.servers.https import HttpsServer, https_server
from tests.servers.replies import Reply, Request
from tests.unit.sources.landing.transport.interfaces import PAGED, ROWS, TABLE, Interface

Make = Callable[..., Interface]
SECRET = "sesame-7f3a"
_NUMBERS = count()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_WAIT", 0.01)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def path(https: HttpsServer) -> Iterator[str]:
    path = f"/login/{next(_NUMBERS)}"
    https.requests.clear()
    https.add_pages(path, ROWS)
    yield path
    https.behave(path)


@pytest.fixture
def make(https: HttpsServer, path: str, tmp_path: Path) -> Make:
    return lambda **settings: Interface(https, path, tmp_path, **{**PAGED, **settings})


def test_a_token_in_a_header(https: HttpsServer, path: str, make: Make, secret: Path) -> None:
    https.allow(path, lambda request: request.headers.get("authorization") == f"Bearer {SECRET}")
    assert make(token_file=str(secret)).rows() == ROWS
    problem = make().problem()
    assert "拒绝登录(401)" in problem.cause
    assert not problem.is_passing
    https.allow(path, lambda request: request.headers.get("x-token") == SECRET)
    assert make(token_file="secret", header="X-Token", prefix="").rows() == ROWS, "below the data home"


def test_a_token_in_a_parameter(https: HttpsServer, path: str, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_TOKEN", SECRET)
    https.allow(path, lambda request: request.query.get("token") == SECRET)
    interface = make(token_env="EXCHANGE_TOKEN", token_param="token")
    fetched = interface.fetch()
    assert SECRET not in repr(fetched)
    monkeypatch.delenv("EXCHANGE_TOKEN")
    assert "EXCHANGE_TOKEN 没有设置" in interface.problem().cause


def test_account_and_password(https: HttpsServer, path: str, make: Make, secret: Path) -> None:
    expected = f"Basic {base64.b64encode(f'乡村振兴局:{SECRET}'.encode()).decode()}"
    https.allow(path, lambda request: request.headers.get("authorization") == expected)
    assert make(user="乡村振兴局", password_file=str(secret)).rows() == ROWS
    assert "拒绝登录" in make(user="other", password_file=str(secret)).problem().cause


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_signed_requests(
    https: HttpsServer, path: str, make: Make, secret: Path, algorithm: str, encoding: str
) -> None:
    if algorithm not in hashlib.algorithms_available:
        pytest.skip("no SM3 here")
    nonces: list[str] = []

    def is_signed(request: Request) -> bool:
        headers = request.headers
        pairs = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in request.query.items())
        query = "&".join(f"{name}={value}" for name, value in pairs)
        lines = ["GET", quote(path), query, headers["x-timestamp"], headers["x-nonce"]]
        digest = hmac.new(SECRET.encode(), "\n".join(lines).encode(), algorithm).digest()
        expected = digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()
        nonces.append(headers["x-nonce"])
        return headers["x-signature"] == expected and headers["x-app-key"] == "office"

    https.allow(path, is_signed)
    sign = {"key": "office", "secret_file": str(secret), "algorithm": algorithm, "encoding": encoding}
    params = {"month": "{month:%Y%m}", "区": "城 北&+%", "a b": " ", "B": "1"}
    assert make(sign=sign, params=params).rows() == ROWS
    assert len(set(nonces)) == 3
    assert "拒绝登录" in make(sign={**sign, "joined_by": "&"}, params=params).problem().cause


def test_signed_requests_with_a_body_and_other_headers(https: HttpsServer, path: str, make: Make, secret: Path) -> None:
    def is_signed(request: Request) -> bool:
        assert re.fullmatch(r"\d{10}", request.headers["t"])
        text = f"{request.headers['t']}office{hashlib.sha256(request.body).hexdigest()}"
        return request.headers["s"] == hmac.new(SECRET.encode(), text.encode(), "sha256").hexdigest()

    https.allow(path, is_signed)
    names = {"key_header": "k", "timestamp_header": "t", "nonce_header": "n", "signature_header": "s"}
    over = {"over": ["timestamp", "key", "body"], "joined_by": "", "clock": "s"}
    sign = {"key": "office", "secret_file": str(secret), **names, **over}
    assert make(sign=sign, method="POST", body={"month": "{month:%Y%m}"}, params=None).rows() == ROWS


def test_a_secret_that_others_may_read_or_that_cannot_be_sent_is_refused(make: Make, secret: Path) -> None:
    secret.chmod(0o644)
    assert "别人也能读" in make(token_file=str(secret)).problem().cause
    secret.chmod(0o600)
    secret.write_text("令牌")
    assert "不能发送" in make(token_file=str(secret)).problem().cause
    secret.write_text("two\nlines")
    assert "不能发送" in make(token_file=str(secret)).problem().cause


def test_a_client_certificate(tmp_path: Path) -> None:
    with https_server(tmp_path) as server:
        server.context.verify_mode = ssl.CERT_REQUIRED
        server.context.load_verify_locations(server.ca_file)
        server.add_pages("/rows", ROWS)
        issued = server.certificates.authority.issue_cert("office@example.test")
        cert, key = tmp_path / "client.pem", tmp_path / "client.key"
        issued.cert_chain_pems[0].write_to_path(str(cert))
        issued.private_key_pem.write_to_path(str(key))
        key.chmod(0o644)
        assert "别人也能读" in Interface(server, "/rows", tmp_path, **PAGED, **_pair(cert, key)).problem().cause
        key.chmod(0o600)
        assert Interface(server, "/rows", tmp_path, **PAGED, **_pair(cert, key)).rows() == ROWS
        problem = Interface(server, "/rows", tmp_path, **PAGED).problem()
        assert "客户端证书" in problem.cause
        cert.write_text("no certificate")
        assert "无法使用" in Interface(server, "/rows", tmp_path, **PAGED, **_pair(cert, key)).problem().cause


def _pair(cert: Path, key: Path) -> dict[str, str]:
    return {"cert_file": str(cert), "key_file": str(key)}


@pytest.mark.parametrize(
    ("kind", "words"), [("wrong host", "域名不符"), ("expired", "已过期"), ("untrusted", "不受信任")]
)
def test_certificates_that_are_not_to_be_trusted(tmp_path: Path, kind: Kind, words: str) -> None:
    with https_server(tmp_path, kind) as server:
        server.add_pages("/rows", ROWS)
        problem = Interface(server, "/rows", tmp_path, **PAGED).problem()
        assert words in problem.cause
        assert not problem.is_passing
        assert server.requests == []
        server.use_certificate("good")
        assert Interface(server, "/rows", tmp_path, **PAGED).rows() == ROWS
        assert "不受信任" in Interface(server, "/rows", tmp_path, **PAGED, ca_file=None).problem().cause
        assert "ca_file" in Interface(server, "/rows", tmp_path, **{**PAGED, "ca_file": "none"}).problem().cause


def test_a_server_that_is_down_or_unknown(tmp_path: Path) -> None:
    with https_server(tmp_path) as server:
        server.stop()
        problem = Interface(server, "/rows", tmp_path, **PAGED).problem()
        assert "拒绝连接" in problem.cause
        assert problem.is_passing
        url = "https://no-such-host.invalid/rows"
        assert "域名无法解析" in Interface(server, "/rows", tmp_path, **{**PAGED, "url": url}).problem().cause


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_redirects_within_the_server_are_followed(https: HttpsServer, path: str, make: Make, code: int) -> None:
    https.add(f"{path}/old", lambda request: Reply(code, {"Location": f"{path}?page={request.query['page']}"}))
    assert make(url=f"{https.url}{path}/old").rows() == ROWS


@pytest.mark.parametrize(
    "where",
    [
        "https://localhost:{port}{path}",
        "http://127.0.0.1:{port}{path}",
        "//elsewhere.test/",
        "https://127.0.0.1:1/",
    ],
)
def test_nothing_is_sent_elsewhere(https: HttpsServer, path: str, make: Make, secret: Path, where: str) -> None:
    where = where.format(port=https.port, path=path)
    interface = make(token_file=str(secret))
    https.misbehave(path, replies.redirect(where))
    assert "另一台服务器" in interface.problem().cause
    https.misbehave(path, lambda answer, request: Reply.json({"rows": [{"a": 1}], "total": 2, "next": where}))
    assert "另一台服务器" in make(token_file=str(secret), page={"next": "next"}).problem().cause
    link = {"Link": f'<{where}>; rel="next"'}
    https.misbehave(path, lambda answer, request: Reply.json({"rows": [{"a": 1}], "total": 2}, link))
    assert "另一台服务器" in make(token_file=str(secret), page={"link": True}).problem().cause
    assert {r.headers["host"] for r in https.requests} == {f"127.0.0.1:{https.port}"}


def test_redirects_without_end_and_of_posts_are_refused(https: HttpsServer, path: str, make: Make) -> None:
    https.misbehave(path, replies.redirect(path))
    assert "一再要求转到" in make().problem().cause
    assert "没有跟随" in make(method="POST").problem().cause


def test_secrets_are_in_no_record_exception_or_log(
    https: HttpsServer, path: str, make: Make, secret: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    https.add(path, lambda request: Reply.json({"rows": ROWS, "total": 250}))
    sign = {"key": "office", "secret_file": str(secret)}
    settings = {"token_file": str(secret), "token_param": "token", "user": "u", "password_file": str(secret)}
    interface = make(sign=sign, page=None, **settings)
    shown = [repr(interface.fetch()), repr(interface.listing()), repr(interface.location), interface.location.shown]
    for fault in (replies.status(401), replies.truncate(5), replies.nested(99), replies.redirect("https://x.test/")):
        https.misbehave(path, fault)
        shown.append(_trace(interface))
    with interface.location.open([TABLE]) as source:
        shown.append(repr(vars(source)))
    assert len(shown) == 9
    everything = caplog.text + "".join(shown)
    assert SECRET not in everything
    assert base64.b64encode(f"u:{SECRET}".encode()).decode() not in everything
    sent = https.requests[0]
    assert sent.query["token"] == SECRET


def _trace(interface: Interface) -> str:
    """The failure with the values of all variables on its way."""
    try:
        interface.fetch()
    except TransportError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    raise AssertionError("nothing was refused")
