"""Files of the intake: refused ones, zips, empty tables, files of no table, other locations."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from sources.profiling.profile import DeliveryProfile, Verdict
from tests.unit.sources.builder import (
    CONTRACTS,
    MONTH,
    Desk,
    csv_file,
    json_lines_file,
    parquet_file,
    row,
    table,
    xlsx_file,
    zip_file,
)
from tests.unit.sources.ledger import (
    INCOME,
    NAME,
    accepted_rows,
    balance_rows,
    codes_in_force,
    income_file,
    is_balanced,
)

DEATHS = CONTRACTS.dataset("deaths")


def test_one_refused_file_stops_nothing_else(desk: Desk) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    desk.put(INCOME, "收入监测2.xlsx", xlsx_file({"表": table(INCOME, [row(INCOME, 3)])})[:500])
    outcome = desk.intake().take(INCOME)
    assert [r[1:6] for r in balance_rows(outcome)] == [(NAME, True, True, 2, 2), ("收入监测2.xlsx", False, False, 0, 0)]
    (notice,) = [n for n in outcome.notices if n.severity == "error"]
    assert notice.file_name == "收入监测2.xlsx"


def test_a_zip_has_a_row_per_member_with_the_archives_hash(desk: Desk) -> None:
    members = {
        "六月/收入监测1.csv": income_file(1),
        "收入监测2.csv": b"\x80\xff",
        "说明.pdf": b"%PDF",
        "低保.csv": b"a,b\n1,2\n",
    }
    desk.put(INCOME, "报送.zip", zip_file(members, "gb18030"))
    intake = desk.intake()
    assert {n.file_name for n in intake.notices()} == {"报送.zip/说明.pdf", "报送.zip/低保.csv"}
    outcome = intake.take(INCOME)
    assert [r[1:6] for r in balance_rows(outcome)] == [
        ("报送.zip/六月/收入监测1.csv", True, True, 1, 1),
        ("报送.zip/收入监测2.csv", False, False, 0, 0),
    ]
    assert outcome.ledger["file_sha256"].n_unique() == 1


@pytest.mark.parametrize("name", ["收入监测.zip", "六月.zip"])
def test_a_refused_zip_is_named_and_stops_nothing_else(desk: Desk, name: str) -> None:
    desk.put(INCOME, name, zip_file({"../收入监测.csv": income_file(9)}))
    desk.put(INCOME, NAME, income_file(1))
    intake = desk.intake()
    outcome = intake.take(INCOME)
    messages = [n for n in (*intake.notices(), *outcome.notices) if n.file_name == name]
    assert len(messages) == 1
    assert "指向包外" in messages[0].message
    assert codes_in_force(desk) == ["H00001"]


def test_hidden_rows_are_taken_in_with_a_warning_that_masks_people(desk: Desk) -> None:
    register = CONTRACTS.dataset("household_register")
    rows = table(register, [row(register, i) for i in range(1, 5)])
    person = rows[1][register.columns.index(register["person_name"])]
    double = [[*cells, cells[register.columns.index(register["person_name"])]] for cells in rows]
    double[0][-1] = f"姓名({person})"
    book = openpyxl.Workbook()
    for cells in double:
        book.worksheets[0].append(cells)
    book.worksheets[0].row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    desk.put(register, "农户基础信息名册.xlsx", out.getvalue())
    outcome = desk.intake().take(register)
    (hidden,) = [n for n in outcome.notices if "隐藏" in n.message]
    assert (outcome.rows_read, hidden.severity) == (4, "warning")
    assert "第1个工作表第3行是隐藏的" in hidden.message
    assert not any(person in n.message for n in outcome.notices)


def test_an_empty_table_is_accepted_only_where_it_may_be(desk: Desk) -> None:
    desk.put(DEATHS, "死亡.csv", csv_file(table(DEATHS, [])))
    desk.put(INCOME, NAME, csv_file(table(INCOME, [])))
    intake = desk.intake()
    deaths, income = intake.take(DEATHS), intake.take(INCOME)
    assert (deaths.status, deaths.is_in_force, income.status, income.is_in_force) == (
        "accepted",
        True,
        "rejected",
        False,
    )
    assert balance_rows(deaths) == [(1, "死亡.csv", True, True, 0, 0, 0, 0, 0)]
    assert accepted_rows(desk.home, DEATHS).height == 0
    assert (
        accepted_rows(desk.home, DEATHS).columns
        == pl.read_parquet(desk.home.accepted(DEATHS, None) / "schema.parquet").columns
    )


def test_what_the_survey_could_not_place_is_reported_once_and_by_name(desk: Desk) -> None:
    desk.put(DEATHS, "收入监测.csv", income_file(1))
    desk.put(DEATHS, "扫描件.pdf", b"%PDF")
    stray = desk.home.inbox / "civil_affairs" / "六月"
    stray.mkdir()
    found = {n.file_name: n for n in desk.intake().notices()}
    assert set(found) == {"收入监测.csv", "扫描件.pdf", "六月"}
    assert "农业农村局" in found["收入监测.csv"].message
    (desk.home.inbox / "civil_affairs" / str(MONTH) / "扫描件.pdf").unlink()
    assert {n.file_name for n in desk.intake().notices()} == {"收入监测.csv", "六月"}


def test_file_names_that_differ_only_in_masked_digits_stay_apart(desk: Desk) -> None:
    desk.put(INCOME, "收入监测13800138000.csv", income_file(1))
    desk.put(INCOME, "收入监测13900139000.csv", income_file(2))
    outcome = desk.intake().take(INCOME)
    assert is_balanced(outcome)
    assert not any("13800138000" in name or "13900139000" in name for name in outcome.ledger["file_name"])


def test_locations_and_secrets_may_lie_elsewhere(desk: Desk, tmp_path: Path) -> None:
    share = tmp_path / "share"
    (share / str(MONTH)).mkdir(parents=True)
    (share / str(MONTH) / NAME).write_bytes(income_file(1))
    secret = tmp_path / "secret"
    secret.write_text("s")
    outcome = desk.intake(locations={"agriculture": share}, secret_file=secret).take(INCOME)
    assert outcome.status == "accepted"
    assert not (desk.home.restricted / "secret").exists()


@pytest.mark.parametrize(("hidden", "counts"), [((), (4, 0, 4, False)), (("二",), (4, 2, 2, True))])
def test_rows_of_a_sheet_that_is_not_read_count_in_the_ledger(
    desk: Desk, hidden: tuple[str, ...], counts: tuple[int, int, int, bool]
) -> None:
    """Two people are on a sheet under other names of columns; if it is shown, nobody of the file is accepted."""
    first, second = (table(DEATHS, [row(DEATHS, n) for n in pair]) for pair in ((1, 2), (3, 4)))
    second[0] = ["谁", "证号", "哪天"] + [f"其他{n}" for n in range(len(second[0]) - 3)]
    desk.put(DEATHS, "死亡.xlsx", xlsx_file({"一": first, "二": second}, hidden=hidden))
    outcome = desk.intake().take(DEATHS)
    figures = "rows_in_file", "rows_accepted", "rows_quarantined", "is_in_force"
    assert outcome.ledger.select(figures).row(0) == counts
    assert is_balanced(outcome)
    said = [n.message for n in outcome.notices if n.severity == ("warning" if hidden else "error")]
    assert any("第2个工作表第2行起有2行像是数据,没有读取" in message for message in said)


@pytest.mark.parametrize(("name", "write"), [("库.parquet", parquet_file), ("接口.jsonl", json_lines_file)])
def test_rows_of_a_database_or_an_interface_balance(name: str, write: Any, desk: Desk) -> None:
    """A good row, the same again, one with a bad number, one whose key is a total's label, one without any value."""
    cells = [row(INCOME, 1), row(INCOME, 1), row(INCOME, 2, wage_income="x"), row(INCOME, 3, household_code="合计")]
    texts = {c.label: [*[r[c.name] for r in cells], None] for c in INCOME.columns}
    desk.put(INCOME, f"{INCOME.label}{name}", write(texts))
    outcome = desk.intake(gate=admit).take(INCOME)
    assert balance_rows(outcome) == [(1, f"{INCOME.label}{name}", True, True, 5, 1, 3, 1, 0)]
    assert is_balanced(outcome)


def admit(profile: DeliveryProfile) -> Verdict:
    return Verdict(())
