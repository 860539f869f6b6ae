"""Planted households at the edges of INC-01 and INC-02: 6000 元 per head, a fall of 30 %."""

from __future__ import annotations

from sample.cases.effects import ALWAYS, FIRST, MOTHER, PARENTS, Case, Death, Kin
from sample.months import When


def _flat(net: int) -> tuple[tuple[int, int], ...]:
    return ((ALWAYS, net),)


def _from_to(before: int, now: int) -> tuple[tuple[int, int], ...]:
    return ((ALWAYS, before), (0, now))


def income_cases() -> tuple[Case, ...]:
    """List the cases for INC-01 and INC-02; a household has three living members unless its case says otherwise."""
    aged_dead = Death(When(-2, 9), member=2, reported=-2)
    return (
        Case("人均5999.99元", ("INC-01",), net=_flat(5999_99 * 3)),
        Case("人均四舍五入为6000.00元,实少一分", ("INC-01",), net=_flat(6000_00 * 3 - 1)),
        Case("人均正好6000元", misses=("INC-01",), net=_flat(6000_00 * 3)),
        Case("已故成员不计人数,人均正好6000元", misses=("INC-01",), effects=(aged_dead,), net=_flat(6000_00 * 2)),
        Case("净收入为负", ("INC-01",), ("INC-02",), net=_flat(-500_00), is_registered=True),
        Case("低于监测线并骤减", ("INC-01", "INC-02"), net=_from_to(42000_00, 16800_00), needs=2),
        Case("正好下降30%", ("INC-02",), net=_from_to(30000_00, 21000_00), needs=2),
        Case("下降29.99%", misses=("INC-02",), net=_from_to(30000_00, 21003_00), needs=2),
        Case("人均除不尽,正好下降30%", ("INC-02",), net=_from_to(40000_00, 28000_00), needs=2),
        Case(
            "最高月不是上月",
            ("INC-02",),
            net=((ALWAYS, 30000_00), (-1, 22000_00), (0, 21000_00)),
            needs=3,
        ),
        Case(
            "总额降44%但人口减少,人均降25%",
            misses=("INC-02", "CIV-03"),
            net=_from_to(40000_00, 22500_00),
            needs=2,
            members=(*PARENTS, MOTHER, Kin("父母", 75, labour="无劳动力")),
            effects=(Death(FIRST, member=3),),
        ),
        Case("参照收入为0", ("INC-01",), ("INC-02",), net=_from_to(0, -3000_00), needs=2),
    )
