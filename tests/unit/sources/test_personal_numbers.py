"""Numbers of people are masked as people type them; dates, times, amounts and document numbers stay."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sources.personal_numbers import HIDDEN
from sources.text import masked
from tests.unit.sources.builder import resident_id, wide


@pytest.mark.parametrize(
    "number",
    [
        "13812345678",
        "138 1234 5678",
        "138－1234－5678",
        "138.1234.5678",
        "138_1234_5678",
        "138·1234·5678",
        "138-12345678",
        "1381234-5678",
        "13812 345678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "138\u200b1234\u200b5678",
        wide("138-1234-5678"),
        "+86 138 1234 5678",
        "0086-13812345678",
        "(+86)13812345678",
        "0763-3361234",
        "(0763)3361234",
        "(0763)336-1234",
        "020 8123 4567",
        "07633361234",
        "+86 763 3361234",
        "+86-20-81234567",
        "+86(0)763-3361234",
        "441802 1970 1224 901X",
        "4 4 1 8 0 2 1 9 7 0 1 2 2 4 9 0 1 x",
        "441802.19701224.901X",
        "44180219701224901X43",
        "441802701224901",
        "441802 701224 901",
        "44 1802 70 12 24 901",
        "E12345678",
        "e 1234 5678",
        "G12345678",
        "EA1234567",
        "H12345678",
        "M1234567890",
        "T12345678",
        "6222 0212 3456 7890 123",
        "6222-0212-3456-7890-123",
        "6222.0212.3456.7890.123",
        "622202 1234567890123",
        "4026-5800-0000-0012",
        "411111 1111111111",
    ],
)
def test_numbers_of_people(number: str) -> None:
    assert masked(f"张三{number}号") == f"张三{HIDDEN}号"


@pytest.mark.parametrize(
    "text",
    [
        "2021-06-15 13:45:12",
        "2021-06-15-13-45-12-345",
        "2021.06.15 13.45.12",
        "20210615134512",
        "20210615134512345",
        "2021年6月15日",
        "出生1990-06-15-123",
        "出生1990-6-15-1234",
        "清府〔2021〕15号",
        "粤扶办〔2020〕123456号",
        "GD-2021-0001",
        "441802-2021-06-0001",
        "021-20210615",
        "1,234,567.89元",
        "13,812,345,678元",
        "15000-200000元",
        "1500/2000000户",
        "1381234.5678万元",
        "12345.670000000001",
        "0.30000000000000004",
        "收入1500.50 2000.25",
        "v1.3.12 10.0.19041.1234",
        "192.168.100.20",
        "1048576字节",
        "共1234567890行",
        "第12-15行",
        "12 13 14 15 16",
        "G80高速",
        "G20210615",
        "S2021-0615",
        "电话3361234",
        "441802001",
        "2021_06_15_1500_2000.xlsx",
    ],
)
def test_what_stays(text: str) -> None:
    assert masked(text) == text


SIGNS = ["", " ", "  ", "-", "_", "\u00b7", " - ", "\u2014", "\u200b", "\u3000"]
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=5)
IDS = st.builds(
    lambda serial, day, is_old: (lambda i: i[:6] + i[8:17] if is_old else i)(resident_id(serial, day)),
    st.integers(0, 999),
    st.dates().filter(lambda d: 1900 <= d.year < 2030).map(lambda d: f"{d:%Y%m%d}"),
    st.booleans(),
)
MOBILES = st.from_regex(r"(\+86|0086|86)?1[3-9][0-9]{9}", fullmatch=True, alphabet="+0123456789")
CARDS = st.from_regex(r"62[0-9]{14,17}", fullmatch=True, alphabet="0123456789")


@given(st.one_of(IDS, MOBILES, CARDS), st.sampled_from(SIGNS), st.sets(st.integers(1, 18)), st.booleans(), CHINESE)
@example("+8613812345678", " ", {3, 6, 10}, False, "号")
def test_every_grouping_is_masked(number: str, sign: str, cuts: set[int], is_wide: bool, around: str) -> None:
    plus, number = number[: number.count("+")], number.removeprefix("+")
    places = sorted({0, len(number), *(c for c in cuts if c < len(number))})
    groups = [number[a:b] for a, b in pairwise(places)]
    # Two groups with a dash or a dot may be a range, and a chain that starts with a day a document number.
    assume(len(groups) > 2 or not sign.strip(" _\u200b\u3000"))
    assume(not re.match(r"(19|20)[0-9]{2}([0-9]{4}$|$)", groups[0]))
    text = plus + sign.join(groups)
    shown = masked(around + (wide(text) if is_wide else text) + around)
    assert HIDDEN in shown
    assert not re.search("[0-9Xx]", shown)
