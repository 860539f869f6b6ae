"""The parts of the web interface of a home, each a service of its own, behind nginx, over a database for Dagster.

Belongs here: starting, killing and asking them. Does not belong here: judging what became of it (``test_services``,
``service_kills``).
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import pytest

from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from sources.home import Home
from sources.months import Month
from tests.pipeline.web import LAUNCH, REPOSITORY, until
from tests.servers.dagster_database import new_database
from tests.servers.nginx import Nginx, nginx
from tests.servers.postgres import PostgresServer
from tests.servers.system import free_port

COMMAND = "from orchestration.commands.cli import main; main()"
TOKENS = {"operator": "token-of-the-operators", "viewer": "token-of-the-viewers"}
ACCOUNTS = {"lin": "password of an operator", "wang": "password of a viewer"}
PARTS = ("code", "web", "viewer", "daemon")
END_SECONDS = 600.0
"""Time limit for the end of a run; the machine may be busy."""
NAMES = "{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError { __typename } } } } }"
LOADED = [{"name": "shouwang", "locationOrLoadError": {"__typename": "RepositoryLocation"}}]
STATUS = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status stepStats { stepKey } } } }"


@dataclass
class Server:
    """The parts of one home, each a group of processes, and the proxy in front of them."""

    home: Home
    folder: Path
    ports: dict[str, int]
    proxy: Nginx | None = None
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, part: str) -> None:
        """Start a part; the code server is to be started first."""
        role = {"web": "operator", "viewer": "viewer"}.get(part)
        port = ["--port", str(self.ports[role])] if role else []
        environment = {**os.environ, "SHOUWANG_UI_NAMES": json.dumps([f"localhost:{self.ports['proxy']}"])}
        environment |= {"SHOUWANG_UI_TOKEN_FILE": str(self.folder / f"token-{role}")} if role else {}
        command = [sys.executable, "-c", COMMAND, "serve", part, "--folder", str(self.folder / "run"), *port]
        with (self.folder / f"{part}.log").open("ab") as log:
            self.parts[part] = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def start_all(self) -> None:
        """Start the parts that are not running, as systemd does, and wait for the pages."""
        for part in PARTS:
            if part not in self.parts or self.parts[part].poll() is not None:
                self.start(part)
                if part == "code":
                    until(lambda: (self.folder / "run" / "code").exists(), "code server")
        for account in ACCOUNTS:
            until(lambda account=account: self._sees_the_code(account), f"pages of {account}")

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> int:
        """End a part with all its children, as systemd does, and return its exit code."""
        process = self.parts.pop(part)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        return process.wait(60)

    def ask(self, account: str, query: str, **variables: Any) -> dict[str, Any]:
        """Send a GraphQL query through the proxy, and return its data. Raises OSError, KeyError."""
        return dict(json.loads(self.open(account, "/graphql", {"query": query, "variables": variables}))["data"])

    def open(self, account: str | None, path: str, body: object = None, **headers: str) -> str:
        """Open an address through the proxy. Raises OSError."""
        assert self.proxy
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
    (folder / "run").mkdir(mode=0o700)
    (folder / "proxy").mkdir()
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
        started.proxy = stack.enter_context(nginx(folder / "proxy", ports["proxy"], ports, TOKENS, ACCOUNTS))
        stack.callback(lambda: [started.kill(part) for part in tuple(started.parts)])
        started.start_all()
        yield started
