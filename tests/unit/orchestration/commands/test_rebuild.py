"""A rebuild checks everything first, goes through the months in order and keeps the old warehouse until it is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orchestration.commands.rebuild import rebuild
from orchestration.commands.run import RunReport
from orchestration.runtime import layout
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources import audit
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.archive import DeliveryLog, original_path
from sources.landing.taken_in import record_path
from sources.months import Month
from sources.privacy.secret import secret_path
from tests.unit.sources.builder import Desk
from tests.unit.sources.ledger import income_file

REGISTER, INCOME = (load_contracts().dataset(name) for name in ("household_register", "household_income"))
MONTHS = [Month.parse(month) for month in ("2021-06", "2021-04", "2021-05")]
EARLY = Month(2021, 3)


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
    """A home with the register of three months, a month before with incomes only, and a warehouse."""
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    settings = Settings()
    desk = Desk(settings.paths)
    for month in MONTHS:
        desk.put(REGISTER, "户籍名册.csv", income_file(1, 2, dataset=REGISTER), month)
        desk.intake(month).take(REGISTER)
    desk.put(INCOME, "收入.csv", income_file(1, 2), EARLY)
    desk.intake(EARLY).take(INCOME)
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
    line = audit.entries(settings.paths)[-1]
    assert (line["act"], line["arguments"]) == ("rebuild", {"months": "2021-04、2021-05、2021-06", "from_archive": 0})


def test_from_the_archive_every_table_is_taken_in_again(settings: Settings) -> None:
    runs = Runs()
    rebuild(settings, from_archive=True, run=runs)
    assert [month for month, _ in runs.asked] == ["2021-03", "2021-04", "2021-05", "2021-06"]
    (_, early), (_, first), *_ = runs.asked
    assert "agriculture/household_register" in first
    assert not any(key.startswith("landing/") for key in first)
    assert {key.split("/")[0] for key in early} == set(load_contracts()), "a month without a register has only tables"


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


def _lose_secret(home: Home) -> None:
    secret_path(home).unlink()


def _other_secret(home: Home) -> None:
    secret_path(home).write_text("another secret", "utf-8")


def _damage_original(home: Home) -> None:
    (sha256, *_) = DeliveryLog(home, "agriculture", MONTHS[0]).hashes
    original_path(home, sha256).write_text("damaged", "utf-8")


def _damage_log(home: Home) -> None:
    DeliveryLog.path(home, "agriculture", EARLY).write_text("[", "utf-8")


def _lose_rows(home: Home) -> None:
    (home.accepted(REGISTER, MONTHS[1]) / "rows.parquet").write_text("damaged", "utf-8")


def _newer(home: Home) -> None:
    layout.layout_path(home).write_text(f'{{"layout": {layout.LAYOUT + 1}}}', "utf-8")


@pytest.mark.parametrize(
    ("damage", "from_archive", "said"),
    [
        (_lose_secret, False, "密钥文件不存在"),
        (_other_secret, False, "指纹不符"),
        (_damage_original, True, "原件损坏或丢失"),
        (_damage_log, False, "收件登记丢失或已损坏"),
        (_lose_rows, False, "已接收的行丢失或已损坏"),
        (_newer, False, "由更新的程序写成"),
    ],
)
def test_what_cannot_be_rebuilt_is_refused_before_anything_is_touched(
    settings: Settings, damage: Callable[[Home], None], from_archive: bool, said: str
) -> None:
    damage(settings.paths)
    runs = Runs()
    with pytest.raises(ShouwangError, match=said):
        rebuild(settings, from_archive=from_archive, run=runs)
    assert not runs.asked
    assert settings.warehouse_file.read_text("utf-8") == "old"
    assert not old(settings).exists()
    assert "rebuild" not in {line["act"] for line in audit.entries(settings.paths)}


def _drop_a_column(home: Home) -> None:
    file = home.accepted(REGISTER, MONTHS[1]) / "rows.parquet"
    pl.read_parquet(file).drop("household_type").write_parquet(file)


def _lose_a_record(home: Home) -> None:
    record_path(home, "agriculture", MONTHS[1]).unlink()


def _land_only(home: Home) -> None:
    desk = Desk(home)
    desk.put(REGISTER, "户籍名册.csv", income_file(1, 2, 3, dataset=REGISTER), MONTHS[1], "r2")
    desk.intake(MONTHS[1])


@pytest.mark.parametrize("make_outdated", [_drop_a_column, _lose_a_record, _land_only])
def test_rows_and_records_that_a_month_would_refuse_are_taken_in_again_unasked(
    settings: Settings, make_outdated: Callable[[Home], None]
) -> None:
    make_outdated(settings.paths)
    runs = Runs()
    rebuild(settings, from_archive=False, run=runs)
    assert all("agriculture/household_register" in selection for _, selection in runs.asked)


def test_a_home_of_an_older_layout_is_rebuilt_from_the_archive_and_then_has_this_one(settings: Settings) -> None:
    layout.layout_path(settings.paths).write_text('{"layout": 0}', "utf-8")
    with pytest.raises(layout.LayoutError, match="rebuild --from-archive"):
        layout.require_same(settings.paths)
    failing, runs = Runs(failing="2021-05"), Runs()
    rebuild(settings, from_archive=False, run=failing)
    assert layout.kept_layout(settings.paths) == 0
    rebuild(settings, from_archive=False, run=runs)
    assert "agriculture/household_register" in runs.asked[-1][1]
    layout.require_same(settings.paths)
