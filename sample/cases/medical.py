"""Planted households at the edges of MED-01 to MED-04.

Belongs here: cases as data (5000 and 20000 元 per year for inpatients, 500 元 per month for outpatients).
Does not belong here: converting a case to rows (``plant``).
"""

from __future__ import annotations

from sample.cases.effects import (
    BEFORE,
    ELIMINATED,
    FIRST,
    LAST,
    MONITORED,
    CareType,
    Case,
    Death,
    Diagnosis,
    Insurance,
    Settlement,
)
from sample.months import Calendar, When

_WARD: CareType = "住院"
_CLINIC: CareType = "门诊"
_CHRONIC: CareType = "门特"


def _threshold_cases() -> tuple[Case, ...]:
    """List the cases for MED-01 at the two thresholds."""
    return (
        Case(
            "脱贫户住院自付累计正好5000元",
            ("MED-01",),
            effects=(Settlement(_WARD, 3000_00, FIRST), Settlement(_WARD, 2000_00, LAST)),
            is_registered=True,
        ),
        Case(
            "脱贫户住院自付累计4999.99元",
            misses=("MED-01",),
            effects=(Settlement(_WARD, 4999_99, FIRST),),
            is_registered=True,
        ),
        Case(
            "脱贫户两人各2500元",
            ("MED-01",),
            effects=(Settlement(_WARD, 2500_00, FIRST), Settlement(_WARD, 2500_00, LAST, member=1)),
            is_registered=True,
        ),
        Case(
            "脱贫户本年较早月份累计5000元",
            ("MED-01",),
            effects=(Settlement(_WARD, 3000_00, When(-1)), Settlement(_WARD, 2000_00, LAST)),
            is_registered=True,
            needs=2,
            in_year=True,
        ),
        Case("一般农户20000元", ("MED-01",), effects=(Settlement(_WARD, 20000_00, FIRST),)),
        Case("一般农户19999.99元", misses=("MED-01",), effects=(Settlement(_WARD, 19999_99, LAST),)),
        Case("监测户(一般农户)5000元", ("MED-01",), effects=(Settlement(_WARD, 5000_00, FIRST), MONITORED)),
        Case("已消除监测的一般农户6000元", misses=("MED-01",), effects=(Settlement(_WARD, 6000_00, FIRST), ELIMINATED)),
    )


def _sum_cases(calendar: Calendar) -> tuple[Case, ...]:
    """List the cases for MED-01 with settlements that do not count towards the sum of the year."""
    year_end = When(-calendar.last.number, 31)
    return (
        Case(
            "冲销后4500元",
            misses=("MED-01",),
            effects=(Settlement(_WARD, 6000_00, FIRST), Settlement(_WARD, -1500_00, LAST, is_reversal=True)),
            is_registered=True,
        ),
        Case(
            "上年12月31日的不计",
            misses=("MED-01",),
            effects=(Settlement(_WARD, 5200_00, year_end), Settlement(_WARD, 100_00, FIRST)),
            is_registered=True,
        ),
        Case(
            "已故成员的不计",
            misses=("MED-01",),
            effects=(Settlement(_WARD, 7000_00, FIRST, member=2), Death(LAST, member=2)),
            is_registered=True,
        ),
        Case(
            "同一结算单更正为4800元",
            misses=("MED-01",),
            is_registered=True,
            needs=2,
            in_year=True,
            effects=(
                Settlement(_WARD, 6000_00, When(-1), number="A"),
                Settlement(_WARD, 4800_00, When(-1), number="A", delivered=0),
            ),
        ),
    )


def _outpatient_cases() -> tuple[Case, ...]:
    """List the cases for MED-02."""
    return (
        Case(
            "一人门诊300元加门特200元",
            ("MED-02",),
            effects=(Settlement(_CLINIC, 300_00, FIRST), Settlement(_CHRONIC, 200_00, LAST)),
        ),
        Case("一人499.99元", misses=("MED-02",), effects=(Settlement(_CLINIC, 499_99, LAST),)),
        Case(
            "两人各499元",
            misses=("MED-02",),
            effects=(Settlement(_CLINIC, 499_00, FIRST), Settlement(_CHRONIC, 499_00, FIRST, member=1)),
        ),
        Case("上月末结算本月才报", misses=("MED-02",), effects=(Settlement(_CLINIC, 500_00, BEFORE, delivered=0),)),
        Case("只有住院", misses=("MED-02",), effects=(Settlement(_WARD, 900_00, LAST),)),
    )


def _illness_cases() -> tuple[Case, ...]:
    """List the cases for MED-03 and MED-04."""
    return (
        Case("月初确诊", ("MED-03",), effects=(Diagnosis(FIRST),)),
        Case("月末确诊", ("MED-03",), effects=(Diagnosis(LAST, member=2),)),
        Case("上月末确诊", misses=("MED-03",), effects=(Diagnosis(BEFORE),)),
        Case("本月确诊后死亡", misses=("MED-03",), effects=(Diagnosis(FIRST, member=2), Death(LAST, member=2))),
        Case("脱贫户一人无参保记录", ("MED-04",), effects=(Insurance(2, None),), is_registered=True),
        Case("脱贫户一人终止参保", ("MED-04",), effects=(Insurance(1, "终止"),), is_registered=True),
        Case(
            "脱贫户一人只有上年记录",
            ("MED-04",),
            effects=(Insurance(1, None, is_last_year_only=True),),
            is_registered=True,
        ),
        Case("监测户(一般农户)一人未参保", ("MED-04",), effects=(Insurance(0, "未参保"), MONITORED)),
        Case("一般农户一人未参保", misses=("MED-04",), effects=(Insurance(0, None),)),
        Case("已消除监测的一般农户一人未参保", misses=("MED-04",), effects=(Insurance(0, None), ELIMINATED)),
        Case(
            "脱贫户未参保者已故",
            misses=("MED-04",),
            effects=(Insurance(2, None), Death(LAST, member=2)),
            is_registered=True,
        ),
    )


def medical_cases(calendar: Calendar) -> tuple[Case, ...]:
    """List the cases for MED-01 to MED-04."""
    return (*_threshold_cases(), *_sum_cases(calendar), *_outpatient_cases(), *_illness_cases())
