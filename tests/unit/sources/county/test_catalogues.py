"""What follows from a county's folder: its divisions, the catalogues that dbt reads, what a month rests on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from sources import national, parquet
from sources.contracts.model import load_contracts
from sources.county import catalogues
from sources.county.catalogues import are_written, catalogues_of, fingerprint, write_catalogues
from sources.county.columns import Table
from sources.county.divisions import divisions_of
from sources.county.folder import County, CountyError, county_of, read_county
from sources.home import Home
from sources.months import Month
from tests.unit.sources.county.folders import HEAD, YANGSHAN, write

MAY, JUNE = Month(2021, 5), Month(2021, 6)
LEVY = "cleaning_levy_per_person_month"
DIVISIONS = "vintage_cutoff,town_code,town_name,village_code,village_name,kind\n"


def county(folder: Path, **files: str) -> County:
    return read_county(write(folder, **files))


def test_a_code_alone_gives_the_countys_divisions(tmp_path: Path) -> None:
    found = catalogues_of(county(tmp_path))
    assert found["districts"].rows() == [(YANGSHAN, "阳山县")]
    assert found["division_vintages"].height == national.county(YANGSHAN).height
    assert found["division_vintages"]["town_code"].str.starts_with(YANGSHAN).all()


def test_a_code_that_no_county_has_is_refused(tmp_path: Path) -> None:
    unknown = read_county(write(tmp_path, 'code = "999999"\n'))
    with pytest.raises(CountyError, match="没有代码为999999的县"):
        divisions_of(unknown)


def test_a_row_for_an_unknown_town_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CountyError, match=r"parameters\.csv 第 2 行 division_prefix:本区县没有镇街 441823999"):
        divisions_of(county(tmp_path, parameters=f"{HEAD}{LEVY},441823999,2021-01-01,,2,元/人·月,文件\n"))


def test_corrections_replace_add_and_remove_villages_of_their_vintage(tmp_path: Path) -> None:
    base = national.county(YANGSHAN).filter(pl.col("vintage_cutoff") == "2020-06-30")
    first, second = base.row(0, named=True), base.row(1, named=True)
    added = f"{first['town_code']}399"
    rows = [
        f"2020-06-30,,,{first['village_code']},新名村委会,village",
        f"2020-06-30,,,{second['village_code']},,",
        f"2020-06-30,,,{added},新村村委会,village",
    ]
    found = divisions_of(county(tmp_path, divisions=DIVISIONS + "\n".join(rows) + "\n"))
    names = dict(found.filter(pl.col("vintage_cutoff") == "2020-06-30").select("village_code", "village_name").rows())
    assert names[first["village_code"]] == "新名村委会"
    assert names[added] == "新村村委会"
    assert names.keys() == ({*base["village_code"]} - {second["village_code"]}) | {added}
    others = pl.col("vintage_cutoff") != "2020-06-30"
    assert found.filter(others).equals(national.county(YANGSHAN).filter(others))


def test_a_later_day_makes_a_vintage_of_the_one_before(tmp_path: Path) -> None:
    newest = national.county(YANGSHAN).filter(pl.col("vintage_cutoff") == "2023-06-30")
    row = f"2026-03-01,,,{newest['village_code'][0]},新名村委会,village\n"
    found = divisions_of(county(tmp_path, divisions=DIVISIONS + row))
    assert found["vintage_cutoff"].unique().sort().to_list()[-2:] == ["2023-06-30", "2026-03-01"]
    assert found.filter(pl.col("vintage_cutoff") == "2026-03-01").height == newest.height


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("2021-10-31,,,4418231,新村,village", "应为 12 位代码"),
        ("2021-10-31,,,441823101299,新村,hamlet", "kind:“hamlet”应为"),
        ("2021-10-31,441823102,,441823101299,新村,village", "不是 village_code 的前 9 位"),
        ("2021-10-31,,,441823990299,新村,village", "没有镇街 441823990,请写明名称"),
        ("2001-10-31,,,441823101299,新村,village", "早于全国区划表的第一次名单"),
    ],
)
def test_a_wrong_correction_is_named(tmp_path: Path, row: str, expected: str) -> None:
    with pytest.raises(CountyError, match=expected):
        divisions_of(county(tmp_path, divisions=f"{DIVISIONS}{row}\n"))


def test_the_files_are_those_of_the_folder_until_it_changes(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    assert not are_written(home, county_of(tmp_path))
    write_catalogues(home, county_of(tmp_path))
    assert are_written(home, county_of(tmp_path))
    parameters = parquet.read(tmp_path / "warehouse" / "reference" / "policy_parameters.parquet")
    levy = parameters.filter(pl.col("parameter") == LEVY)
    assert levy.select("division_prefix", "valid_from", "valid_to").rows() == [("441802", date(2021, 1, 1), None)]
    write(tmp_path / "county")
    assert not are_written(home, county_of(tmp_path))


def test_files_of_an_earlier_program_are_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One without a catalogue or a column that dbt reads now."""
    home = Home(tmp_path)
    home.prepare()
    with monkeypatch.context() as earlier:
        earlier.setattr(catalogues, "OWN_RULES", Table("dbt/rules.csv", {"rule_code": "text"}, ()))
        write_catalogues(home, county_of(tmp_path))
        assert are_written(home, county_of(tmp_path))
    assert not are_written(home, county_of(tmp_path))


def levy(folder: Path, *rows: str) -> County:
    return county(folder, parameters=HEAD + "".join(f"{LEVY},{row},元/人·月,文件\n" for row in rows))


def test_a_month_rests_on_the_values_that_are_valid_by_its_end(tmp_path: Path) -> None:
    before = levy(tmp_path / "a", ",2021-01-01,,1")
    later = levy(tmp_path / "b", ",2021-01-01,2021-06-01,1", ",2021-06-01,,2")
    assert fingerprint(before, MAY) == fingerprint(later, MAY)
    assert fingerprint(before, JUNE) != fingerprint(later, JUNE)
    other = levy(tmp_path / "c", ",2021-01-01,,1.5")
    assert fingerprint(before, MAY) != fingerprint(other, MAY)


def test_a_new_source_or_spelling_of_a_value_changes_nothing_in_a_month(tmp_path: Path) -> None:
    before = levy(tmp_path / "a", ",2021-01-01,,1")
    renamed = county(tmp_path / "b", parameters=f"{HEAD}{LEVY},,2021-01-01,,1.00,元/人·月,新文件\n")
    assert fingerprint(before, JUNE) == fingerprint(renamed, JUNE)


def test_a_month_rests_on_due_days_of_the_county_and_not_on_names(tmp_path: Path) -> None:
    head = f'code = "{YANGSHAN}"\n'
    plain = read_county(write(tmp_path / "a", head))
    renamed = read_county(write(tmp_path / "b", f'{head}[departments]\nhealth = "卫生健康局"\n'))
    agreed = read_county(write(tmp_path / "c", f"{head}[due_days]\nhealth = 8\n"))
    assert fingerprint(plain, JUNE) == fingerprint(renamed, JUNE)
    assert fingerprint(plain, JUNE) != fingerprint(agreed, JUNE)
    days = [dict(catalogues_of(c)["due_days"].iter_rows()) for c in (plain, agreed)]
    assert (days[0]["health"], days[1]["health"]) == (5, 8)
    assert days[0].keys() == days[1].keys() == load_contracts().keys()
