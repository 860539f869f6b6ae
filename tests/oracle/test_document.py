"""The contracts and seeds hold what the definition of 2026 lists.

Belongs here: names, kinds, bounds and values of tables and catalogues. Does not belong here: figures (``examples``).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.catalogue import declared, document, seed
from tests.oracle.columns import Column
from tests.oracle.document.tables import new_columns, new_tables

COMPARED = {
    "category_schemes": ("code", "name_zh", "name_en", "role", "valid_from", "valid_to", "parent", "synonyms"),
    "conflict_rules": ("rule_code", "name_zh", "datasets", "needs", "answers", "valid_from"),
    "indicator_benchmarks": (
        *("indicator_code", "scope", "division_prefix", "valid_from", "valid_to"),
        *("kind", "comparison", "value", "is_placeholder"),
    ),
    "indicator_targets": ("indicator_code", "division_prefix", "valid_from", "valid_to", "target"),
    "indicators": (
        *("code", "domain", "name_zh", "name_en", "form", "unit", "decimals", "levels", "datasets", "needs"),
        *("seed_id", "seed_value", "better"),
    ),
    "policy_parameters": (
        *("parameter", "division_prefix", "valid_from", "valid_to", "value", "unit", "last_verified"),
        *("is_placeholder", "renews_months", "instrument_no"),
    ),
    "risk_rules": ("rule_code", "name_zh", "name_en", "kind", "department", "datasets", "households", "valid_from"),
}
"""Columns of each catalogue; texts that explain are free."""


def _cell(row: dict[str, str], column: str) -> Any:
    value = row.get(column) or ""
    if column == "datasets":
        return frozenset(value.split(","))
    if column in ("value", "target"):
        return float(value) if value else None
    return (value or "false") if column == "is_placeholder" else value


@pytest.mark.parametrize("name", COMPARED)
def test_a_catalogue_holds_the_rows_of_the_definition(name: str) -> None:
    found = {tuple(_cell(r, c) for c in COMPARED[name]) for r in seed(name)}
    missing = [r for r in document(name) if tuple(_cell(r, c) for c in COMPARED[name]) not in found]
    assert missing == []


def _shape(column: Column) -> tuple[Any, ...]:
    values = frozenset(column.values) if column.kind == "list" else None
    return (column.name, column.kind, column.required, values, column.unit, column.minimum, column.maximum)


@pytest.mark.parametrize("name", new_tables())
def test_a_contract_declares_a_new_table(name: str) -> None:
    wanted, found = new_tables()[name], declared()[name]
    for part in ("department", "cadence", "is_core", "is_snapshot", "may_be_empty", "key"):
        assert getattr(found, part) == getattr(wanted, part), part
    assert set(found.keywords) == set(wanted.keywords)
    assert {_shape(c) for c in found.columns} == {_shape(c) for c in wanted.columns}
    headers = {c.name: set(c.headers) for c in found.columns}
    assert all(headers[c.name] == set(c.headers) for c in wanted.columns if c.headers)


@pytest.mark.parametrize("name", new_columns())
def test_a_contract_declares_the_new_columns(name: str) -> None:
    found = {c.name: c for c in declared()[name].columns}
    for column in new_columns()[name]:
        assert _shape(found[column.name]) == _shape(column)
        assert set(found[column.name].headers) == set(column.headers)
