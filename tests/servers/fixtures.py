"""One fixture per server, started once per session at its first use; tests leave these servers as they found them.

Every run of pytest imports this module, so that the servers' modules are imported by the fixtures that need them.
Absent programs are named at the end of the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.servers.system import ABSENT

if TYPE_CHECKING:
    from tests.servers.https import HttpsServer
    from tests.servers.mariadb import MariadbServer
    from tests.servers.postgres import PostgresServer
    from tests.servers.s3 import S3Server
    from tests.servers.sftp import SftpServer
    from tests.servers.smb import SmbServer
    from tests.servers.webdav import WebdavServer


@pytest.fixture(scope="session")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    from tests.servers.sftp import sftp_server

    with sftp_server(tmp_path_factory.mktemp("sftp")) as server:
        yield server


@pytest.fixture(scope="session")
def https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsServer]:
    from tests.servers.https import https_server

    with https_server(tmp_path_factory.mktemp("https")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    from tests.servers.postgres import postgres_server

    with postgres_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariadbServer]:
    from tests.servers.mariadb import mariadb_server

    with mariadb_server(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture(scope="session")
def smb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmbServer]:
    from tests.servers.smb import smb_server

    with smb_server(tmp_path_factory.mktemp("smb")) as server:
        yield server


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    from tests.servers.s3 import s3_server

    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def webdav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebdavServer]:
    from tests.servers.webdav import webdav_server

    with webdav_server(tmp_path_factory.mktemp("webdav")) as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what to install, once for all tests that were skipped for it."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    missing = sorted({reason[reason.index(ABSENT) :] for reason in reasons if ABSENT in reason})
    if missing:
        terminalreporter.section("tests of real servers were SKIPPED", red=True, bold=True)
        for reason in missing:
            terminalreporter.line(reason)
