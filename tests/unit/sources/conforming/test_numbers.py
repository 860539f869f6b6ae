"""Numbers: accepted forms, exact units, ranges with their ends."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.conforming.numbers import conform_numbers, power_of_ten
from sources.reading.files.sheet import TEXT
from tests.unit.sources.builder import CONTRACTS, wide
from tests.unit.sources.cells import judged, judged_in_excel

INCOME = CONTRACTS.dataset("household_income")
DISABILITY = CONTRACTS.dataset("disability_subsidies")
VILLAGE_INCOME = CONTRACTS.dataset("collective_income")
SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
FUNDS = CONTRACTS.dataset("support_funds")
ROADS = CONTRACTS.dataset("rural_roads")
CLEANING = CONTRACTS.dataset("cleaning_fund")
VILLAGES = CONTRACTS.dataset("natural_villages")
ACTIVITIES = CONTRACTS.dataset("job_support_activities")
WAGE = INCOME["wage_income"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"), ("12", "12"), ("-3.50", "-3.5"), ("+7", "7"), (".5", "0.5"), ("-.25", "-0.25"), ("007", "7"),
        ("1,234", "1234"), ("1,234,567.89", "1234567.89"), ("123", "123"), ("1,234.5", "1234.5"),
        ("100元", "100"), ("1.5万元", "15000"), ("2千元", "2000"), ("1,000元", "1000"), (" 1 2 ", "12"),
        ("0.1234567891", "0.1234567891"), ("99999999999999.99", "99999999999999.99"), ("'5", "5"),
        ("¥5", "5"), ("\uffe51,234.50", "1234.5"), ("-¥5", "-5"), ("¥-5", "-5"), ("人民币5元", "5"), ("RMB 5", "5"),
        ("CNY5.00", "5"), ("人民币:5元整", "5"), ("1 元整", "1"), ("5圆", "5"), ("5元。", "5"),
        ("1万", "10000"), ("1.2万", "12000"), ("1.2千", "1200"), ("¥1.2万", "12000"), ("1.2万元整", "12000"),
        (wide("1,234.5"), "1234.5"), (wide("-7"), "-7"), (wide("12"), "12"),
    ],
)  # fmt: skip
def test_accepted_forms(text: str, value: str) -> None:
    assert judged(INCOME, "wage_income", text) == [(Decimal(value), None)]


@pytest.mark.parametrize(
    "text",
    [
        "1,00", "1,2345", "12,34,567", ",1", "1.", "1.2.3", "--1", "1-2", "1e5", "1E+05", "5%", "$5", "(100)", "五",
        "1百", "1万人", "100美元", "3公里", "元", "1元2", "约100", "1/2", "=1+1", "nan", "inf", "٤", "整",
        "¥", "¥元", "¥¥5", "万", "1万万", "每年", "5元(6)", "5元¥6", "共5元", "5¥5",
        "1" * 19, "123456789012345678901234567890",
    ],
)  # fmt: skip
def test_what_is_no_number_is_invalid(text: str) -> None:
    assert judged(INCOME, "wage_income", text) == [(None, "number_invalid")]


@pytest.mark.parametrize("text", ["", "-", "—", "/", "无", "NULL"])
def test_missing(text: str) -> None:
    assert judged(INCOME, "wage_income", text) == [(None, "required_missing")]


def test_excel_numbers_are_exact() -> None:
    found = judged_in_excel(INCOME, "wage_income", 0.1 + 0.2, 1234567.9000000001, 1e14, 12, "1,000", "3元", True)
    assert [value for value, _ in found] == [
        Decimal(text) if text else None for text in ("0.3", "1234567.9", "100000000000000", "12", "1000", "3", "")
    ]
    assert found[-1] == (None, "number_invalid")


def test_a_unit_in_the_header_converts_and_a_unit_in_the_cell_goes_before_it() -> None:
    found = judged(INCOME, "wage_income", "1.23456789", "5元", "5千元", header="近12个月工资性收入(万元)")
    assert [value for value, _ in found] == [Decimal("12345.6789"), Decimal(5), Decimal(5000)]


@pytest.mark.parametrize(
    ("dataset", "column", "cell", "value"),
    [
        (FUNDS, "spent", "12345.67元", Decimal("1.234567")),
        (FUNDS, "spent", "1元", Decimal("0.0001")),
        (FUNDS, "spent", "3千元", Decimal("0.3")),
        (ROADS, "length_km", "1234米", Decimal("1.234")),
        (ROADS, "length_km", "2公里", Decimal(2)),
        (CLEANING, "registered_population", "0.25万人", 2500),
        (CLEANING, "registered_population", "12人", 12),
        (CLEANING, "registered_population", "0.25万", 2500),
        (CLEANING, "cleaning_campaigns", "3次", 3),
        (ACTIVITIES, "attendances", "40人次", 40),
    ],
)
def test_units_convert_exactly(dataset, column: str, cell: str, value: object) -> None:
    assert judged(dataset, column, cell) == [(value, None)]


@pytest.mark.parametrize(
    ("dataset", "column", "cell", "value"),
    [
        (SUBSISTENCE, "monthly_amount", "436.5元/月", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", wide("436.5元/月"), Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "436.5 元 每月", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "0.05万元/月", Decimal(500)),
        (SUBSISTENCE, "monthly_amount", "436.5元/人/月", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "436.5元/人·月", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "436.5元/月/人", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "436.5元/人月", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "436.5元/个月", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "436.5/月", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "436.5(每月)", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "436.5元(每月)", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "436.5元(月)", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "每月436.5元", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "每人每月436.5元", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "每月¥436.50", Decimal("436.5")),
        (SUBSISTENCE, "monthly_amount", "0.05万/月", Decimal(500)),
        (DISABILITY, "living_subsidy", "181元/月", Decimal(181)),
        (DISABILITY, "nursing_subsidy", "243/月", Decimal(243)),
        (DISABILITY, "living_subsidy", "每人每月181元", Decimal(181)),
        (DISABILITY, "living_subsidy", "181元/人/月", Decimal(181)),
        (DISABILITY, "nursing_subsidy", "243.00元(每月)", Decimal(243)),
        (DISABILITY, "living_subsidy", "0.0181万元/月", Decimal(181)),
        (DISABILITY, "living_subsidy", "2172元/年", None),
        (DISABILITY, "living_subsidy", "181元/季", None),
        (DISABILITY, "nursing_subsidy", "每年2916元", None),
        (DISABILITY, "living_subsidy", "181元/户/月", None),
        (VILLAGE_INCOME, "total_income", "12.5万元/年", Decimal("12.5")),
        (VILLAGE_INCOME, "rental_income", "每年3万元", Decimal(3)),
        (VILLAGE_INCOME, "total_income", "1万元/月", None),
        (INCOME, "wage_income", "每年12000元", Decimal(12000)),
        (INCOME, "wage_income", "12000元/户/年", Decimal(12000)),
        (INCOME, "wage_income", "1.2万/年", Decimal(12000)),
        (INCOME, "wage_income", "12000元/年", Decimal(12000)),
        (INCOME, "wage_income", "1.2万元/年", Decimal(12000)),
        (SUBSISTENCE, "monthly_amount", "5238元/年", None),
        (SUBSISTENCE, "monthly_amount", "436.5元/人", None),
        (INCOME, "wage_income", "1000元/月", None),
        (FUNDS, "spent", "3万元/年", None),
        (SUBSISTENCE, "monthly_amount", "436.5元/户/月", None),
        (SUBSISTENCE, "monthly_amount", "436.5元/人/年", None),
        (SUBSISTENCE, "monthly_amount", "每年5238元", None),
        (SUBSISTENCE, "monthly_amount", "436.5元/季", None),
        (SUBSISTENCE, "monthly_amount", "436.5元/月/次", None),
        (INCOME, "wage_income", "12000元/人", None),
        (INCOME, "wage_income", "12000元/人/年", None),
        (INCOME, "wage_income", "1000元/人/月", None),
        (INCOME, "wage_income", "每月1000元", None),
        (INCOME, "wage_income", "1000/月", None),
        (INCOME, "wage_income", "1000(月)", None),
        (ROADS, "length_km", "¥5", None),
        (ROADS, "length_km", "每月5", None),
    ],
)
def test_a_period_behind_a_unit_is_the_columns_own_or_an_error(dataset, column: str, cell: str, value: object) -> None:
    assert judged(dataset, column, cell) == [(value, None if value else "number_invalid")]


@pytest.mark.parametrize("cell", ["40人", "40次", "4万人次"])
def test_units_that_only_look_alike_do_not_convert(cell: str) -> None:
    assert judged(ACTIVITIES, "attendances", cell) == [(None, "number_invalid")]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("5", (5, None)),
        ("5.0", (5, None)),
        ("5.5", (None, "number_invalid")),
        ("0.00001", (None, "number_invalid")),
        ("-1", (None, "out_of_range")),
        ("0", (0, None)),
    ],
)
def test_whole_numbers(cell: str, found: tuple[int | None, str | None]) -> None:
    assert judged(VILLAGES, "waste_points", cell) == [found]


@pytest.mark.parametrize(
    ("cell", "error"), [("0", None), ("3000", None), ("3000.01", "out_of_range"), ("-0.01", "out_of_range")]
)
def test_the_range_includes_its_ends(cell: str, error: str | None) -> None:
    assert judged(CONTRACTS.dataset("toilet_retrofits"), "subsidy", cell)[0][1] == error


def test_the_range_is_that_of_the_contracts_unit() -> None:
    assert judged(CONTRACTS.dataset("toilet_retrofits"), "subsidy", "0.3万元", "0.31万元") == [
        (Decimal(3000), None),
        (None, "out_of_range"),
    ]


@pytest.mark.parametrize(
    ("unit", "own", "power"),
    [
        ("元", "元", 0), ("万元", "元", 4), ("千元", "元", 3), ("元", "万元", -4), ("千元", "万元", -1),
        ("米", "公里", -3), ("公里", "米", 3), ("万人", "人", 4), ("人", "人次", None), ("元", "公里", None),
        ("美元", "元", None), ("年", None, None), ("个", "个", 0),
    ],
)  # fmt: skip
def test_powers_of_ten(unit: str, own: str | None, power: int | None) -> None:
    assert power_of_ten(unit, own) == power


NUMBERS = st.decimals(min_value=-(10**14) + 1, max_value=10**14 - 1, allow_nan=False, allow_infinity=False, places=6)


@settings(max_examples=150, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=6), st.sampled_from([("元", 0), ("千元", 3), ("万元", 4)]))
def test_conversions_are_exact_to_the_last_digit(numbers: list[Decimal], unit: tuple[str, int]) -> None:
    cells = pl.DataFrame({"text": [f"{n:f}" for n in numbers], "type": [TEXT] * len(numbers)})
    found = conform_numbers(cells, WAGE, unit[0])
    assert found["value"].to_list() == [n * 10 ** unit[1] for n in numbers]
    assert found["error"].null_count() == len(numbers)


@settings(max_examples=150, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=6))
def test_conversions_to_the_larger_unit_are_exact(numbers: list[Decimal]) -> None:
    column = FUNDS["spent"]
    cells = pl.DataFrame({"text": [f"{abs(n):,.6f}元" for n in numbers], "type": [TEXT] * len(numbers)})
    assert conform_numbers(cells, column)["value"].to_list() == [abs(n) / 10_000 for n in numbers]


def test_more_decimals_than_there_is_room_for_are_rounded_half_even() -> None:
    found = judged(INCOME, "wage_income", "0.00000000005", "0.00000000015", "2.99999999999", "0." + "3" * 60)
    assert [value for value, _ in found] == [Decimal(0), Decimal("0.0000000002"), Decimal(3), Decimal("0.3333333333")]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.sampled_from("0123456789.,+-元万eE "), max_size=12), min_size=1, max_size=6))
def test_any_text_gets_a_value_or_an_error(texts: list[str]) -> None:
    for (value, error), text in zip(judged(INCOME, "wage_income", *texts), texts, strict=True):
        assert (value is None) != (error is None), text
