"""Dates and months: every accepted form, every error, the edges of the range, cells of Excel."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sources.builder import CONTRACTS, MONTH, wide
from tests.unit.sources.cells import judged, judged_in_excel

DEATHS = CONTRACTS.dataset("deaths")
MONITORED = CONTRACTS.dataset("monitored_households")
DAY = date(2021, 5, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2021-05-01", "2021-5-1", "2021/5/1", "2021/05/01", "2021.5.1", "20210501", "2021年5月1日", "2021年05月01日",
        "44317", "2021-05-01 00:00:00", "2021/5/1 0:00", "2021-05-01T00:00:00", "2021年5月1日 0:00:00",
        "2021-05-01 00:00:00.000", "2021年5月1日00:00:00", "2021-05-0100:00:00", "2021-05-01 00:00:00\u200b",
        " 2021 - 05 - 01 ", "'2021-05-01", "'2021-05-01 00:00:00",
        "2021-05-01 10:23:00", "2021/5/1 8:30", "2021-05-01T23:59:59.5", "2021.5.1  08:30:00", "20210501 10:23",
        "2021年5月1号", "2021年5月1日 10时23分", "2021-05-01 下午 3:20:00", "2021/5/1 3:20:00 PM",
        wide("2021-05-01 10:23"),
        wide("2021-05-01"), wide("2021.5.1"), wide("2021-05-01 00:00:00"), wide("44317"),
    ],
)  # fmt: skip
def test_accepted_forms(text: str) -> None:
    assert judged(DEATHS, "died_on", text) == [(DAY, None)]


@pytest.mark.parametrize(
    "text",
    [
        "2021年5月1日10:23",
        "2021年5月1日10时23分",
        "2021年5月1日上午10:23",
        "2021年5月1号10点半",
        "2021年5月1日晚上8点整",
        "2021-05-01 凌晨 0:10",
        "2021/5/1 早上8:30",
        "2021-05-01 10:23 上午",
        "2021-05-01 10:23:00 pm",
        "2021-05-01 10:23:00,123",
        "2021-05-01T10:23:00+08:00",
        "2021-05-01 10:23:00 +0800",
        "2021-05-01 10:23 北京时间",
        "20210501102300",
        "202105011023",
        "20210501000000",
        "2021年5月1日 星期六",
        "2021年5月1日星期六",
        "2021-05-01(周六)",
        "2021年5月1日,星期六 10:23",
        "2021-05-01 星期六 10:23:00",
        "2021年5月1日礼拜六上午10:23",
        "2021.05.01日",
        "2021-5-1日",
        "2021/5/1号",
        "2021-05-01 1:2:3",
        "2021-05-01_10:23:00",
        "2021年5月1日8时30",
        wide("2021年5月1日10:23"),
    ],
)
def test_a_time_of_day_and_the_day_of_the_week_fall_off(text: str) -> None:
    assert judged(DEATHS, "died_on", text) == [(DAY, None)]


@pytest.mark.parametrize(
    "text",
    [
        "2021-05-01T16:00:00Z",
        "2021-05-01T10:23:00+00:00",
        "2021-05-01 10:23 +0900",
        "2021-05-01 10:23 UTC",
        "2021年5月1日25:00",
        "2021年5月1日10:60",
        "2021年5月1日10:23左右",
        "2021年5月1日至3日",
        "2021-05-01 至 2021-05-03",
        "20210501242300",
        "20210501106000",
        "2021050110",
        "20210501102",
        "2021年5月1日 星期八",
        "星期六",
        "10:23上午",
        "2021-05-0110:23上午",
        "2021-05-01,10:23",
        "2021.05.01月",
        "2021年5月1日2日",
    ],
)
def test_what_is_more_than_a_time_stays_an_error(text: str) -> None:
    assert judged(DEATHS, "died_on", text) == [(None, "date_invalid")]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("2021年5月份", "date_incomplete"),
        ("2021-02-30 星期二", "date_invalid"),
        ("20210230102300", "date_invalid"),
        ("2021年8月1日10:23", "date_out_of_range"),
        ("2021-05", "date_incomplete"),
        ("2021.5", "date_incomplete"),
        ("2021/5", "date_incomplete"),
        ("202105", "date_incomplete"),
        ("2021年5月", "date_incomplete"),
        ("2021-02-30", "date_invalid"),
        ("2021-13-01", "date_invalid"),
        ("2021-13", "date_invalid"),
        ("202113", "date_invalid"),
        ("2021", "date_invalid"),
        ("2021年", "date_invalid"),
        ("2021-5/1", "date_invalid"),
        ("21-05-01", "date_invalid"),
        ("5月1日", "date_invalid"),
        ("2021-05-01 24:00:00", "date_invalid"),
        ("2021-05-01 8:60", "date_invalid"),
        ("2021-05-01 08:30:00Z", "date_invalid"),
        ("2021-05-0108:30:00", "date_invalid"),
        ("2021-05-01 08", "date_invalid"),
        ("08:30", "date_invalid"),
        ("2021-05-10:00", "date_invalid"),
        ("2021年5月1", "date_invalid"),
        ("00060", "date_invalid"),
        ("00000", "date_invalid"),
        ("4431", "date_invalid"),
        ("443170", "date_invalid"),
        ("44317.5", "date_invalid"),
        ("٤٤٣١٧", "date_invalid"),
        ("不详", "date_invalid"),
        ("1899-12-31", "date_out_of_range"),
        ("2021-08-01", "date_out_of_range"),
        ("99999", "date_out_of_range"),
    ],
)
def test_errors(text: str, error: str) -> None:
    assert judged(DEATHS, "died_on", text) == [(None, error)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1900-01-01", date(1900, 1, 1)),
        ("2021-07-31", date(2021, 7, 31)),
        ("2020-02-29", date(2020, 2, 29)),
        ("00001", date(1900, 1, 1)),
        ("00059", date(1900, 2, 28)),
        ("00061", date(1900, 3, 1)),
        ("36526", date(2000, 1, 1)),
    ],
)
def test_the_edges_of_the_range_and_of_the_serials(text: str, day: date) -> None:
    assert day <= MONTH.last_day + timedelta(days=31)
    assert judged(DEATHS, "died_on", text) == [(day, None)]


def test_a_time_of_midnight_takes_no_digit_of_the_day_with_it() -> None:
    assert judged(DEATHS, "died_on", "2021/5/10 0:00", "2021-5-1 00:00:00") == [(date(2021, 5, 10), None), (DAY, None)]


def test_excel_cells() -> None:
    cells = [date(2021, 5, 1), datetime(2021, 5, 1, 8, 30), 44317, 44317.5, 20210501, 202105, 2021.5, 1, 0, True]
    assert judged_in_excel(DEATHS, "died_on", *cells) == [
        (DAY, None),
        (DAY, None),
        (DAY, None),
        (None, "date_invalid"),
        (DAY, None),
        (None, "date_incomplete"),
        (None, "date_incomplete"),
        (date(1900, 1, 1), None),
        (None, "date_invalid"),
        (None, "date_invalid"),
    ]


@pytest.mark.parametrize("text", ["", "-", "无", "NULL"])
def test_missing(text: str) -> None:
    assert judged(DEATHS, "died_on", text) == [(None, "required_missing")]
    assert judged(DEATHS, "cremated_on", text) == [(None, None)]


def test_the_same_day_written_in_several_ways_is_one_value() -> None:
    assert judged(DEATHS, "died_on", "2021-05-01", "44317", "2021.5.1") == [(DAY, None)] * 3


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2021-05", "2021-05"),
        ("2021.5", "2021-05"),
        ("2021.10", "2021-10"),
        ("2021.1", "2021-01"),
        ("202105", "2021-05"),
        ("2021年5月", "2021-05"),
        ("2021年05月", "2021-05"),
        ("2021-05-31", "2021-05"),
        ("2021年5月31日", "2021-05"),
        ("20210531", "2021-05"),
        ("44317", "2021-05"),
        ("2021-05-01 00:00:00", "2021-05"),
        ("2021-05-01 10:00", "2021-05"),
        ("2021年5月31号", "2021-05"),
        ("2021年5月份", "2021-05"),
        ("2021年5月31日10:23", "2021-05"),
        ("20210531102300", "2021-05"),
        ("2021年5月31日 星期一", "2021-05"),
        ("2035-01", "2035-01"),
    ],
)
def test_months(text: str, month: str) -> None:
    assert judged(MONITORED, "identified_month", text) == [(month, None)]


@pytest.mark.parametrize(
    "text",
    [
        "2021",
        "2021-13",
        "2021.0",
        "202113",
        "5月",
        "2021年",
        "2021年5",
        "2021-02-30",
        "2021/5",
        "x",
    ],
)
def test_other_months_are_invalid(text: str) -> None:
    assert judged(MONITORED, "identified_month", text) == [(None, "month_invalid")]


def test_months_in_excel_cells() -> None:
    cells = [date(2021, 5, 1), 202105, 44317, 2021.5, 2021.1, 44317.5, "2021.1"]
    assert judged_in_excel(MONITORED, "identified_month", *cells) == [
        ("2021-05", None),
        ("2021-05", None),
        ("2021-05", None),
        (None, "month_invalid"),
        (None, "month_invalid"),
        (None, "month_invalid"),
        ("2021-01", None),
    ]


@settings(max_examples=40, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2021, 7, 31)))
def test_every_day_of_the_range_is_read_in_every_form(day: date) -> None:
    forms = [
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
    ]
    found = judged(DEATHS, "died_on", *forms, f"{day.year}年{day.month}月{day.day}日")
    assert found == [(day, None)] * 5
    assert judged_in_excel(DEATHS, "died_on", day)[0] in [(day, None), (date(1900, 2, 28), None)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.sampled_from("0123456789-/.年月日: T٤"), max_size=19), min_size=1, max_size=6))
def test_any_text_gets_a_value_or_an_error(texts: list[str]) -> None:
    for (value, error), text in zip(judged(DEATHS, "died_on", *texts), texts, strict=True):
        assert (value is None) != (error is None), text
