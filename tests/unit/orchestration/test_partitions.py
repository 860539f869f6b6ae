"""The months that can run: from the first with data, or as the settings say; those that were received always."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from orchestration import month_range, partitions
from orchestration.month_range import first_and_last
from orchestration.partitions import make_months, outside
from orchestration.runtime.settings import Settings, SettingsError
from sources.months import Month
from tests.paths import ROOT

TODAY = date(2021, 8, 3)


class OfHome:
    """A home with months in its inbox and its delivery logs."""

    def __init__(self, root: Path) -> None:
        self.settings = Settings(home=root)
        self.settings.paths.prepare()

    def put(self, month: str) -> None:
        folder = self.settings.paths.inbox / "health" / month
        folder.mkdir(parents=True)
        (folder / "大病.csv").touch()

    def receive(self, month: str) -> None:
        log = self.settings.paths.restricted / "deliveries" / "health" / f"{month}.json"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch()

    def write(self, text: str) -> None:
        (self.settings.home / "settings.toml").write_text(text, "utf-8")

    def range(self) -> tuple[str, str]:
        first, last = first_and_last(Settings(home=self.settings.home), TODAY)
        return str(first), str(last)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OfHome:
    monkeypatch.delenv("SHOUWANG_FIRST_MONTH")
    # Other tests of this process may have run months.
    monkeypatch.setattr(month_range, "_named", set())
    return OfHome(tmp_path)


def test_a_home_without_data_begins_with_the_last_finished_month(home: OfHome) -> None:
    assert home.range() == ("2021-07", "2021-07")


def test_the_range_begins_with_the_first_month_of_the_inbox(home: OfHome) -> None:
    home.put("2021-06")
    home.put("2021-05")
    assert home.range() == ("2021-05", "2021-07")


def test_an_empty_folder_and_other_names_are_no_months(home: OfHome) -> None:
    (home.settings.paths.inbox / "health" / "2021-03").mkdir(parents=True)
    home.put("说明")
    home.put("2012-06")
    home.put("2021-06")
    home.put("2021-09")
    assert home.range() == ("2021-06", "2021-07")


def test_a_month_that_was_received_stays_when_the_inbox_is_cleaned(home: OfHome) -> None:
    home.receive("2021-04")
    home.put("2021-06")
    assert home.range() == ("2021-04", "2021-07")


def test_the_setting_decides_except_for_months_that_were_received(home: OfHome) -> None:
    home.put("2021-02")
    home.write('first_month = "2021-05"\nlast_month = "2021-06"\n')
    assert home.range() == ("2021-05", "2021-06")
    home.receive("2021-03")
    home.receive("2021-07")
    assert home.range() == ("2021-03", "2021-07")
    home.write('first_month = "2020-06"\n')
    assert home.range() == ("2020-06", "2021-07")


def test_dagster_offers_these_months_and_the_next_when_it_is_over(home: OfHome) -> None:
    home.put("2021-06")
    months = make_months(Settings(home=home.settings.home), TODAY)
    assert [months.has_partition_key(key) for key in ("2021-05", "2021-06", "2021-07", "2021-08")] == [
        False,
        True,
        True,
        True,
    ]
    home.write('last_month = "2021-06"\n')
    assert make_months(Settings(home=home.settings.home), TODAY).get_partition_keys() == ["2021-06"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('first_month = "2021-13"', "应为加引号的年月"),
        ("first_month = 2021", "应为加引号的年月"),
        ('first_month = "2019-12"', "最早为 2020-01"),
        ('first_month = "2021-05"\nlast_month = "2021-04"', "last_month 2021-04 早于 first_month 2021-05"),
    ],
)
def test_wrong_settings_are_named(home: OfHome, text: str, problem: str) -> None:
    home.write(text)
    with pytest.raises(SettingsError, match=problem):
        Settings(home=home.settings.home)


def test_a_month_that_somebody_names_can_run_if_no_setting_leaves_it_out(
    home: OfHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(month_range, "_named", {Month(2021, 2), Month(2012, 6), Month(2021, 8)})
    home.put("2021-06")
    assert home.range() == ("2021-02", "2021-07")
    home.write('first_month = "2021-05"\n')
    assert home.range() == ("2021-05", "2021-07")


def test_the_command_line_offers_the_month_that_it_runs(home: OfHome) -> None:
    """A department's location has no month in the inbox."""
    script = (
        "from orchestration.commands import run; from orchestration.runtime.settings import Settings\n"
        "from sources.months import Month\n"
        "print(run.run_month(Settings(), Month(2021, 2)).errors)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"SHOUWANG_HOME": str(home.settings.home), "HOME": str(home.settings.home)},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert "2021-02 没有已接收的农户基础信息名册" in done.stdout, done.stderr


def test_files_of_months_out_of_range_are_named(home: OfHome, monkeypatch: pytest.MonkeyPatch) -> None:
    home.put("2021-06")
    monkeypatch.setattr(partitions, "MONTHS", make_months(Settings(home=home.settings.home), TODAY))
    assert outside(home.settings) == []
    home.put("2021-05")
    assert outside(home.settings) == [Month(2021, 5)]


def test_the_definitions_take_the_range_of_the_home(home: OfHome) -> None:
    home.put("2021-06")
    home.write('last_month = "2021-07"\n')
    script = "from orchestration.partitions import MONTHS; print(MONTHS.get_partition_keys())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"SHOUWANG_HOME": str(home.settings.home)},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.stdout == "['2021-06', '2021-07']\n", done.stderr
