"""The suite of a table in the form of Great Expectations, to be read by people and tools.

Belongs here: the type and arguments that each expectation has in Great Expectations, as plain data.
Does not belong here: validating a delivery (``gx_adapter``), layout on the terminal (``orchestration.commands``).

Great Expectations is not imported: that takes seconds. A test holds this form to what ``gx_adapter`` validates.
"""

from __future__ import annotations

from typing import Any

from expectations import gate
from expectations.expectation import Bound, Expectation, FigureExpectation, RowExpectation
from sources.contracts.model import Dataset


def suite(dataset: Dataset) -> dict[str, Any]:
    """Return the suite of a dataset as Great Expectations writes suites to JSON, ordered by group.

    ``meta`` of the suite names the table and its groups. ``meta`` of an expectation has its name, group, severity and
    Chinese sentence; of a rule over rows also the mask: the condition, and null where the rule is not about the row.
    """
    groups, declared = gate.groups(dataset), gate.expectations_of(dataset)
    return {
        "name": f"{dataset.department}.{dataset.name}",
        "expectations": [_configuration(e) for group in groups for e in declared if e.group == group.name],
        "meta": {"label": dataset.label, "groups": {group.name: group.title for group in groups}},
    }


def class_name(expectation_type: str) -> str:
    """Return the name of the class behind an expectation type: ``expect_it`` is made by ``ExpectIt``."""
    return "".join(word.capitalize() for word in expectation_type.split("_"))


def _configuration(expectation: Expectation) -> dict[str, Any]:
    type_, kwargs = _call(expectation)
    about = {"name": expectation.name, "group": expectation.group, "severity": expectation.severity}
    if isinstance(expectation, RowExpectation):
        about["mask"] = str(expectation.mask)
    return {
        "type": type_,
        "kwargs": kwargs,
        "meta": {**about, "sentence": expectation.sentence()},
        "description": expectation.title,
        "severity": expectation.severity,
    }


def _call(expectation: Expectation) -> tuple[str, dict[str, Any]]:
    if isinstance(expectation, FigureExpectation):
        bounds = {"min_value": _bound(expectation.minimum), "max_value": _bound(expectation.maximum)}
        given = {name: bound for name, bound in bounds.items() if bound is not None}
        return "expect_figure_to_be_between", {"figure": expectation.name, **given}
    if isinstance(expectation, RowExpectation):
        kwargs = {"column": expectation.name, "value_set": [1.0], "mostly": expectation.mostly}
        return "expect_column_values_to_be_in_set", kwargs
    raise TypeError(f"no Great Expectations class for {type(expectation).__name__}")


def _bound(bound: Bound) -> float | dict[str, str] | None:
    return {"$PARAMETER": bound} if isinstance(bound, str) else bound
