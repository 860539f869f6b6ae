"""Whole rows of every table: errors by column, the verdict on a row, duplicates and keys."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sources.contracts.model import Dataset
from tests.unit.sources.builder import (
    CONTRACTS,
    conform,
    conformed_row,
    csv_file,
    resident_id,
    row,
    table,
    xls_file,
    xlsx_file,
)

REGISTER = CONTRACTS.dataset("household_register")
INCOME = CONTRACTS.dataset("household_income")
SUBSISTENCE = next(d for d in CONTRACTS.datasets if d.label.startswith("农村低保"))
EMPLOYMENT = CONTRACTS.dataset("employment_monitoring")
ALL = list(CONTRACTS.datasets)


@pytest.mark.parametrize("dataset", ALL, ids=lambda d: d.name)
@pytest.mark.parametrize(
    "write", [lambda r: csv_file(r), lambda r: xlsx_file({"表": r}), lambda r: xls_file({"表": r})]
)
def test_a_good_row_of_every_table_is_accepted_from_every_format(dataset: Dataset, write: Any) -> None:
    found = conform(dataset, write(table(dataset, [row(dataset, i) for i in (1, 2, 3)])))
    assert found.files[0].refusal is None
    assert found.rows["row_state"].to_list() == ["accepted"] * 3
    assert found.rows["row_error"].null_count() == 3
    assert found.rows["row_number"].to_list() == [2, 3, 4]
    for column in dataset.columns:
        assert found.rows[column.name].null_count() == 0


@pytest.mark.parametrize("dataset", ALL, ids=lambda d: d.name)
def test_every_required_column_quarantines_and_every_optional_one_does_not(dataset: Dataset) -> None:
    rows = [row(dataset, i, **{c.name: ""}) for i, c in enumerate(dataset.columns, 1)]
    found = conform(dataset, csv_file(table(dataset, rows))).rows
    for state, error, column in zip(found["row_state"], found["row_error"], dataset.columns, strict=True):
        assert (state, error) == (("quarantined", "required_missing") if column.required else ("accepted", None))


@pytest.mark.parametrize("dataset", ALL, ids=lambda d: d.name)
def test_optional_columns_may_be_absent(dataset: Dataset) -> None:
    optional = [c.name for c in dataset.columns if not c.required]
    found = conform(dataset, csv_file(table(dataset, [row(dataset)], skip=optional)))
    assert found.files[0].refusal is None
    assert found.rows["row_state"].to_list() == ["accepted"]
    assert all(found.rows[name].null_count() == 1 for name in optional)


def test_all_errors_are_recorded_and_the_rows_is_that_of_the_first_column() -> None:
    found = conformed_row(REGISTER, town_name="某镇", resident_id="1", housing_grade="E级", has_safe_water="")
    assert found["row_error"] == "division_unknown"
    assert found["resident_id__error"] == "id_length"
    assert found["housing_grade__error"] == "not_in_list"
    assert found["has_safe_water__error"] == "required_missing"
    assert found["resident_id__raw"] == "1"


def test_an_error_in_an_optional_column_is_recorded_and_the_row_stays() -> None:
    found = conformed_row(EMPLOYMENT, monthly_wage="很多", started_on="2021-05")
    assert (found["row_state"], found["row_error"]) == ("accepted", "number_invalid")
    assert (found["monthly_wage"], found["started_on"]) == (None, None)
    assert found["started_on__error"] == "date_incomplete"


@pytest.mark.parametrize("dataset", ALL, ids=lambda d: d.name)
def test_a_damaged_character_damages_its_cell_whatever_the_column_is(dataset: Dataset) -> None:
    rows = [row(dataset, i, **{c.name: f"{row(dataset, i)[c.name]}\ufffd"}) for i, c in enumerate(dataset.columns, 1)]
    found = conform(dataset, csv_file(table(dataset, rows))).rows
    for at, column in enumerate(dataset.columns):
        assert found[f"{column.name}__error"][at] == "text_damaged"
        assert found[column.name][at] is None
        assert found["row_state"][at] == ("quarantined" if column.required else "accepted")


def _states(*rows: dict[str, Any], dataset: Dataset = INCOME) -> list[tuple[str, str | None]]:
    return conform(dataset, csv_file(table(dataset, rows))).rows.select("row_state", "row_error").rows()


A, B, C = (row(INCOME, 1, wage_income=str(i)) for i in (1, 2, 3))
OTHER = row(INCOME, 2)
ACCEPTED, DUPLICATE, AGAIN = ("accepted", None), ("duplicate", None), ("quarantined", "duplicate_key")


@pytest.mark.parametrize(
    ("rows", "states"),
    [
        ([A, A], [ACCEPTED, DUPLICATE]),
        ([A, OTHER, A, A], [ACCEPTED, ACCEPTED, DUPLICATE, DUPLICATE]),
        ([A, B], [ACCEPTED, AGAIN]),
        ([A, B, B], [ACCEPTED, AGAIN, DUPLICATE]),
        ([A, B, A], [ACCEPTED, AGAIN, DUPLICATE]),
        ([A, B, C], [ACCEPTED, AGAIN, AGAIN]),
        ([A, row(INCOME, 1, wage_income="1.0")], [ACCEPTED, DUPLICATE]),
        ([A, row(INCOME, 1, wage_income=" 1元 ")], [ACCEPTED, DUPLICATE]),
    ],
)
def test_duplicates(rows: list[dict[str, Any]], states: list[tuple[str, str | None]]) -> None:
    assert _states(*rows) == states


def test_a_bad_row_takes_no_key_and_is_no_duplicate() -> None:
    bad = row(INCOME, 1, wage_income="x")
    assert _states(bad, bad, A, bad) == [
        ("quarantined", "number_invalid"),
        ("quarantined", "number_invalid"),
        ACCEPTED,
        ("quarantined", "number_invalid"),
    ]


def test_a_cell_that_was_emptied_counts_as_empty() -> None:
    plain, wrong = row(EMPLOYMENT, 1, monthly_wage=""), row(EMPLOYMENT, 1, monthly_wage="x")
    assert _states(plain, wrong, dataset=EMPLOYMENT) == [ACCEPTED, ("duplicate", "number_invalid")]


def test_the_key_is_the_whole_key() -> None:
    person = resident_id(1)
    same_house = row(REGISTER, 1, resident_id=resident_id(3))
    other_house = row(REGISTER, 2, resident_id=person)
    assert _states(row(REGISTER, 1, resident_id=person), same_house, other_house, dataset=REGISTER) == [ACCEPTED] * 3


def test_duplicates_are_found_across_sheets_and_files() -> None:
    found = conform(
        INCOME,
        csv_file(table(INCOME, [A])),
        xlsx_file({"甲": table(INCOME, [B, OTHER]), "乙": table(INCOME, [OTHER])}),
    ).rows
    assert found.select("file_no", "sheet_no", "row_number", "row_state").rows() == [
        (1, 1, 2, "accepted"),
        (2, 1, 2, "quarantined"),
        (2, 1, 3, "accepted"),
        (2, 2, 2, "duplicate"),
    ]


CELLS = st.sampled_from(
    ["", "H1", "H2", "1", "2.5", "-3", "x", "1,000", "5元", "5公里", "合计", "小计", "备注", "户编号", "-"]
)


def _is_data(line: list[str]) -> bool | None:
    """Rows with a code or an amount are data; totals and blank rows are not; other words may be a note.

    A label with a count (x | 5公里) may be statistics below the list.
    """
    first = next((c for c in line if c), "")
    is_total = bool({"合计", "小计"} & set(line))
    if not first or (first in ("合计", "小计") and line[0] in ("", first)):
        return False
    has_code = line[0] in ("H1", "H2", "x", "2.5", "-3", "1,000") or (line[0] == "1" and not is_total)
    has_amount = bool({"1", "2.5", "-3", "1,000", "5元", "5公里"} & set(line[1:]))
    is_counted = "5公里" in line and first in ("x", "备注", "户编号")
    return True if has_code or (has_amount and not is_total and not is_counted) else None


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=12))
@example([["", "", "", "", "x", "5公里"]])
def test_every_row_of_a_file_gets_exactly_one_state(cells: list[list[str]]) -> None:
    found = conform(INCOME, csv_file([[c.label for c in INCOME.columns], *cells]))
    assert found.files[0].refusal is None
    told = {i: _is_data(line) for i, line in enumerate(cells, 2)}
    data = [i for i, is_data in told.items() if is_data]
    if found.rows.is_empty():
        assert not data
        return
    numbers = found.rows["row_number"].to_list()
    assert numbers == sorted({*numbers, *data})
    assert not any(told[i] is False for i in numbers)
    assert set(found.rows["row_state"]) <= {"accepted", "quarantined", "duplicate"}
    good = found.rows.filter(row_state="accepted")
    assert good.select(INCOME.key).is_unique().all()
    assert not good["is_bad"].any()


@pytest.mark.parametrize(
    "write", [lambda r: csv_file(r), lambda r: xlsx_file({"表": r}), lambda r: xls_file({"表": r})]
)
@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#SPILL!", "Err:502", "########"])
def test_a_cell_that_shows_an_error_is_no_value_and_not_empty(write: Any, shown: str) -> None:
    rows = [
        row(SUBSISTENCE, 1, monthly_amount=shown),
        row(SUBSISTENCE, 2, approved_on=shown),
        row(SUBSISTENCE, 3, village_name=shown),
    ]
    found = conform(SUBSISTENCE, write(table(SUBSISTENCE, rows))).rows
    assert found["row_error"].to_list() == ["cell_error"] * 3
    assert found["row_state"].to_list() == ["quarantined", "accepted", "quarantined"]
    assert found["approved_on"].is_null().to_list() == [False, True, False]
    assert found["monthly_amount__raw"][0] == shown


def _with_formats(
    dataset: Dataset, codes: dict[str, tuple[object, str]], labels: dict[str, str] | None = None
) -> bytes:
    """A good row whose cells of some columns have another value and number format."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [(labels or {}).get(c.name, c.label) for c in dataset.columns])
        for i, (column, cell) in enumerate(zip(dataset.columns, row(dataset).values(), strict=True)):
            value, code = codes.get(column.name, (cell, "General"))
            write = sheet.write if column.name in codes else sheet.write_string
            write(1, i, value, book.add_format({"num_format": code}))
    return out.getvalue()


@pytest.mark.parametrize(
    ("value", "code", "unit", "found"),
    [
        (125000, '0!.0,"万元"', "", ("125000", None)),
        (125000, '0!.0,"万"', "(元)", ("125000", None)),
        (12.5, '0.00"万元"', "", ("125000", None)),
        (125000, '0.00"元"', "(万元)", ("125000", None)),
        (125000, "0!.0000", "(万元)", ("125000", None)),
        (12345, "0.00,", "(千元)", ("12345", None)),
        (12345678, '#,##0.00,,"百万元"', "", ("12345678", None)),
        (1234.5, "#,##0", "", ("1234.5", None)),
        (1234.5, '"¥"#,##0.00', "", ("1234.5", None)),
        (12345, "0.00,", "", (None, "format_misleading")),
        (125000, "0!.0,", "", (None, "format_misleading")),
        (12345, ";;;", "", (None, "format_misleading")),
        (12345, '0.0,"天"', "", (None, "number_invalid")),
        (12.5, "0.00%", "", (None, "number_invalid")),
        ("=VLOOKUP(1,A1:B2,2,0)", "General", "", (None, "formula_uncomputed")),
        ("=1000*12", "General", "", ("12000", None)),
    ],
)
def test_an_amount_is_the_shown_figure_in_the_shown_unit_or_refused(
    value: object, code: str, unit: str, found: tuple[str | None, str | None]
) -> None:
    labels = {"wage_income": INCOME["wage_income"].label + unit}
    (only,) = conform(INCOME, _with_formats(INCOME, {"wage_income": (value, code)}, labels)).rows.rows(named=True)
    amount, error = found
    assert (only["wage_income"], only["wage_income__error"]) == (Decimal(amount) if amount else None, error)
    assert only["row_state"] == ("quarantined" if error else "accepted")


def test_a_printed_total_is_not_checked_against_amounts_that_are_unknown() -> None:
    good, other = row(INCOME, 1), row(INCOME, 2, wage_income="#N/A")
    total = ["合计", *["100"] * (len(INCOME.columns) - 1)]
    result = conform(INCOME, csv_file([*table(INCOME, [good, other]), total])).files[0]
    assert result.totals_checked == len(INCOME.numeric_columns) - 1


@pytest.mark.parametrize("name", ["approved_on", "died_on"])
@pytest.mark.parametrize(
    "shown", ["1900-01-00", "1900/1/0", "1900年1月0日", "0:00:00", "00:00:00", "1899-12-30", "1900-01-00 00:00:00"]
)
def test_day_0_of_a_reference_to_an_empty_cell_is_an_empty_cell(name: str, shown: str) -> None:
    dataset = next(d for d in ALL if name in {c.name for c in d.columns})
    (only,) = conform(dataset, csv_file(table(dataset, [row(dataset, **{name: shown})]))).rows.rows(named=True)
    assert only[name] is None
    assert only[f"{name}__error"] == ("required_missing" if dataset[name].required else None)


def test_a_date_cell_with_0_is_an_empty_cell() -> None:
    for value in (0, "=Z99"):
        content = _with_formats(SUBSISTENCE, {"approved_on": (value, "yyyy-mm-dd")})
        (only,) = conform(SUBSISTENCE, content).rows.rows(named=True)
        assert (only["approved_on"], only["approved_on__error"], only["row_state"]) == (None, None, "accepted")


@pytest.mark.parametrize("has_1904_dates", [False, True])
def test_serial_numbers_count_from_the_first_day_of_their_workbook(has_1904_dates: bool) -> None:
    days = (dt.date(2021, 5, 1) - (dt.date(1904, 1, 1) if has_1904_dates else dt.date(1899, 12, 30))).days
    rows = table(SUBSISTENCE, [row(SUBSISTENCE, 1), row(SUBSISTENCE, 2, approved_on=f"{days}")])
    at = rows[0].index(SUBSISTENCE["approved_on"].label)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": has_1904_dates}) as book:
        sheet = book.add_worksheet()
        for r, cells in enumerate(rows):
            sheet.write_row(r, 0, cells)
        sheet.write_number(1, at, days)
    found = conform(SUBSISTENCE, out.getvalue()).rows
    assert found["approved_on"].to_list() == [dt.date(2021, 5, 1)] * 2


def test_codes_keep_the_zeros_that_their_format_shows() -> None:
    dataset = next(d for d in ALL if any(c.name == "household_code" for c in d.columns))
    content = _with_formats(dataset, {"household_code": (123, "0000000000")})
    assert conform(dataset, content).rows["household_code"].to_list() == ["0000000123"]


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("=A1", "formula_uncomputed"),
        ('=CONCATENATE("18","02")', "formula_uncomputed"),
        ('="18"&"02"', "formula_uncomputed"),
        ("=18+2", "formula_uncomputed"),
        ('={"1802"}', "formula_uncomputed"),
        ("1802'", "text_damaged"),
        ("\u201c1802", "text_damaged"),
        ("`1802", "text_damaged"),
        ("\u20181802\u2019", "text_damaged"),
    ],
)
def test_what_an_export_adds_to_a_code_is_an_error(cell: str, error: str) -> None:
    found = conform(INCOME, xlsx_file({"表": table(INCOME, [row(INCOME, household_code=cell)])}))
    assert found.rows["household_code__error"].to_list() == [error]


@pytest.mark.parametrize("cell", ["\x071802", "18\x1a02", "1802\x7f", "1802\x81", "\u200b1802"])
def test_a_sign_that_nobody_sees_is_no_part_of_a_code(cell: str) -> None:
    rows = table(INCOME, [row(INCOME, household_code="@")])
    found = conform(INCOME, csv_file(rows).replace(b"@", cell.encode()))
    assert found.rows.select("household_code", "row_state").rows() == [("1802", "accepted")]


@pytest.mark.parametrize(
    "cell",
    ["=", "=同上", "a=b", "180-2", "甲组2'号", "\u201c甲\u201d", "\u201c甲\u201d2号", "O'Neil", "A#1802", "1802 03"],
)
def test_signs_that_people_write_in_a_code_are_accepted(cell: str) -> None:
    found = conform(INCOME, xlsx_file({"表": table(INCOME, [row(INCOME, household_code=cell)])}))
    assert found.rows["household_code__error"].to_list() == [None]


@pytest.mark.parametrize(
    "cell", ["'1802'", "`1802`", "\u201c1802\u201d", '="1802"', '=T("1802")', '="1802"&""', "=1802"]
)
def test_what_is_around_a_code_in_a_text_file_is_off(cell: str) -> None:
    rows = table(INCOME, [row(INCOME, household_code="@")])
    found = conform(INCOME, csv_file(rows).replace(b"@", cell.encode()))
    assert found.rows.select("household_code", "row_state").rows() == [("1802", "accepted")]
