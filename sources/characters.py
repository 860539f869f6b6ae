"""List the characters that nobody sees, and those that nobody can tell apart (semantics §3 and §5).

Belongs here: code points, with the reason for each group.
Does not belong here: functions on texts (``text``), what a name is (``privacy.names``).

Variants of a character that people do tell apart are no part of it: 喆 and 哲, 鍾 and 钟 are different names.
"""

from __future__ import annotations

UNIFIED = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002f7ff\U00030000-\U0003fffd"
"""Chinese characters with 〇, also outside the first plane, for a character class of a regular expression."""
HAN = UNIFIED + "\uf900-\ufaff\U0002f800-\U0002fa1f"
"""The same with compatibility ideographs, most of which NFKC folds."""

UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x9f"  # control characters, except white space
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\ue5e5\u2800\ufff9-\ufffb\U00013430-\U0001345f\U00016fe4\U0001d159"  # blanks and marks for layout
)
"""Signs without a shape, for a character class: controls, ``Default_Ignorable_Code_Point`` of Unicode
(DerivedCoreProperties.txt: zero-width signs, variation selectors, Hangul fillers, tags), and blanks that are no white
space: that of Braille, and U+E5E5, as Python's codec reads A3A0, the full-width blank of older programs in GBK."""

MIDDLE_DOTS = (
    "\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387\u2024\u25cf\u1427\u2e31\u16eb"
    "\u02d9\u0307\u2e33\ua78f\u318d\u119e\u2981\U00010101"
)
"""Signs that are typed as the dot between the parts of a name, for a character class: middle dots, bullets, and dots
above (˙, which NFKC turns into U+0307)."""
FULL_STOPS = ".\uff0e\ufe52\u3002\uff61"
"""Full stops, for a character class: typed as that dot too, but also at the end of a sentence and in file names."""


def _standardised() -> dict[str, str]:
    """Map code points of private use to the characters that GB 18030 means by them.

    GBK gave its bytes FE50 to FEA0 the points U+E815 to U+E864 in order, and programs of that time still write them.
    Python's codec decodes most of the bytes to characters, but not those that GB 18030 moved in 2005 and 2022; their
    characters here are those of iconv in glibc.
    """
    codes = [bytes((0xFE, trail)) for trail in (*range(0x50, 0x7F), *range(0x80, 0xA1))]
    by_codec = {chr(0xE815 + n): code.decode("gb18030") for n, code in enumerate(codes)}
    moved = {
        **dict(zip("\ue816\ue817\ue818\ue831\ue83b\ue855", "𠂇𠂉𠃌𡗗𢦏𤇾", strict=True)),
        **dict(zip("\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864", map(chr, range(0x9FB4, 0x9FBC)), strict=True)),
        # Signs of vertical writing; U+FE12 comes before U+FE11.
        **dict(zip(map(chr, range(0xE78D, 0xE797)), "︐︒︑︓︔︕︖︗︘︙", strict=True)),
        **{"\ue7c7": "\u1e3f", "\ue7c8": "\u01f9"},
    }
    return by_codec | moved


_RADICALS = dict(
    zip(
        "⺒⺓⺜⺝⺠⺩⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
        "巳幺日月民王虎西见角贝车長长门雨青韦页风飞食首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
        strict=True,
    )
)
"""Radicals that look like a whole character (EquivalentUnifiedIdeograph.txt of Unicode), which fonts of PDF files
give back in its place. NFKC knows the Kangxi radicals and two others. Parts of characters (⺮, ⻊) are no names."""

SAME = _standardised() | _RADICALS
"""The usual character of each character that looks the same, beyond NFKC."""
