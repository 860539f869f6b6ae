"""Planted households at the edges of EMP-01; all but one are registered."""

from __future__ import annotations

from sample.cases.effects import FIRST, LAST, MOTHER, WIFE, Case, Death, Employment, Kin, Unemployment
from sample.months import When


def work_cases() -> tuple[Case, ...]:
    """List the cases for EMP-01; all but one are registered."""
    out, home, none = (Employment(0, s) for s in ("失业", "返乡", "未就业"))
    wife_none = Employment(1, "未就业")
    after_month = When(1, 3)
    unable = Kin("户主", 50, labour="丧失劳动力")
    return (
        Case("户主失业、配偶未就业", ("EMP-01",), effects=(out, wife_none), is_registered=True),
        Case("户主返乡、配偶未就业", ("EMP-01",), effects=(home, wife_none), is_registered=True),
        Case("户主失业、配偶在业", misses=("EMP-01",), effects=(out,), is_registered=True),
        Case(
            "在业但月末已登记失业",
            ("EMP-01",),
            effects=(Unemployment(LAST), wife_none),
            is_registered=True,
            conflicts=(("REC-07", 0),),
        ),
        Case(
            "登记失业日期在月末之后",
            misses=("EMP-01",),
            effects=(Unemployment(after_month), wife_none),
            is_registered=True,
        ),
        Case("均未就业但无人失业", misses=("EMP-01",), effects=(none, wife_none), is_registered=True),
        Case(
            "失业者无劳动能力",
            misses=("EMP-01",),
            effects=(out, wife_none),
            members=(unable, WIFE, MOTHER),
            is_registered=True,
        ),
        Case("一般农户失业", misses=("EMP-01",), effects=(home, wife_none)),
        Case(
            "在业者本月死亡、配偶失业",
            ("CIV-03", "EMP-01"),
            effects=(Death(FIRST, member=0), Employment(1, "失业")),
            is_registered=True,
        ),
    )
