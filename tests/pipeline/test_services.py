"""The parts of the web interface as ``deploy/systemd`` starts them, behind nginx as ``deploy/nginx`` sets it up.

Dagster's records are in PostgreSQL, as docs/deploy.md offers it.
Belongs here: logins by role, live updates, parts that are killed while a run goes on, what the pages show then.
Does not belong here: the guard's single rules (``test_guard``).
"""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from http.client import HTTPConnection
from typing import Any
from urllib.error import HTTPError

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from orchestration.runtime import instance
from orchestration.runtime.old_runs import old_logs, remove_logs
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.months import Month
from tests.pipeline.services import ACCOUNTS, NAMES, TOKENS, Server, login, services
from tests.pipeline.test_dead_runs import JUNE, REGISTER, deliver
from tests.pipeline.web import until
from tests.servers.postgres import PostgresServer

MAY = JUNE.shift(-1)
TABLE = (f"landing/{REGISTER.department}", f"{REGISTER.department}/{REGISTER.name}")
CHECKS = """
query($asset: AssetKeyInput!) { assetNodeOrError(assetKey: $asset) { ... on AssetNode {
  assetChecksOrError { ... on AssetChecks { checks { executionForLatestMaterialization { runId status partition } } } }
  assetMaterializations { partition } } } }
"""
DELETE = 'mutation { deletePipelineRun(runId: "none") { __typename } }'


@pytest.fixture(scope="module")
def server(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with services(postgres, tmp_path_factory.mktemp("services")) as started:
        yield started


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
    connection = HTTPConnection("127.0.0.1", server.proxy.plain_port, timeout=60)
    connection.request("GET", "/runs", headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("location")) == (301, "https://localhost/runs")
    connection.close()


def test_live_updates(server: Server) -> None:
    address = f"wss://{server.proxy.name}/graphql"
    options: dict[str, Any] = {"ssl": server.proxy.context, "subprotocols": ["graphql-ws"], "proxy": None}
    with connect(address, additional_headers=login("wang"), **options) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv(30))["type"] == "connection_ack"
    with pytest.raises(InvalidStatus, match="401"), connect(address, **options):
        pass


def _listed(server: Server) -> tuple[set[tuple[str, str, str]], set[str]]:
    """What the pages show of the register: run, month and result of each check, and the months with data."""
    found = server.ask("wang", CHECKS, asset={"path": [REGISTER.department, REGISTER.name]})["assetNodeOrError"]
    checks = [check["executionForLatestMaterialization"] for check in found["assetChecksOrError"]["checks"]]
    months = {event["partition"] for event in found["assetMaterializations"]}
    return {(check["runId"], check["partition"], check["status"]) for check in checks}, months


def test_a_second_daemon_is_refused(server: Server) -> None:
    second = subprocess.run(server.parts.command("daemon"), capture_output=True, text=True, timeout=60)
    assert second.returncode == 1
    assert f"进程 {server.parts.running['daemon'].pid}(shouwang serve daemon" in second.stdout + second.stderr


def test_killed_parts(server: Server) -> None:
    """A run is closed without the code server, runs again, and goes on without the others."""
    deliver(server.home)
    killed = server.launch(JUNE)
    # A run that has not begun a step may have no mark yet, and is given three minutes for it.
    until(lambda: server.status(killed).get("stepStats"), "first step")
    server.parts.kill("code")
    server.parts.start("code")
    server.wait(killed, "FAILURE")

    # The pages notice the new code server after some seconds.
    again = server.launch(JUNE)
    server.wait(again, "STARTED")
    for part in ("daemon", "web", "viewer"):
        server.parts.kill(part)
        server.parts.start(part)
    server.wait(again, "SUCCESS")


def test_the_newest_month_is_listed_and_stays_when_logs_go(server: Server) -> None:
    """After the killed parts: an older month runs after the newest one, then the logs of both are removed."""
    newest, _ = _listed(server)
    assert {month for _, month, _ in newest} == {str(JUNE)}
    deliver(server.home, month=MAY)
    older = server.launch(MAY, *TABLE)
    server.wait(older, "SUCCESS")
    before = _listed(server)
    assert before == (newest, {str(MAY), str(JUNE)})

    settings = Settings()
    with instance.open_instance(settings) as opened:
        in_two_months = Month.parse(f"{datetime.now(ZONE):%Y-%m}").shift(2)
        logs = old_logs(settings, opened, 1, date(in_two_months.year, in_two_months.number, 1))
    rows = {log.run: log.size for log in logs if log.path is None}
    assert len(rows) == 3
    remove_logs(settings, logs)
    assert _listed(server) == before
    assert server.status(older)["status"] == "SUCCESS"


def test_the_parts_end_when_asked(server: Server) -> None:
    """The last test. A web server ends by the signal, unless what it started ended before it."""
    web, viewer, *others = server.parts.stop("web", "viewer", "daemon", "code")
    assert {web, viewer} <= {0, -signal.SIGTERM}
    assert others == [0, 0]
