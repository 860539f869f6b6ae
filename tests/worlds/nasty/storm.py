"""A storm of random events over a few dozen households: what nobody would think of writing down as a case.

Belongs here: random but repeatable lives, with amounts at the thresholds. Does not belong here: layouts of files.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.oracle.catalogue import first_day, last_day
from tests.oracle.regime import rules_valid
from tests.worlds.nasty.cases import listed
from tests.worlds.nasty.lives import allowance, answer, disability, support
from tests.worlds.random.regime import words
from tests.worlds.world import Home, Person, World, where, who

LABOUR = ("技能劳动力", "普通劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力")
SCHOOL = ("学龄前儿童", "义务教育在校", "高中及以上在校", "非在校生")
INCOMES = ("18000", "17999.99", "25714.28", "25200", "36000", "24000", "16800", "0", "-100", "12000", "12600")
EXPENSES = ("", "", "0", "9999.99", "10000", "12000", "300")
PAID = ("499.99", "500", "250", "4999.99", "5000", "2500", "20000", "19999.99", "-250", "-500")


class Storm:
    """Fills a world; every choice comes from one seeded source."""

    def __init__(self, world: World, seed: int, homes: int) -> None:
        self.world, self.random = world, Random(seed)
        self.settlements: list[str] = []
        self.homes = [self._home() for _ in range(homes)]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def _home(self) -> Home:
        people = []
        for _ in range(self.random.randint(1, 4)):
            born = date(1940, 1, 1) + timedelta(days=self.random.randrange(80 * 365))
            labour, school = self.random.choice(LABOUR), self.random.choice(SCHOOL)
            people.append(self.world.person(born.isoformat(), labour, school))
        return self.world.home(*people, registered=self.chance(0.5), income=None, months=range(0))

    def day(self, month: int, spread: int = 0) -> str:
        """A day of the month, or up to so many days before it or 31 after it."""
        name = self.world.months[month]
        early = first_day(name) - timedelta(days=spread)
        late = last_day(name) + timedelta(days=31 if spread else 0)
        return (early + timedelta(days=self.random.randint(0, (late - early).days))).isoformat()

    def fill(self) -> None:
        for month in range(len(self.world.months)):
            for home in self.homes:
                if not self.chance(0.08):
                    self._registered(month, home)
                for person in home.people:
                    self._person(month, home, person)
                self._household(month, home)

    def _registered(self, month: int, home: Home) -> None:
        grade, water = self.random.choice("AAAABCD") + "级", self.random.choice("是是是否")
        for person in home.people:
            if not self.chance(0.05):
                self.world.register(month, home, person, "其他", grade)
                row = self.world[month, "household_register"][-1]
                row["policy_status"] = self.random.choice(("", "继续享受政策", "不享受政策"))
                row.update(has_safe_water=water, labour_ability=self.random.choice([person.labour] * 4 + [LABOUR[3]]))
        if self.chance(0.08):
            self.world.register(month, home, self.random.choice(self.random.choice(self.homes).people), "其他", "D级")

    def _household(self, month: int, home: Home) -> None:
        if not self.chance(0.1):
            costs = {c: self.random.choice(EXPENSES) for c in ("education_self_paid", "other_rigid_expense")}
            self.world.earn(month, home, self.random.choice(INCOMES), self.random.choice(("0", "0", "100")), **costs)
        if self.chance(0.25):
            gone = "是" if self.chance(0.3) else "否"
            listed(self.world, home, self.random.choice(words(self.world.months[month])), range(month, month + 1), gone)
        for rule in rules_valid("risk_rules", self.world.months[month]) if month else ():
            if self.chance(0.3):
                lead = self.world.lead(home, rule, self.random.randrange(month))
                result = self.random.choice(("属实", "不属实", "查无此户"))
                if lead not in {r["lead_id"] for r in self.world[month, "verification_returns"]}:
                    answer(self.world, month, lead, result, self.day(month, 5), self.random.choice("是否"))
                    enrolled = self.day(month, 5) if self.chance(0.6) else ""
                    self.world[month, "verification_returns"][-1]["enrolled_on"] = enrolled

    def _person(self, month: int, home: Home, person: Person) -> None:
        if self.chance(0.15):
            allowance(self.world, home, person, self.random.choice(("正常", "新增", "调整", "停发")), month)
        if self.chance(0.04):
            support(self.world, home, person, month)
        if self.chance(0.3):
            disability(self.world, home, person, self.random.choice("一二三四") + "级", month)
        for year in (int(self.world.months[month][:4]) + n for n in (-1, 0, 1)):
            if self.chance(0.7):
                self.world.enrol(month, person, self.random.choice(("正常参保", "正常参保", "未参保", "终止")), year)
        self._recognised(month, home, person)
        self._works(month, home, person)
        self._suffers(month, home, person)

    def _recognised(self, month: int, home: Home, person: Person) -> None:
        """The lists of 2026; a day now and then lies before the one that it must follow."""
        head = {"head_name": home.people[0].name, "head_resident_id": home.people[0].id}
        change = ("正常", "新增", "调整", "退出")
        for name in ("low_income_edge", "rigid_expense_households"):
            if self.chance(0.12):
                until = self.random.choice(("", "2026-01-31", "2027-12-31"))
                days = {"recognised_on": self.day(month, 30), "valid_until": until}
                row = {**where(home), **head, **who(person), **days, "change_type": self.random.choice(change)}
                self.world[month, name].append({**row, "expense_type": "医疗"} if name[0] == "r" else row)
        if self.chance(0.06):
            row = {**where(home), **who(person), "child_category": "其他", "recognised_on": self.day(month, 30)}
            self.world[month, "unsupported_children"].append({**row, "change_type": self.random.choice(change)})

    def _works(self, month: int, home: Home, person: Person) -> None:
        if self.chance(0.5):
            status = self.random.choice(("在业", "在业", "失业", "返乡", "未就业"))
            row = {**where(home), **who(person), "employment_status": status}
            self.world[month, "employment_monitoring"].append(row)
        if self.chance(0.15):
            row = {**who(person), "unemployed_on": self.day(month, 60)}
            self.world[month, "unemployment_registration"].append(row)

    def _suffers(self, month: int, home: Home, person: Person) -> None:
        if self.chance(0.03):
            row = {**who(person), "died_on": self.day(month, 20)}
            self.world[month, "deaths"].append(row)
        if self.chance(0.08):
            row = {**who(person), "disease": "肺癌", "diagnosed_on": self.day(month, 60), "treatment_status": "救治中"}
            self.world[month, "serious_illness"].append(row)
        for _ in range(self.random.choice((0, 0, 0, 1, 2))):
            again = self.random.choice(self.settlements) if self.settlements and self.chance(0.05) else None
            kind, paid = self.random.choice(("住院", "门诊", "门特")), self.random.choice(PAID)
            self.settlements.append(self.world.settle(month, person, kind, self.day(month, 90), paid, again))
        if self.chance(0.05):
            self.world.count += 1
            reason = self.random.choice(("火灾", "自然灾害", "其他"))
            row = {**where(home), "payment_no": f"LS{self.world.count}", **who(person), "reason": reason}
            self.world[month, "temporary_assistance"].append({**row, "amount": 1, "assisted_on": self.day(month, 40)})
