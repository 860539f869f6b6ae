"""Prefilled templates: which rows and cells are filled in, where the workbooks are, who may read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import openpyxl
import polars as pl
import pytest

from sources import audit, parquet
from sources.contracts.row_schema import shown_name
from sources.divisions import in_force
from sources.months import Month
from sources.privacy.people import IDENTITY
from tests.district import DIVISIONS
from tests.unit.workbooks.district import FAMILIES, JULY, JUNE, District, valid_id, write_csv
from tests.unit.workbooks.district import REGISTER as HEADERS
from workbooks import prefilled, template
from workbooks.prefilled import LostIdentitiesError, Prefill, prefill_of, write_prefilled

REGISTER = "household_register"
PLACES = in_force(DIVISIONS, JULY)


def write(district: District, month: Month = JULY) -> dict[str, Prefill]:
    department = district.contracts["agriculture"]
    return {p.name: f for p, f in write_prefilled(district.home, department, month, DIVISIONS).items()}


def sheet(district: District, label: str = "农户基础信息名册", month: Month = JULY):
    folder = prefilled.prefilled_folder(district.home, district.contracts["agriculture"], month)
    return openpyxl.load_workbook(folder / f"{label}_{month}_预填.xlsx")


def test_the_rows_of_the_month_before_are_filled_in_as_a_clerk_types_them(settled: District) -> None:
    written = write(settled)
    assert (written["农户基础信息名册_2021-07_预填.xlsx"].month, len(written)) == (JUNE, 19)
    cells = list(sheet(settled).worksheets[0].iter_rows(min_row=2, max_row=7, values_only=True))
    heads = [c.value for c in sheet(settled).worksheets[0][1]]
    first, third = (dict(zip(heads, row, strict=True)) for row in (cells[0], cells[2]))
    assert first["户编号"] == "H1"
    assert first["身份证号"] == valid_id(FAMILIES[0][5])
    assert (first["镇(街道)"], first["村(社区)"]) == ("凤城街道", "鹤堂社区居委会")
    assert first["是否饮水安全"] == "是"
    assert third["姓名"] == "'@1+1"
    assert cells[5] == (None,) * len(heads)


def test_the_instructions_say_which_month_it_was(settled: District) -> None:
    write(settled)
    guide = "\n".join(str(c.value) for row in sheet(settled)["填表说明"].iter_rows(max_row=8) for c in row)
    assert "已预填 2021-06 接收的 5 行" in guide
    other = sheet(settled, "产业帮扶资金发放表")["填表说明"]
    assert "没有预填上期的行" in "\n".join(str(c.value) for row in other.iter_rows(max_row=8) for c in row)


def test_the_newest_month_before_counts_and_the_month_itself_does_not(settled: District) -> None:
    rows = [[*f[:5], valid_id(f[5]), *f[6:], "普通劳动力", "非在校生", "C级", "是"] for f in FAMILIES[:2]]
    write_csv(settled.inbox("agriculture", JULY) / "农户基础信息名册.csv", [HEADERS, *rows])
    settled.take("agriculture", JULY)
    dataset = settled.contracts.dataset(REGISTER)
    assert [
        (p.month, p.rows) for m in (JUNE, JULY, Month(2021, 8)) for p in [prefill_of(settled.home, dataset, m, PLACES)]
    ] == [(None, 0), (JUNE, 5), (JULY, 2)]


def test_only_the_owner_reads_them_and_the_audit_log_says_who_wrote_them(settled: District) -> None:
    write(settled)
    folder = prefilled.prefilled_folder(settled.home, settled.contracts["agriculture"], JULY)
    assert folder.is_relative_to(settled.home.outbox)
    assert {p.stat().st_mode & 0o777 for p in (folder, *folder.parents[:2])} == {0o700}
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}
    line = audit.entries(settled.home)[-1]
    assert (line["act"], line["arguments"]) == (
        "export", {"what": "template", "department": "agriculture", "month": "2021-07"},
    )  # fmt: skip


def test_rows_without_their_identities_are_not_filled_in(settled: District) -> None:
    dataset = settled.contracts.dataset(REGISTER)
    path = settled.home.identities(dataset, JUNE) / "rows.parquet"
    parquet.read(path).head(4).write_parquet(path)
    with pytest.raises(LostIdentitiesError, match="缺少身份对照"):
        prefill_of(settled.home, dataset, JULY, PLACES)
    path.unlink()
    with pytest.raises(LostIdentitiesError, match="缺少身份对照"):
        prefill_of(settled.home, dataset, JULY, PLACES)


def test_texts_that_name_somebody_or_are_too_long_are_left_empty(settled: District) -> None:
    dataset = settled.contracts.dataset(REGISTER)
    path = settled.home.identities(dataset, JUNE) / "rows.parquet"
    texts = pl.Series(["大棚", "***家大棚", None, "长" * 2001, "短"])
    parquet.read(path).with_columns(identity__natural_village_name=texts).write_parquet(path)
    prefill = prefill_of(settled.home, dataset, JULY, PLACES)
    assert prefill.columns["natural_village_name"] == ["大棚", None, None, None, "短"]
    assert prefill.left_out == 2
    assert "有 2 格" in prefill.sentence(dataset)


@pytest.mark.parametrize(
    ("cells", "typed"),
    [
        (pl.Series([Decimal("12.50"), None, Decimal("3")]), [12.5, None, 3]),
        (pl.Series([Decimal("123456789012345.67")]), ["123456789012345.67"]),
        (pl.Series([10**16 + 1]), ["10000000000000001"]),
        (pl.Series([True, False, None]), ["是", "否", None]),
        (pl.Series([date(1900, 2, 28), date(1900, 3, 1), None]), ["1900-02-28", date(1900, 3, 1), None]),
    ],
)
def test_values_keep_every_digit(cells: pl.Series, typed: list[object]) -> None:
    assert prefilled._typed(cells) == typed


def test_a_place_that_the_month_does_not_know_keeps_its_code(settled: District) -> None:
    dataset = settled.contracts.dataset(REGISTER)
    village = next(c for c in dataset.columns if c.kind == "village")
    codes = pl.Series(["441802006002", "449999999999", None])
    assert prefilled._place_names(codes, PLACES, village, dataset) == ["鹤堂社区居委会", "449999999999", None]


def test_places_of_equal_names_keep_their_codes(settled: District) -> None:
    dataset = settled.contracts.dataset(REGISTER)
    village = next(c for c in dataset.columns if c.kind == "village")
    twice = PLACES.with_columns(village_name=pl.lit("新村"))
    assert prefilled._place_names(pl.Series(["441802006002"]), twice, village, dataset) == ["441802006002"]


def test_input_checks_reach_below_the_last_row(settled: District, tmp_path) -> None:
    department = settled.contracts["agriculture"]
    dataset = settled.contracts.dataset(REGISTER)
    for rows, last in ((10, 20_001), (30_000, 32_001)):
        template.write_template(department, dataset, tmp_path / "x.xlsx", {}, rows)
        checks = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0].data_validations.dataValidation
        assert {r.max_row for c in checks for r in c.sqref.ranges} == {last}


def test_categories_have_their_name_of_the_month(settled: District, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a list would say the words of before for ever."""
    listed = settled.contracts.dataset("monitored_households")
    names = [IDENTITY + c.name if c.stays_restricted else shown_name(c) for c in listed.columns]
    rows = pl.DataFrame({name: pl.Series([None, None], dtype=pl.String) for name in names})
    rows = rows.with_columns(monitoring_category=pl.Series(["边缘易致贫户", "防返贫监测对象"]))
    monkeypatch.setattr(prefilled, "earlier_month", lambda *_: JUNE)
    monkeypatch.setattr(prefilled, "_accepted", lambda *_: rows)
    filled = prefill_of(settled.home, listed, Month(2026, 1), PLACES)
    assert filled.columns["monitoring_category"] == ["防止返贫致贫对象", "防止返贫致贫对象"]
