"""Planted households at the edges of HOU-01, WAT-01 and EDU-01: housing grades, ages 6 and 16."""

from __future__ import annotations

from sample.cases.effects import CHILD, PARENTS, Case, Dropout, Kin


def living_cases() -> tuple[Case, ...]:
    """List the cases for HOU-01, WAT-01 and EDU-01, and for all three at once."""
    turning_six, not_yet = Kin("子女", 6, labour="无劳动力"), Kin("子女", 5, 11, labour="无劳动力")
    still_fifteen, sixteen = Kin("子女", 15, 11, labour="无劳动力"), Kin("子女", 16, labour="无劳动力")
    out = (Dropout(2),)
    return (
        Case("C级住房", ("HOU-01",), housing="C级"),
        Case("D级住房", ("HOU-01",), housing="D级"),
        Case("B级住房", misses=("HOU-01",), housing="B级"),
        Case("首行B级,其余行C级,以首行为准", misses=("HOU-01",), housing="B级", member_housing="C级", place="street"),
        Case("初报A级,更正为C级", ("HOU-01",), housing="C级", draft_housing="A级", place="corrected"),
        Case("初报D级,更正为A级", misses=("HOU-01",), housing="A级", draft_housing="D级", place="corrected"),
        Case("C级住房户本月迁往他村", ("HOU-01",), housing="C级", moves=True, needs=2),
        Case("危房本月改造完成", misses=("HOU-01",), housing="D级", changes=(("housing_grade", "A级"),), needs=2),
        Case("饮水不安全", ("WAT-01",), has_water=False),
        Case("本月通水", misses=("WAT-01",), has_water=False, changes=(("has_safe_water", True),), needs=2),
        Case("本月满6岁未入学", ("EDU-01",), members=(*PARENTS, turning_six), effects=out),
        Case("下月满6岁", misses=("EDU-01",), members=(*PARENTS, not_yet), effects=out),
        Case("下月满16岁", ("EDU-01",), members=(*PARENTS, still_fifteen), effects=out),
        Case("本月满16岁", misses=("EDU-01",), members=(*PARENTS, sixteen), effects=out),
        Case(
            "三项叠加",
            ("EDU-01", "HOU-01", "WAT-01"),
            members=(*PARENTS, CHILD),
            effects=out,
            housing="C级",
            has_water=False,
        ),
    )
