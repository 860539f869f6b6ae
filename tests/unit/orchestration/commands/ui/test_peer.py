"""The kernel says which account opened a connection of this machine."""

from __future__ import annotations

import multiprocessing
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from orchestration.commands.ui.peer import peer

pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="this kernel has no table of connections")


@contextmanager
def _connection(host: str) -> Iterator[tuple[socket.socket, dict[str, tuple[str, int]]]]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, 0), family=family) as server,
        socket.create_connection(server.getsockname()[:2]) as client,
    ):
        accepted, address = server.accept()
        with accepted:
            yield client, {"client": address[:2], "server": accepted.getsockname()[:2]}


def test_own_connections() -> None:
    with _connection("127.0.0.1") as (_, scope):
        assert peer(scope) == f"127.0.0.1 uid {os.getuid()}"


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_own_connections_over_ipv6() -> None:
    with _connection("::1") as (_, scope):
        assert peer(scope) == f"::1 uid {os.getuid()}"


def test_a_connection_that_its_program_left_has_no_owner() -> None:
    with _connection("127.0.0.1") as (client, scope):
        client.close()
        assert peer(scope) is None


def test_a_connection_that_is_gone() -> None:
    assert peer({"client": None, "server": ("127.0.0.1", 3000)}) is None
    assert peer({"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}) is None


def test_other_machines_are_known_by_address() -> None:
    assert peer({"client": ("10.0.0.8", 50000), "server": ("10.0.0.1", 3000)}) == "10.0.0.8"
    assert peer({"client": ("::ffff:10.0.0.8", 50000), "server": ("::ffff:10.0.0.1", 3000)}) == "10.0.0.8"


def _connect_as_another_account(port: int, done: Event) -> None:
    os.setuid(65534)
    with socket.create_connection(("127.0.0.1", port)):
        done.wait()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another account")
def test_connections_of_another_account() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        # Another account may not be able to start the Python of this one.
        forks = multiprocessing.get_context("fork")
        done = forks.Event()
        other = forks.Process(target=_connect_as_another_account, args=(server.getsockname()[1], done))
        other.start()
        accepted, address = server.accept()
        with accepted:
            assert peer({"client": address, "server": accepted.getsockname()}) == "127.0.0.1 uid 65534"
        done.set()
        other.join()
