"""People who are known for a month are taken out of texts; words, times and strangers stay."""

from __future__ import annotations

import polars as pl
import pytest

from sources.contracts.model import load_contracts
from sources.privacy.people import PeopleOfMonth, PersonIndex, index_people
from sources.text import masked
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk, csv_file, resident_id, row, table

REGISTER = CONTRACTS.dataset("household_register")
ASSETS = CONTRACTS.dataset("project_assets")
PEOPLE = PersonIndex(
    names=(pl.Series(["欧阳修", "王伟", "阿依·古丽", "低保金"]),),
    others=(pl.Series(["HJ-00000001", "2021", "隐秘路八十八号院"]),),
    vocabulary=frozenset({"低保金"}),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("低保_欧阳修.xlsx", "低保_***.xlsx"),
        ("欧 阳修的表", "***的表"),
        ("低保_王伟.xlsx", "低保_***.xlsx"),
        ("王伟家大棚", "***家大棚"),
        ("王伟大酒店", "王伟大酒店"),
        ("阿依•古丽", "***"),
        ("低保 王 伟.xlsx", "低保 ***.xlsx"),
        ("低保 王\u3000伟家", "低保 ***家"),
        ("户HJ-00000001在隐秘路八十八号院", "户***在***"),
        ("2021年低保金名册", "2021年低保金名册"),
        ("欧阳修欧阳修", "******"),
        ("", ""),
    ],
)
def test_people_are_hidden_and_words_are_not(text: str, shown: str) -> None:
    assert PEOPLE.hide(text) == shown


def test_names_that_overlap_go_together() -> None:
    assert PersonIndex.of(names=(pl.Series(["张大山", "大山红"]),)).hide("找张大山红色") == "找***色"


def test_a_name_that_mixes_dots_is_found_as_typed() -> None:
    assert PersonIndex.of(names=(pl.Series(["阿·依•古丽"]),)).hide("阿·依•古丽家") == "***家"


def test_a_short_name_is_found_without_its_dot_where_it_is_a_word() -> None:
    people = PersonIndex.of(names=(pl.Series(["马·龙"]),))
    texts = ["低保_马龙.xlsx", "低保_马·龙.xlsx", "一马龙腾"]
    assert [people.hide(text) for text in texts] == ["低保_***.xlsx", "低保_***.xlsx", "一马龙腾"]


def test_nobody_is_known_at_first() -> None:
    assert PersonIndex().hidden(["欧阳修", ""]) == {}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"低保{resident_id(1)}.csv", "低保***.csv"),
        ("441802701224901.csv", "***.csv"),
        ("44180219701224901.csv", "***.csv"),
        (f"证{resident_id(1)}43", "证***"),
        ("13912345678", "***"),
        ("电话 139 1234 5678 或 139-1234-5678", "电话 *** 或 ***"),
        ("441802 19701224 9014", "***"),
        ("6217 0012 3456 7890 123", "***"),
        ("8613912345678", "***"),
        ("名册20210705093015.xlsx", "名册20210705093015.xlsx"),
        ("名册202107050930.xlsx", "名册202107050930.xlsx"),
        ("名册20211305093015.xlsx", "名册***.xlsx"),
        ("2021-06-01至2021-06-30 第2021060001号", "2021-06-01至2021-06-30 第2021060001号"),
        ("a\nb\u2028c", "a b c"),
    ],
)
def test_numbers_of_people_are_masked_and_times_are_not(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_words_of_the_contracts_are_nobodys_name(desk: Desk) -> None:
    known = PeopleOfMonth(desk.home, MONTH, load_contracts())
    rows = pl.DataFrame({"person_name": ["户主姓名"], "resident_id": [resident_id(1)], "household_code": ["H1"]})
    assert known.of_delivery(REGISTER, rows).hide("缺少必填列“户主姓名”") == "缺少必填列“户主姓名”"


def test_a_row_without_an_id_names_nobody() -> None:
    rows = pl.DataFrame({"person_name": ["欧阳修", "司马光"], "resident_id": [resident_id(1), None]})
    assert index_people(rows, REGISTER).hide("欧阳修和司马光") == "***和司马光"


def test_the_register_is_known_to_every_table_but_not_to_itself(desk: Desk) -> None:
    people = [row(REGISTER, n, person_name=name) for n, name in enumerate(["欧阳修远", "司马光辉"], start=1)]
    desk.put(REGISTER, "户籍名册欧阳修远.csv", csv_file(table(REGISTER, people)))
    assert desk.intake().take(REGISTER).ledger["file_name"].to_list() == ["户籍名册***.csv"]
    desk.put(ASSETS, "资产司马光辉.csv", csv_file(table(ASSETS, [row(ASSETS, 1, asset_name="欧阳修远家的大棚")])))
    outcome = desk.intake().take(ASSETS)
    assert outcome.ledger["file_name"].to_list() == ["资产***.csv"]
    accepted = pl.read_parquet(desk.home.accepted(ASSETS, MONTH) / "rows.parquet")
    assert accepted["asset_name"].to_list() == ["***家的大棚"]
    people = PeopleOfMonth(desk.home, MONTH, CONTRACTS).of_delivery(REGISTER, pl.DataFrame())
    assert people.hide("欧阳修远") == "欧阳修远"


def test_running_again_shows_the_same(desk: Desk) -> None:
    people = [row(REGISTER, 1, person_name="欧阳修远")]
    desk.put(REGISTER, "户籍名册.csv", csv_file(table(REGISTER, people)))
    desk.put(ASSETS, "资产.csv", csv_file(table(ASSETS, [row(ASSETS, 1, asset_name="欧阳修远家的大棚")])))
    prints = []
    for _ in range(2):
        intake = desk.intake()
        prints.append([intake.take(d).fingerprint for d in (REGISTER, ASSETS)])
    assert prints[0] == prints[1]
