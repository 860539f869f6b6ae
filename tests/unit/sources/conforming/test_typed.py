"""Typed originals: dates, decimals and integers as the source has them, texts by the rules of any cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.contracts.model import Dataset
from sources.reading.files import read_sheets
from sources.reading.header import fitting_datasets
from tests.unit.sources.builder import (
    CONTRACTS,
    conform,
    csv_file,
    json_lines_file,
    parquet_file,
    row,
    table,
)

INCOME = CONTRACTS.dataset("household_income")
SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
REGISTER = CONTRACTS.dataset("household_register")
DEATHS = CONTRACTS.dataset("deaths")
ROADS = CONTRACTS.dataset("rural_roads")
Write = Callable[[pl.DataFrame], bytes]
BOTH = pytest.mark.parametrize("write", [parquet_file, json_lines_file])
DAY = next(c for c in DEATHS.columns if c.kind == "date").name
INTEGER = next((d, c) for d in CONTRACTS.datasets for c in d.columns if c.kind == "integer")
MONTHLY = next((d, c) for d in CONTRACTS.datasets for c in d.columns if c.kind == "month")
NUMBER_TYPE = pl.Decimal(38, 12)


def frame(dataset: Dataset, column: str, values: pl.Series, name: str | None = None) -> pl.DataFrame:
    """Good rows as texts under the labels of the contract, with the values in one column."""
    rows = [row(dataset, n) for n in range(1, len(values) + 1)]
    texts = {c.label: [r[c.name] for r in rows] for c in dataset.columns}
    label = dataset[column].label
    texts[label] = values
    found = pl.DataFrame(texts)
    return found.rename({label: name}) if name else found


def judged(dataset: Dataset, column: str, content: bytes) -> list[tuple[Any, str | None]]:
    found = conform(dataset, content)
    assert found.files[0].refusal is None, found.files[0].refusal
    return found.rows.select(column, f"{column}__error").rows()


def judged_as_text(dataset: Dataset, column: str, texts: list[str]) -> list[tuple[Any, str | None]]:
    rows = [row(dataset, n, **{column: text}) for n, text in enumerate(texts, 1)]
    return judged(dataset, column, csv_file(table(dataset, rows)))


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**20), max_value=10**20)


@settings(max_examples=40, deadline=None)
@given(st.lists(DECIMALS | st.none(), min_size=1, max_size=20))
def test_decimals_are_those_of_their_texts(values: list[Decimal | None]) -> None:
    numbers = pl.Series(values, dtype=NUMBER_TYPE)
    expected = judged_as_text(INCOME, "wage_income", ["" if v is None else f"{v:f}" for v in values])
    for write in (parquet_file, json_lines_file):
        assert judged(INCOME, "wage_income", write(frame(INCOME, "wage_income", numbers))) == expected


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 3000) | st.none(), min_size=1, max_size=20))
def test_integers_are_those_of_their_texts(values: list[int | None]) -> None:
    dataset, column = INTEGER
    expected = judged_as_text(dataset, column.name, ["" if v is None else str(v) for v in values])
    numbers = pl.Series(values, dtype=pl.Int64)
    for write in (parquet_file, json_lines_file):
        assert judged(dataset, column.name, write(frame(dataset, column.name, numbers))) == expected


@settings(max_examples=25, deadline=None)
@given(st.lists(st.dates(dt.date(1000, 1, 1)) | st.none(), min_size=1, max_size=20))
def test_days_and_their_months_are_those_of_their_texts(values: list[dt.date | None]) -> None:
    texts = ["" if v is None else v.isoformat() for v in values]
    days = pl.Series(values, dtype=pl.Date)
    for dataset, column in ((DEATHS, DAY), (MONTHLY[0], MONTHLY[1].name)):
        expected = judged_as_text(dataset, column, texts)
        for write in (parquet_file, json_lines_file):
            assert judged(dataset, column, write(frame(dataset, column, days))) == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e17) | st.sampled_from([0.1 + 0.2, 1e16, 5e-324, 1e-7, 436.5]), min_size=1, max_size=20))
def test_a_float_is_its_shortest_text(values: list[float]) -> None:
    found = judged(INCOME, "wage_income", parquet_file(frame(INCOME, "wage_income", pl.Series(values))))
    for value, (number, error) in zip(values, found, strict=True):
        if 0 < value < 1e-40:
            assert error == "number_invalid"
        else:
            assert number == round(Decimal(repr(value)), 10)


def test_what_is_no_number_is_an_error_cell() -> None:
    odd = pl.Series([float("nan"), float("inf"), -float("inf"), 5.0])
    found = judged(INCOME, "wage_income", parquet_file(frame(INCOME, "wage_income", odd)))
    assert found == [(None, "cell_error")] * 3 + [(Decimal(5), None)]
    assert judged(INCOME, "wage_income", _lines(INCOME, "wage_income", "NaN", "-Infinity", "5e0")) == [
        (None, "cell_error"),
        (None, "cell_error"),
        (Decimal(5), None),
    ]


def _lines(dataset: Dataset, column: str, *tokens: str) -> bytes:
    """JSON lines with tokens as they are in one column."""
    marks = pl.Series([f"@{n}@" for n in range(len(tokens))])
    text = json_lines_file(frame(dataset, column, marks)).decode()
    for n, token in enumerate(tokens):
        text = text.replace(f'"@{n}@"', token)
    return text.encode()


def test_numbers_of_json_keep_their_digits() -> None:
    tokens = ("436.5000000001", "12345678901234567.89", "1.5E+3", "0.00000000005", "1e400", "9" * 400, "-0.0")
    found = judged(INCOME, "wage_income", _lines(INCOME, "wage_income", *tokens))
    assert [str(v) if v is not None else e for v, e in found] == [
        "436.5000000001", "12345678901234567.8900000000", "1500.0000000000", "0E-10", "number_invalid",
        "number_invalid", "0E-10",
    ]  # fmt: skip


SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def test_the_day_of_a_time_is_that_of_china() -> None:
    at = [dt.datetime(2021, 5, 31, 15, 59, 59), dt.datetime(2021, 5, 31, 16), dt.datetime(1988, 6, 30, 15)]
    utc = pl.Series(at).dt.replace_time_zone("UTC")
    days = [dt.date(2021, 5, 31), dt.date(2021, 6, 1), dt.date(1988, 7, 1)]
    for times in (utc, utc.dt.convert_time_zone("America/New_York"), utc.cast(pl.Datetime("ns", "UTC"))):
        found = judged(DEATHS, DAY, parquet_file(frame(DEATHS, DAY, times)))
        assert found == [(day, None) for day in days]
    local = utc.dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
    assert judged(DEATHS, DAY, parquet_file(frame(DEATHS, DAY, local))) == [(day, None) for day in days]


def test_a_day_that_nobody_can_write_is_an_error_cell() -> None:
    days = pl.Series([0, 2**31 - 1, -(2**31)], dtype=pl.Int32).cast(pl.Date)
    times = pl.Series([0, 2**63 - 1, -(2**63)], dtype=pl.Int64).cast(pl.Datetime("us", "UTC"))
    for values in (days, times):
        found = judged(DEATHS, DAY, parquet_file(frame(DEATHS, DAY, values)))
        assert found == [(dt.date(1970, 1, 1), None), (None, "cell_error"), (None, "cell_error")]


@BOTH
def test_a_number_is_no_serial_of_a_day(write: Write) -> None:
    numbers = pl.Series([44348, 20210615, 202106, 18779, 1])
    found = judged(DEATHS, DAY, write(frame(DEATHS, DAY, numbers)))
    assert found == [
        (None, "date_invalid"),
        (dt.date(2021, 6, 15), None),
        (None, "date_incomplete"),
        (None, "date_invalid"),
        (None, "date_invalid"),
    ]


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Float64, pl.Decimal(38, 0), pl.Decimal(38, 4)])
@pytest.mark.parametrize("column", ["resident_id", "head_resident_id"])
def test_an_id_that_is_a_number_is_refused_as_in_a_workbook(dtype: Any, column: str) -> None:
    ids = pl.Series([441802198006150011, 441802800615001]).cast(dtype)
    for write in (parquet_file, json_lines_file):
        found = judged(SUBSISTENCE, column, write(frame(SUBSISTENCE, column, ids)))
        assert found == [(None, "id_stored_as_number")] * 2


def test_a_code_that_is_an_exact_integer_is_its_digits() -> None:
    codes = [18020001, 441802001002000001, 7]
    texts = [(str(code), None) for code in codes]
    for dtype in (pl.Int64, pl.Decimal(38, 0), pl.Decimal(38, 6)):
        values = pl.Series(codes).cast(dtype)
        found = judged(INCOME, "household_code", parquet_file(frame(INCOME, "household_code", values)))
        assert found == texts
    # A double, and a number of JSON, may have lost the last digits.
    lost = [texts[0], (None, "not_text"), texts[2]]
    doubles = parquet_file(frame(INCOME, "household_code", pl.Series(codes).cast(pl.Float64)))
    assert judged(INCOME, "household_code", doubles) == lost
    lines = json_lines_file(frame(INCOME, "household_code", pl.Series(codes)))
    assert judged(INCOME, "household_code", lines) == lost


@BOTH
def test_yes_or_no_and_other_texts_follow_the_rules_of_any_cell(write: Write) -> None:
    column = next(c.name for c in REGISTER.columns if c.kind == "yes_or_no")
    for values in (pl.Series([True, False, True]), pl.Series(["是", "否", "√"]), pl.Series([1, 0, 1])):
        found = judged(REGISTER, column, write(frame(REGISTER, column, values)))
        assert found == [(True, None), (False, None), (True, None)]
    town = next(c.name for c in REGISTER.columns if c.kind == "town")
    codes = pl.Series([int(row(REGISTER, n)[town]) for n in (1, 2)])
    assert judged(REGISTER, town, write(frame(REGISTER, town, codes))) == [(str(code), None) for code in codes]


@BOTH
def test_a_unit_counts_only_in_the_name_of_the_column(write: Write) -> None:
    amounts = pl.Series([Decimal("1.25"), Decimal("0.0000000001")])
    usual = write(frame(INCOME, "wage_income", amounts))
    assert [v for v, _ in judged(INCOME, "wage_income", usual)] == list(amounts)
    named = write(frame(INCOME, "wage_income", amounts, f"{INCOME['wage_income'].label}(万元)"))
    assert [v for v, _ in judged(INCOME, "wage_income", named)] == [Decimal("12500"), Decimal("0.000001")]
    wrong = conform(INCOME, write(frame(INCOME, "wage_income", amounts, f"{INCOME['wage_income'].label}(美元)")))
    assert wrong.files[0].refusal is not None
    assert "美元" in wrong.files[0].refusal
    assert wrong.files[0].rows_refused == 2


@BOTH
def test_the_contracts_own_names_are_column_names(write: Write) -> None:
    good = frame(SUBSISTENCE, "resident_id", pl.Series([row(SUBSISTENCE, n)["resident_id"] for n in (1, 2)]))
    names = {c.label: c.name for c in SUBSISTENCE.columns}
    expected = conform(SUBSISTENCE, write(good))
    assert set(expected.rows["row_state"]) == {"accepted"}
    for named in (names, {label: name.upper() for label, name in names.items()}):
        content = write(good.rename(named))
        assert fitting_datasets(read_sheets(content), CONTRACTS.datasets) == [SUBSISTENCE]
        found = conform(SUBSISTENCE, content)
        assert found.rows.drop("sheet_columns").equals(expected.rows.drop("sheet_columns"))
        assert found.files[0].unknown_headers == []


@BOTH
def test_every_row_is_data(write: Write) -> None:
    """What would be a total, a note, a heading, a repeated header or a blank row of an office's sheet is an error."""
    texts = ["H1", "合计", "备注:无", INCOME["household_code"].label, "填表人:张三", None, "附件"]
    rows = frame(INCOME, "household_code", pl.Series(texts))
    rows = rows.with_columns(
        pl.when(pl.int_range(pl.len()).is_in([0, 3])).then(pl.col(label)) for label in rows.columns[1:]
    )
    found = conform(INCOME, write(rows))
    assert found.files[0].refusal is None
    assert found.rows["row_number"].to_list() == list(range(2, 9))
    assert found.rows["row_error"].null_count() <= 2
    assert found.rows["row_state"].to_list()[0] == "accepted"
    assert found.rows.filter(pl.col("row_number").is_in([3, 4, 6, 7, 8]))["row_state"].unique().to_list() == [
        "quarantined"
    ]
    assert found.files[0].totals_checked == 0
    assert found.files[0].rows_unread == 0


@BOTH
def test_columns_that_no_contract_has_are_named_and_belong_to_the_rows(write: Write) -> None:
    good = frame(INCOME, "household_code", pl.Series(["H1", "H2"]))
    ids = [row(SUBSISTENCE, n)["resident_id"] for n in (7, 8)]
    more = good.with_columns(
        pl.Series("空", [None, None], dtype=pl.String), pl.Series("户主证件", ids), pl.Series("update_time", ["a", "b"])
    )
    found = conform(INCOME, write(more))
    assert found.files[0].refusal is None
    assert found.files[0].unknown_headers == ["空", "户主证件", "update_time"]
    assert found.rows["row_state"].to_list() == ["accepted"] * 2


@BOTH
def test_a_missing_column_is_named_and_all_rows_are_refused(write: Write) -> None:
    good = frame(INCOME, "household_code", pl.Series(["H1", "H2"]))
    for columns in (
        good.drop(INCOME["wage_income"].label),
        good.select(pl.lit("x").alias("a"), pl.lit("y").alias("b")),
    ):
        found = conform(INCOME, write(columns)).files[0]
        assert found.refusal is not None
        assert f"缺少必填列“{INCOME['wage_income'].label}”" in found.refusal
        assert found.rows_refused == columns.height


@BOTH
def test_two_columns_of_one_name_with_other_cells_are_refused(write: Write) -> None:
    good = frame(INCOME, "wage_income", pl.Series([Decimal("1.5"), Decimal("2")]))
    same = good.with_columns(wage_income=pl.col(INCOME["wage_income"].label))
    assert conform(INCOME, write(same)).files[0].refusal is None
    other = good.with_columns(wage_income=pl.lit(3))
    refusal = conform(INCOME, write(other)).files[0].refusal
    assert refusal is not None
    assert "内容却不同" in refusal


def test_a_table_without_rows_has_its_columns() -> None:
    found = conform(INCOME, parquet_file(frame(INCOME, "household_code", pl.Series(["H1"])).clear()))
    assert found.files[0].refusal is None
    assert found.rows.is_empty()


def test_nested_and_binary_cells_are_errors_where_a_column_is_read_and_nothing_elsewhere() -> None:
    good = frame(INCOME, "household_code", pl.Series(["H1", "H2"]))
    odd = good.with_columns(
        photo=pl.Series([b"\xff\xd8", b"\x00"]), detail=pl.Series([{"a": [1]}, {"a": []}]), tags=pl.Series([["a"], []])
    )
    assert conform(INCOME, parquet_file(odd)).rows["row_state"].to_list() == ["accepted"] * 2
    code = INCOME["household_code"].label
    for values, error in (
        (pl.Series([b"H1", "户2".encode()]), None),
        (pl.Series([b"H1", b"\xff"]), "text_damaged"),
        (pl.Series([b"\x00", b"\x01"]), "text_damaged"),
        (pl.Series([["H1"], ["H2"]]), "not_text"),
        (pl.Series([{"a": "H1"}, {"a": "H2"}]), "not_text"),
        (pl.Series([dt.time(1), dt.time(2)]), "not_text"),
        (pl.Series([dt.timedelta(1), dt.timedelta(2)]), "not_text"),
        (pl.Series([dt.date(2021, 6, 1), dt.date(2021, 6, 2)]), "not_text"),
        (pl.Series(["H1", "H2"], dtype=pl.Categorical), None),
    ):
        found = conform(INCOME, parquet_file(good.with_columns(values.alias(code))))
        assert found.rows["household_code__error"].to_list() == [error, error]


def test_lengths_and_other_units_fit_any_contract_column() -> None:
    lengths = pl.Series([Decimal("3.25")])
    label = f"{ROADS['length_km'].label}(米)"
    found = judged(ROADS, "length_km", parquet_file(frame(ROADS, "length_km", lengths, label)))
    assert found == [(Decimal("0.00325"), None)]
