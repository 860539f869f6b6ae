"""People who are protected, die, move or stand on two households, and leads that come and go.

Months are counted from 0 as in ``cases``. Belongs here: what happens to people and what comes back on leads.
Does not belong here: files.
"""

from __future__ import annotations

from tests.worlds.nasty.cases import died, ill, listed
from tests.worlds.world import Home, Person, World, where, who


def allowance(w: World, home: Home, person: Person, change: str, *months: int) -> None:
    for month in months:
        head = {"head_name": home.people[0].name, "head_resident_id": home.people[0].id}
        row = {**where(home), **head, **who(person), "relation_to_head": "其他", "allowance_class": "A类"}
        w[month, "subsistence_allowance"].append({**row, "monthly_amount": "350.5", "change_type": change})


def support(w: World, home: Home, person: Person, *months: int) -> None:
    for month in months:
        row = {**where(home), **who(person), "support_mode": "分散", "self_care_ability": "半失能"}
        w[month, "extreme_poverty_support"].append({**row, "monthly_amount": 900})


def disability(w: World, home: Home, person: Person, grade: str, *months: int) -> None:
    for month in months:
        digit = "一二三四".index(grade[0]) + 1
        certificate = {"disability_certificate_no": f"{person.id}4{digit}", "disability_category": "肢体"}
        row = {**where(home), **who(person), **certificate, "disability_grade": grade}
        w[month, "disability_subsidies"].append({**row, "nursing_subsidy": 200, "certified_on": "2020.5"})


def protection(w: World) -> None:
    """CIV-01: left for good, stopped, changed list, died, off the register, and back again."""
    for _ in range(4):
        steady = w.home()
        allowance(w, steady, steady.people[0], "正常", 0, 1, 2, 3, 4)
    gone, stopped, changed, dead, away, back = (w.home() for _ in range(6))
    allowance(w, gone, gone.people[0], "新增", 0)
    allowance(w, gone, gone.people[1], "新增", 0)
    allowance(w, stopped, stopped.people[0], "正常", 0)
    allowance(w, stopped, stopped.people[0], "停发", 1, 2)
    allowance(w, changed, changed.people[1], "调整", 0)
    support(w, changed, changed.people[1], 1, 2, 3)
    allowance(w, dead, dead.people[1], "正常", 0)
    died(w, 1, dead.people[1], "2021-04-05")
    allowance(w, away, away.people[0], "正常", 0)
    w.drop(1, "household_register", household_code=away.code)
    allowance(w, back, back.people[0], "正常", 0, 2, 3)
    support(w, back, back.people[1], 0)


def disabilities(w: World) -> None:
    """CIV-02: new, raised, unchanged, and lowered grades."""
    for before, after in (("", "一级"), ("三级", "二级"), ("四级", "三级"), ("二级", "一级"), ("二级", "四级")):
        home = w.home()
        if before:
            disability(w, home, home.people[1], before, 0)
        disability(w, home, home.people[1], after, 1, 2, 3, 4)
    returning = w.home()
    disability(w, returning, returning.people[0], "二级", 0, 1, 4)
    for _ in range(3):
        steady = w.home()
        disability(w, steady, steady.people[0], "四级", 0, 1, 2, 3, 4)


def deaths(w: World) -> None:
    """CIV-03: on the register still, off it already, late, without labour ability, alone, and too early."""
    on, off, late, unable, early = (w.home() for _ in range(5))
    died(w, 1, on.people[0], "2021-04-01")
    died(w, 1, off.people[0], "2021-04-30")
    for month in range(1, 5):
        w.drop(month, "household_register", resident_id=off.people[0].id)
    died(w, 2, late.people[0], "2021-04-30")
    w.change(1, "household_register", {"resident_id": unable.people[0].id}, labour_ability="丧失劳动力")
    died(w, 1, unable.people[0], "2021-04-02")
    died(w, 2, early.people[0], "2021-06-15")
    died(w, 2, early.people[1], "2021-05-15")
    alone = w.home(w.person(), grade="C级")
    died(w, 1, alone.people[0], "2021-04-08")
    w.change(1, "household_register", {"household_code": on.code}, labour_ability="弱劳动力或半劳动力")
    died(w, 4, w.home().people[0], "2021-07-31")


def assistance(w: World) -> None:
    """CIV-04: other reasons, two payments, the dead, late rows, strangers."""
    rows = (("火灾", "2021-04-01"), ("其他", "2021-04-02"), ("自然灾害", "2021-03-31"), ("突发重病", "2021-05-01"))
    for reason, day in rows:
        assist(w, 1, w.home(), 0, reason, day)
    twice, dead = w.home(), w.home()
    for member in (0, 0, 1):
        assist(w, 1, twice, member, "意外伤害", "2021-04-20")
    died(w, 0, dead.people[1], "2021-03-05")
    assist(w, 1, dead, 1, "交通事故", "2021-04-12")
    stranger = Home("QC888888", dead.town, dead.village, [w.person()], False)
    assist(w, 1, stranger, 0, "火灾", "2021-04-12")
    assist(w, 2, w.home(), 0, "火灾", "2021-05-31")
    assist(w, 2, w.home(), 0, "火灾", "2021-04-30")


def assist(w: World, month: int, home: Home, member: int, reason: str, day: str) -> None:
    w.count += 1
    row = {**where(home), "payment_no": f"LS{w.count:05d}", **who(home.people[member])}
    w[month, "temporary_assistance"].append({**row, "reason": reason, "amount": 1000, "assisted_on": day})


def two_households(w: World) -> None:
    """A person on several households counts in the first one; a household of such persons only has nobody."""
    first, second, empty = w.home(grade="C级"), w.home(grade="D级"), w.home(w.person(), grade="C级")
    both = first.people[1]
    for month in range(1, 5):
        w.register(month, second, both)
        w.drop(month, "household_register", household_code=empty.code)
        w.register(month, empty, both, grade="C级")
    ill(w, both, "2021-04-18", "重症精神病")


def monitoring(w: World) -> None:
    """Candidate categories, levels, and a monitored list that is missing in month 4 (July)."""
    poor_registered = w.home(registered=True, income=1000)
    poor_listed = w.home(registered=True, income=1000, grade="D级")
    shocked, lone, three = w.home(), w.home(registered=True, grade="C级"), w.home(grade="C级")
    listed(w, poor_listed, "脱贫不稳定户", range(4))
    listed(w, poor_registered, "脱贫不稳定户", range(4), eliminated="是")
    for home in (poor_registered, shocked):
        assist(w, 1, home, 0, "火灾", "2021-04-05")
    w.settle(1, three.people[0], "门诊", "2021-04-05", 900)
    w.change(1, "household_register", {"household_code": three.code}, has_safe_water="×")
    ill(w, lone.people[0], "2021-07-01")


def leads(w: World) -> None:
    """Returns of every kind, late, repeated and unknown; a household that leaves and comes back; a bridged gap."""
    kinds = ("属实", "不属实", "查无此户", "不属实", "属实")
    homes = [w.home(grade="C级") for _ in kinds]
    for home, result in zip(homes, kinds, strict=True):
        answer(w, 1, w.lead(home, "HOU-01", 0), result, "2021-04-09")
    answer(w, 2, w.lead(homes[3], "HOU-01", 0), "属实", "2021-05-02", "是")
    answer(w, 4, w.lead(homes[4], "HOU-01", 0), "不属实", "2021-07-01")
    answer(w, 1, "L0123456789abcdef", "属实", "2021-04-10")
    for month in (2, 3, 4):
        w.change(month, "household_register", {"household_code": homes[0].code}, housing_grade="A级")
    leaving = w.home(grade="C级")
    w.drop(1, "household_register", household_code=leaving.code)
    moving = w.home(grade="D级")
    w.change(4, "household_register", {"household_code": moving.code}, town_name="源潭镇", village_name="青龙村委会")
    bridged = w.home(income=100, registered=True)
    answer(w, 3, w.lead(bridged, "INC-01", 0), "属实", "2021-06-18", "是")
    answer(w, 2, w.lead(bridged, "INC-01", 0), "不属实", "2021-05-31")


def answer(w: World, month: int, lead: str, result: str, day: str, enrolled: str = "否") -> None:
    row = {"lead_id": lead, "result": result, "is_enrolled": enrolled, "verified_on": day}
    w[month, "verification_returns"].append(row)


ALL = (protection, disabilities, deaths, assistance, two_households, monitoring, leads)
