"""Verify the copies of the published version on servers.

Belongs here: areas and answers in Chinese. Does not belong here: comparing (``publishing.postgres.compare``). The
libraries of servers are imported only where the settings name one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from orchestration.commands.answers import Answer
from orchestration.commands.areas import Area
from orchestration.publishing.version import current
from orchestration.runtime.postgres_server import PostgresServer
from orchestration.runtime.settings import Settings

POSTGRES = "PostgreSQL"
ASK_SECONDS = 5.0
"""How long the doctor waits for a server."""


def postgres(published: Path, server: PostgresServer, deep: bool) -> Area:
    """Verify that PostgreSQL holds the published version: columns and number of rows, with ``deep`` every cell."""
    from orchestration.dbt import manifest
    from orchestration.publishing.postgres.compare import problems

    version = current(published)
    if version is None or not version.open:
        return Area(POSTGRES, "没有可以复制的版本")
    found = problems(published, server, version, manifest.keys(manifest.load()), deep)
    return Area(POSTGRES, f"应为版本 {version.number}", tuple(f"{problem}。" for problem in found))


def answers(settings: Settings) -> Iterator[Answer]:
    """Say whether PostgreSQL answers and holds the published version; a month runs without it."""
    if settings.postgres is None:
        return
    from orchestration.publishing.postgres.compare import lag

    problem = lag(settings.postgres, current(settings.paths.published), ASK_SECONDS)
    yield Answer(POSTGRES, "look" if problem else "ok", f"{problem}。" if problem else "是现在发布的版本")
