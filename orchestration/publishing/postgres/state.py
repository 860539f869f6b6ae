"""Note at home what became of the last copy, so that it is known without asking the server.

Belongs here: one JSON file in Dagster's home, without identities. Does not belong here: what PostgreSQL holds, which
it says itself (``load.held_version``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from orchestration.publishing.version import Version, current
from orchestration.runtime.postgres_server import PostgresServer
from sources.home import Home

_FILE = "postgres.json"


@dataclass(frozen=True)
class CopyState:
    """The version that was copied last (0: none yet), to which server, and why the newest one was not.

    ``owes`` says in Chinese what must not stay in PostgreSQL, not even as remains of replaced rows; empty if nothing.
    """

    server: str = ""
    version: int = 0
    stem: str = ""
    failure: str = ""
    owes: str = ""


def load(home: Home) -> CopyState:
    """Load the note; an empty one if there is none or it is damaged."""
    with suppress(OSError, ValueError, TypeError):
        raw: Mapping[str, Any] = json.loads(_file(home).read_text("utf-8"))
        return CopyState(**{f.name: raw[f.name] for f in fields(CopyState) if f.name in raw})
    return CopyState()


def owe(home: Home, server: PostgresServer | None, what: str) -> None:
    """Note, before it is removed at home, what the next copy must remove from PostgreSQL without remains.

    Raises OSError if that cannot be noted.
    """
    if server is not None:
        _save(home, replace(load(home), owes=what))


def failed(home: Home, server: PostgresServer, why: str) -> None:
    """Note why the published version was not copied."""
    with suppress(OSError):
        _save(home, replace(load(home), server=server.shown, failure=why))


def copied(home: Home, server: PostgresServer, version: Version, owes: str) -> None:
    """Note that the server holds a version, and what of former rows it could not clear away."""
    with suppress(OSError):
        _save(home, CopyState(server.shown, version.number, version.stem, owes=owes))


def lacking(home: Home, server: PostgresServer) -> str:
    """Say in Chinese why PostgreSQL does not hold the published version; empty if it does, or if nothing is noted."""
    state, version = load(home), current(home.published)
    if version is None or state.server != server.shown or (state.version, state.stem) == (version.number, version.stem):
        return ""
    behind = f"数据库里仍是版本 {state.version}" if state.version else "数据库里还没有数据"
    left = f"其中还有{state.owes}。" if state.owes and state.version else ""
    todo = "请执行 shouwang publish --to postgres"
    return f"已发布版本 {version.number},{behind}。{left}{state.failure or f'没有复制到 PostgreSQL;{todo}。'}"


def _file(home: Home) -> Path:
    return home.dagster / _FILE


def _save(home: Home, state: CopyState) -> None:
    if state != load(home):
        with home.replacing(_file(home)) as temporary:
            temporary.write_text(json.dumps(asdict(state), ensure_ascii=False), "utf-8")
