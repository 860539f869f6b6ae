"""``shouwang ui`` as it is started, with a real browser: the owner works in it, another page gets nothing, all ends.

Belongs here: the processes, what they listen on, Chromium. Does not belong here: the single rules (``test_guard``).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.pipeline.browser import chromium
from tests.pipeline.web import SHOUWANG
from tests.servers.system import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")

START_SECONDS, END_SECONDS, BROWSER_SECONDS = 120, 60, 60
LISTENING = "0A"
LOCATIONS = "{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError { __typename } } } } }"
# It logs in for the browser, which is more than another page can do, and then tries what a page can try.
OTHER_PAGE = """<!doctype html><body><script>
const base = "BASE", found = {};
const mutation = JSON.stringify({query: "mutation { reloadWorkspace { __typename } }"});
const tries = {
  "link that writes": ["/graphql?query=mutation%7BreloadWorkspace%7B__typename%7D%7D", {mode: "no-cors"}],
  "form": ["/graphql", {method: "POST", mode: "no-cors", body: mutation, headers: {"content-type": "text/plain"}}],
  "request": ["/graphql", {method: "POST", body: mutation, headers: {"content-type": "application/json"}}],
  "page": ["/runs", {}],
  "picture": ["/favicon.png", {mode: "no-cors"}],
};
const updates = () => new Promise(done => {
  const socket = new WebSocket(base.replace("http", "ws") + "/graphql", "graphql-ws");
  socket.onopen = () => done("passed"); socket.onerror = () => done("refused");
});
(async () => {
  await fetch(base + "/?token=TOKEN", {mode: "no-cors", credentials: "include"}).catch(() => null);
  for (const [name, [path, options]] of Object.entries(tries))
    found[name] = await fetch(base + path, {credentials: "include", ...options}).then(() => "passed", () => "refused");
  found["live updates"] = await updates();
  await fetch("/found", {method: "POST", body: JSON.stringify(found)});
})();
</script>"""


@dataclass(frozen=True)
class Ui:
    """A running ``shouwang ui``."""

    process: subprocess.Popen[str]
    address: str
    token: str

    def ask(self, path: str, body: object = None, **headers: str) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.address + path, data, {"content-type": "application/json", **headers})) as answer:
            return json.load(answer)

    def family(self) -> set[int]:
        """The processes of the services' groups: the command is the father of their leaders."""
        processes = _processes()
        leaders = {pid for pid, (parent, _) in processes.items() if parent == self.process.pid}
        return {pid for pid, (_, group) in processes.items() if group in leaders}


def _processes() -> dict[int, tuple[int, int]]:
    """Parent and group of every process; without those that ended and were not waited for."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, parent, group, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            if state != "Z":
                found[int(folder.name)] = (int(parent), int(group))
    return found


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    folder = tmp_path_factory.mktemp("ui")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHOUWANG_")}
    environment |= {"SHOUWANG_HOME": str(folder / "home"), "TMPDIR": str(folder)}
    command = [*SHOUWANG, "ui", "--port", str(free_port())]
    with (
        (folder / "output.txt").open("w+", encoding="utf-8") as output,
        subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, text=True) as process,
    ):
        try:
            deadline = time.monotonic() + START_SECONDS
            while not (opened := re.search(r"(http://127\.0\.0\.1:\d+)/\?token=(\S+)\n", _text(folder))):
                assert process.poll() is None, _text(folder)
                assert time.monotonic() < deadline, _text(folder)
                time.sleep(0.2)
            yield Ui(process, *opened.groups())
        finally:
            process.terminate()
            process.wait(END_SECONDS)


def _text(folder: Path) -> str:
    return (folder / "output.txt").read_text(encoding="utf-8")


def test_only_the_guard_listens(ui: Ui) -> None:
    sockets = {str(fd.readlink()) for pid in ui.family() for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()}
    tables = [Path(f"/proc/net/{table}").read_text().splitlines()[1:] for table in ("tcp", "tcp6")]
    lines = [line.split() for table in tables for line in table]
    ports = {int(v[1].rpartition(":")[2], 16) for v in lines if v[3] == LISTENING and f"socket:[{v[9]}]" in sockets}
    assert ports == {int(ui.address.rpartition(":")[2])}

    unix = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    paths = {v[7] for v in unix if len(v) > 7 and f"socket:[{v[6]}]" in sockets}
    (code_server,) = paths
    folder = Path(code_server).parent
    assert (stat.S_IMODE(folder.stat().st_mode), folder.stat().st_uid) == (0o700, os.getuid())


def test_programs_work_with_the_token(ui: Ui) -> None:
    entry = {"name": "shouwang", "locationOrLoadError": {"__typename": "RepositoryLocation"}}
    answer = ui.ask("/graphql", {"query": LOCATIONS}, authorization=f"Bearer {ui.token}")
    assert answer == {"data": {"workspaceOrError": {"locationEntries": [entry]}}}
    with pytest.raises(HTTPError, match="401"):
        ui.ask("/graphql", {"query": LOCATIONS})


def _browse(profile: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def test_the_owner_works_in_a_browser(ui: Ui, tmp_path: Path) -> None:
    owner = ("--virtual-time-budget=20000", "--dump-dom", f"{ui.address}/?token={ui.token}")
    stranger = (*owner[:-1], ui.address)
    pages = [_browse(tmp_path / name, *a) for name, a in {"owner": owner, "stranger": stranger}.items()]
    opened, closed = (page.communicate(timeout=BROWSER_SECONDS)[0] for page in pages)
    assert 'href="/runs"' in opened
    assert "请输入口令" not in opened
    assert 'href="/runs"' not in closed
    assert "请输入口令" in closed


@dataclass
class OtherPage:
    """A page of another origin, and what it found."""

    found: dict[str, str] = field(default_factory=dict)
    cookie: str = ""
    done: threading.Event = field(default_factory=threading.Event)

    def serve(self, ui: Ui) -> ThreadingHTTPServer:
        page, me = OTHER_PAGE.replace("BASE", ui.address).replace("TOKEN", ui.token), self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode())

            def do_POST(self) -> None:
                me.cookie = self.headers.get("cookie", "")
                me.found = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(204)
                self.end_headers()
                me.done.set()

            def log_request(self, *_: object) -> None:
                """Keep quiet."""

        return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def test_another_page_gets_nothing(ui: Ui, tmp_path: Path) -> None:
    other = OtherPage()
    with other.serve(ui) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = _browse(tmp_path / "profile", f"http://127.0.0.1:{server.server_port}/")
        try:
            assert other.done.wait(BROWSER_SECONDS)
        finally:
            browser.terminate()
            browser.communicate()
            server.shutdown()
    # The browser is logged in, and even hands the cookie to another port.
    assert other.cookie.startswith("shouwang-")
    assert set(other.found) == {"link that writes", "form", "request", "page", "picture", "live updates"}
    assert set(other.found.values()) == {"refused"}, other.found


def test_all_processes_end(ui: Ui) -> None:
    """The last test: it ends the interface."""
    family = ui.family()
    assert len(family) >= 3
    ui.process.send_signal(signal.SIGTERM)
    assert ui.process.wait(END_SECONDS) == 0
    assert not family & set(_processes())
