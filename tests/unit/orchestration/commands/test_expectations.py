"""``shouwang expectations``: a table by any of its names, the suite in words and as JSON, an unknown table."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from expectations import gate
from orchestration.commands import cli
from orchestration.commands.expectations import dataset_named
from orchestration.runtime.errors import ShouwangError
from sources.contracts.model import Dataset, load_contracts


def _shown(*arguments: str) -> str:
    result = CliRunner().invoke(cli.app, ["expectations", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("text", ["deaths", "死亡(火化)人员名单", "civil_affairs/deaths"])
def test_a_table_by_any_of_its_names(text: str) -> None:
    assert dataset_named(text).name == "deaths"


@pytest.mark.parametrize("text", ["death", "health/deaths", "", "civil_affairs"])
def test_an_unknown_table_names_those_that_there_are(text: str) -> None:
    with pytest.raises(ShouwangError, match=f"没有表“{text}”") as raised:
        dataset_named(text)
    assert all(f"{d.department}/{d.name}({d.label})" in str(raised.value) for d in load_contracts().datasets)


@pytest.mark.parametrize("dataset", load_contracts().datasets, ids=lambda d: d.name)
def test_every_expectation_is_printed_once(dataset: Dataset) -> None:
    lines = _shown(dataset.name).splitlines()
    for expectation in gate.expectations_of(dataset):
        assert lines.count(f"  {expectation.name}  [{expectation.severity}]") == 1
        assert lines.count(f"    {expectation.sentence()}") == 1
    titles = [line for line in lines if line.startswith("  ") and not line.startswith("    ")]
    assert len(titles) == len(gate.expectations_of(dataset))
    for group in gate.groups(dataset):
        assert lines.count(f"{group.name}  {group.title}") == 1


def test_the_class_and_its_arguments() -> None:
    output = _shown("subsistence_allowance")
    assert "ExpectFigureToBeBetween(figure='accepted_share', min_value=0.95)" in output
    assert "max_value={'$PARAMETER': 'row_count_change_warn_pct'}" in output
    assert "ExpectColumnValuesToBeInSet(column='amount_positive', value_set=[1.0], mostly=0.99)" in output


def test_json() -> None:
    suite = json.loads(_shown("农户基础信息名册", "--json"))
    assert suite["name"] == "agriculture.household_register"
    assert {"type", "kwargs", "meta", "description", "severity"} == set(suite["expectations"][0])
    assert {"name", "group", "severity", "sentence"} <= set(suite["expectations"][0]["meta"])
