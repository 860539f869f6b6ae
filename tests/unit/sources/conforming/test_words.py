"""Yes or no, lists and free text, as text and in cells of Excel."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from sources.conforming.words import conform_list
from sources.months import Month
from tests.unit.sources.builder import CONTRACTS, wide
from tests.unit.sources.cells import judged, judged_in_excel

REGISTER = CONTRACTS.dataset("household_register")
SETTLEMENTS = CONTRACTS.dataset("medical_settlements")
MONITORED = CONTRACTS.dataset("monitored_households")


@pytest.mark.parametrize("text", ["是", "有", "√", "Y", "y", "1", "true", "TRUE", " 是 ", wide("Y"), wide("1")])
def test_yes(text: str) -> None:
    assert judged(REGISTER, "has_safe_water", text) == [(True, None)]


@pytest.mark.parametrize("text", ["否", "无", "×", "N", "n", "0", "false", "False", " 否"])
def test_no(text: str) -> None:
    assert judged(REGISTER, "has_safe_water", text) == [(False, None)]


@pytest.mark.parametrize("text", ["对", "2", "是的", "yes", "NULL", "✓", "x", "不"])
def test_neither_yes_nor_no(text: str) -> None:
    assert judged(REGISTER, "has_safe_water", text) == [(None, "not_yes_or_no")]


@pytest.mark.parametrize("text", ["", "-", "—", "/"])
def test_missing_yes_or_no(text: str) -> None:
    assert judged(REGISTER, "has_safe_water", text) == [(None, "required_missing")]
    assert judged(SETTLEMENTS, "is_reversal", text) == [(None, None)]


def test_yes_or_no_in_excel_cells() -> None:
    found = judged_in_excel(REGISTER, "has_safe_water", True, False, 1, 0, 2, "√")
    assert found == [(True, None), (False, None), (True, None), (False, None), (None, "not_yes_or_no"), (True, None)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A级", ("A级", None)),
        (" A 级 ", ("A级", None)),
        (wide("A级"), ("A级", None)),
        ("a级", (None, "not_in_list")),
        ("A", (None, "not_in_list")),
        ("E级", (None, "not_in_list")),
        ("无", (None, "required_missing")),
        ("NULL", (None, "required_missing")),
    ],
)
def test_lists(text: str, found: tuple[str | None, str | None]) -> None:
    assert judged(REGISTER, "housing_grade", text) == [found]


def test_an_optional_list_is_emptied_and_the_error_recorded() -> None:
    assert judged(MONITORED, "elimination_mode", "自行消除", "无", "自然消除") == [
        (None, "not_in_list"),
        (None, None),
        ("自然消除", None),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("甲 乙\u3000丙", "甲乙丙"),
        ("'007", "007"),
        ("''007", "'007"),
        (wide("ABC12"), "ABC12"),
        ("\u2460", "1"),
        ("无", "无"),
        ("NULL", "NULL"),
        ("NA", "NA"),
        ("nan", "nan"),
        ("\u200b甲\ufeff", "甲"),
        ("甲·乙", "甲·乙"),
        ("x\ny", "xy"),
    ],
)
def test_texts(text: str, value: str) -> None:
    assert judged(REGISTER, "health_status", text) == [(value, None)]


@pytest.mark.parametrize("text", ["", " ", "-", "—", "/", "'", "\u200b"])
def test_missing_texts(text: str) -> None:
    assert judged(REGISTER, "health_status", text) == [(None, None)]
    assert judged(REGISTER, "household_code", text) == [(None, "required_missing")]


def test_numeric_cells_of_a_text_column_give_their_digits() -> None:
    cells = [12, 0, -3, 123456789012345, 2.0**53, 1.5, 2.0**53 * 4, True, date(2021, 5, 1)]
    assert judged_in_excel(SETTLEMENTS, "hospital", *cells) == [
        ("12", None),
        ("0", None),
        ("-3", None),
        ("123456789012345", None),
        ("9007199254740992", None),
        (None, "not_text"),
        (None, "not_text"),
        (None, "not_text"),
        (None, "not_text"),
    ]


def test_numbers_written_as_text_stay_as_they_are() -> None:
    assert judged(SETTLEMENTS, "hospital", "1.5", "00012", "12345678901234567890") == [
        ("1.5", None),
        ("00012", None),
        ("12345678901234567890", None),
    ]


@pytest.mark.parametrize(
    ("month", "word", "found"),
    [
        (Month(2025, 12), "脱贫不稳定户", ("脱贫不稳定户", None)),
        (Month(2025, 12), "防止返贫致贫对象", (None, "not_in_list")),
        (Month(2026, 1), "防止返贫致贫对象", ("防止返贫致贫对象", None)),
        (Month(2026, 1), "防返贫监测对象", ("防返贫监测对象", None)),
        (Month(2026, 1), "边缘易致贫户", ("边缘易致贫户", None)),
        (Month(2020, 12), "边缘易致贫户", ("边缘易致贫户", None)),
        (Month(2020, 12), "防返贫监测对象", (None, "not_in_list")),
    ],
)
def test_the_words_of_a_dated_list(month: Month, word: str, found: tuple[str | None, str | None]) -> None:
    """A month takes the words of its scheme and those of categories below, and keeps them as they are."""
    cells = pl.DataFrame({"text": [word]})
    assert conform_list(cells, MONITORED["monitoring_category"], month).rows() == [found]


def test_what_a_word_counts_as() -> None:
    scheme = MONITORED["monitoring_category"].scheme
    assert scheme is not None
    assert set(scheme.spoken(Month(2026, 1)).values()) == {"防止返贫致贫对象"}
    own = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
    assert scheme.spoken(Month(2025, 12)) == dict(zip(own, own, strict=True))


def test_people_are_offered_the_words_of_the_month() -> None:
    column = MONITORED["monitoring_category"]
    assert column.options_in(Month(2026, 1)) == ("防止返贫致贫对象",)
    assert column.options_in(Month(2021, 6)) == ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
    assert len(column.options_in(None)) == 4
