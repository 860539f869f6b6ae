"""The workbooks that inform people are no deliveries; those that are to be filled in are."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest

from sources.checking import Desk
from sources.reading.files import read_sheets
from sources.reading.own_output import refuse_own_output
from sources.refusal import OwnOutputError
from tests.district import DIVISIONS
from tests.unit.sources.builder import CONTRACTS, LONG_AGO, MONTH, conform, csv_file, lenient, row, table, xlsx_file
from tests.unit.workbooks.district import JUNE, District
from tests.unit.workbooks.test_feedback import deliver, feedback, register_rows
from workbooks.check_report import write_check
from workbooks.template import write_templates

CIVIL = CONTRACTS["civil_affairs"]
SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
OUTPUT = "这是本系统生成的反馈(自查结果),不是报送的表"


def _check(*files: Path):
    return Desk(CIVIL, lenient, DIVISIONS, 10.0).check(MONTH, files)


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    path = tmp_path / "低保名册.xlsx"
    rows = [row(SUBSISTENCE, 1), row(SUBSISTENCE, 2, resident_id="1")]
    path.write_bytes(xlsx_file({"表": table(SUBSISTENCE, rows)}))
    return path


@pytest.mark.parametrize("name", ["数据反馈.xlsx", "低保名册自查.xlsx", "低保名册(反馈).xlsx", "a.xlsx"])
def test_the_report_of_a_check_beside_the_corrected_list_is_no_delivery(delivery: Path, name: str) -> None:
    report = delivery.with_name(name)
    write_check(report, _check(delivery))
    delivery.write_bytes(xlsx_file({"表": table(SUBSISTENCE, [row(SUBSISTENCE, 1), row(SUBSISTENCE, 2)])}))
    found = _check(delivery, report)
    assert [OUTPUT in n.message for n in found.unread] == [True]
    assert [f.file.name for f in found.tables[0].conformed.files] == [delivery.name]
    assert found.tables[0].conformed.rows["row_state"].to_list() == ["accepted"] * 2


def test_a_report_under_the_name_of_a_table_is_refused(delivery: Path) -> None:
    report = delivery.with_name("低保.xlsx")
    write_check(report, _check(delivery))
    found = _check(report).tables[0].conformed
    assert OUTPUT in str(found.files[0].refusal)
    assert found.rows.is_empty()


def test_one_sheet_of_a_report_without_its_properties_is_refused(delivery: Path) -> None:
    report = delivery.with_name("a.xlsx")
    write_check(report, _check(delivery))
    sheet = openpyxl.load_workbook(report)[SUBSISTENCE.label]
    cells = [["" if v is None else str(v) for v in values] for values in sheet.iter_rows(values_only=True)]
    for content in (csv_file(cells), csv_file(cells[2:]), xlsx_file({"Sheet1": cells})):
        assert OUTPUT in str(conform(SUBSISTENCE, content).files[0].refusal)


def test_feedback_in_the_inbox_is_named_and_taken_in_nowhere(district: District) -> None:
    rows = register_rows()
    rows[0][10] = "E级"
    deliver(district, rows)
    content = feedback(district).read_bytes()
    path = district.inbox("agriculture", JUNE) / "农户基础信息名册_数据反馈.xlsx"
    path.write_bytes(content)
    os.utime(path, (LONG_AGO, LONG_AGO))
    _, notices = district.take("agriculture", JUNE)
    assert [OUTPUT in n.message for n in notices if n.severity == "error"] == [True]


def test_templates_are_read(tmp_path: Path) -> None:
    for path in write_templates(CIVIL, tmp_path):
        refuse_own_output(read_sheets(path.read_bytes()))


def test_feedback_is_told_by_its_summary_too(district: District) -> None:
    deliver(district, register_rows())
    with pytest.raises(OwnOutputError):
        refuse_own_output(read_sheets(feedback(district).read_bytes())[:1])
