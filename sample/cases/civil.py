"""Planted households at the edges of CIV-01 to CIV-04: the first and the last day of the month."""

from __future__ import annotations

from sample.cases.effects import (
    BEFORE,
    FIRST,
    LAST,
    Allowance,
    Assistance,
    Case,
    Death,
    Departure,
    Disability,
    Kin,
    Support,
)
from sample.months import When


def civil_cases() -> tuple[Case, ...]:
    """List the cases for CIV-01 to CIV-04."""
    alone = (Kin("户主", 55),)
    return (
        Case("本月停发低保", ("CIV-01",), effects=(Allowance(0, until=0, is_stop_shown=True),), needs=2),
        Case("本月不在低保名册", ("CIV-01",), effects=(Allowance(2, until=0),), needs=2),
        Case("本月退出特困供养", ("CIV-01",), effects=(Support(2, until=0),), needs=2),
        Case("低保转特困", misses=("CIV-01",), effects=(Allowance(2, until=0), Support(2, since=0)), needs=2),
        Case("上月已停发", misses=("CIV-01",), effects=(Allowance(0, until=-1, is_stop_shown=True),), needs=2),
        Case("退出低保者本月死亡", misses=("CIV-01",), effects=(Allowance(2, until=0), Death(LAST, member=2)), needs=2),
        Case(
            "退出低保者本月已不在册", misses=("CIV-01",), effects=(Allowance(1, until=0), Departure(1, gone=0)), needs=2
        ),
        Case("三级变二级", ("CIV-02",), effects=(Disability(0, "三级", later="二级"),), needs=2),
        Case("新发一级证", ("CIV-02",), effects=(Disability(2, "一级", since=0),), needs=2),
        Case("二级变一级", misses=("CIV-02",), effects=(Disability(0, "二级", later="一级"),), needs=2),
        Case("四级变三级", misses=("CIV-02",), effects=(Disability(1, "四级", later="三级"),), needs=2),
        Case("劳动力月初死亡", ("CIV-03",), effects=(Death(FIRST, member=0),)),
        Case("劳动力月末死亡并已销户", ("CIV-03",), effects=(Death(LAST, member=1, gone=0),), needs=2),
        Case("劳动力上月末死亡本月才报", misses=("CIV-03",), effects=(Death(BEFORE, member=1),)),
        Case("无劳动力者死亡", misses=("CIV-03",), effects=(Death(When(0), member=2),)),
        Case("独居者死亡,户内无在世成员", misses=("CIV-03",), effects=(Death(When(0), member=0),), members=alone),
        Case("月初火灾救助", ("CIV-04",), effects=(Assistance("火灾", FIRST),)),
        Case("救助对象本月死亡", ("CIV-04",), effects=(Assistance("突发重病", FIRST, member=2), Death(LAST, member=2))),
        Case("救助原因为其他", misses=("CIV-04",), effects=(Assistance("其他", LAST),)),
        Case("上月末救助本月才报", misses=("CIV-04",), effects=(Assistance("交通事故", BEFORE, delivered=0),)),
    )
