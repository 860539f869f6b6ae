"""The shown suite holds every declared expectation once, in the form in which Great Expectations validates it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import great_expectations as gx
import polars as pl
import pytest

from expectations import gate, gx_adapter, show
from expectations.expectation import FigureExpectation, RowExpectation
from sources.contracts.model import Dataset, load_contracts

DATASETS = list(load_contracts().datasets)


@pytest.fixture(params=DATASETS, ids=lambda d: d.name)
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return request.param


def _validated(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The configurations that the gate hands to Great Expectations for a dataset, by expectation name."""
    suites: list[gx.ExpectationSuite] = []

    def keep(suite: gx.ExpectationSuite, *_: object) -> dict[str, gx_adapter.Result]:
        suites.append(suite)
        return {}

    monkeypatch.setattr(gx_adapter, "_validate", keep)
    monkeypatch.setattr(gx_adapter, "_masks", lambda *_: None)
    declared = gate.expectations_of(dataset)
    gx_adapter.judge_figures([e for e in declared if isinstance(e, FigureExpectation)], {}, {})
    gx_adapter.judge_rows([e for e in declared if isinstance(e, RowExpectation)], pl.DataFrame())
    return {e["meta"].pop("name"): e for s in suites for e in s.to_json_dict()["expectations"]}


def test_every_table_has_a_suite() -> None:
    assert len({show.suite(d)["name"] for d in DATASETS}) == len(DATASETS) == 40


def test_every_declared_expectation_is_shown_once_in_its_group(dataset: Dataset) -> None:
    suite = show.suite(dataset)
    shown = Counter((e["meta"]["name"], e["meta"]["group"], e["severity"]) for e in suite["expectations"])
    assert shown == Counter((e.name, e.group, e.severity) for e in gate.expectations_of(dataset))
    assert set(shown.values()) == {1}
    assert list(suite["meta"]["groups"]) == list(dict.fromkeys(e["meta"]["group"] for e in suite["expectations"]))


def test_great_expectations_reads_it_as_what_it_validates(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    suite = json.loads(json.dumps(show.suite(dataset), ensure_ascii=False))
    read = gx.ExpectationSuite(**suite)
    assert [type(e).__name__ for e in read.expectations] == [show.class_name(e["type"]) for e in suite["expectations"]]
    shown = {e["meta"]["name"]: {**e, "meta": {}} for e in read.to_json_dict()["expectations"]}
    assert shown == _validated(dataset, monkeypatch)


def test_a_parameter_stays_a_parameter() -> None:
    (register,) = (d for d in DATASETS if d.name == "household_register")
    (change,) = (e for e in show.suite(register)["expectations"] if e["meta"]["name"] == "row_change_pct")
    assert change["kwargs"]["max_value"] == {"$PARAMETER": "row_count_change_warn_pct"}
