"""Tell what a remark beside a column name says: how to fill the column in, its unit, or something else.

Belongs here: the words. Does not belong here: finding the name that a remark is about (``labels``).

A remark about somebody or something else (the guardian, last year) makes another column of it.
"""

from __future__ import annotations

import re

from sources.contracts.model import Column
from sources.units import UNITS, is_rate, plain_unit, power_of_ten

BRACKETS = str.maketrans("[]【】〔〕{}<>《》“”「」『』", "()" * 9)
_OBLIGATION = (
    r"(?:\*?(?:带\*号?)?为?"
    r"(?:[必选可][填选录输](?:项|字段)?|必须填写?|非必填项?|可不填|可为?空|不[可能得]?为空|[不勿]填)\*?)"
)
_FIXED = (
    rf"(?:{_OBLIGATION}|[*★]+|required|optional|文本(?:型|格式)?|字符[型串]?|string|text|数字|数值型?|日期[型]?|整数|小数"
    r"|(?:共|长度为?|限)?(?:(?:[0-9]+|十五)[或/、])?(?:[0-9]+|十八|十五)位(?:数字?|号码?|字符|码)?(?:[或和]X)?|长度[0-9]+"
    r"|下拉(?:选择?|菜单)?|单选|多选|[是有√]/[否无×]|[yY]{4}.*|[xX]{4}.*|年月日?|年[-/.]月(?:[-/.]日)?"
    r"|(?:19|20)[0-9]{2}[-/.][0-9]{1,2}(?:[-/.][0-9]{1,2})?|[≥>]=?0"
    r"|(?:由?系统)?自动(?:生成|计算|带出)|(?:不[可能]|请?勿|不要|禁止)修改|只读)"
)
_OPEN = (
    r"(?:(?!填[写报表]?(?:时间|日期|人|单位)$)"
    r"(?:注[::]|格式|[样示]?例|如|填|请|精确到|保留|若无|无则|没有|不[含带要]|[单计].{0,2}单位|单位)"
    r"|[需须应]?[与同和按以](?=.*(?:一致|相同|为准|填写?报?|单位)$)|按(?=[十百千万亿]*元$)|[需须应])"
)
NOTE = rf"(?:{_FIXED}|{_OPEN}.*)"
"""Remarks about filling a column in, also those that name a unit, or that speak of something else."""
_SOMEBODY = re.compile(
    "监护|代[领办理填缴]|[家亲]属|户主|配偶|父|母|子女|联系|经办|负责|开户|持卡|申请人|法人|法定|代表|介绍|担保|受益|电话|手机"
    "|账[号户]|银行|企业|学校|曾用|[变更]更|原来|旧"
)
_SOMETHING = re.compile(
    "[上去前]一?年|上个?[月季期]|同期|月均|年均|[人户]均|平均|累计|季|其中|合计|比[上去]"
    "|[一二两三四五六七八九][十百千万亿]*元|(?:19|20)[0-9]{2}年"
)
_PERIOD = re.compile("[按每]([年月])")
_AMOUNT_UNIT = re.compile(
    r"[十百千万亿]*[美港欧日]?元(?:[/每](?:年|个?月|人|户))*|(?<=[0-9])[十百千万亿]+(?!分)|(?<=[0-9])(?:公里|米)"
)
_NEGATION = re.compile("[不勿非别]")
_UNIT_LEAD = re.compile(r"^(?:(?:计量|金额)?单位(?:为|是)?|金额)?[:=/-]*")
_COMMA = re.compile("(?<![0-9])[,;、]|[;、]|,(?![0-9]{3})")


def is_obligation(text: str) -> bool:
    """Check whether a text only says that a column must or may be filled in."""
    return bool(re.fullmatch(_OBLIGATION, text))


def is_about_somebody(text: str) -> bool:
    """Check whether a column name speaks of somebody else, or of a telephone or an account."""
    return bool(_SOMEBODY.search(text))


def note_or_unit(text: str, column: Column, rate: str) -> str | None:
    """Return the unit that a remark names for a column, "" for a note about filling in, None for anything else.

    ``rate`` is what one amount of the table is for (人, 户 or nothing). Several different units are none.
    """
    found = _one(text, column, rate)
    if found is not None:
        return found
    if _lists_values(text, column):
        return ""
    parts = [part for part in _COMMA.split(text) if part]
    if len(parts) < 2:
        return None
    units = {_one(part, column, rate) for part in parts} - {""}
    if None in units or len(units) > 1:
        return None
    return next(iter(units), "")


def _one(text: str, column: Column, rate: str) -> str | None:
    if re.fullmatch(_FIXED, text, re.IGNORECASE):
        return ""
    if column.unit:
        if is_rate(text, column.period, rate):
            return ""
        unit = plain_unit(_UNIT_LEAD.sub("", text), column.period, column.unit, rate)
        if unit in UNITS or not unit:
            return unit
        found = re.match("[十百千万亿]*元(?=[^/])", text)
        if found and re.fullmatch(NOTE, text[found.end() :]):
            text = f"单位{found[0]}:{text[found.end() :]}"
    return _hint(text, column, rate) if re.fullmatch(f"{_OPEN}.*", text) else None


def _hint(text: str, column: Column, rate: str) -> str | None:
    """Read a sentence about filling in: "" or the unit in it, None if it speaks of something else."""
    words = _SOMEBODY.findall(text) if column.is_identity or column.unit else []
    if column.unit:
        words += _SOMETHING.findall(text)
        words += [m[0] for m in _PERIOD.finditer(text) if not is_rate(m[1], column.period, rate)]
    if any(word not in column.label for word in words):
        return None
    if not column.unit:
        return ""
    units = {plain_unit(found, column.period, column.unit, rate) for found in _AMOUNT_UNIT.findall(text)}
    if len(units) > 1 or (not units and re.search("[万亿]", text)):
        return None
    unit = next(iter(units), "")
    if unit and _NEGATION.search(text):
        return "" if unit == column.unit else None
    return unit if not unit or power_of_ten(unit, column.unit) is not None else None


def _lists_values(text: str, column: Column) -> bool:
    """Check whether a remark lists values of the contract: 正常/新增/停发, A/B/C."""
    parts = re.split("[/、,;|或]", text)
    return len(parts) > 1 and all(p and any(v.startswith(p) for v in column.words) for p in parts)
