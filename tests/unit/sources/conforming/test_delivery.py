"""A delivery of one table: printed totals, refused files and sheets, hostile content."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.conforming.delivery import conform_delivery
from sources.conforming.file import FileResult
from tests.unit.sources.builder import (
    CONTEXT,
    CONTRACTS,
    conform,
    csv_file,
    part,
    row,
    table,
    xls_file,
    xlsx_file,
)

INCOME = CONTRACTS.dataset("household_income")
LABELS = [c.label for c in INCOME.columns]


def _income(*amounts: Any, first: int = 1) -> list[list[Any]]:
    return table(INCOME, [row(INCOME, i, wage_income=a) for i, a in enumerate(amounts, first)])


def _part(content: bytes) -> FileResult:
    return conform(INCOME, content).files[0]


def _totals(*rows: list[Any]) -> tuple[str, int, int]:
    found = _part(csv_file([LABELS, *rows]))
    assert found.refusal is None
    return found.printed_totals, found.totals_checked, found.totals_failed


def _line(label: str, wage: str, *others: str) -> list[str]:
    return [label, wage, *(others or ("", "", "", ""))]


DATA = [_line(f"H{i}", str(i), "0", "0", "0", "0") for i in (1, 2, 3)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (DATA, ("none", 0, 0)),
        ([*DATA, _line("合计", "6")], ("passed", 1, 0)),
        ([*DATA, _line("合计", "6", "0", "0", "0", "0")], ("passed", 5, 0)),
        ([*DATA, _line("合计", "6.00元")], ("passed", 1, 0)),
        ([*DATA, _line("合计", "7")], ("failed", 1, 1)),
        ([*DATA, _line("合计", "-")], ("none", 0, 0)),
        ([*DATA, _line("合计", "六")], ("none", 0, 0)),
        ([_line("总计", "6"), *DATA], ("passed", 1, 0)),
        ([DATA[0], _line("小计", "1"), DATA[1], DATA[2], _line("小计", "5"), _line("合计", "6")], ("passed", 3, 0)),
        ([DATA[0], _line("小计", "1"), DATA[1], DATA[2], _line("小计", "6"), _line("合计", "6")], ("failed", 3, 1)),
        ([*DATA, _line("H4", "x", "1", "0", "0", "0"), _line("合计", "6", "1")], ("passed", 1, 0)),
        ([DATA[0], _line("小计", "1"), _line("H4", "x", *"0000"), _line("小计", "0")], ("passed", 1, 0)),
        ([*DATA, DATA[0], _line("合计", "7")], ("passed", 1, 0)),
        ([*DATA, _line("", "4", *"0000"), _line("合计", "10")], ("passed", 1, 0)),
        ([_line("合计", "0")], ("passed", 1, 0)),
    ],
)
def test_printed_totals_are_checked_against_all_delivered_rows(rows: list[Any], found: tuple[str, int, int]) -> None:
    assert _totals(*rows) == found


def test_a_total_below_every_row_is_checked_in_no_time() -> None:
    rows = [
        line for i in range(15_000) for line in (_line(f"H{i}", "1", *"0000"), _line("小计", "1"), _line("合计", "2"))
    ]
    assert _totals(*rows) == ("failed", 30_000, 15_000)


def test_totals_are_checked_sheet_by_sheet_and_in_the_headers_unit() -> None:
    labels = [LABELS[0], f"{LABELS[1]}(万元)", *LABELS[2:]]
    content = xlsx_file(
        {"甲": [LABELS, *DATA, _line("合计", "6")], "乙": [labels, _line("H9", "0.1", *"0000"), _line("合计", "0.1")]}
    )
    assert _part(content).printed_totals == "passed"


def test_sums_are_exact() -> None:
    assert _totals(*[_line(f"H{i}", "0.1", *"0000") for i in range(10)], _line("合计", "1"))[0] == "passed"


def test_a_missing_column_refuses_the_file_and_counts_its_rows() -> None:
    found = conform(INCOME, csv_file(table(INCOME, [row(INCOME, i) for i in (1, 2)], skip=["wage_income"])))
    assert found.files[0].rows_refused == 2
    assert "缺少必填列“近12个月工资性收入”" in str(found.files[0].refusal)
    assert found.rows.is_empty()


def test_a_sheet_that_fails_takes_the_whole_file_with_it_and_other_files_go_on() -> None:
    bad = xlsx_file({"甲": _income(1, 2), "乙": table(INCOME, [row(INCOME, 9)], skip=["wage_income"])})
    found = conform(INCOME, bad, csv_file(_income(3, first=5)))
    assert [(p.rows_refused, p.refusal is None) for p in found.files] == [(3, False), (0, True)]
    assert "第2个工作表" in str(found.files[0].refusal)
    assert found.rows["file_no"].to_list() == [2]


def test_a_unit_that_does_not_convert_refuses_the_file() -> None:
    rows = _income(1)
    rows[0][1] += "(美元)"
    found = _part(csv_file(rows))
    assert "“近12个月工资性收入”的单位“美元”无法换算" in str(found.refusal)
    assert found.rows_refused == 1


def test_hidden_sheets_and_sheets_without_a_header_are_listed() -> None:
    sheets = {"说明": [["请如实填写"]], "数据": _income(1), "旧": _income(2, first=7), "空": []}
    for content in (xlsx_file(sheets, hidden=["旧"]), xls_file(sheets, hidden=["旧"])):
        found = conform(INCOME, content)
        assert found.rows["sheet_no"].to_list() == [2]
        # Nothing is said of an empty sheet.
        assert found.files[0].skipped == ["第1个工作表没有可识别的表头,已跳过", "第3个工作表是隐藏的,已跳过"]


@pytest.mark.parametrize(
    "content", [b"a,b\n1,2\n", xlsx_file({"甲": []}), xlsx_file({"甲": [["x"]], "乙": _income(1)}, hidden=["乙"])]
)
def test_a_file_without_a_header_is_refused_and_says_what_is_expected(content: bytes) -> None:
    refusal = str(_part(content).refusal)
    assert "没有找到“农户收入监测表”的表头" in refusal
    assert "户编号、近12个月工资性收入" in refusal


def test_a_row_that_comes_near_a_header_is_shown_with_what_it_lacks() -> None:
    refusal = str(_part(csv_file([[LABELS[0], LABELS[1], "其他"], ["H1", "1", "2"]])).refusal)
    assert "缺少必填列“近12个月生产经营性收入”" in refusal
    assert "现有表头:户编号、近12个月工资性收入、其他" in refusal


def test_a_header_without_rows_is_a_delivery_of_none() -> None:
    found = conform(INCOME, csv_file([LABELS]), xlsx_file({"表": [["标题"], LABELS]}))
    assert [p.refusal for p in found.files] == [None, None]
    assert found.rows.height == 0
    assert conform(INCOME, csv_file([LABELS]), csv_file(_income(1))).rows.height == 1


def test_files_of_different_shape_come_together() -> None:
    shuffled = [[r[i] for i in (3, 0, 1, 2, 5, 4)] for r in _income(1, first=4)]
    found = conform(INCOME, csv_file(_income("1", "2")), xlsx_file({"表": _income(3.5, first=3)}), csv_file(shuffled))
    assert found.rows["household_code"].to_list() == ["H00001", "H00002", "H00003", "H00004"]


def test_an_unexpected_breakage_refuses_the_file_without_quoting_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("441802198006150011")

    monkeypatch.setattr("sources.conforming.file.conform_rows", broken)
    found = _part(csv_file(_income(1)))
    assert "ValueError" in str(found.refusal)
    assert "4418" not in str(found.refusal)


def test_content_that_cannot_be_fetched_refuses_the_file() -> None:
    def gone() -> bytes:
        raise FileNotFoundError("x")

    lost = part(b"")
    object.__setattr__(lost, "content", gone)
    found = conform_delivery(1, "replace_all", [lost, part(csv_file(_income(1)), 2)], INCOME, CONTEXT)
    assert found.files[0].refusal is not None
    assert found.rows.height == 1


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=120).map(str.encode)))
def test_hostile_bytes_never_raise(content: bytes) -> None:
    found = conform(INCOME, content, csv_file(_income(1)))
    assert found.files[0].refusal
    assert found.rows.height == 1


JUNK = st.one_of(
    st.none(), st.text(max_size=5), st.integers(-(10**6), 10**6), st.floats(-1e9, 1e9), st.booleans(), st.dates()
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(JUNK, min_size=6, max_size=6), max_size=6),
    st.lists(st.tuples(*[st.integers(0, 8)] * 4), max_size=3),
)
def test_whatever_stands_in_a_sheet_balances(rows: list[list[Any]], ranges: list[tuple[int, int, int, int]]) -> None:
    rows = [[c if not isinstance(c, str) else "".join(x for x in c if x.isprintable()) for c in r] for r in rows]
    merges = [(min(a, c) + 1, min(b, d), max(a, c) + 1, max(b, d)) for a, b, c, d in ranges[:1] if (a, b) != (c, d)]
    found = conform(INCOME, xlsx_file({"表": [LABELS, *rows]}, {"表": merges}))
    assert found.files[0].refusal is None
    states = found.rows["row_state"].to_list() if found.rows.height else []
    assert set(states) <= {"accepted", "duplicate", "quarantined"}
    assert len(states) <= len(rows)
