"""Text in its plain form: signs that nobody sees are gone, characters that look the same are the same."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest

from sources.characters import SAME
from sources.text import one_line, plain
from sources.text_series import plain_frame, plain_series

IGNORABLE = [
    *"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\ufeff\uffa0",
    *map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070))),
    *map(chr, (*range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B))),
    *map(chr, range(0xE0000, 0xE1000)),
]
"""``Default_Ignorable_Code_Point`` of Unicode 15, which Python does not tell."""
SHOWN_FORMATS = "؀؁؂؃؄؅۝܏࢐࢑࣢\U000110bd\U000110cd"
"""Format characters with a shape: numbers and verses of Arabic, Syriac and Kaithi."""
FORMATS = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) == "Cf" and chr(n) not in SHOWN_FORMATS]
CONTROLS = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) == "Cc"]
BLANKS = ["\u2800", b"\xa3\xa0".decode("gb18030"), *(chr(n) for n in range(0x110000) if chr(n).isspace())]


@pytest.mark.parametrize("unseen", [IGNORABLE, FORMATS, CONTROLS, BLANKS], ids=["ignorable", "formats", "cc", "blank"])
def test_what_nobody_sees_is_removed(unseen: list[str]) -> None:
    texts = [form for sign in unseen for form in (f"王{sign}伟", f"{sign}王伟", f"王伟{sign}")]
    assert [repr(t) for t in texts if plain(t) != "王伟"] == []
    assert plain_series(pl.Series(texts)).unique().to_list() == ["王伟"]


def test_every_character_has_one_plain_form_in_texts_and_series() -> None:
    # Those of Unicode 3.2, because Python and polars follow newer versions at their own pace.
    category = unicodedata.ucd_3_2_0.category
    texts = [f"王{chr(n)}" for n in range(0x110000) if category(chr(n)) not in ("Cn", "Cs")]
    forms = plain_series(pl.Series(texts)).to_list()
    assert [t for t, form in zip(texts, forms, strict=True) if form != plain(t)] == []
    assert [t for t in texts if plain(plain(t)) != plain(t)] == []


def test_marks_join_when_the_sign_between_them_is_gone() -> None:
    assert plain("e\u034f\u0301") == plain_series(pl.Series(["e\u034f\u0301"]))[0] == "é"


@pytest.mark.parametrize(
    ("code", "character"),
    [
        ("FE59", "龴"), ("FE61", "龵"), ("FE66", "龶"), ("FE67", "龷"), ("FE6D", "龸"), ("FE7E", "龹"), ("FE90", "龺"),
        ("FEA0", "龻"), ("FE51", "𠂇"), ("FE52", "𠂉"), ("FE53", "𠃌"), ("FE6C", "𡗗"), ("FE76", "𢦏"), ("FE91", "𤇾"),
        ("A6D9", ","), ("A6DA", "。"), ("A6DB", "、"), ("A6DC", ":"), ("A6DD", ";"), ("A6DE", "!"), ("A6DF", "?"),
        ("A6EC", "〖"), ("A6ED", "〗"), ("A6F3", "..."), ("A8BC", "ḿ"), ("A8BF", "ǹ"),
    ],
)  # fmt: skip
def test_bytes_of_gb18030_are_the_character_of_the_standard(code: str, character: str) -> None:
    assert plain(bytes.fromhex(code).decode("gb18030")) == character


def test_no_character_of_the_first_gbk_stays_private() -> None:
    for n, trail in enumerate((*range(0x50, 0x7F), *range(0x80, 0xA1))):
        private, decoded = chr(0xE815 + n), bytes((0xFE, trail)).decode("gb18030")
        assert plain(private) == plain(decoded)
        assert unicodedata.category(plain(private)) != "Co"


def test_a_radical_is_the_character_that_looks_the_same() -> None:
    assert plain("⻩⺠⻰⻢⼈⽂⺟⻳") == "黄民龙马人文母龟"
    assert all(unicodedata.name(c).startswith("CJK RADICAL") for c in SAME if not "\ue000" <= c <= "\uf8ff")


def test_rare_characters_stay() -> None:
    rare = "䶮㛃龴𠅤𫍽\U00030000〇"
    assert plain(rare) == rare
    assert plain_series(pl.Series([rare])).to_list() == [rare]


def test_a_line_keeps_blanks_and_loses_what_nobody_sees() -> None:
    assert one_line("王\ufe00 \u2800伟\n表\u202e") == "王 伟 表"


def test_a_frame_has_the_forms_of_its_series() -> None:
    texts = ["'0123", "'", "", None, "王 伟", "王伟", "1,436.50", "(元)", "\u200b", "Ａ１", "12'", "″"]
    frame = pl.DataFrame(
        {"c0": texts, "c1": [None] * len(texts), "c2": ["王伟"] * len(texts)}, schema_overrides={"c1": pl.String}
    )
    assert plain_frame(frame).equals(frame.select(plain_series(column) for column in frame))
