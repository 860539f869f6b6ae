"""Every error code has words, with what the contract expects of the cell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sources import conforming
from sources.contracts.model import load_contracts
from sources.months import Month
from workbooks import messages, remedies

JUNE = Month(2021, 6)
CONTRACTS = load_contracts()


def codes_of_the_intake() -> set[str]:
    """Every error code that conforming can give: the texts in ``pl.lit`` that look like one."""
    folder = Path(conforming.__file__).parent
    found = {c for p in folder.glob("*.py") for c in re.findall(r'"([a-z]+(?:_[a-z]+)+)"\)', p.read_text("utf-8"))}
    return {
        c for c in found if re.search(r"invalid|missing|contradicts|^not_|^id_|unknown|ambiguous|range|incomplete", c)
    }


def test_every_error_code_is_put_into_words() -> None:
    codes = codes_of_the_intake()
    assert {"id_check_digit", "date_incomplete", "division_ambiguous", "sex_contradicts_id"} <= codes
    assert codes - set(messages.PROBLEMS) == set()


def test_every_error_code_has_its_steps_in_excel_or_wps() -> None:
    codes = codes_of_the_intake() | set(messages.PROBLEMS) | {messages.DUPLICATE_KEY}
    assert codes - set(remedies.REMEDIES) == set()
    assert len(set(remedies.REMEDIES.values())) == len(remedies.REMEDIES)


def test_nobody_is_advised_to_save_again_what_has_lost_its_digits() -> None:
    text = remedies.remedy("id_stored_as_number")
    assert [part for part in ("重新导出", "从文本/CSV", "设为“文本”") if part not in text] == []
    assert "找不回来" in text


def test_the_steps_about_a_repeated_key_find_only_rows_that_agree_in_all_its_columns() -> None:
    text = remedies.remedy("duplicate_key")
    # COUNTIF takes a star as any text and compares long numbers by 15 digits;
    # one column of several repeats everywhere.
    assert [
        part for part in ('=E2&"|"&F2', "=SUMPRODUCT(--($X$2:$X$9999=X2))>1", "不要成批删除") if part not in text
    ] == []
    assert "=COUNTIF" not in text
    assert "duplicate_key" not in messages.problem("duplicate_key")


def test_no_steps_name_a_list_that_nobody_hands_out() -> None:
    assert "空表" not in remedies.remedy("division_unknown")


def test_an_unknown_code_has_advice_too() -> None:
    assert "重新导出" in remedies.remedy("something_new")


def comment(dataset: str, column: str, code: str) -> str:
    return messages.comment(CONTRACTS.dataset(dataset)[column], code, JUNE)


@pytest.mark.parametrize(
    ("dataset", "column", "code", "expected"),
    [
        ("household_register", "housing_grade", "not_in_list", ["住房安全等级", "A级、B级、C级、D级"]),
        ("toilet_retrofits", "subsidy", "out_of_range", ["不小于0", "不大于3000", "单位为元"]),
        ("support_funds", "fund_year", "number_invalid", ["整数", "不小于2010", "不大于2100"]),
        ("deaths", "died_on", "date_incomplete", ["没有日", "2021-06-15", "不晚于 2021-07-31"]),
        ("monitored_households", "identified_month", "month_invalid", ["2021-06"]),
        ("household_register", "resident_id", "id_stored_as_number", ["数值", "文本"]),
        ("disability_subsidies", "disability_certificate_no", "certificate_invalid", ["20位", "1-7", "1-4"]),
        ("household_register", "village_name", "division_ambiguous", ["全称"]),
        ("household_register", "has_safe_water", "not_yes_or_no", ["“是”或“否”"]),
        ("village_committees", "birth_month", "birth_contradicts_id", ["按原样接收"]),
    ],
)
def test_a_comment_says_what_is_wrong_and_what_is_expected(
    dataset: str, column: str, code: str, expected: list[str]
) -> None:
    text = comment(dataset, column, code)
    assert messages.PROBLEMS[code] in text
    assert [part for part in expected if part not in text] == []


def test_only_an_emptied_optional_cell_is_said_to_be_emptied() -> None:
    assert "只清空了这一格" in comment("household_register", "health_status", "not_text")
    assert "只清空了这一格" not in comment("household_register", "housing_grade", "not_in_list")
