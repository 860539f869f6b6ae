"""The files of a sample: every table, every format and kind of mess, the same bytes each time."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from sample import write_district
from sample.delivery import BROKEN_LIST
from sources.contracts.model import load_contracts
from sources.months import Month
from tests.unit.sample.conftest import HOUSEHOLDS, MONTHS, SEED, Sample

SHANGHAI = timezone(timedelta(hours=8))


def _texts(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
        except UnicodeDecodeError:
            continue
    raise AssertionError("neither UTF-8 nor GB18030")


def _sheets(path: Path) -> Iterator[list[list[object]]]:
    """Rows of every visible sheet, CSV file and zip member."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            yield from (_texts(archive.read(name)) for name in archive.namelist())
    elif path.suffix == ".csv":
        yield _texts(path.read_bytes())
    elif path.suffix in (".xlsx", ".xls"):
        book = CalamineWorkbook.from_path(str(path))
        yield from (
            book.get_sheet_by_index(i).to_python(skip_empty_area=False)
            for i, meta in enumerate(book.sheets_metadata)
            if "Hidden" not in str(meta.visible)
        )


@pytest.fixture(scope="module")
def cells(sample: Sample) -> list[object]:
    """Every cell of the last month."""
    files = [f for f in sorted(sample.inbox.rglob("*")) if "2021-06" in f.parts]
    return [cell for f in files for rows in _sheets(f) for row in rows for cell in row if cell != ""]


def test_every_table_is_there_in_the_first_month_and_by_its_cadence_later(sample: Sample) -> None:
    contracts = load_contracts()
    for month in MONTHS:
        written = {f.paper.dataset for f in sample.summary.filed if f.month == month and f.delivery_no == 1}
        due = {
            d.name
            for d in contracts.datasets
            if not d.is_expected_once_received
            and (d.cadence == "monthly" or month == MONTHS[0] or (d.cadence == "quarterly" and month.number == 6))
        }
        assert written == due
    assert len({f.paper.dataset for f in sample.summary.filed}) == 31


def test_every_paper_is_a_file_or_a_member(sample: Sample) -> None:
    for filed in sample.summary.filed:
        folder = sample.inbox / filed.department / str(filed.month)
        name, _, member = filed.paper.path.partition("/")
        path = (folder if filed.delivery_no == 1 else folder / f"r{filed.delivery_no}") / name
        assert path.is_file()
        if member:
            with zipfile.ZipFile(path) as archive:
                assert member in [n.encode("cp437").decode("gb18030") for n in archive.namelist()]


def test_files_have_all_formats_and_encodings(sample: Sample) -> None:
    files = [f for f in sample.inbox.rglob("*") if f.is_file()]
    assert {f.suffix for f in files} == {".xlsx", ".xls", ".csv", ".zip", ".yaml"}
    starts = [f.read_bytes() for f in files if f.suffix == ".csv"]
    assert any(s.startswith(b"\xef\xbb\xbf") for s in starts)
    assert any("埗".encode("gb18030") in s for s in starts)


def test_members_of_archives_have_names_without_the_utf8_flag(sample: Sample) -> None:
    for path in sample.inbox.rglob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            assert all(info.flag_bits & 0x800 == 0 for info in archive.infolist())
            assert all(info.filename.encode("cp437").decode("gb18030").endswith(".csv") for info in archive.infolist())


def test_workbooks_have_hidden_sheets_notes_town_sheets_and_merged_cells(sample: Sample) -> None:
    path = next((sample.inbox / "agriculture" / "2021-06").glob("农户基础信息名册-镇*"))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["说明", "源潭镇", "龙塘镇", "石角镇", "飞来峡镇", "上月底稿"]
    assert [s.title for s in book if s.sheet_state == "hidden"] == ["上月底稿"]
    merges = book["源潭镇"].merged_cells.ranges
    assert any(m.min_col == m.max_col and m.max_row > m.min_row > 5 for m in merges)
    assert any(m.min_row == m.max_row == 3 and m.max_col > m.min_col for m in merges)


@pytest.mark.parametrize(
    "form",
    [
        r"[0-9]{17}x",
        r"'[0-9]{17}[0-9X]",
        r"[0-9]{15}",
        r"[0-9]{17}[0-9X]\u00a0",
        r"\u200b[0-9]{17}[0-9X]",
        r"[０-９]{17}[０-９X]",
        r"[\d,]+\.?\d*",
        r"\d+,\d{3}(\.\d+)?",
        r"[０-９．]+",
        r"\d+(\.\d+)?元",
        r"20\d\d/\d{1,2}/\d{1,2}",
        r"20\d\d\.\d{1,2}\.\d{1,2}",
        r"20\d\d年\d{1,2}月\d{1,2}日",
        r"20\d{6}",
        r"4\d{4}",
        r"20\d\d-\d\d-\d\d 00:00:00",
        r"20\d\d年\d{1,2}月",
        r"\w\u3000\w",
        r"古丽娜・艾山",
        r"√",
        r"有",
        r"合计",
        r"小计",
        r"总计",
        r"填表人：.*",
        r"审核人：.*",
        r".*[（(]万元[）)]",
        r".*[（(]千元[）)]",
        r".*单位:万元.*",
        r"清城区.*\(2021年6月\)",
        r"6299\d{15}",
        r"12\d{9}",
        r"清远市清城区.*号",
        r"见附件|若干|待核实|待定|不详村",
    ],
)
def test_the_mess_is_there(form: str, cells: list[object]) -> None:
    assert any(isinstance(c, str) and re.fullmatch(form, c) for c in cells)


def test_numbers_and_dates_are_also_kept_as_excel_keeps_them(cells: list[object]) -> None:
    assert any(hasattr(c, "year") for c in cells)
    assert any(isinstance(c, float) and 40000 < c < 50000 for c in cells)
    assert any(isinstance(c, float) and c > 1e17 for c in cells)
    assert 1.0 in cells


def test_the_broken_list_went_through_excel_numbers(sample: Sample) -> None:
    path = next((sample.inbox / "human_resources" / "2021-06").glob("就业奖补*"))
    rows = next(iter(_sheets(path)))
    found = [c for row in rows for c in row if isinstance(c, float) and c > 1e17]
    papers = [f.paper for f in sample.summary.filed if f.paper.dataset == BROKEN_LIST and f.month == MONTHS[-1]]
    assert len(found) == papers[0].rows
    assert {(r.dataset, r.delivery_no) for r in sample.summary.rejected} == {
        (BROKEN_LIST, 1),
        ("unemployment_registration", 2),
    }


def test_redeliveries_come_with_their_settings(sample: Sample) -> None:
    again = {p.relative_to(sample.inbox).as_posix() for p in sample.inbox.rglob("r2/*")}
    assert "agriculture/2021-06/r2/delivery.yaml" in again
    assert "replace_towns" in (sample.inbox / "agriculture/2021-06/r2/delivery.yaml").read_text("utf-8")
    assert "附件3.xlsx: serious_illness" in (sample.inbox / "health/2021-06/delivery.yaml").read_text("utf-8")
    assert all("2021-06" in path for path in again)


def test_files_of_no_table_lie_among_the_others(sample: Sample) -> None:
    assert sorted(sample.summary.unrecognised) == [
        "agriculture/2021-06/值班安排表.xlsx",
        "civil_affairs/2021-06/大病专项救治名单.xlsx",
    ]
    assert all((sample.inbox / path).is_file() for path in sample.summary.unrecognised)


def test_the_same_arguments_write_the_same_bytes(sample: Sample, tmp_path: Path, divisions: pl.DataFrame) -> None:
    write_district(tmp_path, HOUSEHOLDS, MONTHS, SEED, divisions)
    written = {p.relative_to(tmp_path): p for p in tmp_path.rglob("*") if p.is_file()}
    assert written.keys() == {p.relative_to(sample.inbox) for p in sample.inbox.rglob("*") if p.is_file()}
    for name, path in written.items():
        assert path.read_bytes() == (sample.inbox / name).read_bytes(), name
        assert path.stat().st_mtime == (sample.inbox / name).stat().st_mtime, name


def test_most_files_come_in_time_and_some_late(sample: Sample) -> None:
    arrived = [
        datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI)
        for path in sample.inbox.rglob("*")
        if path.is_file() and path.parent.name == "2021-04"
    ]
    assert all(a.year == 2021 and a.month == 5 and a.day < 10 and 8 <= a.hour < 18 for a in arrived)
    assert 0 < sum(a.day > 5 for a in arrived) < 0.25 * len(arrived)


def test_another_seed_writes_other_people(sample: Sample, tmp_path: Path, divisions: pl.DataFrame) -> None:
    other = write_district(tmp_path, HOUSEHOLDS, MONTHS[-1:], SEED + 1, divisions)
    assert not set(other.identities) >= set(sample.summary.identities)


def test_a_filled_folder_is_refused(sample: Sample, divisions: pl.DataFrame) -> None:
    with pytest.raises(FileExistsError, match="不是空目录"):
        write_district(sample.inbox, HOUSEHOLDS, MONTHS[:1], SEED, divisions)


def test_months_with_a_gap_and_too_few_households_are_refused(tmp_path: Path, divisions: pl.DataFrame) -> None:
    with pytest.raises(ValueError, match="必须连续"):
        write_district(tmp_path, HOUSEHOLDS, (Month(2021, 4), Month(2021, 6)), SEED, divisions)
    with pytest.raises(ValueError, match="至少需要"):
        write_district(tmp_path, 50, MONTHS, SEED, divisions)
    assert not any(tmp_path.iterdir())
