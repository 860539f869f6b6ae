"""A home whose health department delivers to a folder of its own, which is pulled, and agriculture into the inbox."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dagster import DagsterInstance, ExecuteInProcessResult, materialize

from orchestration.assets.landing import landing_assets
from orchestration.resources import Platform
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.archive import DeliveryLog
from sources.landing.transport.folder import FolderLocation
from sources.landing.transport.trouble import NETWORK, TransportError
from sources.months import Month

MONTH = Month(2021, 6)
CONTRACTS = load_contracts()
PERSON = "441802199001011234"
FILE = f"医疗费用结算明细{PERSON}.csv"
CONTENT = "姓名\n甲\n"


class PulledOffice:
    """The home, the folder of the health department, and runs of their landing."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self.there = Home(tmp_path / "home"), tmp_path / "there"
        self.home.prepare()
        monkeypatch.setenv("SHOUWANG_HOME", str(self.home.root))
        monkeypatch.setenv("SHOUWANG_PULL_AGAIN_SECONDS", "[0, 0, 0]")
        location = {"url": f"file://{self.there}", "pattern": "{month:%Y%m}/*.csv"}
        monkeypatch.setenv("SHOUWANG_LOCATIONS", json.dumps({"health": location}))
        self.put(self.there / "202106" / FILE)
        self.put(self.home.inbox / "agriculture" / "2021-06" / "农户名册.csv")

    @staticmethod
    def put(path: Path, content: str = CONTENT) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        os.utime(path, (1_625_000_000, 1_625_000_000))

    def run(self, *departments: str) -> ExecuteInProcessResult:
        assets = [a for a in landing_assets(CONTRACTS) if a.key.path[1] in (departments or ("health", "agriculture"))]
        with DagsterInstance.ephemeral() as instance:
            result = materialize(
                assets,
                partition_key=str(MONTH),
                resources={"platform": Platform()},
                instance=instance,
                raise_on_error=False,
            )
            self.logs = "".join(str(entry) for entry in instance.all_logs(result.run_id))
        assert PERSON not in self.logs
        return result

    def names(self, department: str) -> list[str]:
        log = DeliveryLog(self.home, department, MONTH)
        return [file.name for state in log.states for file in state.files]


def broken_connection(monkeypatch: pytest.MonkeyPatch, times: int, is_passing: bool = True) -> list[int]:
    """Let connecting fail so many times; returns the list of attempts."""
    connect, tries = FolderLocation.connect, list[int]()

    @contextmanager
    def failing(self: FolderLocation) -> Iterator[object]:
        tries.append(1)
        if len(tries) <= times:
            raise TransportError("对方服务器没有按时回应", NETWORK, is_passing)
        with connect(self) as store:
            yield store

    monkeypatch.setattr(FolderLocation, "connect", failing)
    return tries
