import pytest

from sources.landing.patterns import check_pattern, for_month, has_month, matches, parts_of
from sources.months import Month

JUNE, DECEMBER = Month(2021, 6), Month(2021, 12)


@pytest.mark.parametrize(
    ("pattern", "month", "parts"),
    [
        ("{month:%Y-%m}/", JUNE, ["2021-06", ""]),
        ("{month}/*.xlsx", JUNE, ["2021-06", "*.xlsx"]),
        ("低保_{month:%Y%m}*.csv", JUNE, ["低保_202106*.csv"]),
        ("{month:%Y年%-m月}/", JUNE, ["2021年6月", ""]),
        ("{month:%Y年%m月}/低保.xls", DECEMBER, ["2021年12月", "低保.xls"]),
        ("{month:%汉年年%汉月月}/", JUNE, ["二〇二一年六月", ""]),
        ("{month:%汉年年%汉月月}/", DECEMBER, ["二〇二一年十二月", ""]),
        ("{month:%汉年年%汉月月}/", Month(2020, 10), ["二〇二〇年十月", ""]),
        ("{month:%Y}/{month:%m}/", JUNE, ["2021", "06", ""]),
        ("{month:%Y}年/{month:%-m}月/*", JUNE, ["2021年", "6月", "*"]),
        ("{month:%y%m}.zip", JUNE, ["2106.zip"]),
    ],
)
def test_a_month_is_filled_in(pattern: str, month: Month, parts: list[str]) -> None:
    assert check_pattern(pattern) == pattern
    assert has_month(pattern)
    assert for_month(pattern, month) == parts


@pytest.mark.parametrize(
    "pattern",
    ["../{month:%Y%m}", "/etc/{month:%Y%m}", "a/../{month}/", "{month:%Y%m", "{year}", "{month:%Y%B}", "{month:%m}/",
     "{month:%Y}.xlsx", "a\\{month:%Y%m}", "a\x00{month:%Y%m}", "{month:%d}"],
)  # fmt: skip
def test_a_pattern_that_climbs_out_or_has_no_whole_month_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|月份"):
        check_pattern(pattern)


def test_names_match_in_either_form_of_unicode() -> None:
    assert matches("caf\u00e9*.csv", "cafe\u0301 1.csv")
    assert not matches("低保*.csv", "低收入.csv")
    assert not matches("202106", "2021-06")
    assert matches("[终稿]低保*.xls", "[终稿]低保1.xls")
    assert not matches("[终稿]低保*.xls", "终低保1.xls")


@pytest.mark.parametrize(
    ("pattern", "january", "others"),
    [
        ("{month:%Y%-m}*.xlsx", ["20211.xlsx", "20211低保.xlsx"], ["202110.xlsx", "202111低保.xlsx", "202112.xlsx"]),
        ("{month:%Y}-*{month:%-m}月*", ["2021-1月.csv", "2021-低保1月.csv", "2021-11月报1月.csv"], ["2021-11月.csv"]),
        ("{month:%汉年}年*{month:%汉月}月*", ["二〇二一年一月", "二〇二一年低保一月末"], ["二〇二一年十一月"]),
        ("{month:%Y}低保?{month:%-m}.csv", ["2021低保-1.csv"], ["2021低保11.csv"]),
        ("{month:%Y%-m}??.csv", ["20211号低.csv"], ["202112号.csv"]),
        ("{month:%y%汉月}*", ["21一月.csv"], ["21一二.csv"]),
    ],
)
def test_a_wildcard_does_not_make_another_month_of_a_short_one(
    pattern: str, january: list[str], others: list[str]
) -> None:
    (part,) = parts_of(check_pattern(pattern), Month(2021, 1))
    assert [name for name in january if not matches(part, name)] == []
    assert [name for name in others if matches(part, name)] == []
    assert matches(parts_of("{month:%Y}年*{month:%汉月}月*", Month(2021, 11))[0], "2021年低保十一月.csv")
