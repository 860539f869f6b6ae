"""The parts of the web interface of a home, each a service of its own, behind nginx, over a database for Dagster.

Belongs here: starting, killing and asking them. Does not belong here: judging what became of it (``test_services``,
``service_kills``).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import pytest

from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from sources.home import Home
from sources.months import Month
from tests.pipeline.parts import Pages, Parts
from tests.pipeline.web import LAUNCH, REPOSITORY, until
from tests.servers.dagster_database import new_database
from tests.servers.nginx import Nginx, nginx
from tests.servers.postgres import PostgresServer
from tests.servers.system import free_port

TOKENS = {"operator": "token-of-the-operators", "viewer": "token-of-the-viewers"}
ACCOUNTS = {"lin": "password of an operator", "wang": "password of a viewer"}
ROLES = {"web": "operator", "viewer": "viewer"}
"""Who is meant by the pages of a part."""
END_SECONDS = 600.0
"""Time limit for the end of a run; the machine may be busy."""
NAMES = "{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError { __typename } } } } }"
LOADED = [{"name": "shouwang", "locationOrLoadError": {"__typename": "RepositoryLocation"}}]
STATUS = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status stepStats { stepKey } } } }"


@dataclass
class Server:
    """The parts of one home, each a group of processes, and the proxy in front of them."""

    home: Home
    parts: Parts
    proxy: Nginx

    def start_missing(self) -> None:
        """Start the parts that are not running, and wait for the pages."""
        self.parts.start_missing()
        for account in ACCOUNTS:
            until(lambda account=account: self._sees_the_code(account), f"pages of {account}")

    def ask(self, account: str, query: str, **variables: Any) -> dict[str, Any]:
        """Send a GraphQL query through the proxy, and return its data. Raises OSError, KeyError."""
        return dict(json.loads(self.open(account, "/graphql", {"query": query, "variables": variables}))["data"])

    def open(self, account: str | None, path: str, body: object = None, **headers: str) -> str:
        """Open an address through the proxy. Raises OSError."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"content-type": "application/json", **headers} | (login(account) if account else {})
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=self.proxy.context))
        with opener.open(Request(f"https://{self.proxy.name}{path}", data, sent), timeout=60) as answer:
            return str(answer.read().decode())

    def launch(self, month: Month, *assets: str) -> str:
        """Launch the monthly run, or some of its assets, as the web page does, as soon as the pages answer."""
        tags = [{"key": "dagster/partition", "value": str(month)}]
        selector: dict[str, Any] = {**REPOSITORY, "jobName": "monthly_run"}
        if assets:
            selector["assetSelection"] = [{"path": asset.split("/")} for asset in assets]
        parameters = {"selector": selector, "executionMetadata": {"tags": tags}}

        def launched() -> str | None:
            with suppress(OSError, KeyError, TypeError):
                return str(self.ask("lin", LAUNCH, parameters=parameters)["launchRun"]["run"]["runId"])
            return None

        return until(launched, "launch")

    def status(self, run: str) -> dict[str, Any]:
        """Return status and steps of a run as the pages show them; empty while they do not answer."""
        with suppress(OSError, KeyError, TypeError):
            return dict(self.ask("lin", STATUS, id=run)["runOrError"])
        return {}

    def wait(self, run: str, *statuses: str) -> str:
        """Wait until a run has one of the statuses, and return it."""

        def found() -> str | None:
            status = self.status(run).get("status")
            return str(status) if status in statuses else None

        return until(found, f"{statuses} of {run}", END_SECONDS)

    def _sees_the_code(self, account: str) -> bool:
        with suppress(OSError, KeyError, TypeError):
            return bool(self.ask(account, NAMES)["workspaceOrError"]["locationEntries"] == LOADED)
        return False


def login(account: str) -> dict[str, str]:
    """Return the header by which a browser logs in."""
    return {"Authorization": "Basic " + base64.b64encode(f"{account}:{ACCOUNTS.get(account)}".encode()).decode()}


@contextmanager
def services(postgres: PostgresServer, folder: Path) -> Iterator[Server]:
    """Run all parts of a new home in ``folder``; the settings of this process are those of the home."""
    database = new_database(postgres, folder).model_dump_json(exclude_none=True)
    (folder / "proxy").mkdir()
    pages = {part: Pages(free_port(), TOKENS[role]) for part, role in ROLES.items()}
    ports = {role: pages[part].port for part, role in ROLES.items()}
    with pytest.MonkeyPatch.context() as environment, ExitStack() as stack:
        environment.setenv("SHOUWANG_HOME", str(folder / "home"))
        environment.setenv("SHOUWANG_SETTLE_SECONDS", "0")
        environment.setenv("SHOUWANG_DAGSTER_DATABASE", database)
        port = free_port()
        environment.setenv("SHOUWANG_UI_NAMES", json.dumps([f"localhost:{port}"]))
        settings = Settings()
        instance.prepare(settings)
        proxy = stack.enter_context(nginx(folder / "proxy", port, ports, TOKENS, ACCOUNTS))
        started = Server(settings.paths, Parts(folder / "parts", pages), proxy)
        stack.callback(started.parts.kill_all)
        started.start_missing()
        yield started
