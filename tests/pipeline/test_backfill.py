"""A backfill from the page of the assets runs month by month, in order, goes on past a bad one, and is repeated.

The daemon tells the chat of the office that the month failed, once.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.automation.alerts.tell import tell
from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.contracts.model import load_contracts
from sources.months import Month
from tests.pipeline.backfills import in_order, launch, published, repeat, wait_for
from tests.pipeline.web import until, web
from tests.servers.https import HttpsServer
from tests.servers.robots import WecomRobot
from tests.unit.sources.builder import Desk, csv_file, row, table

ROBOT = "/cgi-bin/webhook/send"
APRIL, MAY, JUNE = "2021-04", "2021-05", "2021-06"
REGISTER = load_contracts().dataset("household_register")


def test_one_bad_month_holds_up_no_other_and_is_repeated_once_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, https: HttpsServer
) -> None:
    robot = WecomRobot("key-of-the-tests")
    https.add(ROBOT, robot)
    monkeypatch.setenv("OFFICE_ROBOT", f"{https.url}{ROBOT}?key={robot.key}")
    office = {"address_env": "OFFICE_ROBOT", "ca_file": str(https.ca_file), "kinds": ["failed_run"]}
    monkeypatch.setenv("SHOUWANG_ALERTS", json.dumps({"office": office}))
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    settings = Settings()
    instance.prepare(settings)
    content = csv_file(table(REGISTER, [row(REGISTER, n) for n in range(30)]))

    def deliver(month: str) -> None:
        Desk(settings.paths).put(REGISTER, f"{REGISTER.label}.csv", content, Month.parse(month))

    deliver(APRIL)
    deliver(JUNE)
    with web(settings) as opened:
        backfill = launch(opened, "assets", [APRIL, MAY, JUNE])
        runs = wait_for(opened, backfill, 3)
        assert in_order(runs)
        assert [(run.month, run.success) for run in runs] == [(APRIL, True), (MAY, False), (JUNE, True)]
        for part in (MAY, REGISTER.label, "补报后重新运行"):
            assert part in runs[1].why
        assert published(settings) == [APRIL, JUNE]
        deliver(MAY)
        again = wait_for(opened, repeat(opened, backfill), 1)
        until(lambda: robot.texts, "alert", 90)
        assert tell(settings, opened.opened, datetime.now(ZONE), is_daemon=False).sent == {}, "the timer's turn"
    (told,) = robot.texts
    assert f"【运行失败】{MAY} 的运行没有完成" in told
    assert "共 1 条" in told
    assert [(run.month, run.success) for run in again] == [(MAY, True)]
    assert published(settings) == [APRIL, MAY, JUNE]
