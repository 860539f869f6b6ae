"""Planted households for civil affairs (CIV-01 to CIV-04): what must fire, and what narrowly misses.

Belongs here: cases as data, at the edges of the rules (the first and the last day of the month).
Does not belong here: how a case becomes rows (``plant``).
"""

from __future__ import annotations

from sample.cases.effects import (
    BEFORE,
    FIRST,
    LAST,
    Allowed,
    Assisted,
    Case,
    Died,
    Disabled,
    Kin,
    Left,
    Supported,
)
from sample.months import When


def civil_cases() -> tuple[Case, ...]:
    """Cases for CIV-01 to CIV-04."""
    alone = (Kin("户主", 55),)
    return (
        Case("本月停发低保", ("CIV-01",), effects=(Allowed(0, until=0, is_stop_shown=True),), needs=2),
        Case("本月不在低保名册", ("CIV-01",), effects=(Allowed(2, until=0),), needs=2),
        Case("本月退出特困供养", ("CIV-01",), effects=(Supported(2, until=0),), needs=2),
        Case("低保转特困", misses=("CIV-01",), effects=(Allowed(2, until=0), Supported(2, since=0)), needs=2),
        Case("上月已停发", misses=("CIV-01",), effects=(Allowed(0, until=-1, is_stop_shown=True),), needs=2),
        Case("退出低保者本月死亡", misses=("CIV-01",), effects=(Allowed(2, until=0), Died(LAST, member=2)), needs=2),
        Case("退出低保者本月已不在册", misses=("CIV-01",), effects=(Allowed(1, until=0), Left(1, gone=0)), needs=2),
        Case("三级变二级", ("CIV-02",), effects=(Disabled(0, "三级", later="二级"),), needs=2),
        Case("新发一级证", ("CIV-02",), effects=(Disabled(2, "一级", since=0),), needs=2),
        Case("二级变一级", misses=("CIV-02",), effects=(Disabled(0, "二级", later="一级"),), needs=2),
        Case("四级变三级", misses=("CIV-02",), effects=(Disabled(1, "四级", later="三级"),), needs=2),
        Case("劳动力月初死亡", ("CIV-03",), effects=(Died(FIRST, member=0),)),
        Case("劳动力月末死亡并已销户", ("CIV-03",), effects=(Died(LAST, member=1, gone=0),), needs=2),
        Case("劳动力上月末死亡本月才报", misses=("CIV-03",), effects=(Died(BEFORE, member=1),)),
        Case("无劳动力者死亡", misses=("CIV-03",), effects=(Died(When(0), member=2),)),
        Case("独居者死亡,户内无在世成员", misses=("CIV-03",), effects=(Died(When(0), member=0),), members=alone),
        Case("月初火灾救助", ("CIV-04",), effects=(Assisted("火灾", FIRST),)),
        Case("救助对象本月死亡", ("CIV-04",), effects=(Assisted("突发重病", FIRST, member=2), Died(LAST, member=2))),
        Case("救助原因为其他", misses=("CIV-04",), effects=(Assisted("其他", LAST),)),
        Case("上月末救助本月才报", misses=("CIV-04",), effects=(Assisted("交通事故", BEFORE, delivered=0),)),
    )
