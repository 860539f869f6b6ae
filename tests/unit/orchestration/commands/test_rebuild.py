"""A rebuild goes through the accepted months in order and keeps the old warehouse until it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.commands.rebuild import rebuild
from orchestration.commands.run import RunReport
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources.contracts.model import load_contracts
from sources.months import Month

REGISTER = load_contracts().dataset("household_register")


class Runs:
    """Stands for the month's run: notes what is asked for, writes a warehouse, fails where it is told."""

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.asked: list[tuple[str, list[str]]] = []

    def __call__(self, settings: Settings, month: Month, selection: list[str]) -> RunReport:
        self.asked.append((str(month), selection))
        settings.warehouse_file.write_text(f"built {month}", "utf-8")
        return RunReport(month, "run", success=str(month) != self.failing, seconds=1.0, published={"is_new": False})


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path))
    settings = Settings()
    settings.paths.prepare()
    for month in ("2021-06", "2021-04", "2021-05"):
        folder = settings.paths.accepted(REGISTER, Month.parse(month))
        folder.mkdir(parents=True)
        (folder / "rows.parquet").touch()
    settings.warehouse_file.write_text("old", "utf-8")
    return settings


def old(settings: Settings) -> Path:
    return settings.warehouse_file.with_name("warehouse.duckdb.before-rebuild")


def test_all_months_in_order_and_published_once(settings: Settings) -> None:
    runs = Runs()
    rebuild(settings, from_archive=False, run=runs)
    assert [month for month, _ in runs.asked] == ["2021-04", "2021-05", "2021-06"]
    first, _, last = (set(selection) for _, selection in runs.asked)
    assert "published_marts" not in first
    assert {"published_marts", "month_indicators"} < last
    assert {"marts/household_risk", "intake/deliveries", "reference/working_days"} < first
    assert not {key.split("/")[0] for key in last} & {"landing", "outbox", "agriculture"}
    assert not old(settings).exists()


def test_from_the_archive_every_table_is_taken_in_again(settings: Settings) -> None:
    runs = Runs()
    rebuild(settings, from_archive=True, run=runs)
    assert "agriculture/household_register" in runs.asked[0][1]
    assert not any(key.startswith("landing/") for key in runs.asked[0][1])


def test_an_interrupted_rebuild_keeps_the_old_warehouse_and_can_be_repeated(settings: Settings) -> None:
    runs = Runs(failing="2021-05")
    assert [r.success for r in rebuild(settings, from_archive=False, run=runs)] == [True, False]
    assert old(settings).read_text("utf-8") == "old"
    rebuild(settings, from_archive=False, run=Runs(failing="2021-04"))
    assert old(settings).read_text("utf-8") == "old"
    rebuild(settings, from_archive=False, run=Runs())
    assert not old(settings).exists()
    assert settings.warehouse_file.read_text("utf-8") == "built 2021-06"


def test_without_an_accepted_month_nothing_is_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "new"))
    with pytest.raises(ShouwangError, match="没有可以重建的月份"):
        rebuild(Settings(), from_archive=False, run=Runs())
