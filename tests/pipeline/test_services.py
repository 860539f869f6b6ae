"""The parts of the web interface as ``deploy/systemd`` starts them, behind nginx as ``deploy/nginx`` sets it up.

Dagster's records are in PostgreSQL, as docs/deploy.md offers it.
Belongs here: logins by role, live updates, parts that are killed while a run goes on, what the pages show then. Does not
belong here: the guard's single rules (``test_guard``).
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from orchestration.runtime import instance
from orchestration.runtime.old_runs import old_logs, remove_logs
from orchestration.runtime.settings import Settings
from sources.home import Home
from sources.months import Month
from tests.pipeline.test_dead_runs import JUNE, REGISTER, deliver
from tests.pipeline.web import LAUNCH, REPOSITORY, until
from tests.servers.dagster_database import new_database
from tests.servers.nginx import Nginx, nginx
from tests.servers.postgres import PostgresServer
from tests.servers.system import free_port

MAY = JUNE.shift(-1)
TABLE = (f"landing/{REGISTER.department}", f"{REGISTER.department}/{REGISTER.name}")
COMMAND = "from orchestration.commands.cli import main; main()"
TOKENS = {"operator": "token-of-the-operators", "viewer": "token-of-the-viewers"}
ACCOUNTS = {"lin": "password of an operator", "wang": "password of a viewer"}
NAMES = "{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError { __typename } } } } }"
LOADED = [{"name": "shouwang", "locationOrLoadError": {"__typename": "RepositoryLocation"}}]
STATUS = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status stepStats { stepKey } } } }"
CHECKS = """
query($asset: AssetKeyInput!) { assetNodeOrError(assetKey: $asset) { ... on AssetNode {
  assetChecksOrError { ... on AssetChecks { checks { executionForLatestMaterialization { runId status partition } } } }
  assetMaterializations { partition } } } }
"""
DELETE = 'mutation { deletePipelineRun(runId: "none") { __typename } }'


@dataclass
class Server:
    """The parts of one home, each a group of processes, and the proxy in front of them."""

    home: Home
    folder: Path
    ports: dict[str, int]
    proxy: Nginx | None = None
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, part: str) -> None:
        role = {"web": "operator", "viewer": "viewer"}.get(part)
        port = ["--port", str(self.ports[role])] if role else []
        environment = {**os.environ, "SHOUWANG_UI_NAMES": json.dumps([f"localhost:{self.ports['proxy']}"])}
        environment |= {"SHOUWANG_UI_TOKEN_FILE": str(self.folder / f"token-{role}")} if role else {}
        command = [sys.executable, "-c", COMMAND, "serve", part, "--folder", str(self.folder / "run"), *port]
        with (self.folder / f"{part}.log").open("ab") as log:
            self.parts[part] = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> int:
        """End a part with all its children, as systemd does, and return its exit code."""
        process = self.parts.pop(part)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        return process.wait(60)

    def ask(self, account: str, query: str, **variables: Any) -> dict[str, Any]:
        return dict(json.loads(self.open(account, "/graphql", {"query": query, "variables": variables}))["data"])

    def open(self, account: str | None, path: str, body: object = None, **headers: str) -> str:
        assert self.proxy
        data = None if body is None else json.dumps(body).encode()
        sent = {"content-type": "application/json", **headers} | (_login(account) if account else {})
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=self.proxy.context))
        with opener.open(Request(f"https://{self.proxy.name}{path}", data, sent), timeout=60) as answer:
            return str(answer.read().decode())


def _login(account: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{account}:{ACCOUNTS.get(account)}".encode()).decode()}


@pytest.fixture(scope="module")
def server(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("services")
    database = new_database(postgres, folder).model_dump_json(exclude_none=True)
    (folder / "run").mkdir(mode=0o700)
    for role, token in TOKENS.items():
        (folder / f"token-{role}").write_text(token)
        (folder / f"token-{role}").chmod(0o600)
    ports = {name: free_port() for name in ("operator", "viewer", "proxy")}
    with pytest.MonkeyPatch.context() as environment, ExitStack() as stack:
        environment.setenv("SHOUWANG_HOME", str(folder / "home"))
        environment.setenv("SHOUWANG_SETTLE_SECONDS", "0")
        environment.setenv("SHOUWANG_DAGSTER_DATABASE", database)
        settings = Settings()
        instance.prepare(settings)
        started = Server(settings.paths, folder, ports)
        (folder / "proxy").mkdir()
        started.proxy = stack.enter_context(nginx(folder / "proxy", ports["proxy"], ports, TOKENS, ACCOUNTS))
        stack.callback(lambda: [started.kill(part) for part in tuple(started.parts)])
        started.start("code")
        until(lambda: (folder / "run" / "code").exists(), "code server")
        for part in ("web", "viewer", "daemon"):
            started.start(part)
        for account in ACCOUNTS:
            until(lambda account=account: _sees_the_code(started, account), f"pages of {account}")
        yield started


def _sees_the_code(server: Server, account: str) -> bool:
    with suppress(OSError):
        return bool(server.ask(account, NAMES)["workspaceOrError"]["locationEntries"] == LOADED)
    return False


@pytest.mark.parametrize("account", [None, "nobody"])
@pytest.mark.parametrize("path", ["/", "/graphql", "/runs"])
def test_without_an_account_nothing_is_shown(server: Server, account: str | None, path: str) -> None:
    with pytest.raises(HTTPError, match="401"):
        server.open(account, path)


def test_the_token_of_the_guard_is_no_account(server: Server) -> None:
    with pytest.raises(HTTPError, match="401"):
        server.open(None, "/", Authorization=f"Bearer {TOKENS['operator']}")


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_page_loads(server: Server, account: str) -> None:
    assert "_next/static" in server.open(account, "/")


def test_only_operators_can_start_and_delete(server: Server) -> None:
    assert server.ask("wang", DELETE)["deletePipelineRun"]["__typename"] == "UnauthorizedError"
    assert server.ask("lin", DELETE)["deletePipelineRun"]["__typename"] == "RunNotFoundError"


def test_another_page_uses_no_account(server: Server) -> None:
    """A browser sends the account by itself, so that only the guard tells the pages apart."""
    with pytest.raises(HTTPError, match="403"):
        server.open("lin", "/graphql", {"query": DELETE}, Origin="https://elsewhere.test")


def test_large_requests_are_refused(server: Server) -> None:
    with pytest.raises(HTTPError, match="413"):
        server.open("lin", "/graphql", {"query": NAMES + " " * 2_000_000})


def test_plain_http_leads_to_https(server: Server) -> None:
    assert server.proxy
    connection = HTTPConnection("127.0.0.1", server.proxy.plain_port, timeout=60)
    connection.request("GET", "/runs", headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("location")) == (301, "https://localhost/runs")
    connection.close()


def test_live_updates(server: Server) -> None:
    assert server.proxy
    address = f"wss://{server.proxy.name}/graphql"
    options: dict[str, Any] = {"ssl": server.proxy.context, "subprotocols": ["graphql-ws"], "proxy": None}
    with connect(address, additional_headers=_login("wang"), **options) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv(30))["type"] == "connection_ack"
    with pytest.raises(InvalidStatus, match="401"), connect(address, **options):
        pass


def _launch(server: Server, month: Month, *assets: str) -> str | None:
    """Launch the monthly run, or some of its assets, as the web page does; None while the pages do not answer."""
    tags = [{"key": "dagster/partition", "value": str(month)}]
    selector: dict[str, Any] = {**REPOSITORY, "jobName": "monthly_run"}
    if assets:
        selector["assetSelection"] = [{"path": asset.split("/")} for asset in assets]
    with suppress(OSError, KeyError):
        parameters = {"selector": selector, "executionMetadata": {"tags": tags}}
        return str(server.ask("lin", LAUNCH, parameters=parameters)["launchRun"]["run"]["runId"])
    return None


def _status(server: Server, run: str) -> dict[str, Any]:
    with suppress(OSError, KeyError):
        return dict(server.ask("lin", STATUS, id=run)["runOrError"])
    return {}


def _wait(server: Server, run: str, status: str) -> None:
    until(lambda: _status(server, run).get("status") == status, f"{status} of {run}", 300)


def _listed(server: Server) -> tuple[set[tuple[str, str, str]], set[str]]:
    """What the pages show of the register: run, month and result of each check, and the months with data."""
    found = server.ask("wang", CHECKS, asset={"path": [REGISTER.department, REGISTER.name]})["assetNodeOrError"]
    checks = [check["executionForLatestMaterialization"] for check in found["assetChecksOrError"]["checks"]]
    months = {event["partition"] for event in found["assetMaterializations"]}
    return {(check["runId"], check["partition"], check["status"]) for check in checks}, months


def test_a_second_daemon_is_refused(server: Server) -> None:
    command = [sys.executable, "-c", COMMAND, "serve", "daemon", "--folder", str(server.folder / "run")]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert second.returncode == 1
    assert f"进程 {server.parts['daemon'].pid}(shouwang serve daemon" in second.stdout + second.stderr


def test_killed_parts(server: Server) -> None:
    """A run is closed without the code server, runs again, and goes on without the others."""
    deliver(server.home)
    killed = until(lambda: _launch(server, JUNE), "launch")
    # A run that has not begun a step may have no mark yet, and is given three minutes for it.
    until(lambda: _status(server, killed).get("stepStats"), "first step")
    server.kill("code")
    server.start("code")
    _wait(server, killed, "FAILURE")

    # The pages notice the new code server after some seconds.
    again = until(lambda: _launch(server, JUNE), "launch")
    _wait(server, again, "STARTED")
    for part in ("daemon", "web", "viewer"):
        server.kill(part)
        server.start(part)
    _wait(server, again, "SUCCESS")


def test_the_newest_month_is_listed_and_stays_when_logs_go(server: Server) -> None:
    """After the killed parts: an older month runs after the newest one, then the logs of both are removed."""
    newest, _ = _listed(server)
    assert {month for _, month, _ in newest} == {str(JUNE)}
    deliver(server.home, month=MAY)
    older = until(lambda: _launch(server, MAY, *TABLE), "launch")
    _wait(server, older, "SUCCESS")
    before = _listed(server)
    assert before == (newest, {str(MAY), str(JUNE)})

    settings = Settings()
    with instance.open_instance(settings) as opened:
        in_two_months = Month.parse(f"{datetime.now(UTC):%Y-%m}").shift(2)
        logs = old_logs(settings, opened, 1, date(in_two_months.year, in_two_months.number, 1))
    rows = {log.run: log.size for log in logs if log.path is None}
    assert len(rows) == 3
    remove_logs(settings, logs)
    assert _listed(server) == before
    assert _status(server, older)["status"] == "SUCCESS"


def test_the_parts_end_when_asked(server: Server) -> None:
    """The last test."""
    assert [server.kill(part, signal.SIGTERM) for part in ("web", "viewer", "daemon", "code")] == [-15, -15, 0, 0]
