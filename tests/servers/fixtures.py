"""One fixture per server, started once per session at its first use; tests leave these servers as they found them.

Absent programs are named at the end of the run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.https import HttpsServer, https_server
from tests.servers.mariadb import MariadbServer, mariadb_server
from tests.servers.postgres import PostgresServer, postgres_server
from tests.servers.process import ABSENT
from tests.servers.s3 import S3Server, s3_server
from tests.servers.sftp import SftpServer, sftp_server
from tests.servers.smb import SmbServer, smb_server
from tests.servers.webdav import WebdavServer, webdav_server


@pytest.fixture(scope="session")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    with sftp_server(tmp_path_factory.mktemp("sftp")) as server:
        yield server


@pytest.fixture(scope="session")
def https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsServer]:
    with https_server(tmp_path_factory.mktemp("https")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with postgres_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariadbServer]:
    with mariadb_server(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture(scope="session")
def smb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmbServer]:
    with smb_server(tmp_path_factory.mktemp("smb")) as server:
        yield server


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def webdav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebdavServer]:
    with webdav_server(tmp_path_factory.mktemp("webdav")) as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what to install, once for all tests that were skipped for it."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    missing = sorted(reason[reason.index(ABSENT) :] for reason in reasons if ABSENT in reason)
    if missing:
        terminalreporter.section("tests of real servers were SKIPPED", red=True, bold=True)
        for reason in missing:
            terminalreporter.line(reason)
