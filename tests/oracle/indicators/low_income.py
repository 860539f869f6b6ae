"""Numerator and denominator of the indicators of low-income people.

Belongs here: who of the six lists counts in a division. Does not belong here: who is on a list
(``tests.oracle.low_income``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from tests.oracle.households import dead_by
from tests.oracle.indicators.figures import Figure, Pair
from tests.oracle.indicators.scope import Scope
from tests.oracle.low_income import CIVIL, LAYERS, people, place


def _living(scope: Scope) -> dict[str, set[str]]:
    """Living people here: resident id -> names of the lists that they are on."""
    dead = dead_by(scope.of.store, scope.month)
    return {
        person: set(rows)
        for person, rows in people(scope.of).items()
        if person not in dead and scope.holds(*place(scope.of, person, rows))
    }


def _on(*names: str) -> Figure:
    """How many are on at least one of the lists."""
    return lambda scope: (sum(bool(lists & set(names)) for lists in _living(scope).values()), None)


def _both(whole: Collection[str], part: Collection[str]) -> Figure:
    """Of those on one of the lists ``whole``, how many are on one of ``part``."""

    def figure(scope: Scope) -> Pair:
        found = [lists for lists in _living(scope).values() if lists & set(whole)]
        return sum(bool(lists & set(part)) for lists in found), len(found)

    return figure


def _counted(condition: Callable[[Scope, str, set[str]], bool]) -> Figure:
    return lambda scope: (sum(condition(scope, p, lists) for p, lists in _living(scope).items()), None)


LOW_INCOME: dict[str, Figure] = {
    "low_income.persons": _on(*LAYERS),
    "low_income.extreme_poverty": _on("特困"),
    "low_income.subsistence": _on("低保"),
    "low_income.edge": _on("低保边缘"),
    "low_income.rigid": _on("刚性支出困难"),
    "low_income.children": _on("孤儿等"),
    "low_income.monitored": _on("监测对象"),
    "low_income.monitored_on_lists_rate": _both(["监测对象"], CIVIL),
    "low_income.lists_monitored_rate": _both(CIVIL, ["监测对象"]),
    "low_income.multiple_lists": _counted(lambda scope, person, lists: len(lists & set(CIVIL)) > 1),
    "low_income.off_register": _counted(
        lambda scope, person, lists: bool(lists & set(LAYERS)) and person not in scope.of.home
    ),
}
