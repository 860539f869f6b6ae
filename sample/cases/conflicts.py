"""Planted households for the reconciliation rules: records that contradict each other, and records that nearly do.

Belongs here: cases as data. Does not belong here: assets and villages that break a rule (``departments.projects``,
``departments.villages``).
"""

from __future__ import annotations

from sample.cases.effects import (
    BEFORE,
    FIRST,
    HEAD,
    LAST,
    MOTHER,
    WIFE,
    Alias,
    Allowance,
    Case,
    Death,
    Departure,
    Diagnosis,
    Employment,
    Kin,
    Monitoring,
    Pension,
    SecondHome,
    Settlement,
    Support,
    Unemployment,
)
from sample.months import When

SECOND_SHEET = "一人多户(另一户)"
_AGED = (Kin("户主", 76, labour="无劳动力"), Kin("配偶", 74, sex="女", labour="无劳动力"))
_DOTTED = Kin("配偶", 41, sex="女")


def _person_cases() -> tuple[Case, ...]:
    """List the cases for REC-01 to REC-09; the subject is a member."""
    return (
        Case("上月末死亡仍领低保", effects=(Death(BEFORE, 2), Allowance(2)), conflicts=(("REC-01", 2),)),
        Case("本月初死亡仍在低保名册", effects=(Death(FIRST, 2), Allowance(2)), no_conflicts=(("REC-01", 2),)),
        Case(
            "上月末死亡仍领养老金",
            effects=(Death(BEFORE, 2), Pension(2, draws_after_death=True)),
            conflicts=(("REC-02", 2),),
        ),
        Case("死亡后养老金已停发", effects=(Death(BEFORE, 2), Pension(2)), no_conflicts=(("REC-02", 2),)),
        Case("一人多户", effects=(SecondHome(1, SECOND_SHEET),), conflicts=(("REC-03", 1),)),
        Case(SECOND_SHEET),
        Case("同证不同名", effects=(Alias(0, "homophone"), Diagnosis(When(-14))), conflicts=(("REC-04", 0),)),
        Case(
            "间隔号写法不同",
            members=(HEAD, _DOTTED, MOTHER),
            effects=(Alias(1, "dot"),),
            no_conflicts=(("REC-04", 1),),
        ),
        Case("低保特困双领", effects=(Allowance(2), Support(2)), conflicts=(("REC-05", 2),)),
        Case(
            "低保停发后享受特困",
            effects=(Allowance(2, until=0, is_stop_shown=True), Support(2)),
            no_conflicts=(("REC-05", 2),),
        ),
        Case("低保对象不在册", effects=(Allowance(1), Departure(1, gone=-98)), conflicts=(("REC-06", 1),)),
        Case("失业并已登记", effects=(Employment(0, "失业"), Unemployment(When(-1, 3))), no_conflicts=(("REC-07", 0),)),
        Case("特困供养人员在业", effects=(Support(0),), conflicts=(("REC-08", 0),)),
        Case("特困供养人员未就业", effects=(Support(0), Employment(0, "未就业")), no_conflicts=(("REC-08", 0),)),
        Case("死亡后门诊", effects=(Death(BEFORE, 2), Settlement("门诊", 50_00, FIRST, 2)), conflicts=(("REC-09", 2),)),
        Case(
            "死亡前入院、死亡后结算",
            effects=(Death(BEFORE, 2), Settlement("住院", 800_00, FIRST, 2, admitted=When(-1, 20))),
            no_conflicts=(("REC-09", 2),),
        ),
    )


def _household_cases() -> tuple[Case, ...]:
    """List the cases for REC-10 to REC-13; the subject is the household."""
    quick, slow = Monitoring("边缘易致贫户", -3, -1), Monitoring("边缘易致贫户", -4, -1)
    eliminated = Monitoring("突发严重困难户", -12, -5)
    return (
        Case("无户主", members=(WIFE, MOTHER), conflicts=(("REC-10", None),)),
        Case("两名户主", members=(HEAD, WIFE, Kin("户主", 70)), conflicts=(("REC-10", None),)),
        Case("识别两个月后消除", effects=(quick,), conflicts=(("REC-11", None),)),
        Case("识别三个月后消除", effects=(slow,), no_conflicts=(("REC-11", None),)),
        Case("无劳动力户标注消除", members=_AGED, effects=(eliminated,), conflicts=(("REC-12", None),)),
        Case(
            "有弱劳动力的户标注消除",
            members=(*_AGED, Kin("子女", 50, labour="弱劳动力或半劳动力")),
            effects=(eliminated,),
            no_conflicts=(("REC-12", None),),
        ),
        Case(
            "监测户不在册",
            members=(HEAD,),
            effects=(Monitoring("边缘易致贫户"), Departure(0, gone=-98)),
            conflicts=(("REC-13", None),),
        ),
        Case(
            "监测户在册",
            effects=(Monitoring("边缘易致贫户"), Settlement("门诊", 80_00, LAST)),
            no_conflicts=(("REC-13", None),),
        ),
    )


def conflict_cases() -> tuple[Case, ...]:
    """List the cases for REC-01 to REC-13."""
    return (*_person_cases(), *_household_cases())
