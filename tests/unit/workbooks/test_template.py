"""Empty templates: what is typed into them comes through the intake, and they ask for what the contract wants."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from sources.contracts.model import Column, Dataset, load_contracts
from tests.unit.workbooks.district import JUNE, District, admit, example, settle
from workbooks.template import write_templates

CONTRACTS = load_contracts()
TYPED = {"date": date(2021, 6, 15), "number": Decimal("12.5"), "integer": 2020, "yes_or_no": True}
CODES = {"town": "441802006", "village": "441802006002"}


def deliver(district: District, department: str, filled: int) -> None:
    """Put a department's templates into its inbox, with that many rows filled in."""
    folder = district.inbox(department, JUNE)
    for dataset, path in zip(
        CONTRACTS[department].datasets, write_templates(CONTRACTS[department], folder), strict=True
    ):
        book = openpyxl.load_workbook(path)
        for number in range(1, filled + 1):
            for index, column in enumerate(dataset.columns, start=1):
                book.worksheets[0].cell(number + 1, index).value = typed(column, number)
        book.save(path)
        settle(path)


def typed(column: Column, number: int) -> object:
    """What somebody types: days and numbers as such, anything else as text."""
    if column.kind == "date":
        return TYPED["date"]
    text = example(column, number)
    return float(text) if column.kind in ("number", "integer") else text


@pytest.mark.parametrize("department", CONTRACTS)
def test_empty_templates_read_back_without_a_word(district: District, department: str) -> None:
    deliver(district, department, filled=0)
    outcomes, notices = district.take(department, JUNE, admit)
    assert notices == ()
    for outcome in outcomes:
        assert [n.message for n in outcome.notices if n.severity != "info"] == []
        assert outcome.ledger["rows_in_file"].to_list() == [0]
        assert outcome.status == "accepted"


@pytest.mark.parametrize("department", CONTRACTS)
def test_a_filled_row_comes_through_as_it_was_typed(district: District, department: str) -> None:
    deliver(district, department, filled=1)
    outcomes, _ = district.take(department, JUNE, admit)
    for outcome in outcomes:
        dataset = outcome.dataset
        assert outcome.error_counts == {}, dataset.name
        row = district.accepted(dataset.name, JUNE).row(0, named=True)
        assert without_identities(row)
        row |= district.restricted(dataset.name, JUNE)
        plain = [c for c in dataset.columns if not c.is_identity and c.kind != "certificate"]
        assert {c.name: row[accepted_name(c)] for c in plain} == {c.name: expected(c) for c in plain}


def accepted_name(column: Column) -> str:
    return {"town": "town_code", "village": "division_code"}.get(column.kind, column.name)


def expected(column: Column) -> object:
    return CODES.get(column.kind) or TYPED.get(column.kind) or example(column)


def without_identities(row: dict[str, object]) -> bool:
    return example(CONTRACTS.dataset("household_register")["resident_id"]) not in map(str, row.values())


def dataset_book(tmp_path: Path, name: str) -> tuple[Dataset, openpyxl.Workbook]:
    dataset = CONTRACTS.dataset(name)
    paths = write_templates(CONTRACTS[dataset.department], tmp_path)
    return dataset, openpyxl.load_workbook(paths[CONTRACTS[dataset.department].datasets.index(dataset)])


def test_a_template_has_the_contracts_headers_with_notes(tmp_path: Path) -> None:
    dataset, book = dataset_book(tmp_path, "household_register")
    header = book.worksheets[0][1]
    assert [c.value for c in header] == [c.label for c in dataset.columns]
    assert "必填" in header[0].comment.text
    assert "A级、B级、C级、D级" in header[[c.name for c in dataset.columns].index("housing_grade")].comment.text
    assert book.sheetnames == ["农户基础信息名册", "填表说明"]


def test_lists_can_be_chosen_and_ids_are_text(tmp_path: Path) -> None:
    dataset, book = dataset_book(tmp_path, "household_register")
    sheet = book.worksheets[0]
    names = [c.name for c in dataset.columns]
    rules = {str(v.sqref).split(":")[0]: v for v in sheet.data_validations.dataValidation}

    def rule(name: str) -> openpyxl.worksheet.datavalidation.DataValidation:
        return rules[f"{openpyxl.utils.get_column_letter(names.index(name) + 1)}2"]

    assert rule("housing_grade").formula1 == '"A级,B级,C级,D级"'
    assert rule("has_safe_water").formula1 == '"是,否"'
    assert (rule("resident_id").type, rule("resident_id").errorStyle) == ("textLength", "warning")
    letter = openpyxl.utils.get_column_letter(names.index("resident_id") + 1)
    assert sheet.column_dimensions[letter].number_format == "@"


def test_limits_of_a_number_are_the_contracts(tmp_path: Path) -> None:
    dataset, book = dataset_book(tmp_path, "toilet_retrofits")
    letter = openpyxl.utils.get_column_letter([c.name for c in dataset.columns].index("subsidy") + 1)
    rules = {str(v.sqref).split(":")[0]: v for v in book.worksheets[0].data_validations.dataValidation}
    subsidy = rules[f"{letter}2"]
    assert (subsidy.type, subsidy.operator, subsidy.formula1, subsidy.formula2) == ("decimal", None, "0.0", "3000.0")
    assert "元" in str(subsidy.prompt)
