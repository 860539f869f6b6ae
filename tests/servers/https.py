"""An HTTPS server with its own authority that hands out files, pages JSON, and misbehaves where a test says so.

`add_file` serves a file with ETag, Last-Modified, Content-Length and ranges. `add_pages` serves rows page by page,
by number (`page`), by `cursor` or by the address of the next page (`link`, in the body and in the header Link).
`misbehave` puts a fault of `replies.py` on a path, for the next requests or for all. `allow` says who may ask.
`requests` has every request with its headers, in order. The server is a thread of the tests.
"""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.certificates import Certificates, Kind
from tests.servers.https_connection import Listener
from tests.servers.pages import By, file_answer, pages_answer
from tests.servers.replies import Answer, Fault, Reply, Request
from tests.servers.system import HOST, free_port


@dataclass(frozen=True)
class HttpsServer:
    """Where the server is, what to trust, what it saw; and what it is to answer."""

    host: str
    port: int
    certificates: Certificates
    context: ssl.SSLContext
    requests: list[Request] = field(default_factory=list)
    _answers: dict[str, Answer] = field(default_factory=dict)
    _queued: dict[str, list[Fault]] = field(default_factory=dict)
    _lasting: dict[str, Fault] = field(default_factory=dict)
    _allowed: dict[str, Callable[[Request], bool]] = field(default_factory=dict)
    _listeners: list[Listener] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Address without a path."""
        return f"https://{self.host}:{self.port}"

    @property
    def ca_file(self) -> Path:
        """The authority to trust."""
        return self.certificates.ca_file

    def add_file(self, path: str, content: bytes, modified: dt.datetime | None = None) -> None:
        """Serve a file; again with other content, its ETag changes."""
        self._answers[path] = file_answer(content, modified or dt.datetime.now(dt.UTC))

    def add_pages(self, path: str, rows: Sequence[Any], by: By = "page", size: int = 100) -> None:
        """Serve rows as `{"rows": […], "total": n, …}`; clients may ask for another `size`."""
        self._answers[path] = pages_answer(rows, by, size, self.url + path)

    def add(self, path: str, answer: Answer) -> None:
        """Serve any answer."""
        self._answers[path] = answer

    def misbehave(self, path: str, fault: Fault, times: int | None = None) -> None:
        """Put a fault on a path: for that number of requests, after those queued before; or, then, until `behave`."""
        if times is None:
            self._lasting[path] = fault
        else:
            self._queued.setdefault(path, []).extend([fault] * times)

    def behave(self, path: str) -> None:
        """Take the faults of a path away."""
        self._queued.pop(path, None)
        self._lasting.pop(path, None)

    def allow(self, path: str, allowed: Callable[[Request], bool]) -> None:
        """Answer 401 to requests that the function refuses, such as those without a token."""
        self._allowed[path] = allowed

    def use_certificate(self, kind: Kind) -> None:
        """Show another certificate to the connections to come; "good" is good with another key."""
        self.context.load_cert_chain(self.certificates.issue(kind))

    def start(self) -> None:
        """Be up, on the same port."""
        self._listeners.append(Listener((self.host, self.port), self.context, self._answer))

    def stop(self) -> None:
        """Be down, and break the connections that are open."""
        while self._listeners:
            self._listeners.pop().close()

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            queued = self._queued.get(request.path)
            fault = queued.pop(0) if queued else self._lasting.get(request.path)
        answer = self._answers.get(request.path, lambda _: Reply(404))
        allowed = self._allowed.get(request.path, lambda _: True)
        if not allowed(request):
            return Reply(401, {"WWW-Authenticate": 'Basic realm="tests"'})
        return fault(answer, request) if fault else answer(request)


@contextmanager
def https_server(folder: Path, certificate: Kind = "good") -> Iterator[HttpsServer]:
    """Run a server; its authority is in `folder`."""
    certificates = Certificates.in_folder(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server = HttpsServer(HOST, free_port(), certificates, context)
    server.use_certificate(certificate)
    server.start()
    try:
        yield server
    finally:
        server.stop()
