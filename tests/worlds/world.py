"""A few dozen households over a few months, as tables of cells by contract column.

Belongs here: people, households and ordinary rows, from which cases deviate. Does not belong here: the deviations
(``nasty.cases``), files (``nasty.files``).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.oracle.catalogue import vintage
from tests.oracle.households import household_key
from tests.oracle.reading.cells import check_digit
from tests.oracle.risk.leads import lead_id

Cells = dict[str, Any]


def make_id(born: date, number: int) -> str:
    first17 = f"441802{born:%Y%m%d}{number:03d}"
    return first17 + check_digit(first17)


@dataclass
class Person:
    name: str
    id: str
    labour: str
    schooling: str


@dataclass
class Home:
    code: str
    town: str
    village: str
    people: list[Person]
    registered: bool


@dataclass
class World:
    """Tables by month and dataset; every person and household has an ordinary row in every month at first."""

    months: list[str]
    secret: str
    tables: dict[tuple[str, str], list[Cells]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0

    def __getitem__(self, place: tuple[int, str]) -> list[Cells]:
        """The table of the n-th month (from 0)."""
        month, dataset = place
        return self.tables[self.months[month], dataset]

    def person(self, born: str = "1980-06-15", labour: str = "普通劳动力", schooling: str = "非在校生") -> Person:
        self.count += 1
        surname = "赵钱孙李周吴郑王冯陈"[self.count % 10]
        day = date.fromisoformat(born)
        return Person(f"{surname}村民{self.count}", make_id(day, self.count % 1000), labour, schooling)

    def home(
        self,
        *people: Person,
        registered: bool = False,
        income: float | None = 20000,
        months: range | None = None,
        place: int = 0,
        grade: str = "A级",
    ) -> Home:
        """A household with an ordinary row in every table where each household or member has one."""
        everyone = list(people) or [self.person(), self.person("1982-01-31")]
        self.count += 1
        villages = [v for v in vintage(self.months[0]) if v.kind == "village"]
        village = villages[(self.count + place) % len(villages)]
        found = Home(f"QC{self.count:06d}", village.town_name, village.name, everyone, registered)
        for month in range(len(self.months)) if months is None else months:
            for no, person in enumerate(everyone):
                self.register(month, found, person, "户主" if no == 0 else "其他", grade)
                self.enrol(month, person)
            if income is not None:
                self.earn(month, found, income * len(everyone))
        return found

    def register(self, month: int, home: Home, person: Person, relation: str = "其他", grade: str = "A级") -> None:
        self[month, "household_register"].append(
            {
                "household_code": home.code,
                "town_name": home.town,
                "village_name": home.village,
                "person_name": person.name,
                "resident_id": person.id,
                "relation_to_head": relation,
                "household_type": "脱贫户" if home.registered else "一般农户",
                "labour_ability": person.labour,
                "schooling_status": person.schooling,
                "housing_grade": grade,
                "has_safe_water": "是",
            }
        )

    def earn(self, month: int, home: Home, wage: Any, expense: Any = 0, **other: Any) -> None:
        """Replace the household's income row of a month; other columns are 0 unless given."""
        table = self[month, "household_income"]
        table[:] = [r for r in table if r["household_code"] != home.code]
        columns = dict.fromkeys(("operating_income", "property_income", "transfer_income"), 0)
        row = {"household_code": home.code, "wage_income": wage, **columns, "operating_expense": expense}
        table.append({**row, **other})

    def enrol(self, month: int, person: Person, status: str = "正常参保", year: int = 2021) -> None:
        row = {**who(person), "insured_year": year, "enrolment_status": status}
        self[month, "medical_insurance_enrolment"].append(row)

    def drop(self, month: int, dataset: str, **cells: Any) -> None:
        """Take away the rows of a table that have these cells."""
        table = self[month, dataset]
        table[:] = [r for r in table if any(r.get(k) != v for k, v in cells.items())]

    def change(self, month: int, dataset: str, where: Cells, **cells: Any) -> None:
        """Change cells of the rows of a table that have the cells ``where``."""
        for row in self[month, dataset]:
            if all(row.get(k) == v for k, v in where.items()):
                row.update(cells)

    def lead(self, home: Home, rule: str, opened: int) -> str:
        return lead_id(household_key(self.secret, home.code), rule, self.months[opened])

    def settle(self, month: int, person: Person, kind: str, day: str, paid: Any, number: str | None = None) -> str:
        """One medical settlement in the extract of a month; its number."""
        self.count += 1
        number = number or f"JS{self.count:07d}"
        money = {"total_cost": paid, "basic_insurance_paid": 0, "serious_illness_paid": 0, "medical_aid_paid": 0}
        row = {"settlement_no": number, **who(person), "hospital": "区医院", "care_type": kind, "settled_on": day}
        self[month, "medical_settlements"].append({**row, **money, "self_paid": paid, "is_reversal": "否"})
        return number


def who(person: Person) -> Cells:
    return {"person_name": person.name, "resident_id": person.id}


def where(home: Home) -> Cells:
    return {"town_name": home.town, "village_name": home.village}
