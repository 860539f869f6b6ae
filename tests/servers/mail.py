"""A mail server that takes every mail and keeps it; a thread of the tests."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers.system import HOST


@dataclass
class MailServer:
    """Where the server is, and the mails that it took, as they came."""

    port: int
    mails: list[bytes] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The texts of the mails."""
        parsed = [email.message_from_bytes(mail, policy=email.policy.default) for mail in self.mails]
        bodies = [message.get_body(("plain",)) for message in parsed]
        return [body.get_content().replace("\r\n", "\n") for body in bodies if body is not None]


class _Session(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        self._say("220 tests")
        while line := self.rfile.readline():
            match line.split(b" ")[0].strip().upper():
                case b"EHLO" | b"HELO":
                    self._say("250 tests")
                case b"DATA":
                    self._say("354 go on")
                    self.server.mails.append(self._mail())  # type: ignore[attr-defined]
                    self._say("250 kept")
                case b"QUIT":
                    self._say("221 bye")
                    break
                case _:
                    self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _mail(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line[1:] if line.startswith(b"..") else line for line in lines)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a server until the end of the block."""
    with socketserver.ThreadingTCPServer((HOST, 0), _Session) as listening:
        listening.daemon_threads = True
        server = MailServer(listening.server_address[1])
        listening.mails = server.mails  # type: ignore[attr-defined]
        threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            listening.shutdown()
