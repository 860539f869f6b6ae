"""One cell of text, or one Excel cell, to one typed value or an error code.

Belongs here: §3 of the semantics for a single cell. Does not belong here: rows, keys, duplicates.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from tests.oracle.catalogue import Column, Village, last_day, shared_words, vintage

SHAPED = (0x0600, 0x0605), (0x06DD, 0x06DD), (0x070F, 0x070F), (0x0890, 0x08E2), (0x110BD, 0x110CD)
"""Format characters that have a shape."""
EMPTY = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x2800, 0x3164, 0xE5E5, 0xFFA0, 0x16FE4, 0x1D159)
SELECTORS = (0x180B, 0x180F), (0xFE00, 0xFE0F), (0xFFF0, 0xFFF8), (0x13430, 0x1345F), (0xE0000, 0xE0FFF)
"""Signs without a shape that Unicode does not call format characters."""
PRIVATE = {
    **{0xE81E + at: 0x9FB4 + n for n, at in enumerate((0, 8, 13, 14, 20, 37, 54, 70))},
    **{0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE},
    **{0xE78D + n: ord(c) for n, c in enumerate(",。、:;!?〖〗")},
    **{0xE7C7: 0x1E3F, 0xE7C8: 0x01F9},
}
"""Characters of GB 18030 for which Python's codec gives points of private use."""
RADICALS = (
    "⺒巳⺓幺⺜日⺝月⺠民⺩王⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食"
    "⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀"
)
LOOKS_LIKE = PRIVATE | dict(zip(map(ord, RADICALS[::2]), map(ord, RADICALS[1::2]), strict=True))
UNIT_FAMILIES = (
    {
        "元": Decimal(1),
        "千元": Decimal(1000),
        "万元": Decimal(10_000),
        "十万元": Decimal(100_000),
        "百万元": Decimal(1_000_000),
        "千万元": Decimal(10_000_000),
        "亿元": Decimal(100_000_000),
    },
    {"米": Decimal(1), "公里": Decimal(1000)},
    {"人": Decimal(1), "万人": Decimal(10000)},
)
YES = {"是", "有", "√", "Y", "1", "TRUE"}
NO = {"否", "无", "×", "N", "0", "FALSE"}
COMMITTEE = "(?:民委员会|民委会|委会|委)"
VILLAGE_END = (
    f"嘎查(?:村民委员会|村?委员会|村?委会|村)?|村(?:{COMMITTEE}|委员会)|街道委员会|[牧渔](?:民委员|委)会|行政村|村"
)
COMMUNITY_END = f"(?:社区)?居{COMMITTEE}|社区(?:(?:居民)?管理委员会|民?委员会|委会)|家(?:属委员|委)会|社区"
ANY_END = f"{COMMUNITY_END}|社区村{COMMITTEE}|{VILLAGE_END}"


class CellError(Exception):
    """Its text is the error code."""


def is_numeric(raw: object) -> bool:
    return isinstance(raw, int | float) and not isinstance(raw, bool)


@cache
def is_unseen(character: str) -> bool:
    """Nobody sees it: a control or format character, a filler, a selector or a tag (white space is apart)."""
    point, category = ord(character), unicodedata.category(character)
    if any(first <= point <= last for first, last in SHAPED):
        return False
    is_ignored = any(first <= point <= last for first, last in SELECTORS) or point in EMPTY
    return category == "Cf" or (category == "Cc" and not character.isspace()) or is_ignored


def is_day(raw: object) -> bool:
    return isinstance(raw, date)


@cache
def clean(text: str) -> str:
    """NFKC, one form of what looks the same, white space and signs without a shape off, leading apostrophe off."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if not c.isspace() and not is_unseen(c)).translate(LOOKS_LIKE)
    text = unicodedata.normalize("NFKC", text)
    return text[1:] if text.startswith("'") else text


def text_of(raw: object) -> str:
    """The cleaned text of a cell of whatever type; whole numbers give their digits."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, bool):
        return str(raw).upper()
    return clean(str(raw))


def is_missing(raw: object, kind: str, values: tuple[str, ...] = ()) -> bool:
    """Whether a cell says nothing; a word is no sign of that in a list that has it as a value."""
    text = text_of(raw)
    if text in values:
        return False
    if text in ("", "-", "—", "/"):
        return True
    return kind not in ("text", "yes_or_no") and text in ("无", "NULL")


def unit_factor(unit: str, wanted: str | None) -> Decimal | None:
    """What a number in ``unit`` is multiplied with to be in ``wanted``; None where that is not known."""
    if unit == wanted:
        return Decimal(1)
    for family in UNIT_FAMILIES:
        if unit in family and wanted in family:
            return family[unit] / family[wanted]
    return None


def check_digit(first17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first17, weights, strict=True))
    return "10X98765432"[total % 11]


def resident_id(raw: object, month: str) -> str:
    if is_numeric(raw) or is_day(raw):
        raise CellError("id_stored_as_number")
    text = text_of(raw)
    if re.fullmatch(r"[0-9.]+[eE]\+?[0-9]+", text):
        raise CellError("id_stored_as_number")
    if len(text) != 18 and not re.fullmatch(r"[0-9]{15}", text):
        raise CellError("id_length")
    if len(set(text)) == 1 and text[0] in "0123456789":
        raise CellError("id_placeholder")
    if len(text) == 15:
        first17 = text[:6] + "19" + text[6:]
        text = first17 + check_digit(first17)
    try:
        born = date.fromisoformat(f"{text[6:10]}-{text[10:12]}-{text[12:14]}")
    except ValueError:
        raise CellError("id_birth_date") from None
    if born > last_day(month):
        raise CellError("id_birth_date")
    text = text.upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text) or check_digit(text[:17]) != text[17]:
        raise CellError("id_check_digit")
    return text


def certificate(raw: object, month: str) -> tuple[str, int, int]:
    text = text_of(raw)
    if is_numeric(raw) or not re.fullmatch(r"[0-9]{17}[0-9Xx][1-7][1-4]", text):
        raise CellError("certificate_invalid")
    try:
        return resident_id(text[:18], month), int(text[18]), int(text[19])
    except CellError:
        raise CellError("certificate_invalid") from None


def _serial(number: int) -> date | None:
    """Day 60 is the 29th of February 1900, which Excel believes in."""
    if not 1 <= number <= 2958465 or number == 60:
        return None
    return date(1899, 12, 30 if number > 60 else 31) + timedelta(days=number)


def _written_day(text: str) -> date | None:
    """A day as offices write it, or None; raises ``date_incomplete`` for a month."""
    forms = [rf"(\d{{4}}){s}(\d{{1,2}}){s}(\d{{1,2}})[日号]?" for s in ("-", "/", r"\.")]
    forms += [r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]", r"(\d{4})(\d{2})(\d{2})"]
    for form in forms:
        match = re.fullmatch(form, text, re.ASCII)
        if match:
            try:
                return date(*[int(g) for g in match.groups()])
            except ValueError:
                return None
    if re.fullmatch(r"\d{12}|\d{14}", text, re.ASCII):
        return _written_day(text[:8]) if _is_clock(re.sub(r"\B(?=(?:..)+$)", ":", text[8:])) else None
    month = re.fullmatch(r"\d{4}(?:-|/|\.|年)?(\d{1,2})(?:月份?)?", text, re.ASCII)
    if month and 1 <= int(month[1]) <= 12 and not re.fullmatch(r"\d{5}", text, re.ASCII):
        raise CellError("date_incomplete")
    return _serial(int(text)) if re.fullmatch(r"\d{5}", text, re.ASCII) else None


def _is_clock(text: str) -> bool:
    """An hour and minutes, perhaps seconds, in figures or said with 点 and 分."""
    said = text.replace("整", "").replace("半", "30").translate(str.maketrans("时点分秒,", ":::..")).rstrip(":.")
    parts = said.split(":") if ":" in said or text[-1:] in "时点整" else []
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(r"\d{1,2}(\.\d+)?", part, re.ASCII) for part in parts):
        return False
    return float(parts[0]) < 24 and all(float(part) < 60 for part in parts[1:])


def _without_time(raw: str) -> str:
    """A time of day falls off behind a blank or 日, else its first digit may be the day's; 00:00:00 always does."""
    text = "".join(c for c in unicodedata.normalize("NFKC", raw) if not is_unseen(c)).strip()
    text = re.sub(r"[\s,]*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?", " ", text, count=1)
    text = re.sub(r"[日号](?=.)", lambda m: m[0] + " ", text, count=1)
    text = re.sub(r"(?<=[0-9])T(?=[0-9])|_", " ", text)
    text = re.sub(r"(?<=[0-9])\s*(?:\+08(?::?00)?|CST|北京时间)$", "", text)
    day_part, *rest = text.split(maxsplit=1) or [""]
    clock = re.sub(r"上午|下午|凌晨|清晨|早上|中午|傍晚|晚上|[AP]M|\s", "", rest[0], flags=re.I) if rest else ""
    return day_part if clock and _is_clock(clock) else text.removesuffix("00:00:00")


def day(raw: object, month: str, latest: date | None = None) -> date:
    """A day up to ``latest``, or to the month's end and 31 days."""
    if isinstance(raw, datetime):
        found = raw.date()
    elif isinstance(raw, date):
        found = raw
    elif is_numeric(raw) and (raw != int(raw) or raw < 200_000):
        found = _serial(int(raw)) if raw == int(raw) else None
    else:
        found = _written_day(text_of(_without_time(raw) if isinstance(raw, str) else raw))
    if found is None:
        raise CellError("date_invalid")
    if not date(1900, 1, 1) <= found <= (latest or last_day(month) + timedelta(days=31)):
        raise CellError("date_out_of_range")
    return found


def month_text(raw: object, month: str) -> str:
    if is_numeric(raw) and raw != int(raw):
        raise CellError("month_invalid")
    if not is_day(raw):
        match = re.fullmatch(r"(\d{4})(?:-|\.|年)?(\d{1,2})((?:月份?)?)", text_of(raw), re.ASCII)
        if match and not re.fullmatch(r"\d{5}", text_of(raw), re.ASCII):
            if ("年" in text_of(raw)) == bool(match[3]) and 1 <= int(match[2]) <= 12:
                return f"{match[1]}-{int(match[2]):02d}"
            raise CellError("month_invalid")
    try:
        return day(raw, "9998-11").isoformat()[:7]
    except CellError:
        raise CellError("month_invalid") from None


def _behind(text: str) -> str:
    """A number text with what is said in front of the number (每月, ¥) behind it or left out."""
    front = re.fullmatch(r"((?:每[人户])?每[月年])(.+)", text)
    text = front[2] + front[1] if front else text
    return re.sub(r"^([+-]?)(?:人民币|RMB|CNY|¥):?", r"\1", text, flags=re.I)


def _spoken_unit(unit: str, column: Column, header_unit: str | None) -> str:
    """A unit as people say it, reduced to its name if it says no more than the column does: 元/月, 万, 元整."""
    unit = re.sub(r"人民币|RMB|CNY|¥|整$", "", unit.rstrip("。;,").replace("圆", "元"), flags=re.I)
    unit = re.sub(r"[(](?:/|每)?([^()]+)[)]$", r"/\1", unit)
    name, slash, per = re.fullmatch(r"([^/每]*)(/|每)?(.*)", unit).groups()
    name = name or header_unit or column.unit or ""
    if slash:
        label = column.headers[0]
        is_yearly = "年" in label or "12个月" in label
        own = {"年", "户"} if is_yearly else {"月", "人"} if "月" in label else set()
        said = re.findall(r"全?年|个?月|人|户|[^/·.、每]", per)
        plain = {word.strip("全个") for word in said}
        if not plain or not plain <= own or not plain & {"年", "月"}:
            return unit
    if name in ("十", "百", "千", "万", "亿"):
        family = next((f for f in UNIT_FAMILIES if column.unit in f), {})
        return name + next(iter(family), "")
    return name


def _year(raw: object, column: Column) -> object:
    """The year of a day, or without 年 behind it, in a column of years; else what there is."""
    if column.kind != "integer" or column.unit or not column.headers[0].endswith(("年度", "年份", "年")):
        return raw
    if is_day(raw):
        return raw.year
    match = None if is_numeric(raw) or isinstance(raw, bool) else re.fullmatch("([0-9]{4})年度?", text_of(raw))
    return match[1] if match else raw


def number(raw: object, column: Column, header_unit: str | None) -> Decimal:
    raw = _year(raw, column)
    if is_day(raw) or isinstance(raw, bool):
        raise CellError("number_invalid")
    unit = header_unit
    if is_numeric(raw):
        value = Decimal(repr(raw))
    else:
        text = text_of(raw)
        text = _behind(text) if (column.unit or "").endswith("元") else text
        match = re.fullmatch(r"([+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+))(\D*)", text, re.ASCII)
        if not match:
            raise CellError("number_invalid")
        value = Decimal(match[1].replace(",", ""))
        unit = _spoken_unit(match[2], column, header_unit) if match[2] else header_unit
    if unit is not None:
        factor = unit_factor(unit, column.unit)
        if factor is None:
            raise CellError("number_invalid")
        value *= factor
    if column.kind == "integer" and value != int(value):
        raise CellError("number_invalid")
    return value


def in_range(value: Decimal, column: Column) -> Decimal:
    low, high = column.minimum, column.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise CellError("out_of_range")
    return value


def yes_or_no(raw: object) -> bool:
    text = text_of(raw).upper()
    if text in YES:
        return True
    if text in NO:
        return False
    raise CellError("not_yes_or_no")


def _names_only(text: str) -> str:
    """A place without the signs between names and without the province, city and district in front."""
    return re.sub(r"^(?:..{1,7}省)?(?:..{1,7}市)?清城区", "", re.sub(r"[-–—/\\>,·、_|()]", "", text))


def town(raw: object, month: str) -> str:
    found = _towns(text_of(raw), month)
    if len(found) != 1:
        raise CellError("division_ambiguous" if found else "division_unknown")
    return next(iter(found))


@cache
def _towns(text: str, month: str) -> frozenset[str]:
    found: set[str] = set()
    for v in vintage(month):
        name = clean(v.town_name)
        names = {v.town_code, v.town_code + "000", *(name + office for office in ("", "人民政府", "政府", "办事处"))}
        if name.endswith("街道"):
            names |= {name + "办", name.removesuffix("街道") + "街办", name.removesuffix("街道") + "办事处"}
        if {text, _names_only(text)} & names:
            found.add(v.town_code)
    return frozenset(found)


def stems(name: str, ends: str = ANY_END) -> set[str]:
    """The name, and what is left of it without one end."""
    return {name} | {match[1] for match in [re.fullmatch(f"(.+?)(?:{ends})", name)] if match}


@cache
def _patterns(v: Village) -> tuple[re.Pattern[str], ...]:
    """The names of a division: official, by its kind, with another end, by habit."""
    official, kind = clean(v.name), {"village": VILLAGE_END, "community": COMMUNITY_END}.get(v.kind, "(?!)")
    town, is_village = clean(v.town_name), v.kind == "village"
    without_remark = re.sub(r"\([^()]*\)", "", official)
    bare, unmarked = (min(stems(name), key=len) for name in (official, without_remark))
    stem = re.escape(bare)
    local = bare.removeprefix(re.sub("[镇乡]$|苏木$|街道$", "", town))
    habits = f"{re.escape(local)}(?:{kind})" if local not in (bare, "") else "(?!)"
    if is_village:
        habits += f"|{stem}(?:行政)?村(?:村{COMMITTEE}|行政村)"
        habits += f"|{stem.removesuffix('村')}(?:村{COMMITTEE}|行政村)" if bare.endswith("村") else ""
    if without_remark != official and unmarked:
        habits += f"|{re.escape(unmarked)}(?:{kind})?"
    told = f"|{stem}" if is_village and bare.endswith(("村", "嘎查")) else ""
    forms = (f"{v.code}|{re.escape(official)}", f"{stem}(?:{kind}){told}", f"{stem}(?:{ANY_END})?", habits)
    return tuple(re.compile(f"(?:{re.escape(town)})?(?:{form})") for form in forms)


def _fitting(text: str, here: list[Village]) -> set[str]:
    """The divisions that a name fits best."""
    for rank in range(4):
        if found := {v.code for v in here if _patterns(v)[rank].fullmatch(text)}:
            return found
    return set()


def village(raw: object, month: str, town_code: str | None) -> str:
    found = _villages(text_of(raw), month, town_code)
    if len(found) != 1:
        raise CellError("division_ambiguous" if found else "division_unknown")
    return next(iter(found))


@cache
def _villages(text: str, month: str, town_code: str | None) -> frozenset[str]:
    here = [v for v in vintage(month) if town_code in (None, v.town_code)]
    bare = re.sub(
        r"^(.{1,12}?(?:镇|乡|苏木|街道))(?:街道办事处|办事处|街道办|人民政府|政府)(?=.)", r"\1", _names_only(text)
    )
    return frozenset(_fitting(text, here) or _fitting(bare, here))


def plain_text(raw: object) -> str:
    if is_day(raw) or isinstance(raw, bool) or (is_numeric(raw) and raw != int(raw)):
        raise CellError("not_text")
    return text_of(raw)


def listed(raw: object, column: Column) -> str:
    text = text_of(raw)
    for value in column.values:
        if text == clean(value):
            return value
    for value in column.values:
        if text in map(clean, shared_words("values").get(value, [])):
            return value
    raise CellError("not_in_list")
