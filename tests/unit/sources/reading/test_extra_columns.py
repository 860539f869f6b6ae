"""Columns beyond the contract: declared ones are no drift while they hold what they are declared for."""

from __future__ import annotations

import pytest

from sources.contracts.model import Dataset
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, xlsx_file

SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
TRAINING = CONTRACTS.dataset("skills_training")
ROWS = 40
OTHERWISE = "(内容与合同登记的不符)"


def _unknown(header: str, cells: list[object], dataset: Dataset = SUBSISTENCE) -> list[str]:
    plain = table(dataset, [row(dataset, number) for number in range(1, len(cells) + 1)])
    rows = [[extra, *cells_of] for extra, cells_of in zip([header, *cells], plain, strict=True)]
    (file,) = conform(dataset, xlsx_file({"表": rows})).files
    assert file.refusal is None
    return file.unknown_headers


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("序号", "{n}"),
        ("序 号", "{n}"),
        ("联系电话", "138001380{n:02d}"),
        ("联系电话", "0763-33600{n:02d}"),
        ("银行账号", "62179000000000000{n:02d}"),
        ("家庭住址", "清城区东城街道{n}号"),
    ],
)
def test_declared_headers_are_no_drift(header: str, cell: str) -> None:
    assert _unknown(header, [cell.format(n=n) for n in range(1, ROWS + 1)]) == []


def test_an_empty_declared_column_is_no_drift() -> None:
    assert _unknown("联系电话", [None] * ROWS) == []


@pytest.mark.parametrize(
    ("header", "cell"),
    [("序号", "44180219900101{n:04d}"), ("序号", "{n}.5"), ("联系电话", "张{n}"), ("家庭住址", "{n}")],
)
def test_a_declared_header_over_something_else_is_drift(header: str, cell: str) -> None:
    assert _unknown(header, [cell.format(n=n) for n in range(1, ROWS + 1)]) == [f"{header}{OTHERWISE}"]


@pytest.mark.parametrize(("odd", "is_drift"), [(2, False), (3, True)])
def test_few_odd_cells_are_no_drift(odd: int, is_drift: bool) -> None:
    cells = ["无"] * odd + [str(n) for n in range(1, ROWS - odd + 1)]
    assert bool(_unknown("序号", list(cells))) == is_drift


def test_any_other_header_is_drift() -> None:
    assert _unknown("备注", ["好"] * ROWS) == ["备注"]


def test_a_department_declares_for_its_own_tables() -> None:
    assert _unknown("联系电话", ["13800138000"], TRAINING) == ["联系电话"]


def test_totals_and_notes_are_not_looked_at() -> None:
    plain = table(SUBSISTENCE, [row(SUBSISTENCE, 1), row(SUBSISTENCE, 2)])
    rows = [[extra, *cells] for extra, cells in zip(["序号", "1", "2"], plain, strict=True)]
    (file,) = conform(SUBSISTENCE, csv_file([*rows, ["合计", *[""] * (len(plain[0]) - 1)]])).files
    assert (file.refusal, file.unknown_headers) == (None, [])
