"""Every rule of the guard in front of the real application of Dagster, over a workspace without code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocketDisconnect

from orchestration.commands.ui import guard
from orchestration.commands.ui.guard import Guard
from orchestration.commands.ui.web import dagster_application
from orchestration.runtime import instance
from orchestration.runtime.settings import Settings

TOKEN = "the-token-of-this-start"
OWN = "http://127.0.0.1:3000"
UPDATES = "ws://127.0.0.1:3000/graphql"
QUERY = {"query": "{ __schema { queryType { name } } }"}
MUTATION = {"query": "mutation { reloadWorkspace { __typename } }"}
BEARER = {"authorization": f"Bearer {TOKEN}"}
HTML = {"accept": "text/html"}


def _application(folder: Path, *, read_only: bool = False) -> Any:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SHOUWANG_HOME", str(folder / "home"))
        environment.setenv("DAGSTER_HOME", "")
        settings = Settings()
        instance.prepare(settings)
    workspace = folder / "workspace.yaml"
    workspace.write_text("load_from: []\n", encoding="utf-8")
    return dagster_application(settings, workspace, read_only=read_only)


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ASGIApp]:
    with _application(tmp_path_factory.mktemp("ui")) as application:
        yield application


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Who connects; the test replaces it to become somebody else."""
    who: list[str | None] = ["127.0.0.1 uid 1000"]
    monkeypatch.setattr(guard, "peer", lambda scope: who[0])
    return who


def _client(application: ASGIApp, base_url: str = OWN) -> TestClient:
    return TestClient(application, base_url=base_url, follow_redirects=False)


@pytest.fixture
def client(dagster: ASGIApp, peers: list[str | None]) -> TestClient:
    return _client(Guard(dagster, TOKEN, 3000, ["bi.example"]))


@pytest.fixture
def browser(client: TestClient) -> TestClient:
    """A browser that has logged in by the printed address."""
    assert client.get(f"/?token={TOKEN}").status_code == 303
    return client


def test_dagster_itself_lets_everybody_in(dagster: ASGIApp) -> None:
    """Without this, the other tests would prove nothing."""
    everybody = _client(dagster, "http://elsewhere.example")
    other = {"origin": "http://elsewhere.example:81"}
    for answer in (
        everybody.post("/graphql", json=MUTATION, headers=other),
        everybody.get("/graphql", params=MUTATION),
    ):
        assert answer.json() == {"data": {"reloadWorkspace": {"__typename": "Workspace"}}}


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost:3000", "LOCALHOST:3000", "[::1]:3000", "bi.example"])
def test_own_names(client: TestClient, host: str) -> None:
    assert client.post("/graphql", json=QUERY, headers={**BEARER, "host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["elsewhere.example:3000", "127.0.0.1:3001", "127.0.0.1.elsewhere.example", "bi.example.:3000", ""]
)
def test_another_name_is_refused(client: TestClient, host: str) -> None:
    answer = client.post("/graphql", json=QUERY, headers={**BEARER, "host": host})
    assert (answer.status_code, answer.text) == (403, guard.OTHER_NAME)


@pytest.mark.parametrize("origin", [OWN, "https://127.0.0.1:3000"])
def test_own_pages(browser: TestClient, origin: str) -> None:
    answer = browser.post("/graphql", json=MUTATION, headers={"origin": origin})
    assert answer.json() == {"data": {"reloadWorkspace": {"__typename": "Workspace"}}}


@pytest.mark.parametrize(
    "origin", ["http://elsewhere.example", "http://127.0.0.1:8080", "http://localhost:3000", "null", f"{OWN}/"]
)
@pytest.mark.parametrize("headers", [{}, BEARER])
def test_other_pages_are_refused(browser: TestClient, origin: str, headers: dict[str, str]) -> None:
    answer = browser.post("/graphql", json=MUTATION, headers={**headers, "origin": origin})
    assert (answer.status_code, answer.text) == (403, guard.OTHER_PAGE)
    assert browser.get("/server_info", headers={**headers, "origin": origin}).status_code == 403


def test_two_hosts_or_origins_are_refused(client: TestClient) -> None:
    for headers in ([("host", "127.0.0.1:3000"), ("host", "localhost:3000")], [("origin", OWN), ("origin", OWN)]):
        assert client.get("/server_info", headers=[*BEARER.items(), *headers]).status_code == 403


def test_without_login_nothing_passes(client: TestClient) -> None:
    for path in ("/", "/server_info", "/graphql", "/runs", "/logs/a/b.out", "/favicon.png", "/download_debug/x"):
        assert client.get(path).status_code == 401
    answer = client.post("/graphql", json=QUERY, headers={"origin": OWN})
    assert (answer.status_code, answer.text) == (401, guard.NO_LOGIN)
    page = client.get("/runs", headers=HTML)
    assert page.status_code == 401
    assert "请输入口令" in page.text
    assert TOKEN not in page.text


@pytest.mark.parametrize("given", ["", "the-token-of-another-start", TOKEN[:-1], f"{TOKEN} ", "口令"])
def test_a_wrong_token(client: TestClient, given: str) -> None:
    for answer in (
        client.get("/", params={"token": given}),
        client.post("/login", data={"token": given}, headers={"origin": OWN}),
        client.post("/login", data={"token": TOKEN + "x" * guard.LONGEST_FORM}, headers={"origin": OWN}),
    ):
        assert answer.status_code == 401
        assert "口令不对" in answer.text
        assert "set-cookie" not in answer.headers
    bearer = f"Bearer {given}".encode()
    assert client.post("/graphql", json=QUERY, headers={"authorization": bearer}).status_code == 401


def test_the_token_becomes_a_cookie(client: TestClient) -> None:
    for answer in (
        client.get("/", params={"token": TOKEN}),
        client.post("/login", data={"token": TOKEN}, headers={"origin": OWN}),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("shouwang-3000=")
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert TOKEN not in cookie
    assert client.get("/server_info").status_code == 200


def test_a_cookie_over_https_is_for_https_only(client: TestClient) -> None:
    headers = {"host": "bi.example", "origin": "https://bi.example"}
    assert "Secure" in client.post("/login", data={"token": TOKEN}, headers=headers).headers["set-cookie"]


def test_the_token_opens_the_first_page_only(client: TestClient) -> None:
    assert client.get("/runs", params={"token": TOKEN}).status_code == 401


def test_a_cookie_is_worth_nothing_to_others(browser: TestClient, peers: list[str | None]) -> None:
    """A browser sends the cookie to every port of the machine, also to that of another account."""
    for other in ("127.0.0.1 uid 1001", "10.0.0.8", None):
        peers[0] = other
        assert browser.get("/server_info").status_code == 401
    assert browser.get("/", params={"token": TOKEN}).status_code == 401


def test_a_cookie_ends_with_the_server(browser: TestClient, dagster: ASGIApp) -> None:
    restarted = _client(Guard(dagster, TOKEN, 3000))
    restarted.cookies = browser.cookies
    assert restarted.get("/server_info").status_code == 401


def test_programs_need_the_token_itself(browser: TestClient) -> None:
    """A page may leave the origin out of a request, and the browser adds the cookie."""
    assert browser.post("/graphql", json=MUTATION).status_code == 401
    assert browser.post("/graphql", json=MUTATION, headers=BEARER).status_code == 200


@pytest.mark.parametrize("headers", [{"accept": "*/*"}, HTML])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_graphql_by_another_method_is_refused(browser: TestClient, method: str, headers: dict[str, str]) -> None:
    for asked in (QUERY, MUTATION):
        assert browser.request(method, "/graphql", params=asked, headers=headers).status_code == 405


@pytest.mark.parametrize(
    "content",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/graphql",
        # Dagster reads these as JSON, and as none.
        "text/plain; application/json",
        "Application/JSON",
    ],
)
def test_graphql_of_another_type_is_refused(browser: TestClient, content: str) -> None:
    headers = {"origin": OWN, "content-type": content}
    answer = browser.post("/graphql", params=MUTATION, content=MUTATION["query"], headers=headers)
    assert (answer.status_code, answer.text) == (405, guard.NO_WRITING)
    headers["content-type"] = "application/json; charset=utf-8"
    assert browser.post("/graphql", json=QUERY, headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_else_writes(browser: TestClient, method: str) -> None:
    for path in ("/", "/report_asset_materialization/agriculture", "/report_asset_check/agriculture", "/runs"):
        assert browser.request(method, path, json={}, headers={"origin": OWN}).status_code == 405
    assert browser.request(method, "/login", headers={"origin": OWN}).status_code == (401 if method == "POST" else 405)


def test_live_updates(browser: TestClient) -> None:
    with browser.websocket_connect(UPDATES, ["graphql-ws"], headers={"origin": OWN}) as updates:
        updates.send_json({"type": "connection_init"})
        assert updates.receive_json() == {"type": "connection_ack"}


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://127.0.0.1:8080"}, {"origin": "null"}, {"origin": OWN, "host": "elsewhere.example"}],
)
def test_live_updates_of_other_pages_are_refused(browser: TestClient, headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        browser.websocket_connect(UPDATES, ["graphql-ws"], headers=headers),
    ):
        pass
    assert refused.value.code == 1008


def test_live_updates_need_the_login(client: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(UPDATES, ["graphql-ws"], headers={"origin": OWN}),
    ):
        pass


def test_no_page_is_framed_or_read_by_others(browser: TestClient, client: TestClient) -> None:
    for answer in (browser.get("/server_info"), browser.get("/"), client.get("/", params={"token": "wrong"})):
        assert {name: answer.headers[name] for name in guard.HEADERS} == guard.HEADERS


def test_viewers_cannot_write(tmp_path: Path, peers: list[str | None]) -> None:
    with _application(tmp_path, read_only=True) as application:
        viewer = _client(Guard(application, TOKEN, 3000))
        assert viewer.post("/graphql", json=QUERY, headers=BEARER).status_code == 200
        answer = viewer.post("/graphql", json=MUTATION, headers=BEARER)
        assert answer.json() == {"data": {"reloadWorkspace": {"__typename": "UnauthorizedError"}}}
