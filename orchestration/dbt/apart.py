"""Build a model of one month apart from the warehouse, for questions about months that were built before the last one.

Belongs here: a warehouse of its own in the data home, running dbt for it, removing it.
Does not belong here: the warehouse (``assets.marts``), what is asked of the model.

The warehouse keeps most tables for the month built last only. What these tables need is in the accepted rows and the
catalogues, so the other warehouse begins empty and the real one is not even read.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.dbt.process import APART_VARIABLE, PARENT_VARIABLE, PARSED_VARIABLE
from orchestration.publishing.content import CONFIG
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import DBT_PARSED, DBT_PROJECT_DIR, Settings
from orchestration.runtime.telemetry import QUIET
from sources.home import Home
from sources.months import Month

OUTPUT = "apart.txt"
"""File with dbt's output of the last such build, in the home's folder of dbt."""


@contextmanager
def built(settings: Settings, month: Month, model: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build ``model`` and what it needs for ``month``; yield a connection to their warehouse, and remove it then.

    The caller holds the lock of the data home. Raises ShouwangError if dbt fails, OSError if the home cannot be
    written.
    """
    home = settings.paths
    remove_left(home)
    # A name of its own: dbt of a killed build may live for another moment.
    folder = home.apart / secrets.token_hex(4)
    try:
        home.make_dir(folder / "warehouse")
        _build(settings, month, model, folder)
        file = folder / "warehouse" / settings.warehouse_file.name
        with duckdb.connect(str(file), read_only=True, config=CONFIG) as connection:
            yield connection
    finally:
        remove_left(home)


def remove_left(home: Home) -> None:
    """Remove what a killed build left; the caller holds the lock of the data home."""
    shutil.rmtree(home.apart, ignore_errors=True)


def _build(settings: Settings, month: Month, model: str, folder: Path) -> None:
    output = settings.dbt_dir / OUTPUT
    variables = {
        "SHOUWANG_HOME": str(settings.home),
        "SHOUWANG_MONTH": str(month),
        "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR),
        "DBT_PROJECT_DIR": str(DBT_PROJECT_DIR),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "target"),
        APART_VARIABLE: str(folder),
        PARSED_VARIABLE: str(folder / "parsed"),
        PARENT_VARIABLE: str(os.getpid()),
    }
    kinds = ("--resource-type", "model", "--resource-type", "seed")
    with settings.paths.replacing(output) as temporary, temporary.open("w", encoding="utf-8") as written:
        done = subprocess.run(  # noqa: S603 - our own dbt, our own project
            [DBT_PARSED, "--no-use-colors", "build", "--select", f"+{model}", *kinds],
            env={**os.environ, **QUIET, **variables},
            cwd=DBT_PROJECT_DIR,
            stdout=written,
            stderr=subprocess.STDOUT,
            umask=0o077,
            check=False,
        )
    if done.returncode:
        raise ShouwangError(
            f"dbt 没有算出 {month} 的 {model}(输出在 {output})。请执行 shouwang verify --deep 检查已接收的行后重试。"
        )
