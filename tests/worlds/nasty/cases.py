"""Households at the edges of the rules: every case deviates from an ordinary world in one way.

Months are counted from 0: March to July 2021; the register of month 3 (June) is rejected, so that June does not run,
and there is no income table for month 2 (May). Belongs here: what happens to people. Does not belong here: files.
"""

from __future__ import annotations

from tests.worlds.world import Home, World, where, who

REGISTERED_OR_NOT = (True, False)


def income(w: World) -> None:
    """INC-01 just at the line, with thirds, below zero, without a row, and of a household that nobody knows."""
    for total in (12000, 11999.99, -1):
        w.home(income=total / 2)
    for wage in ("18000", "17999.99"):
        home = w.home(w.person(), w.person(), w.person())
        for month in range(5):
            w.earn(month, home, wage)
    w.home(income=None, registered=True)
    w[0, "household_income"].append({**w[0, "household_income"][0], "household_code": "QC999999"})
    expense = w.home(registered=True)
    for month in range(5):
        w.earn(month, expense, "12000", "3000.01", operating_income=3000, transfer_income="0.02", property_income=-0.01)


def income_drop(w: World) -> None:
    """INC-02 at exactly 30 % of thirds, just above, against the highest month, and against nothing."""
    for before, after in (("10000", "7000"), ("10000", "7000.01"), ("-5", "-50"), ("0", "0")):
        home = w.home(w.person(), w.person(), w.person())
        for month in range(5):
            w.earn(month, home, str(float(before) * 10) if month == 0 else str(float(after) * 10))
    sliding = w.home(w.person())
    for month, wage in enumerate((20000, 16000, 0, 15000, 14000)):
        w.earn(month, sliding, wage)
    orphan = w.person()
    widow = w.home(w.person(), orphan, income=10000)
    died(w, 1, orphan, "2021-04-10")
    for month in range(2, 5):
        w.earn(month, widow, 9000)
    appearing = w.home(months=range(1, 5))
    w.earn(4, appearing, 100)


def died(w: World, month: int, person: object, day: str) -> None:
    w[month, "deaths"].append({**who(person), "died_on": day, "registered_address": "某村"})  # type: ignore[arg-type]


def inpatient(w: World) -> None:
    """MED-01 at both thresholds, over years, reversals, late and repeated settlements, the dead."""
    for registered in REGISTERED_OR_NOT:
        for paid in ("4999.99", "5000.00", "19999.99", "20000"):
            w.settle(0, w.home(registered=registered).people[0], "住院", "2021-03-05", paid)
    monitored = w.home()
    listed(w, monitored, "边缘易致贫户", range(1, 5))
    w.settle(0, monitored.people[0], "住院", "2021-01-01", 5000)
    last_year = w.home(registered=True).people[0]
    w.settle(0, last_year, "住院", "2020-12-31", 9000)
    w.settle(1, last_year, "住院", "2021-05-01", 6000)
    reversed_ = w.home(registered=True)
    w.settle(0, reversed_.people[0], "住院", "2021-03-31", 5500)
    w.settle(1, reversed_.people[1], "住院", "2021-04-01", -501)
    w[1, "medical_settlements"][-1]["is_reversal"] = "是"
    corrected = w.home(registered=True).people[0]
    number = w.settle(0, corrected, "住院", "2021-03-10", 8000)
    w.settle(1, corrected, "住院", "2021-03-10", 4999, number)
    w.settle(3, corrected, "住院", "2021-06-11", 1)
    dead = w.home(registered=True)
    w.settle(0, dead.people[1], "住院", "2021-03-09", 9999)
    died(w, 1, dead.people[1], "2021-04-30")
    moved = w.home(registered=True)
    w.settle(0, moved.people[0], "门诊", "2021-03-02", 9000)
    w.settle(4, moved.people[0], "住院", "2021-07-31", 9000)
    w.settle(4, moved.people[1], "住院", "2021-08-31", 9000)


def outpatient(w: World) -> None:
    """MED-02 by member and by settlement month."""
    split = w.home()
    w.settle(1, split.people[0], "门诊", "2021-04-01", "250.50")
    w.settle(1, split.people[0], "门特", "2021-04-30", "249.50")
    w.settle(1, split.people[1], "门特", "2021-04-30", "499.99")
    both = w.home()
    w.settle(1, both.people[0], "门诊", "2021-04-15", 501)
    w.settle(1, both.people[1], "门诊", "2021-04-15", 700)
    late = w.home()
    w.settle(2, late.people[0], "门诊", "2021-04-20", 800)
    w.settle(2, late.people[1], "门诊", "2021-06-02", 800)
    w.settle(2, late.people[1], "住院", "2021-05-02", 800)


def illness(w: World) -> None:
    """MED-03 on the first and the last day of a month, and one person with two diseases."""
    for day in ("2021-04-01", "2021-04-30", "2021-03-31", "2021-05-01"):
        ill(w, w.home().people[0], day)
    twice = w.home()
    ill(w, twice.people[0], "2021-04-10", "白内障")
    ill(w, twice.people[0], "2021-04-11", "尿毒症")
    ill(w, twice.people[1], "2021-04-11", "尿毒症")


def ill(w: World, person: object, day: str, disease: str = "肺癌") -> None:
    for month in (1, 2, 3, 4):
        row = {**who(person), "disease": disease, "diagnosed_on": day, "treatment_status": "救治中"}  # type: ignore[arg-type]
        w[month, "serious_illness"].append(row)


def insurance(w: World) -> None:
    """MED-04: by year, by status, and only for registered or monitored households."""
    for registered in REGISTERED_OR_NOT:
        for year, status in ((2021, "未参保"), (2020, "正常参保"), (2021, "终止"), (0, "")):
            home = w.home(registered=registered)
            for month in range(5):
                w.drop(month, "medical_insurance_enrolment", resident_id=home.people[1].id)
                if year:
                    w.enrol(month, home.people[1], status, year)
    for eliminated in ("是", "否"):
        home = w.home()
        listed(w, home, "突发严重困难户", range(5), eliminated=eliminated)
        w.drop(2, "medical_insurance_enrolment", resident_id=home.people[0].id)


def listed(w: World, home: Home, category: str, months: range, eliminated: str = "否") -> None:
    for month in months:
        row = {"household_code": home.code, "monitoring_category": category, "identified_month": "2021-01"}
        gone = {"is_risk_eliminated": eliminated, "eliminated_month": "2021-02" if eliminated == "是" else ""}
        w[month, "monitored_households"].append({**row, **gone, "risk_type": "因病"})


def employment(w: World) -> None:
    """EMP-01: who counts as out of work, and who as employed."""
    statuses = (("失业", "未就业"), ("返乡", "在业"), ("未就业", "未就业"), ("在业", "未就业"), ("失业", "失业"))
    for registered in REGISTERED_OR_NOT:
        for first, second in statuses:
            home = w.home(registered=registered)
            working(w, home, first, second)
    for since, dies in (("2021-04-30", ""), ("2021-05-15", ""), ("2021-04-01", "2021-03-20")):
        home = w.home(registered=True)
        working(w, home, "在业", "在业" if dies else "未就业")
        row = {**who(home.people[0]), "unemployed_on": since}
        w[1, "unemployment_registration"].append(row)
        w[2, "unemployment_registration"].append(dict(row))
        if dies:
            died(w, 0, home.people[1], dies)
    unable = w.home(w.person(labour="丧失劳动力"), w.person(labour="无劳动力"), registered=True)
    working(w, unable, "失业", "返乡")


def working(w: World, home: Home, *statuses: str) -> None:
    for month in range(5):
        for person, status in zip(home.people, statuses, strict=True):
            row = {**where(home), **who(person), "employment_status": status, "work_place": "省外"}
            w[month, "employment_monitoring"].append(row)


def conditions(w: World) -> None:
    """HOU-01 and WAT-01: the first row of the household decides; a flag that closes and comes back."""
    for grade in ("B级", "C级", "D级"):
        w.home(grade=grade)
    mixed = w.home(grade="A级")
    w.change(1, "household_register", {"resident_id": mixed.people[1].id}, housing_grade="D级", has_safe_water="否")
    w.change(2, "household_register", {"resident_id": mixed.people[0].id}, housing_grade="D级", has_safe_water="否")
    again = w.home()
    for month in (0, 2, 4):
        w.change(month, "household_register", {"household_code": again.code}, housing_grade="C级")
    lasting = w.home()
    w.change(4, "household_register", {"household_code": lasting.code}, has_safe_water="无")
    w.change(0, "household_register", {"household_code": lasting.code}, has_safe_water="0")


def schooling(w: World) -> None:
    """EDU-01 between 6 and 15, by birth month alone."""
    births = ("2015-05-31", "2015-04-30", "2015-06-01", "2005-05-01", "2005-06-30", "2005-04-01", "2010-10-10")
    for born in births:
        w.home(w.person(), w.person(born, "无劳动力", "非在校生"))
    w.home(w.person(), w.person("2010-10-10", "无劳动力", "义务教育在校"))


ALL = (income, income_drop, inpatient, outpatient, illness, insurance, employment, conditions, schooling)
