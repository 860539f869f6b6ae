"""What a trace writes: nobody without asking for it, and no formula."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import datetime

import openpyxl
import polars as pl
import pytest

from tests.unit.workbooks.district import JUNE, REGISTER, District, settle, valid_id, write_csv
from tests.unit.workbooks.worklists import FENGCHENG
from workbooks.trace.originals import with_originals
from workbooks.trace.rows import COLUMNS, MAX_ROWS, ChangedRowsError, Trace, trace
from workbooks.trace.write import as_csv, as_json, write_workbook

LEAD = "L00000000000000a1"
CELLS = ("普通劳动力", "非在校生", "C级", "是")
PEOPLE = ("林一", "林二", "@1+1", "441802195001010", "H1", "H2")


@pytest.fixture
def traced(settled: District) -> Trace:
    evidence = [("household_register", 2), ("household_register", 4)]
    lead = {"lead_id": LEAD, "code": "H1", "rule": "INC-01", "village": FENGCHENG, "evidence": evidence}
    return trace(settled.home, settled.contracts, settled.publish([lead | {"measure": 1.0, "threshold": 2.0}]), LEAD)


def _made(height: int, file_name: str = "a.xlsx") -> Trace:
    row = dict.fromkeys(COLUMNS, "x") | {"file_name": file_name, "received_at": datetime(2021, 7, 1, 9)}
    rows = pl.DataFrame([row]).select(pl.all().repeat_by(height).explode())
    return Trace(LEAD, rows.with_columns(row_number=pl.int_range(height, dtype=pl.Int32)))


def test_json_and_csv_have_files_and_rows_and_nobody(traced: Trace) -> None:
    content = json.loads(as_json(traced))
    assert (content["subject"], content["count"]) == (LEAD, 2)
    assert [f["rows"] for f in content["files"]] == [2]
    assert list(content["rows"][0]) == list(COLUMNS)
    lines = list(csv.DictReader(as_csv(traced).removeprefix("\ufeff").splitlines()))
    assert [r["row_number"] for r in lines] == ["2", "4"]
    assert lines[0]["received_at"] == content["rows"][0]["received_at"]
    assert not any(person in text for person in PEOPLE for text in (as_json(traced), as_csv(traced)))


def test_at_most_ten_thousand_rows_are_shown_and_all_are_counted() -> None:
    content = json.loads(as_json(_made(MAX_ROWS + 1)))
    assert (len(content["rows"]), content["count"], content["files"][0]["rows"]) == (10_000, 10_001, 10_001)
    assert len(as_csv(_made(MAX_ROWS + 1)).splitlines()) == 10_001


@pytest.mark.parametrize("name", ["=1+1.xlsx", "+cmd.csv", "@sum.csv", "=x.csv"])
def test_a_file_name_in_a_csv_is_no_formula(name: str) -> None:
    (row,) = csv.DictReader(as_csv(_made(1, name)).removeprefix("\ufeff").splitlines())
    assert row["file_name"] == f"'{name}"


def test_identities_are_in_a_private_workbook_of_the_outbox(settled: District, traced: Trace) -> None:
    rows = with_originals(settled.home, settled.contracts, traced)
    path = write_workbook(settled.home, traced, rows, "a.xlsx", datetime(2021, 7, 10))
    assert path == settled.home.outbox / "traces" / "a.xlsx"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    files, sheet = openpyxl.load_workbook(path).worksheets
    assert [c.value for c in files[4]][6] == "农户基础信息名册.csv"
    header = [c.value for c in sheet[3]]
    first, second = (dict(zip(header, (c.value for c in sheet[n]), strict=True)) for n in (4, 5))
    assert (first["姓名"], first["证件号"], first["行"]) == ("林一", valid_id("441802195001010015"), 2)
    original = "户编号:H1;镇(街道):凤城街道;村(社区):鹤堂社区居委会;自然村:一组;姓名:林一;身份证号:"
    assert first["原文(表头:内容)"].startswith(original + valid_id("441802195001010015"))
    assert second["姓名"] == "'@1+1"
    cells = [c for row in sheet.iter_rows() for c in row]
    assert not any(c.data_type == "f" or str(c.value).startswith(("=", "+", "-", "@")) for c in cells)


def _zip_two_files(district: District) -> None:
    """Deliver the register again: two files in a zip, with a row that is not accepted at the head of the first."""
    folder = district.inbox("agriculture", JUNE) / "r2"
    ids = [valid_id(f"441802195001010{n:02d}1") for n in (1, 2)]
    rows = [("H1", "凤城街道", "鹤堂社区居委会", "一组", f"林{i}", i, "户主", "脱贫户", *CELLS) for i in ("1", *ids)]
    for part, table in (("甲", rows[:2]), ("乙", rows[2:])):
        write_csv(folder / f"农户基础信息名册{part}.csv", [REGISTER, *table])
    with zipfile.ZipFile(folder / "名册.zip", "w") as archive:
        for path in sorted(folder.glob("*.csv")):
            archive.write(path, path.name)
            path.unlink()
    settle(folder / "名册.zip")


def test_the_original_is_that_of_its_member_and_row(settled: District) -> None:
    _zip_two_files(settled)
    settled.take("agriculture", JUNE)
    numbers = settled.accepted("household_register", JUNE)["row_number"].to_list()
    lead = {"lead_id": LEAD, "code": "H1", "rule": "HOU-01", "village": FENGCHENG}
    evidence = [("household_register", number) for number in numbers]
    found = trace(settled.home, settled.contracts, settled.publish([lead | {"evidence": evidence}]), LEAD)
    shown = with_originals(settled.home, settled.contracts, found)
    assert sorted(numbers) == [2, 3]
    assert shown["resident_id"].n_unique() == 2
    for row in shown.to_dicts():
        assert f"姓名:林{row['resident_id']};身份证号:{row['resident_id']};" in row["original"]


@pytest.mark.parametrize("damage", ["damaged", "missing"])
def test_a_damaged_original_is_not_shown(settled: District, traced: Trace, damage: str) -> None:
    (sha256,) = traced.files["file_sha256"]
    original = settled.home.archive / sha256[:2] / sha256
    original.unlink() if damage == "missing" else original.write_bytes(b"x")
    with pytest.raises(ChangedRowsError, match=r"《农户基础信息名册》2021-06 .*原件"):
        with_originals(settled.home, settled.contracts, traced)
