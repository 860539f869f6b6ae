"""What the UI shows of an asset is Chinese, rounded, and read back by code under the names of the code."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from orchestration.assets.labels import LABELS, WORDS, label, read, rounded, shown
from sources.contracts.model import load_contracts
from workbooks.messages import PROBLEMS

DERIVED = [*(f"error_{code}" for code in PROBLEMS), *(f"missing_{name}" for name in load_contracts())]


@pytest.mark.parametrize(
    ("value", "people_read"),
    [
        (98.33333333333333, 98.3),
        (0.98333, 0.983),
        (1234.567, 1235),
        (12.0, 12),
        (0.0, 0),
        (-0.012349, -0.0123),
        (float("inf"), float("inf")),
    ],
)
def test_figures_are_rounded_as_people_read_them(value: float, people_read: float) -> None:
    assert rounded(value) == people_read


def test_no_two_names_share_a_label() -> None:
    counts = Counter([*LABELS.values(), *map(label, DERIVED)])
    assert [text for text, times in counts.items() if times > 1] == []


def test_every_label_is_chinese() -> None:
    for text in [*LABELS.values(), *map(label, DERIVED)]:
        assert re.search(r"[\u4e00-\u9fff]", text), text


def test_codes_are_words_and_read_back() -> None:
    metadata = {"status": "rejected", "rows_accepted": 7, "is_new": False, "dagster/row_count": 7, "seconds": 1.23456}
    assert shown(metadata) == {
        "接收情况": "已退回",
        "接收行数": 7,
        "是否新版本": "否",
        "dagster/row_count": 7,
        "用时(秒)": 1.23,
    }
    assert read(shown(metadata)) == {**metadata, "seconds": 1.23}


def test_a_name_without_label_is_refused() -> None:
    with pytest.raises(KeyError):
        shown({"rows_of_something_new": 1})


def test_every_word_can_be_read_back() -> None:
    for words in WORDS.values():
        assert len(set(words.values())) == len(words)
