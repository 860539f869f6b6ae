"""Planted households of 2026: recognition income at the edges of INC-03 (6000 元), people on two lists (REC-24).

Belongs here: cases as data. Does not belong here: projects and assets that break a rule (``departments``).
"""

from __future__ import annotations

from sample.cases.effects import (
    ALWAYS,
    FIRST,
    LAST,
    Allowance,
    Case,
    Death,
    Expense,
    Monitoring,
    Relief,
    Settlement,
    Support,
)
from sample.months import When


def _flat(net: int) -> tuple[tuple[int, int], ...]:
    return ((ALWAYS, net),)


def regime_cases() -> tuple[Case, ...]:
    """List the cases for INC-03 and REC-24; a household has three living members unless its case says otherwise."""
    school, ward = Expense(12000_00), Settlement("住院", 2000_00, FIRST)
    yesterday = When(-1, 31)
    whole = tuple(Relief(member, "edge") for member in range(3))
    return (
        Case("扣除教育自付(超上限)后人均5666.67元", ("INC-03",), net=_flat(27000_00), effects=(school,)),
        Case("扣除教育自付后人均正好6000元", misses=("INC-03",), net=_flat(28000_00), effects=(Expense(10000_00),)),
        Case("扣除医疗自付后人均5999.67元", ("INC-03",), net=_flat(19999_00), effects=(ward,)),
        Case("收入本身低于监测线", ("INC-01",), ("INC-03",), net=_flat(17000_00), effects=(school,)),
        Case("低保又在低保边缘名册", effects=(Allowance(1), Relief(1, "edge")), conflicts=(("REC-24", 1),)),
        Case(
            "低保停发后转低保边缘",
            effects=(Allowance(1, until=0, is_stop_shown=True), Relief(1, "edge")),
            no_conflicts=(("REC-24", 1),),
        ),
        Case("低保边缘已退出,转刚性支出", effects=(Relief(1, "edge", has_left=True), Relief(1, "rigid")),
             no_conflicts=(("REC-24", 1),)),
        Case("低保边缘又刚性支出", effects=(Relief(1, "edge"), Relief(1, "rigid")), conflicts=(("REC-24", 1),)),
        Case("低保边缘有效期上月末止", effects=(Relief(1, "edge", until=yesterday), Relief(1, "rigid")),
             no_conflicts=(("REC-24", 1),)),
        Case("低保边缘有效期本月末止", effects=(Relief(1, "edge", until=LAST), Relief(1, "rigid")),
             conflicts=(("REC-24", 1),)),
        Case("特困又在低保边缘名册", effects=(Support(2), Relief(2, "edge")), conflicts=(("REC-24", 2),)),
        Case("死者在两个名册", effects=(Death(FIRST, 2), Relief(2, "edge"), Relief(2, "rigid")),
             no_conflicts=(("REC-24", 2),)),
        Case("监测户在低保边缘名册", effects=(Monitoring("边缘易致贫户"), *whole)),
    )  # fmt: skip
