"""A suite judges nothing if its name is no table's, so names are held to the contracts."""

from __future__ import annotations

from expectations.suites import SUITES, agriculture, civil_affairs, construction, health, human_resources
from sources.contracts.model import load_contracts


def test_every_suite_belongs_to_a_table() -> None:
    assert set(SUITES) <= {dataset.name for dataset in load_contracts().datasets}


def test_no_table_has_two_suites() -> None:
    modules = (agriculture, civil_affairs, construction, health, human_resources)
    assert sum(len(module.SUITES) for module in modules) == len(SUITES)
