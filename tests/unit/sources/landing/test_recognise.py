"""Which table a file is: by delivery.yaml, by name, by header, and what is said where none fits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sources.contracts.model import Dataset
from sources.landing.recognise import Recognition, recognise
from sources.reading.files import read_sheets
from sources.reading.header import fitting_datasets
from tests.unit.sources.builder import CONTRACTS, csv_file, row, table, wide, xlsx_file

CIVIL = CONTRACTS["civil_affairs"]
LABOUR = CONTRACTS["human_resources"]


def _never() -> list[Dataset]:
    raise AssertionError("the name settles it")


def _tell(
    *names: str,
    content: bytes | None = None,
    assigned: str | None = None,
    department=CIVIL,
) -> Recognition:
    by_header: Callable[[], list[Dataset]] = _never
    if content is not None:
        by_header = lambda: fitting_datasets(read_sheets(content), CONTRACTS.datasets)  # noqa: E731
    return recognise(names, assigned, by_header, department, CONTRACTS)


def _file(name: str) -> bytes:
    dataset = CONTRACTS.dataset(name)
    return csv_file(table(dataset, [row(dataset)]))


@pytest.mark.parametrize("department", CONTRACTS.values(), ids=lambda d: d.name)
def test_every_keyword_and_every_title_of_a_department_is_its_own(department) -> None:
    for dataset in department.datasets:
        for word in (*dataset.keywords, dataset.label):
            assert _tell(f"清城区{word}2021年6月.xlsx", department=department).dataset is dataset


@pytest.mark.parametrize(
    "name",
    ["死亡(火化)人员名单.xlsx", wide("死亡(火化)人员 名单") + ".csv", "6月 死亡 名单.CSV", "火化.xls"],
)
def test_names_are_compared_in_their_plain_form(name: str) -> None:
    assert _tell(name).dataset is CIVIL["deaths"]


def test_the_longest_match_wins() -> None:
    assert _tell("就业帮扶活动与培训.csv", department=LABOUR).dataset is LABOUR["job_support_activities"]


def test_a_members_own_name_goes_before_its_zips() -> None:
    assert _tell("低保.csv", "特困人员供养花名册.zip").dataset is CIVIL["subsistence_allowance"]
    assert _tell("1.csv", "特困人员供养花名册.zip").dataset is CIVIL["extreme_poverty_support"]


def test_equally_long_matches_are_no_match_and_the_next_name_decides() -> None:
    assert _tell("低保与特困.csv", "死亡.zip").dataset is CIVIL["deaths"]


def test_equally_long_matches_leave_it_to_the_header() -> None:
    assert _tell("低保与特困.csv", content=_file("extreme_poverty_support")).dataset is CIVIL["extreme_poverty_support"]


def test_without_a_header_the_candidates_are_named() -> None:
    found = _tell("低保与特困.csv", content=b"a,b\n1,2\n")
    assert found.dataset is None
    assert "农村低保对象花名册" in found.reason
    assert "特困人员供养花名册" in found.reason


@pytest.mark.parametrize("name", ["subsistence_allowance", "deaths", "temporary_assistance", "party_membership"])
def test_the_only_table_whose_required_headers_are_there(name: str) -> None:
    assert _tell("六月数据.csv", content=_file(name)).dataset is CIVIL[name]


def test_a_hidden_sheet_does_not_count() -> None:
    dataset = CIVIL["deaths"]
    sheets = {"甲": [["说明"]], "乙": table(dataset, [row(dataset)])}
    assert _tell("x.xlsx", content=xlsx_file(sheets)).dataset is dataset
    assert _tell("x.xlsx", content=xlsx_file(sheets, hidden=["乙"])).dataset is None


def test_a_header_that_lacks_a_required_column_is_no_match() -> None:
    dataset = CIVIL["deaths"]
    assert _tell("x.csv", content=csv_file(table(dataset, [row(dataset)], skip=["died_on"]))).dataset is None


def test_delivery_yaml_decides_first() -> None:
    assert _tell("低保.csv", assigned="deaths").dataset is CIVIL["deaths"]


@pytest.mark.parametrize("assigned", ["household_register", "nothing", ""])
def test_delivery_yaml_cannot_name_a_table_of_another_department(assigned: str) -> None:
    found = _tell("低保.csv", assigned=assigned)
    assert found.dataset is None
    assert "不属于本部门" in found.reason


@pytest.mark.parametrize("name", ["六月.csv", "城乡居民养老保险参保名册.csv"])
def test_a_file_of_another_department_says_whose_it_is(name: str) -> None:
    found = _tell(name, content=_file("pension_enrolment"))
    assert found.dataset is None
    assert LABOUR.label in found.reason
    assert "城乡居民养老保险参保名册" in found.reason


def test_a_foreign_file_without_a_header_is_told_by_its_name() -> None:
    assert LABOUR.label in _tell("技能培训台账.csv", content=b"a,b\n").reason


def test_a_file_that_is_nothing_known_gets_the_departments_tables_named() -> None:
    found = _tell("会议通知.csv", content=b"a,b\n")
    assert found.dataset is None
    assert all(d.label in found.reason for d in CIVIL.datasets)


def test_a_file_that_cannot_be_read_and_is_not_named_says_both() -> None:
    found = _tell("六月.csv", content=b"\x80\xff\xfe")
    assert found.dataset is None
    assert "无法判断是哪张表" in found.reason
    assert "文字编码无法识别" in found.reason


def test_whatever_breaks_while_reading_is_a_reason_and_no_exception() -> None:
    def broken() -> list[Dataset]:
        raise FileNotFoundError("/secret/place")

    found = recognise(("六月.csv",), None, broken, CIVIL, CONTRACTS)
    assert found.dataset is None
    assert "FileNotFoundError" in found.reason
    assert "secret" not in found.reason
