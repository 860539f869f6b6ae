"""Compare the month or year that a sheet's name or a table's title names with the delivery's (semantics §2).

Belongs here: the words for months, and sheets of another time. Does not belong here: dates in cells (``dates``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sources.contracts.model import Dataset
from sources.months import Month
from sources.reading.files import Sheet
from sources.text import plain

_YEAR = r"(?P<year>20[0-4][0-9])"
_MONTH = "(?:1[0-2]|0?[1-9])"
_TO = "[-—~至到]"
_PERIODS = tuple(
    re.compile(form)
    for form in (
        rf"(?:{_YEAR}年?度?)?(?<![0-9年.])(?P<first>{_MONTH})月?{_TO}(?P<last>{_MONTH})月(?:份|(?![0-9]))",
        rf"{_YEAR}年(?P<first>{_MONTH})月?{_TO}(?P<last>{_MONTH})月(?:份|(?![0-9]))",
        rf"(?:{_YEAR}年度?)?第?(?P<quarter>[一二三四1-4])季度",
        rf"(?:{_YEAR}年?)?(?P<half>[上下])半年",
        rf"(?<![0-9]){_YEAR}(?:年|[./-])(?P<first>{_MONTH})(?:月(?:份|(?![0-9]))|(?![0-9./月-]))",
        rf"(?<![0-9]){_YEAR}(?P<first>0[1-9]|1[0-2])(?![0-9])",
        rf"(?<![0-9年./-])(?P<first>{_MONTH})月(?:份|(?![0-9]))",
    )
)
_CHINESE = re.compile(r"(?:20[0-4][0-9]年)?(?P<first>十[一二]?|[一二三四五六七八九])月份?")
_ONLY_YEAR = re.compile(rf"{_YEAR}年?度?")
_YEAR_OF_TITLE = re.compile(rf"{_YEAR}年度?(?=.*(?:册|表|台账|名单|明细)[^\u4e00-\u9fff]*$)")
_NUMBERS = {sign: n for n, sign in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_ANOTHER_SENSE = re.compile("时间|日期|填报|制表|打印|上报|新增|增加|以来|至今|月起|年起|[0-9]月[0-9]+日")
"""Words with which a month is not that of the list."""


@dataclass(frozen=True)
class Period:
    """Months of a year, from ``first`` to ``last``; the year is None if it is not named."""

    year: int | None
    first: int = 1
    last: int = 12

    @property
    def is_year(self) -> bool:
        """Whether only a year is named."""
        return (self.first, self.last) == (1, 12)

    def fits(self, month: Month, months: int) -> bool:
        """Check whether it has a month in common with the ``months`` that end with ``month``."""
        if self.year not in (None, month.year):
            return False
        return self.first <= month.number and self.last > month.number - months

    def __str__(self) -> str:
        year = f"{self.year}年" if self.year else ""
        if self.is_year:
            return year
        return f"{year}{self.first}月" if self.first == self.last else f"{year}{self.first}—{self.last}月"


@dataclass(frozen=True)
class TimedTable:
    """A table that was read: its place, and the period that its sheet's name or its title names."""

    place: str
    period: Period | None
    is_weak: bool = False
    """Whether the period is only the year in a title, which may be about something else (2014年建档立卡户名册)."""


def timed_table(sheet: Sheet, place: str, title_rows: int, month: Month) -> TimedTable:
    """Find the period of a table in the name of its sheet, else in its first ``title_rows`` rows."""
    name = plain(sheet.name or "")
    whole = _ONLY_YEAR.fullmatch(name)
    if period := Period(int(whole["year"])) if whole else period_in(name):
        return TimedTable(place, period)
    titles = [text for row in sheet.top_texts[: max(0, title_rows)] for text in row if text]
    for text in titles:
        period = period_in(text)
        # The month in which a list was filled in follows the one that it is about.
        is_filled_in = period and period.fits(month.shift(1), 1) and str(period) == text
        if period and not is_filled_in:
            return TimedTable(place, period)
    years = [m for m in map(_YEAR_OF_TITLE.search, titles) if m]
    return TimedTable(place, Period(int(years[0]["year"])), is_weak=True) if years else TimedTable(place, None)


def period_in(text: str) -> Period | None:
    """Return the months that a plain text names; None for days, for the time of filling in, and if it names none."""
    if _ANOTHER_SENSE.search(text):
        return None
    if found := _CHINESE.fullmatch(text):
        number = _NUMBERS[found["first"]]
        year = re.match(_YEAR, text)
        return Period(int(year["year"]) if year else None, number, number)
    matches = (form.search(text) for form in _PERIODS)
    return next((_period(m.groupdict()) for m in matches if m), None)


def _period(parts: dict[str, str | None]) -> Period:
    year = int(named) if (named := parts.get("year")) else None
    if quarter := parts.get("quarter"):
        number = _NUMBERS.get(quarter) or int(quarter)
        return Period(year, 3 * number - 2, 3 * number)
    if half := parts.get("half"):
        return Period(year, *((1, 6) if half == "上" else (7, 12)))
    first = int(parts["first"] or 0)
    return Period(year, first, int(parts.get("last") or first))


def of_another_time(tables: Sequence[TimedTable], month: Month, dataset: Dataset) -> tuple[str | None, list[str]]:
    """Compare the tables of a file with the month of the delivery; return a refusal, and warnings, in Chinese.

    Tables of several times in one file are refused: somebody who left would stay. An increment may be late. A form that
    the office handed out names the month when it did so.
    """
    if any(c.is_prefilled for c in dataset.columns):
        return None, []
    months = {"monthly": 1, "quarterly": 3, "annual": 12}[dataset.cadence]
    others = [t for t in tables if t.period and not t.period.fits(month, months)]
    this = f"这次报送的是{month.year}年{month.number}月"
    warnings = [f"{t.place}写明是{t.period}的,{this};请核对有没有放错。" for t in others]
    mixed = next(((other, t) for other in others for t in tables if _is_of_another_time(t, other)), None)
    if mixed is None or dataset.extract_mode == "increment":
        return None, warnings
    other, table = mixed
    said = f"写明是{table.period}的" if table.period else "没有写明月份"
    return (
        f"{other.place}写明是{other.period}的,{table.place}{said},{this};"
        "请只留下本月的表,删除其他时间的工作表(同一时间的,请改名)后重新报送。"
    ), []


def _is_of_another_time(table: TimedTable, other: TimedTable) -> bool:
    return table.period != other.period and (table.period is not None or not other.is_weak)
