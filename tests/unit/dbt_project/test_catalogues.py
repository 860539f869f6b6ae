"""The dbt project agrees with itself and with the ledger of files, without running it.

Belongs here: names, labels and lists that stand in two places. Does not belong here: what the SQL computes.
"""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import pytest
import yaml

from sources.contracts.row_schema import FILE_LEDGER, AcceptedColumn
from tests.paths import DBT_PROJECT, SEEDS


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def models() -> dict[str, dict[str, Any]]:
    """Every documented model by name, with the folder it lies in."""
    found = {}
    for path in (DBT_PROJECT / "models").rglob("*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or []:
            found[model["name"]] = {**model, "folder": path.parent}
    return found


def label(described: dict[str, Any]) -> str:
    return str(described.get("description", "")).split(" - ")[0]


def described_columns(model: str) -> dict[str, str]:
    return {c["name"]: label(c) for c in models()[model]["columns"]}


def labelled(columns: tuple[AcceptedColumn, ...]) -> dict[str, str]:
    return {c.name: c.label for c in columns}


def test_the_ledger_has_the_columns_of_the_balance() -> None:
    assert described_columns("stg_intake__deliveries") == labelled(FILE_LEDGER)


def test_every_model_is_described() -> None:
    files = {path.stem for path in (DBT_PROJECT / "models").rglob("*.sql")}
    assert files == set(models())


@pytest.mark.parametrize("name", sorted(m for m, about in models().items() if "marts" in about["folder"].parts))
def test_labels_of_a_mart_are_chinese_and_unique(name: str) -> None:
    labels = [label(models()[name]), *[label(c) for c in models()[name]["columns"]]]
    assert all(any("一" <= character <= "鿿" for character in text) for text in labels)
    assert len(set(labels[1:])) == len(labels) - 1


def test_rules_need_the_datasets_that_the_catalogue_names() -> None:
    needed = [(r["rule_code"], r["dataset"]) for r in seed("risk_rule_datasets") if r["latest_offset"] == "0"]
    named = [(r["rule_code"], dataset) for r in seed("risk_rules") for dataset in r["datasets"].split(",")]
    assert sorted(needed) == sorted(named)


def test_rules_need_the_parameters_that_their_thresholds_name() -> None:
    thresholds = {r["rule_code"]: r["threshold"] for r in seed("risk_rules")}
    parameters = {r["parameter"] for r in seed("policy_parameters")}
    named = {(code, p) for code, text in thresholds.items() for p in parameters if p in text.split()}
    assert {(r["rule_code"], r["parameter"]) for r in seed("risk_rule_parameters")} == named
