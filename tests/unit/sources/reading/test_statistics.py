"""Statistics below a list are no rows of it; whatever may be a person or an amount is one."""

from __future__ import annotations

from typing import Any

import pytest

from sources.contracts.model import Dataset
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, xlsx_file
from tests.unit.sources.conforming.lists import INCOME, ROADS, SUBSISTENCE

VILLAGES = CONTRACTS.dataset("natural_villages")


def _states(dataset: Dataset, *below: list[Any]) -> list[str]:
    """What becomes of two rows and those below them; the same in both formats."""
    rows = [*table(dataset, [row(dataset, n) for n in (1, 2)]), *below]
    texts = [["" if c is None else str(c) for c in [*r, *[None] * (len(rows[0]) - len(r))]] for r in rows]
    first, second = (conform(dataset, content) for content in (xlsx_file({"表": rows}), csv_file(texts)))
    assert first.files[0].refusal is None
    assert first.rows["row_state"].to_list() == second.rows["row_state"].to_list()
    return list(first.rows["row_state"])


@pytest.mark.parametrize(
    ("dataset", "below"),
    [
        (SUBSISTENCE, ["低保户12户"]),
        (SUBSISTENCE, ["低保户12户,30人,月保障金5000元"]),
        (SUBSISTENCE, ["低保户", "12", "户"]),
        (SUBSISTENCE, ["低保户", 12, "户", 30, "人"]),
        (SUBSISTENCE, ["低保户数", "12", "低保人数", "30"]),
        (SUBSISTENCE, ["A类", "5", "户", "10", "人"]),
        (SUBSISTENCE, ["统计", "低保户", "12户", "保障人口", "30人"]),
        (SUBSISTENCE, ["男", "12", "女", "18"]),
        (SUBSISTENCE, ["低保户:", "12"]),
        (SUBSISTENCE, [None, None, "低保户", None, "12", "户"]),
        (SUBSISTENCE, [None, None, None, None, "低保户", None, None, None, "12户"]),
        (SUBSISTENCE, ["低保户12户", None, None, None, "30人", None, None, None, 5000]),
        (SUBSISTENCE, ["低保户", "12户", "30人", "月保障金", "5000"]),
        (SUBSISTENCE, ["A类12户", "B类3户", "C类1户"]),
        (INCOME, ["低保户", "12", "户"]),
        (INCOME, ["低保户", "12户", "脱贫户", "3户"]),
        (ROADS, ["硬底化", "12条", "3.4公里"]),
        (ROADS, ["硬底化", "12", "条", "3.4", "公里"]),
    ],
)
def test_statistics_below_a_list_are_no_rows(dataset: Dataset, below: list[Any]) -> None:
    assert _states(dataset, below) == ["accepted"] * 2
    assert _states(dataset, [], below, below) == ["accepted"] * 2


@pytest.mark.parametrize(
    ("dataset", "below"),
    [
        (SUBSISTENCE, ["源潭镇", "高桥村", None, None, "王五", None, "本人", "A类", "436.5"]),
        (SUBSISTENCE, [None, None, None, None, "王五", None, None, None, "12户"]),
        (SUBSISTENCE, [None] * 8 + ["5000"]),
        (SUBSISTENCE, [None] * 7 + ["A类", "12户"]),
        (SUBSISTENCE, ["低保户", "12", "王五"]),
        (SUBSISTENCE, ["低保户", None, None, None, None, "441802198001010019", None, None, "12户"]),
        (INCOME, [None, "12", "3"]),
        (INCOME, ["脱贫户", 12, None, None, 5000]),
        (VILLAGES, ["源潭镇", "高桥村", None, "大塘", "12户", "30人", "10户"]),
        (VILLAGES, ["源潭镇", "高桥村", None, None, "12户", "30人"]),
    ],
)
def test_what_may_be_somebody_is_a_bad_row(dataset: Dataset, below: list[Any]) -> None:
    assert _states(dataset, below) == ["accepted", "accepted", "quarantined"]


@pytest.mark.parametrize("code", ["第{}户", "高桥村{}户", "{}户", "一组{}人", "W{}户"])
def test_codes_that_count_are_codes(code: str) -> None:
    rows = [[code.format(n), "1", "2", "3", "4", "5"] for n in (3, 4, 12)]
    assert _states(INCOME, *rows) == ["accepted"] * 5
    content = xlsx_file({"表": [table(INCOME, [])[0], *rows]})
    assert conform(INCOME, content).rows["row_state"].to_list() == ["accepted"] * 3


def test_statistics_between_the_rows_are_bad_rows() -> None:
    last = list(row(SUBSISTENCE, 3).values())
    assert _states(SUBSISTENCE, ["低保户", "12", "户"], last) == ["accepted", "accepted", "quarantined", "accepted"]
