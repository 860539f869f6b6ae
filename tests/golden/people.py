"""Build households, work, training and support of the golden month (report, sections 1 to 3).

Belongs here: tables about people. Does not belong here: money and posts (``ledgers``), construction (``construction``).
"""

from __future__ import annotations

from datetime import date

from tests.golden.places import VILLAGES, Cells, person, place, yes

REGISTERED, ORDINARY = 400, 200
AWAY = 538
DIVIDEND = 3925
"""元 per registered household: 157 万元 over 400."""
JUNE = date(2021, 6, 10)


def _code(household: int) -> str:
    return f"QC{household:06d}"


def _members(household: int) -> list[int]:
    return [household * 2, household * 2 + 1]


def register() -> list[Cells]:
    """Build 400 registered and 200 ordinary households of two."""
    return [
        {
            "household_code": _code(h),
            **place(VILLAGES[h % len(VILLAGES)]),
            **person(p),
            "relation_to_head": "户主" if p % 2 == 0 else "配偶",
            "household_type": "脱贫户" if h < REGISTERED else "一般农户",
            "labour_ability": "普通劳动力",
            "schooling_status": "非在校生",
            "housing_grade": "A级",
            "has_safe_water": "是",
            "policy_status": ("继续享受政策" if h % 4 else "不享受政策") if h < REGISTERED else "",
        }
        for h in range(REGISTERED + ORDINARY)
        for p in _members(h)
    ]


def employment() -> list[Cells]:
    """Build jobs: every registered worker since last year, 538 of them away; every other ordinary worker."""
    rows = []
    for h in range(REGISTERED + ORDINARY):
        for p in _members(h):
            at_work = h < REGISTERED or p % 2 == 0
            away = at_work and (p < AWAY or h >= REGISTERED)
            rows.append(
                {
                    **place(VILLAGES[h % len(VILLAGES)]),
                    **person(p),
                    "employment_status": "在业" if at_work else "未就业",
                    "work_place": ("省外" if p % 3 == 0 else "省内县外") if away else "县内" if at_work else "",
                    "monthly_wage": 3600 if at_work else "",
                    # The last start that counts as half a year of work on 30 June.
                    "started_on": date(2020, 12, 30) if h < REGISTERED else "",
                }
            )
    return rows


def _class(number: str, kind: str, started: date, people: range) -> list[Cells]:
    return [
        {
            "class_no": number,
            "class_name": f"{kind}培训班{number}",
            "training_type": kind,
            "started_on": started,
            **person(p),
            "wanted_training": "是",
            # Some trainees of ordinary households do not finish; the rate counts registered households only.
            "completed": yes(p < REGISTERED * 2 or p % 5 > 0),
        }
        for p in people
    ]


def training() -> list[Cells]:
    """Build four classes of e-commerce, 21 of industry skills with 50 trainees each, and one that starts in July."""
    rows = [
        r
        for n in range(4)
        for r in _class(f"DS{n + 1:02d}", "农村电商", date(2020, 9, 1 + n), range(n * 30, n * 30 + 30))
    ]
    for n in range(21):
        rows += _class(
            f"CY{n + 1:02d}", "产业技能", JUNE if n == 20 else date(2020, 3 + n % 9, 8), range(n * 50, n * 50 + 50)
        )
    return rows + _class("CY22", "产业技能", date(2021, 7, 2), range(20))


def activities() -> list[Cells]:
    held = [("扶贫车间", 3, 20), ("专场招聘会", 2, 350), ("转移就业", 4, 59)]
    rows = [
        {
            "activity_no": f"HD{kind[0]}{n + 1}",
            "activity_type": kind,
            "activity_name": f"{kind}{n + 1}",
            "town_name": VILLAGES[n * 17].town_name,
            "held_on": date(2020, 4 + n, 18),
            "attendances": attendances,
        }
        for kind, times, attendances in held
        for n in range(times)
    ]
    rows[-1]["held_on"] = JUNE
    return rows


def incentives() -> list[Cells]:
    """Build 2200 元 for each of 60 people who work near home, one in two payments; and incentives that do not count."""
    near = [(p, 2200) for p in range(600, 659)] + [(659, 1200), (659, 1000)]
    paid = [(p, "就地就近就业", amount) for p, amount in near] + [(p, "外出务工交通", 300) for p in range(20)]
    return [
        {"payment_no": f"JB{n:04d}", **person(p), "incentive_type": kind, "amount": amount, "paid_on": JUNE}
        for n, (p, kind, amount) in enumerate(paid)
    ]


def support_payments() -> list[Cells]:
    groups = [
        ("资产收益分红", DIVIDEND, REGISTERED),
        ("生活补助", 500, REGISTERED),
        ("生产启动资金", 4000, 300),
        ("先进户奖补", 3000, 25),
    ]
    rows = [
        {"household_code": _code(h), "payment_type": kind, "amount": amount, "paid_on": date(2020, 11, 20)}
        for kind, amount, households in groups
        for h in range(households)
    ]
    rows[0]["paid_on"] = JUNE
    return [{"payment_no": f"FF{n:05d}", **row} for n, row in enumerate(rows)]
