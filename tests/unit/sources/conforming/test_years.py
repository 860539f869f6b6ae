"""A column of years may have date cells, of which the number format shows the year alone."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
import xlwt

from sources.contracts.model import Dataset
from tests.unit.sources.builder import CONTRACTS, conform, row, table
from tests.unit.sources.cells import Judged, judged, judged_in_excel

FUNDS = CONTRACTS.dataset("support_funds")
INSURED = CONTRACTS.dataset("medical_insurance_enrolment")
COLLECTIVE = CONTRACTS.dataset("collective_income")
CLEANING = CONTRACTS.dataset("cleaning_fund")
Rows = list[list[Any]]


def _xlsx(rows: Rows, code: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, form = book.add_worksheet(), book.add_format({"num_format": code})
        for r, cells in enumerate(rows):
            for c, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(r, c, cell, form)
                else:
                    sheet.write_string(r, c, cell)
    return out.getvalue()


def _xls(rows: Rows, code: str) -> bytes:
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet, form = book.add_sheet("表"), xlwt.easyxf(num_format_str=code)
    for r, cells in enumerate(rows):
        for c, cell in enumerate(cells):
            sheet.write(r, c, cell, *([form] if isinstance(cell, dt.date) else []))
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("write", [_xlsx, _xls])
@pytest.mark.parametrize("code", ["yyyy", 'yyyy"年"', 'yyyy"年度"', "yyyy-mm-dd", "[$-804]yyyy;@", "yyyy/m"])
@pytest.mark.parametrize(
    ("dataset", "column"), [(FUNDS, "fund_year"), (INSURED, "insured_year"), (COLLECTIVE, "income_year")]
)
def test_the_year_of_a_date_cell_is_read(dataset: Dataset, column: str, code: str, write: Callable[..., bytes]) -> None:
    days = [dt.date(2021, 1, 1), dt.date(2020, 12, 31), dt.date(2021, 6, 30)]
    rows = table(dataset, [row(dataset, n, **{column: day}) for n, day in enumerate(days, 1)])
    found = conform(dataset, write(rows, code))
    assert found.files[0].refusal is None
    assert found.rows[column].to_list() == [2021, 2020, 2021]
    assert found.rows["row_error"].is_null().all()


@pytest.mark.parametrize("text", ["2021", "2021年", "2021年度", "2021 年", "２０２１年"])
def test_a_year_may_have_its_word_behind(text: str) -> None:
    assert judged(FUNDS, "fund_year", text) == [(2021, None)]


@pytest.mark.parametrize("text", ["2021-01-01", "2021年6月", "202106", "21年", "2021-2022", "2021年2022年", "年"])
def test_other_texts_are_no_years(text: str) -> None:
    assert judged(FUNDS, "fund_year", text)[0][0] is None


@pytest.mark.parametrize(
    ("dataset", "column", "cell", "expected"),
    [
        (FUNDS, "fund_year", 2021, (2021, None)),
        (FUNDS, "fund_year", dt.date(1905, 7, 13), (None, "out_of_range")),
        (CLEANING, "registered_population", dt.date(2021, 1, 1), (None, "number_invalid")),
        (FUNDS, "spent", dt.date(2021, 1, 1), (None, "number_invalid")),
    ],
)
def test_a_day_is_no_other_number(dataset: Dataset, column: str, cell: Any, expected: Judged) -> None:
    assert judged_in_excel(dataset, column, cell) == [expected]
