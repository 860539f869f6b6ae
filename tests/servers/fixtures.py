"""One fixture per server, started once per session at its first use; tests leave these servers as they found them.

Absent programs are named at the end of the run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import sftp as sftp_module
from tests.servers.process import ABSENT


@pytest.fixture(scope="session")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sftp_module.SftpServer]:
    with sftp_module.sftp_server(tmp_path_factory.mktemp("sftp")) as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what to install, once for all tests that were skipped for it."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    missing = sorted(reason[reason.index(ABSENT) :] for reason in reasons if ABSENT in reason)
    if missing:
        terminalreporter.section("tests of real servers were SKIPPED", red=True, bold=True)
        for reason in missing:
            terminalreporter.line(reason)
