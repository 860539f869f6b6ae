"""Numerator and denominator of the indicators of the burden of reporting.

Belongs here: tables that are due, and columns that are asked twice. Does not belong here: when a table is expected
(``reconciliation``).
"""

from __future__ import annotations

from tests.oracle.catalogue import datasets
from tests.oracle.columns import Column, Dataset
from tests.oracle.indicators.figures import Figure, Pair
from tests.oracle.indicators.scope import Scope
from tests.oracle.reconciliation.marts import UNMATCHED, is_expected

NAMED = ("town_name", "village_name", "natural_village_name", "person_name")
"""Semantics that the register has already."""
REGISTERED = ("resident_id", "head_resident_id", "household_code")


def _tables(scope: Scope) -> list[Dataset]:
    return [about for name, about in datasets().items() if is_expected(name, scope.of)]


def _is_repeated(table: Dataset, column: Column) -> bool:
    if table.name == "village_committees":
        return column.name in ("sex", "birth_month")
    is_matched = table.name not in UNMATCHED and any(table.has(name) for name in REGISTERED)
    return is_matched and table.name != "household_register" and column.semantic in NAMED


def _repeated(scope: Scope) -> Pair:
    asked = [(table, column) for table in _tables(scope) for column in table.columns]
    return sum(_is_repeated(*pair) for pair in asked), len(asked)


BURDEN: dict[str, Figure] = {
    "burden.forms_due": lambda s: (len(_tables(s)), None),
    "burden.repeated_columns_rate": _repeated,
}
