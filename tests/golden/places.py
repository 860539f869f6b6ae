"""Provide the real divisions of June 2021, invented people, and the means to distribute figures evenly."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.oracle.catalogue import Village, vintage
from tests.worlds.world import make_id

MONTH = "2021-06"
Cells = dict[str, Any]

ALL = vintage(MONTH)
REAL = [v for v in ALL if v.kind != "virtual"]
"""161 villages and communities."""
VILLAGES = [v for v in REAL if v.kind == "village"]
"""71 行政村."""
FOREST_FARM = next(v for v in ALL if v.kind == "virtual" and "林场" in v.town_name)
TOWNS = sorted({v.town_name for v in REAL})
MARKET_TOWNS = [t for t in TOWNS if t.endswith("镇")]


def place(village: Village) -> Cells:
    return {"town_name": village.town_name, "village_name": village.name}


def dealt(total: int, parts: int) -> list[int]:
    """Split an integer into integer parts that differ by at most 1."""
    return [total // parts + (n < total % parts) for n in range(parts)]


def yes(condition: bool) -> str:
    return "是" if condition else "否"


def name(number: int) -> str:
    surname, given = "赵钱孙李周吴郑王冯陈"[number % 10], "伟芳娜敏静丽强磊军洋"[number // 10 % 10]
    return surname + given + "明华英辉红梅"[number // 100 % 6]


def person(number: int, born: date | None = None) -> Cells:
    """Invent a name and a valid id; without a birth date, the person is between 31 and 56 years old."""
    day = born or date(1965, 1, 1) + timedelta(days=number)
    return {"person_name": name(number), "resident_id": make_id(day, number % 1000)}
