"""A name typed in two ways is one name, in keys and in the search for people; two names stay two."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest

from sources.privacy.names import name_form, name_forms
from sources.privacy.people import PersonIndex
from sources.privacy.pseudonyms import Keyring
from tests.unit.sources.builder import (
    CONTRACTS,
    MONTH,
    Desk,
    conform,
    csv_file,
    row,
    table,
    wide,
    xlsx_file,
)  # fmt: skip

REGISTER = CONTRACTS.dataset("household_register")
ASSETS = CONTRACTS.dataset("project_assets")
DOTS = "·•‧∙⋅・·․●ᐧ⸱᛫˙ㆍꞏ⦁𐄁\uff65\u0387.\uff0e\ufe52。\uff61"
UNSEEN = "\ufe00\ufe0f\U000e0100\u3164\uffa0\u1160\u2800\u034f\u200d\ufeff\u00ad\U000e0041\x7f"
SAME = [
    *((f"阿不都{dot}热合曼", "阿不都·热合曼") for dot in DOTS),
    ("阿不都 . 热合曼", "阿不都·热合曼"),
    ("阿不都··热合曼", "阿不都·热合曼"),
    ("阿不都…热合曼", "阿不都·热合曼"),
    ("张三。", "张三"),
    ("·张三", "张三"),
    *(
        (f"王{sign}伟", "王伟")
        for sign in "\ufe00\ufe0f\U000e0100\u3164\uffa0\u1160\u2800\u034f\u200d\ufeff\u00ad\U000e0041\x7f"
    ),
    ("王 伟", "王伟"),
    ("王\u3000伟", "王伟"),
    ("\u2f92", "見"),
    ("⻩大⺠", "黄大民"),
    ("王\uf9dc", "王隆"),
    ("王\ue81e", "王龴"),
    ("王\ue864", "王龻"),
    ("王\ue855", "王𤇾"),
    (wide("Li Wei"), "LiWei"),
    ("Jose\u0301", "José"),
]
DIFFERENT = [
    ("王喆", "王哲"), ("李珏", "李钰"), ("锺离春", "钟离春"), ("黃河", "黄河"), ("王伟", "王炜"), ("张艳", "张艷"),
    ("李龴", "李龵"), ("李䶮", "李龑"), ("李𠅤", "李𠅥"), ("刘〇", "刘零"), ("Li", "Lı"), ("Li", "LI"),
    ("阿不都·热合曼", "阿不都热合曼"), ("阿·不都热合曼", "阿不都·热合曼"), ("张三、李四", "张三李四"),
    ("张三(大)", "张三(小)"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "usual"), SAME)
def test_a_name_typed_in_two_ways_has_one_key(typed: str, usual: str) -> None:
    keys = Keyring(b"s").name(pl.Series([typed, usual]))
    assert name_form(typed) == usual
    assert keys[0] == keys[1]


@pytest.mark.parametrize(("typed", "usual"), [pair for pair in SAME if len(pair[1]) > 2 and pair[1][0] > "z"])
def test_a_name_typed_in_two_ways_is_found_in_both_directions(typed: str, usual: str) -> None:
    for known, text in ((typed, usual), (usual, typed)):
        assert PersonIndex.of(names=[pl.Series([known])]).hide(f"给{text.strip('·。')}的大棚") == "给***的大棚"


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_names_have_two_keys(one: str, other: str) -> None:
    keys = Keyring(b"s").name(pl.Series([one, other]))
    assert keys[0] != keys[1]


def test_no_two_letters_of_names_are_taken_for_one_that_unicode_does_not_take_for_one() -> None:
    letters = [chr(n) for n in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0x20000, 0x2A6E0))]
    assert name_forms(pl.Series(letters)).to_list() == [unicodedata.normalize("NFKC", c) for c in letters]


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("王𠅤", "低保_王𠅤.xlsx", "低保_***.xlsx"),
        ("王龴", "王\ue81e家大棚", "***家大棚"),
        ("王伟", "王\ufe00伟家大棚", "***家大棚"),
        ("王伟", "名册。王伟.xlsx", "名册。***.xlsx"),
        ("王伟", "1.王伟2.李四", "1.***2.李四"),
        ("王伟", "阿里·王伟的表", "阿里·王伟的表"),
        ("古丽", "阿依•古丽", "阿依•古丽"),
        ("阿依·古丽", "阿依。。古丽家", "***家"),
        ("阿依·古丽", "阿依 古丽家和阿依古丽的", "***家和***的"),
        ("阿·依", "阿依与阿.依", "阿依与***"),
    ],
)
def test_short_and_rare_names_are_found_as_words(name: str, text: str, shown: str) -> None:
    assert PersonIndex.of(names=[pl.Series([name])]).hide(text) == shown


def test_an_address_with_full_stops_is_found() -> None:
    assert PersonIndex.of(others=[pl.Series(["隐秘路8.8号院甲"])]).hide("在隐秘路8.8号院甲。") == "在***。"


def test_a_csv_of_gb18030_and_a_workbook_name_the_same_person() -> None:
    person = row(REGISTER, 1, person_name="王龴")
    as_csv = csv_file(table(REGISTER, [person])).decode().replace("龴", "\ue81e").encode("gb18030")
    assert b"\xfe\x59" in as_csv
    workbook = xlsx_file({"表": table(REGISTER, [person])})
    names = [conform(REGISTER, content).rows["person_name"][0] for content in (as_csv, workbook)]
    keys = Keyring(b"s").name(pl.Series(names))
    assert names == ["王龴", "王龴"]
    assert keys[0] == keys[1]


def test_a_person_of_the_register_is_masked_however_the_name_is_typed(desk: Desk) -> None:
    people = [row(REGISTER, 1, person_name="阿不都.热合曼"), row(REGISTER, 2, person_name="欧阳\ufe01修远")]
    desk.put(REGISTER, "户籍名册.csv", csv_file(table(REGISTER, people)))
    desk.intake().take(REGISTER)
    assets = [
        row(ASSETS, 1, asset_name="阿不都﹒热合曼家的大棚"),
        row(ASSETS, 2, asset_name="欧阳修\u3164远家的大棚"),
    ]
    desk.put(ASSETS, "资产.csv", csv_file(table(ASSETS, assets)))
    desk.intake().take(ASSETS)
    accepted = pl.read_parquet(desk.home.accepted(ASSETS, MONTH) / "rows.parquet")
    assert accepted["asset_name"].to_list() == ["***家的大棚", "***家的大棚"]
