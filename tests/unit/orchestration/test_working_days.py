"""Working days of China, the due day of a month, and the schedule that keeps to it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from dagster import RunRequest, SkipReason, build_schedule_context
from dagster._utils.schedules import schedule_execution_time_iterator

from orchestration.automation.schedules import monthly_run_schedule
from orchestration.working_days import FIRST_DAY, ZONE, due_day, own_days_of, working_day, write_working_days
from sources.contracts.model import load_contracts
from sources.county.folder import read_county
from sources.home import Home
from sources.months import Month
from tests.unit.sources.county.folders import write


@pytest.mark.parametrize(
    ("day", "works", "source"),
    [
        (date(2021, 10, 1), False, "notice"),  # National Day
        (date(2021, 10, 8), True, "notice"),
        (date(2021, 10, 9), True, "notice"),  # a Saturday that is worked
        (date(2021, 2, 20), True, "notice"),  # a Saturday worked for Spring Festival
        (date(2021, 5, 5), False, "notice"),
        (date(2035, 10, 1), True, "weekday"),  # no notice yet: a Monday
        (date(2035, 10, 6), False, "weekday"),
    ],
)
def test_working_day(day: date, works: bool, source: str) -> None:
    assert working_day(day) == (works, source)


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (Month(2021, 9), date(2021, 10, 8)),  # National Day to the 7th
        (Month(2021, 1), date(2021, 2, 5)),
        (Month(2021, 4), date(2021, 5, 6)),  # Labour Day to the 5th
        (Month(2021, 5), date(2021, 6, 7)),  # the 5th is a Saturday
        (Month(2021, 11), date(2021, 12, 6)),
        (Month(2021, 12), date(2022, 1, 5)),
        (Month(2020, 9), date(2020, 10, 9)),  # Mid-Autumn and National Day to the 8th
        (Month(2035, 4), date(2035, 5, 7)),
    ],
)
def test_due_day(month: Month, due: date) -> None:
    assert due_day(month) == due


def test_working_days_file_is_never_shortened_by_an_old_month(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    written = write_working_days(home, Month(2021, 6), date(2024, 3, 1))
    frame = pl.read_parquet(tmp_path / "warehouse" / "reference" / "working_days.parquet")
    assert frame.schema == pl.Schema({"day": pl.Date, "is_working_day": pl.Boolean, "source": pl.String})
    assert (frame["day"].min(), frame["day"].max()) == (FIRST_DAY, date(2026, 12, 31))
    assert frame.height == written == frame["day"].n_unique()
    off = frame.filter(pl.col("day").is_between(date(2021, 10, 1), date(2021, 10, 9)) & ~pl.col("is_working_day"))
    assert off["day"].to_list() == [date(2021, 10, d) for d in range(1, 8)]


def _ticks(start: datetime, end: datetime) -> list[datetime]:
    cron = monthly_run_schedule.cron_schedule
    assert isinstance(cron, str)
    ticks = schedule_execution_time_iterator(
        start.timestamp(), cron, monthly_run_schedule.execution_timezone, ascending=True
    )
    found = []
    for tick in ticks:
        if tick >= end:
            return found
        found.append(tick)
    return found


def _requests(start: datetime, end: datetime) -> list[tuple[str, str | None]]:
    """Local time and partition of every run that the schedule asks for between two moments."""
    requested = []
    for tick in _ticks(start, end):
        answer = monthly_run_schedule(build_schedule_context(scheduled_execution_time=tick))
        assert isinstance(answer, RunRequest | SkipReason)
        if isinstance(answer, RunRequest):
            assert answer.run_key == answer.partition_key
            requested.append((f"{tick.astimezone(ZONE):%Y-%m-%d %H:%M}", answer.partition_key))
    return requested


def test_the_schedule_over_a_year_of_holidays() -> None:
    year = _requests(datetime(2021, 1, 1, tzinfo=ZONE), datetime(2022, 1, 1, tzinfo=ZONE))
    assert year == [
        ("2021-01-05 02:00", "2020-12"),
        ("2021-02-05 02:00", "2021-01"),
        ("2021-03-05 02:00", "2021-02"),
        ("2021-04-06 02:00", "2021-03"),  # Tomb-Sweeping Day
        ("2021-05-06 02:00", "2021-04"),
        ("2021-06-07 02:00", "2021-05"),
        ("2021-07-05 02:00", "2021-06"),
        ("2021-08-05 02:00", "2021-07"),
        ("2021-09-06 02:00", "2021-08"),
        ("2021-10-08 02:00", "2021-09"),
        ("2021-11-05 02:00", "2021-10"),
        ("2021-12-06 02:00", "2021-11"),
    ]


def test_a_skipped_night_says_why() -> None:
    tick = datetime(2021, 10, 6, 2, tzinfo=ZONE)
    answer = monthly_run_schedule(build_schedule_context(scheduled_execution_time=tick))
    assert isinstance(answer, SkipReason)
    assert answer.skip_message == "2021-09 于 2021-10-08(5 日起第一个工作日)运行。"


def test_what_is_due_in_a_month() -> None:
    due = {m: [d for d in load_contracts().datasets if d.is_due(Month(2021, m))] for m in (4, 6, 12)}
    cadences = {m: {d.cadence for d in datasets} for m, datasets in due.items()}
    assert cadences == {4: {"monthly"}, 6: {"monthly", "quarterly"}, 12: {"monthly", "quarterly", "annual"}}


def test_a_county_says_itself_which_days_are_working_days(tmp_path: Path) -> None:
    rows = "day,is_working_day,source\n2021-07-05,false,地方节日\n2027-01-01,false,国务院办公厅通知\n"
    own = own_days_of(read_county(write(tmp_path / "county", working_days=rows)))
    assert working_day(date(2021, 7, 5), own) == (False, "county")
    assert working_day(date(2021, 7, 6), own) == (True, "notice")
    assert (due_day(Month(2021, 6)), due_day(Month(2021, 6), own)) == (date(2021, 7, 5), date(2021, 7, 6))
    home = Home(tmp_path)
    home.prepare()
    write_working_days(home, Month(2021, 6), date(2024, 3, 1), own)
    frame = pl.read_parquet(tmp_path / "warehouse" / "reference" / "working_days.parquet")
    assert frame.filter(pl.col("source") == "county").rows() == [(date(2021, 7, 5), False, "county")]
