"""The workbooks of a month and of a town: what each holds, and for whom."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import openpyxl
import pytest

from orchestration.dashboards.shapes import make
from orchestration.dictionary.codes import codes
from orchestration.publishing.bi.month_book import month_books, write_month_books
from orchestration.publishing.bi.questions import questions
from orchestration.publishing.bi.town_extract import write_town_extracts
from orchestration.publishing.content import PublishError
from orchestration.publishing.publish import switch
from orchestration.publishing.version import EDITIONS, FULL, OPEN, Version
from sources import audit
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.months import Month

JUNE = Month.parse("2021-06")
CODES = codes(load_contracts())
TOWNS = {"441802103": "源潭镇", "441802106": "石角镇"}
DISTRICT = [("441802", "district", "清城区", None), *((code, "town", name, "441802") for code, name in TOWNS.items())]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A published June: two towns, a household in each, one of them flagged for its income."""
    home = Home(tmp_path / "home")
    home.prepare()
    stem = "marts-2021-06-00000001"
    version = Version(stem, 3, "2021-06", "r", "2021-07-05T02:00:00+08:00", "", ("2021-06",), {}, {})
    folder = home.make_dir(home.published / stem)
    (folder / "version.json").write_text(version.to_json(), "utf-8")
    for edition in EDITIONS:
        with duckdb.connect(str(folder / edition.database)) as connection:
            make(connection, edition)
            _fill(connection, edition == FULL)
    switch(home.published, version)
    return home


def _fill(connection: duckdb.DuckDBPyConnection, is_full: bool) -> None:
    def insert(table: str, **cells: object) -> None:
        marks = ", ".join("?" for _ in cells)
        connection.execute(f"insert into marts.{table} ({', '.join(cells)}) values ({marks})", list(cells.values()))

    insert("dim_month", month="2021-06-01", label_zh="2021年6月", is_closed=False)
    for code, level, name, parent in DISTRICT:
        insert("dim_division", division_code=code, level=level, name=name, parent_code=parent, valid_from="2020-01-01")
    for town in (None, *TOWNS):
        count = 7 if town is None else 1 if is_full else None
        insert("risk_overview", month="2021-06-01", town_code=town, households_screened=40, households_flagged=count)
    if is_full:
        parameter = {"parameter": "monitoring_line", "valid_from": "2021-01-01"}
        insert("policy_parameters", **parameter, division_prefix="", value=6000)
        insert("policy_parameters", **parameter, division_prefix="441802106", value=8800)
        insert("dim_risk_rule", rule_code="INC-01", name_zh="=1+1", kind="income", unit="元")
        for town in TOWNS:
            key = f"k{town}"
            household = {"month": "2021-06-01", "household_key": key, "town_code": town}
            insert(
                "household_month", **household, income_per_capita=8800, inpatient_self_paid_ytd=5000, living_members=1
            )
            insert("household_risk_flags", **household, rule_code="INC-01", kind="income", measure=8799, threshold=8800)


def _sheets(path: Path) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [row[: sheet.max_column] for row in sheet.iter_rows(min_row=4, values_only=True)] for sheet in book
    }


def test_the_first_book_holds_open_figures_only(home: Home) -> None:
    assert write_month_books(home, JUNE) == list(month_books(home, JUNE).values())
    opened, full = (_sheets(month_books(home, JUNE)[edition]) for edition in (OPEN, FULL))
    assert list(opened) == ["目录", *(q.sheet for q in questions() if q.edition == OPEN)]
    assert list(full) == ["目录", *(q.sheet for q in questions())]
    assert full["镇街风险"][1][:4] == ("源潭镇", 40, 1, 2.5)
    assert opened["全区风险"][1][:3] == ("2021年6月", 40, 7)


def test_equal_versions_give_equal_bytes_for_the_owner_only(home: Home) -> None:
    first = {path: path.read_bytes() for path in write_month_books(home, JUNE)}
    assert {path: path.read_bytes() for path in write_month_books(home, JUNE)} == first
    assert {stat.S_IMODE(path.stat().st_mode) for path in first} == {0o600}
    assert all(path.is_relative_to(home.outbox) for path in first)


def test_a_month_that_is_not_published_is_refused(home: Home) -> None:
    for write in (
        lambda month: write_month_books(home, month),
        lambda month: write_town_extracts(home, month, [], CODES),
    ):
        with pytest.raises(PublishError, match="2021-07 还没有发布"):
            write(Month.parse("2021-07"))


def test_a_town_gets_its_own_households_without_amounts(home: Home) -> None:
    (path,) = write_town_extracts(home, JUNE, ["石角镇"], CODES)
    sheets = _sheets(path)
    heads, (*_,) = sheets["农户"][0], sheets["农户"]
    (row,) = (dict(zip(heads, row, strict=True)) for row in sheets["农户"][1:])
    assert (row["农户代码"], row["人均纯收入段"], row["本年住院自付段"]) == (
        "k441802106",
        "监测线的1至1.5倍",
        "5000至20000元",
    )
    (flag,) = (dict(zip(sheets["风险标记"][0], row, strict=True)) for row in sheets["风险标记"][1:])
    assert (flag["规则名称"], flag["度量"]) == ("'=1+1", "低于监测线")
    cells = [cell for rows in sheets.values() for row in rows for cell in row]
    assert not {8799, 8800, 5000, "k441802103"} & set(cells)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_town_gets_an_extract_and_each_writing_is_logged(home: Home) -> None:
    paths = write_town_extracts(home, JUNE, [], CODES)
    assert [path.name for path in paths] == [f"{name}_数据摘录_2021-06.xlsx" for name in TOWNS.values()]
    line = audit.entries(home)[-1]["arguments"]
    assert (line["what"], line["towns"]) == ("extract", ",".join(TOWNS))


def test_an_unknown_town_is_refused(home: Home) -> None:
    with pytest.raises(PublishError, match="没有镇街 某镇;有:源潭镇、石角镇"):
        write_town_extracts(home, JUNE, ["某镇", "石角镇"], CODES)
    assert not list(home.outbox.rglob("*.xlsx"))
