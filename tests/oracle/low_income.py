"""The six lists of low-income people of a month, who is on which, and the mart of that name.

Belongs here: membership, layers, place, what is not known. Does not belong here: indicators
(``indicators.low_income``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from tests.oracle.catalogue import first_day, last_day
from tests.oracle.households import Month, dead_by
from tests.oracle.reading.delivered import Row

AMBIGUITIES: list[str] = [
    "A person off the register has the place of the row of the first list, in the order of the lists, also where "
    "that row names none and another does; in every figure the same.",
    "Dead people on a list are in low_income_population, with is_living false.",
    "An eliminated household is not monitored, so its members are on no list of that name.",
]
CIVIL = {
    "特困": "extreme_poverty_support",
    "低保": "subsistence_allowance",
    "低保边缘": "low_income_edge",
    "刚性支出困难": "rigid_expense_households",
}
LAYERS = {**CIVIL, "监测对象": "monitored_households"}
LISTS = {**LAYERS, "孤儿等": "unsupported_children"}
"""Name of each list and its dataset, in the order of the layers; children are beside them."""
COLUMNS = dict(
    zip(
        LISTS,
        ("is_extreme_poverty", "is_subsistence", "is_edge", "is_rigid_expense", "is_monitored", "is_unsupported_child"),
        strict=True,
    )
)


def _is_on(name: str, row: Row, month: Month) -> bool:
    end = last_day(month.month)
    if name == "低保":
        return bool(row["change_type"] != "停发")
    if name in ("低保边缘", "刚性支出困难"):
        until = row["valid_until"]
        return row["change_type"] != "退出" and row["recognised_on"] <= end and (until is None or until >= end)
    if name == "孤儿等":
        return row["change_type"] != "退出" and row["recognised_on"] <= end
    return True


def _members(month: Month) -> dict[str, Row]:
    """Everybody who counts in a monitored household, by the row of the register."""
    return {p: row for h in month.households.values() if h.category for p, row in h.members.items()}


def on_list(month: Month, name: str) -> dict[str, Row]:
    """Resident id -> row of everybody on a list."""
    if name == "监测对象":
        return _members(month)
    return {r["resident_id"]: r for r in month.store.rows(LISTS[name], month.month) if _is_on(name, r, month)}


def people(month: Month) -> dict[str, dict[str, Row]]:
    """Everybody on one of the six lists: resident id -> name of the list -> row, in the order of the lists."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for name in LISTS:
        for person, row in on_list(month, name).items():
            found[person][name] = row
    return found


def civil_lists(month: Month) -> dict[str, dict[str, Row]]:
    """Living people: name of each civil list that they are on -> row."""
    dead = dead_by(month.store, month.month)
    return {
        person: {name: row for name, row in rows.items() if name in CIVIL}
        for person, rows in people(month).items()
        if person not in dead and set(rows) & set(CIVIL)
    }


def place(month: Month, person: str, rows: dict[str, Row]) -> tuple[str | None, str | None]:
    """Town and village: the register's, else those of the first list's row."""
    home = month.home.get(person)
    if home:
        return home.town, home.first["village_name"]
    first = next(iter(rows.values()))
    return first["town_name"], first["village_name"]


def first_layer(month: Month, rows: dict[str, Row]) -> str | None:
    """The first list in order that has the person; None where one before it was not accepted, or there is none."""
    for name, dataset in LAYERS.items():
        if name in rows:
            return name
        if not month.has(dataset):
            return None
    return None


def _joined(names: list[str]) -> str | None:
    return ";".join(names) or None


def low_income_population(month: Month, key: Callable[[str], str]) -> list[dict[str, Any]]:
    """Rows of the mart of that name; ``key`` makes the pseudonym of a resident id."""
    dead, known = dead_by(month.store, month.month), [n for n, dataset in LISTS.items() if month.has(dataset)]
    result = []
    for person, rows in people(month).items():
        home, (town, village) = month.home.get(person), place(month, person, rows)
        result.append(
            {
                "month": first_day(month.month),
                "person_key": key(person),
                "household_key": home.key if home else None,
                "division_code": village,
                "town_code": town,
                "is_on_register": home is not None,
                "is_living": person not in dead,
                **{COLUMNS[name]: name in rows if name in known else None for name in LISTS},
                "first_layer": first_layer(month, rows),
                "civil_lists": len(set(rows) & set(CIVIL)) if set(CIVIL) <= set(known) else None,
                "lists": _joined([n for n in LISTS if n in rows]),
                "lists_without": _joined([n for n in known if n not in rows]),
                "lists_unknown": _joined([n for n in LISTS if n not in known]),
            }
        )
    return result
