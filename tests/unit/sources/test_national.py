"""The national list of divisions: a county's part, kinds of villages, vintages as files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sources import national
from sources.national.add import FILES, add
from sources.refusal import RefusedError
from tests.bench.places import FORMS, LEAST_SHARE, found
from tests.counties import drawn
from tests.oracle.catalogue import DISTRICT_FILES as DISTRICT


def test_the_list_has_the_divisions_of_the_sample_district() -> None:
    found, order = national.county("441802"), ["vintage_cutoff", "village_code"]
    kept = pl.read_csv(DISTRICT / "division_vintages.csv", infer_schema=False)
    assert found.sort(order).select(kept.columns).equals(kept.sort(order))
    assert found["district_name"].unique().to_list() == ["清城区"]


def test_the_newest_vintage_has_all_counties_and_villages() -> None:
    assert len(national.counties()) == 2978
    assert len(national.list_of("2023-06-30")) == 665_276


def test_a_county_that_was_made_later_has_its_own_vintages_only() -> None:
    everywhere = national.county("441823")
    assert everywhere["vintage_cutoff"].n_unique() == 4
    assert set(everywhere["district_name"]) == {"阳山县"}
    assert national.county("150421").filter(pl.col("village_name").str.contains("嘎查"))["kind"].unique().to_list() == [
        "village"
    ]


@pytest.mark.parametrize("code", ["", "44", "4418", "999999", "441802103", "abc"])
def test_a_code_of_no_county_is_refused(code: str) -> None:
    with pytest.raises(RefusedError, match="没有代码为"):
        national.county(code)


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("110101001001", "多福巷社区居委会", "community"),
        ("441802103201", "黄溪村委会", "village"),
        ("441802450598", "银盏林场场部虚拟生活区", "virtual"),
        ("652722503402", "天福社区", "community"),
        ("654202505501", "二连生活区", "community"),
        ("430621500402", "月山社区", "community"),
        ("211381470501", "台头沟村委会", "village"),
    ],
)
def test_the_code_tells_the_kind_and_the_name_where_it_does_not(code: str, name: str, kind: str) -> None:
    frame = pl.DataFrame({"village_code": [code], "village_name": [name]})
    assert frame.select(kind=national.kind_of_village(pl.col("village_code")))["kind"].to_list() == [kind]


def _source(folder: Path, villages: dict[str, str]) -> Path:
    rows = [{"44": "广东省"}, {"4418": "清远市"}, {"441899": "某县"}, {"441899100": "某镇"}, villages]
    folder.mkdir(exist_ok=True)
    for name, entries in zip(FILES, rows, strict=True):
        lines = [f'{code},"{text}"' for code, text in entries.items()]
        (folder / name).write_text("\n".join(["code,name", *lines]) + "\n", "utf-8")
    return folder


def test_a_new_vintage_is_a_file_with_what_differs(tmp_path: Path) -> None:
    first = {"441899100200": "甲村委会", "441899100201": "乙村委会", "441899100202": "丙村委会"}
    assert add("2019-10-31", _source(tmp_path / "a", first), tmp_path) == 7
    second = {"441899100200": "甲村委会", "441899100201": "乙社区居委会", "441899100203": "丁村委会"}
    assert add("2024-06-30", _source(tmp_path / "b", second), tmp_path) == 3
    villages = national.county("441899", tmp_path)
    shown = villages.group_by("vintage_cutoff", maintain_order=True).agg("village_name")
    assert shown.rows() == [("2019-10-31", [*first.values()]), ("2024-06-30", [*second.values()])]
    with pytest.raises(ValueError, match="not after 2024-06-30"):
        add("2023-06-30", tmp_path / "b", tmp_path)
    with pytest.raises(ValueError, match="of no level"):
        add("2025-06-30", _source(tmp_path / "c", {"44189910020": "戊村委会"}), tmp_path)


def test_villages_of_thirty_counties_are_found_as_people_say_them() -> None:
    newest = national.vintage_files()[-1].stem
    shares = [(code, found(national.villages(newest, code)).select(pl.col(FORMS).mean())) for code in drawn()]
    low = {code: share.row(0, named=True) for code, share in shares if min(share.drop("bare").row(0)) < LEAST_SHARE}
    assert low == {}
    assert {share["official"][0] for _, share in shares} == {1.0}
