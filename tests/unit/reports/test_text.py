"""Test numbers, changes and punctuation as documents show them."""

from __future__ import annotations

import pytest

from reports.figures import text_of
from reports.numbers import change, number, share
from reports.typeset import typeset
from reports.words import Words


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(100.0, 1, "100"), (88.8, 1, "88.8"), (0.490196, 2, "0.49"), (39.05, 1, "39.1"), (7944, 0, "7944"),
     (-0.04, 1, "0"), (None, 1, "—"), (954249.99, 2, "954249.99")],
)  # fmt: skip
def test_numbers_are_rounded_half_up_without_needless_zeros(value: float | None, decimals: int, shown: str) -> None:
    assert number(value, decimals) == shown


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [(90.0, 88.8, "+1.2"), (88.8, 90.0, "-1.2"), (88.84, 88.8, "持平"), (None, 1.0, "—"), (1.0, None, "—")],
)
def test_changes_are_those_of_the_shown_numbers(now: float | None, before: float | None, shown: str) -> None:
    assert change(now, before, 1) == shown


@pytest.mark.parametrize(
    ("value", "target", "shown"),
    [(89.97573, 90, "89.98"), (88.8, 90, "88.8"), (90.04, 90, "90"), (99.9999999, 100, "100"), (89.97573, None, "90")],
)
def test_rounding_hides_no_missed_target(value: float, target: float | None, shown: str) -> None:
    row = {"value": value, "target": target, "decimals": 1, "better": "higher", "status": "computed"}
    assert text_of(row) == shown


def test_shares_are_percentages() -> None:
    assert (share(0.98765), share(None)) == ("98.8%", "—")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("截至6月30日,全区:共2户;", "截至6月30日\uff0c全区\uff1a共2户\uff1b"),
        ("风险消除率(按户)(%)", "风险消除率\uff08按户\uff09\uff08%\uff09"),
        ("按1:1:1配套,占88.8%,", "按1:1:1配套\uff0c占88.8%\uff0c"),
        ("表1-1 a(b), 1,000", "表1-1 a(b), 1,000"),
        ("缺少就业奖补发放表(2021-06)", "缺少就业奖补发放表\uff082021-06\uff09"),
    ],
)
def test_signs_beside_chinese_are_wide(text: str, shown: str) -> None:
    assert typeset(text) == shown


def test_names_are_found_in_either_width() -> None:
    words = Words("", **{"风险消除率(按户)": 1})
    assert words["风险消除率\uff08按户\uff09"] == 1
    with pytest.raises(KeyError):
        words["没有"]
