"""The wire of the HTTPS server: connections with TLS, requests read, and replies sent exactly as described."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.replies import Answer, Reply, Request


class Listener:
    """A listening port with its thread, and the connections that it has to break at its end."""

    def __init__(self, address: tuple[str, int], context: ssl.SSLContext, answer: Answer) -> None:
        self.closing = threading.Event()
        self._server = _Server(address, context, answer, self.closing)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the port and every connection, also those that stall."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.break_connections()
        self._thread.join(10)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], context: ssl.SSLContext, answer: Answer, closing: threading.Event
    ) -> None:
        super().__init__(address, _Handler)
        self.context, self.answer, self.closing = context, answer, closing
        self._connections: set[socket.socket] = set()

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the thread of the connection, so that a client that says nothing holds up no other.
        self._connections.add(request)
        try:
            request.settimeout(60)
            with self.context.wrap_socket(request, server_side=True) as connection:
                self._connections.add(connection)
                super().finish_request(connection, client_address)
        except OSError:
            # The client refused the certificate or hung up, or the server is closing: no concern of the tests.
            return

    def break_connections(self) -> None:
        for connection in self._connections:
            try:
                # The plain socket underneath: a TLS socket would wait for its peer.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the name in the base class
        """Stay quiet: the requests are recorded."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        address = urlsplit(self.path)
        query = {**dict(parse_qsl(address.query)), **self._fields(body)}
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.answer(Request(self.command, unquote(address.path), query, headers, body)))

    do_GET = do_POST = do_HEAD = do_PUT = _serve  # noqa: N815 the names in the base class

    def _fields(self, body: bytes) -> dict[str, str]:
        kind = self.headers.get("Content-Type", "")
        if body and kind.startswith("application/json"):
            return {name: str(value) for name, value in json.loads(body).items()}
        return dict(parse_qsl(body.decode())) if kind.startswith("application/x-www-form-urlencoded") else {}

    def _send(self, reply: Reply) -> None:
        announced = len(reply.body) if reply.announced is None else reply.announced
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if not reply.endless and reply.status != 304:
            self.send_header("Content-Length", str(announced))
        self.close_connection = bool(reply.endless) or announced != len(reply.body)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(reply)

    def _send_body(self, reply: Reply) -> None:
        before = len(reply.body) if reply.stall_at is None else reply.stall_at
        self.wfile.write(reply.body[:before])
        if reply.stall_at is not None:
            self.wfile.flush()
            if self.server.closing.wait(reply.stall_seconds):
                raise ConnectionAbortedError("the server is closing")
        self.wfile.write(reply.body[before:])
        while reply.endless and not self.server.closing.is_set():
            self.wfile.write(reply.endless)
