"""No expectation is without a delivery on which it fails, and none fails on a clean delivery."""

from __future__ import annotations

from functools import cache

import pytest

from expectations.gate import expectations_of, judge
from sources.contracts.model import Dataset
from sources.profiling.profile import ExpectationResult
from tests.unit.expectations.builder import DATASETS, delivery
from tests.unit.expectations.firing import STANDARD
from tests.unit.expectations.firing_domain import DOMAIN

BY_NAME = {d.name: d for d in DATASETS}
STANDARD_CASES = [
    (d, scenario)
    for d in DATASETS
    for scenario, (_, names) in STANDARD.items()
    if names(d) & {e.name for e in expectations_of(d)}
]
DOMAIN_CASES = [(dataset, rule) for dataset, rules in DOMAIN.items() for rule in rules]


def declared(dataset: Dataset) -> set[str]:
    return {e.name for e in expectations_of(dataset)}


@cache
def clean(dataset: str) -> dict[str, ExpectationResult]:
    return {f.name: f for f in judge(delivery(dataset)).results}


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda d: d.name)
def test_every_expectation_has_a_firing_case(dataset: Dataset) -> None:
    standard = {name for _, names in STANDARD.values() for name in names(dataset)} & declared(dataset)
    assert declared(dataset) - standard == set(DOMAIN.get(dataset.name, {}))


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda d: d.name)
def test_names_are_unique_and_every_dataset_has_domain_rules(dataset: Dataset) -> None:
    names = [e.name for e in expectations_of(dataset)]
    assert len(names) == len(set(names))
    assert any(e.group == "domain" for e in expectations_of(dataset))


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda d: d.name)
def test_a_clean_delivery_passes_everything(dataset: Dataset) -> None:
    assert [f for f in clean(dataset.name).values() if not f.passed] == []
    assert set(clean(dataset.name)) == declared(dataset)


@pytest.mark.parametrize(("dataset", "scenario"), STANDARD_CASES, ids=lambda v: getattr(v, "name", v))
def test_standard_expectations_fire(dataset: Dataset, scenario: str) -> None:
    make, names = STANDARD[scenario]
    expected = names(dataset) & declared(dataset)
    results = {f.name: f for f in judge(make(dataset)).results}
    severities = {e.name: e.severity for e in expectations_of(dataset)}
    assert {n: (results[n].passed, results[n].severity) for n in expected} == {
        n: (False, severities[n]) for n in expected
    }


@pytest.mark.parametrize(("dataset", "rule"), DOMAIN_CASES)
def test_domain_rules_fire_and_never_reject(dataset: str, rule: str) -> None:
    finding = next(f for f in judge(delivery(dataset, columns=DOMAIN[dataset][rule])).results if f.name == rule)
    assert (finding.passed, finding.severity, finding.group) == (False, "warning", "domain")
    assert clean(dataset)[rule].passed
    assert BY_NAME[dataset].label in finding.message
    assert finding.metrics
