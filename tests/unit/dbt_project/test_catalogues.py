"""The dbt project agrees with itself and with the ledger of files, without running it.

Belongs here: names, labels and lists that stand in two places. Does not belong here: what the SQL computes.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import Any

import pytest
import yaml

from orchestration.dbt import manifest
from orchestration.publishing.content import MARTS, MARTS_OPEN
from sources.contracts.model import load_contracts
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
    return str(described.get("description", "")).split(":")[0]


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


EXPENSES = {"recognition_medical_share_pct", "recognition_education_cap", "recognition_other_cap"}
"""What the measure of INC-03 needs beside its threshold."""


def test_rules_need_the_parameters_that_their_thresholds_name() -> None:
    thresholds = {r["rule_code"]: r["threshold"] for r in seed("risk_rules")}
    parameters = {r["parameter"] for r in seed("parameters")}
    named = {(code, p) for code, text in thresholds.items() for p in parameters if p in text.split()}
    named |= {("INC-03", parameter) for parameter in EXPENSES}
    assert {(r["rule_code"], r["parameter"]) for r in seed("risk_rule_parameters")} == named


TRACES = {"household_key", "person_key", "head_person_key", "lead_id", "conflict_id", "subject", "evidence", "detail"}
TRACES |= {"ref", "file_name", "file_sha256", "sheet_no", "row_number", "row_order"}
"""Columns that tell one household from another, or lead to a delivered row."""
FULL_ONLY = {"household_month", "household_risk", "household_risk_flags", "risk_leads", "reconciliation_conflicts"}
FULL_ONLY |= {"low_income_population", "indicator_breakdowns"}


def test_every_mart_is_classed_open_or_full() -> None:
    """A mart is open only if ``dbt_project.yml`` names it, or if it was made for readers."""
    marts = {name for _, name in manifest.relations(manifest.load(), MARTS).values()}
    opened = manifest.open_marts(manifest.load())
    as_they_are = {name for name, schema in opened.items() if schema == MARTS}
    replaced = {name for name, schema in opened.items() if schema == MARTS_OPEN} & marts
    assert marts == as_they_are | replaced | FULL_ONLY
    assert not as_they_are & replaced
    assert not FULL_ONLY & set(opened)


def test_needed_columns_are_those_of_the_catalogues_with_their_headers() -> None:
    macro = (DBT_PROJECT / "macros" / "indicators" / "needed_columns.sql").read_text("utf-8")
    tables = {d.name: d for d in load_contracts().datasets}
    found: dict[str, str] = {}
    for dataset, keys, columns in re.findall(r"'(\w+)', (none|\[[^]]*\]), \[\n(.*?)\n        \]\)", macro, re.DOTALL):
        key = [c.name for c in tables[dataset].columns if c.key_position] if keys != "none" else []
        assert re.findall(r"\w+", keys) == (key or ["none"]), dataset
        found |= {f"{dataset}.{name}": header for name, header in re.findall(r"\('(\w+)', '(.+?)', ", columns)}
    rows = [*seed("indicators"), *seed("conflict_rules")]
    needed = {column for row in rows for column in re.split("[;|]", row["needs"]) if column}
    assert found == {name: tables[name.split(".")[0]][name.split(".")[1]].label for name in needed}


def test_a_mart_is_for_the_office_unless_it_is_named() -> None:
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["models"]["shouwang"]["marts"]["+meta"] == {"open": False}


def test_no_open_mart_tells_households_apart_or_leads_to_a_row() -> None:
    nodes = manifest.load()["nodes"].values()
    columns = {n["name"]: set(n["columns"]) for n in nodes if n["config"].get("meta", {}).get("open")}
    assert len(columns) > 15
    found = {name: known & TRACES for name, known in columns.items() if known & TRACES}
    # The subject of a notice is a parameter, a category, a list of divisions or a table; that of a document its field.
    assert found == {"month_notices": {"subject"}, "policy_instruments": {"subject"}}


def test_every_indicator_is_about_persons_or_things() -> None:
    about = {r["code"]: r["about"] for r in seed("indicators")}
    assert set(about.values()) == {"persons", "overlapping", "things"}
    construction = {r["code"] for r in seed("indicators") if r["domain"] == "construction"}
    assert {about[code] for code in construction} == {"things"}, "rural_construction is open as it is"
