"""A suite judges nothing if its name is no table's, so names are held to the contracts."""

from __future__ import annotations

from pkgutil import iter_modules

from expectations import suites
from expectations.suites import SUITES
from sources.contracts.model import load_contracts


def test_every_suite_belongs_to_a_table() -> None:
    assert set(SUITES) <= {dataset.name for dataset in load_contracts().datasets}


def test_no_table_has_two_suites() -> None:
    modules = [getattr(suites, info.name) for info in iter_modules(suites.__path__)]
    assert sum(len(module.SUITES) for module in modules) == len(SUITES)
