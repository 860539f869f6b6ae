"""A backfill from the page of the assets runs month by month, in order, goes on past a bad one, and is repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from sources.contracts.model import load_contracts
from sources.months import Month
from tests.pipeline.backfills import in_order, launch, published, repeat, wait_for
from tests.pipeline.web import web
from tests.unit.sources.builder import Desk, csv_file, row, table

APRIL, MAY, JUNE = "2021-04", "2021-05", "2021-06"
REGISTER = load_contracts().dataset("household_register")


def test_one_bad_month_holds_up_no_other_and_is_repeated_once_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    assert [(run.month, run.success) for run in again] == [(MAY, True)]
    assert published(settings) == [APRIL, MAY, JUNE]
