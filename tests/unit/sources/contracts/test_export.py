"""The dbt project holds exactly what follows from the contracts.

Belongs here: the committed files are the generated ones; the generated ones say what the contracts say.
Does not belong here: whether dbt can read them (``test_adding_a_table``).
"""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from sources.contracts.export import DBT_PROJECT_DIR, dbt_files, export, generated_files
from sources.contracts.model import Contracts, Dataset, load_contracts
from sources.contracts.row_schema import LINEAGE, accepted_columns

CONTRACTS = load_contracts()
DATASETS = list(CONTRACTS.datasets)
FILES = dbt_files(CONTRACTS)
CATALOGUE = "seeds/datasets.csv"
CATALOGUES = {CATALOGUE, "seeds/category_schemes.csv"}
"""Seeds begin with the names of their columns, not with a word about their origin."""
COMMAND = "python -m sources.contracts.export"


def folder(dataset: Dataset) -> str:
    return f"models/staging/{dataset.department}"


def listed(macro: str) -> list[tuple[Any, ...]]:
    """The rows of the list that a macro returns."""
    returned = re.search(r"return\((\[.*\])\)", FILES[f"macros/{macro}.sql"], re.DOTALL)
    assert returned
    return [tuple(row) for row in yaml.safe_load(returned[1].replace("(", "[").replace(")", "]"))]


def with_datasets(change: Any) -> Contracts:
    return Contracts({n: replace(d, datasets=tuple(map(change, d.datasets))) for n, d in CONTRACTS.items()})


@pytest.mark.parametrize("path", FILES)
def test_export_changes_nothing(path: str) -> None:
    assert (DBT_PROJECT_DIR / path).read_text("utf-8") == FILES[path], f"{COMMAND} writes it"


def test_departments_have_generated_files_only() -> None:
    present = {
        path.relative_to(DBT_PROJECT_DIR).as_posix()
        for department in CONTRACTS
        for path in (DBT_PROJECT_DIR / "models" / "staging" / department).rglob("*")
    }
    assert present == {path for path in FILES if path.startswith("models/")}


def test_a_generated_file_says_so_in_its_first_line() -> None:
    assert generated_files() == sorted(set(FILES) - CATALOGUES)
    assert all(COMMAND in text.splitlines()[0] for path, text in FILES.items() if path not in CATALOGUES)


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda d: d.name)
def test_staging_selects_every_accepted_column_once(dataset: Dataset) -> None:
    sql = FILES[f"{folder(dataset)}/stg_{dataset.department}__{dataset.name}.sql"]
    selected = re.findall(r"^        (\w+),?$", sql, re.MULTILINE)
    assert sorted(selected) == sorted(c.name for c in accepted_columns(dataset))
    assert selected[-len(LINEAGE) :] == [c.name for c in LINEAGE]
    assert f"{{{{ accepted_rows('{dataset.department}', '{dataset.name}') }}}}" in sql


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda d: d.name)
def test_staging_and_source_are_described_in_the_words_of_the_contract(dataset: Dataset) -> None:
    models = yaml.safe_load(FILES[f"{folder(dataset)}/_{dataset.department}__models.yml"])["models"]
    about = next(m for m in models if m["name"] == f"stg_{dataset.department}__{dataset.name}")
    assert about["description"].split(":")[0] == dataset.label
    assert {c["name"]: c["description"] for c in about["columns"]} == {
        c.name: c.label for c in accepted_columns(dataset)
    }
    source = yaml.safe_load(FILES[f"{folder(dataset)}/_{dataset.department}__sources.yml"])["sources"][0]
    assert source["name"] == dataset.department
    assert {"name": dataset.name, "description": dataset.label} in source["tables"]


def test_the_catalogue_has_every_table_and_its_calendar() -> None:
    rows = list(csv.reader(FILES[CATALOGUE].splitlines()))
    first = {d: "first_delivery" if d.is_expected_once_received else "" for d in DATASETS}
    expected = [
        [d.department, d.name, d.label, d.cadence, d.extract_mode, first[d], str(len(d.columns))] for d in DATASETS
    ]
    head = ["department", "dataset", "label_zh", "cadence", "extract_mode", "expected_from"]
    assert [row[:-1] for row in rows] == [[*head, "columns_asked"], *expected]


def test_columns_are_repeated_where_the_register_or_the_id_tells_them() -> None:
    repeated = {row["dataset"]: int(row["columns_repeated"]) for row in csv.DictReader(FILES[CATALOGUE].splitlines())}
    some = ("household_register", "subsistence_allowance", "toilet_retrofits", "village_committees", "natural_villages")
    # Two places and two names; two places, the name of the natural village and of the head; sex and birth month.
    assert [repeated[dataset] for dataset in some] == [0, 4, 4, 2, 0]


def test_names_are_compared_wherever_one_stands_beside_an_id() -> None:
    names = {d: {c.name for c in accepted_columns(d)} for d in DATASETS}
    expected = {
        (d.department, d.name, prefix, "town_code" in names[d])
        for d in DATASETS
        for prefix in ("", "head_")
        if {f"{prefix}name_key", f"{prefix}person_key"} <= names[d]
    }
    assert len(listed("named_persons")) == len(expected)
    assert set(listed("named_persons")) == expected


def test_rows_are_matched_wherever_they_name_a_farmer() -> None:
    keys = ("person_key", "head_person_key", "household_key")
    names = {d: {c.name for c in accepted_columns(d)} for d in DATASETS}
    not_farmers = {"village_committees", "resident_cadres"}
    expected = {
        (d.department, d.name, next(k for k in keys if k in names[d]))
        for d in DATASETS
        if names[d] & set(keys) and d.name not in not_farmers
    }
    assert len(listed("matched_datasets")) == len(expected)
    assert set(listed("matched_datasets")) == expected


@pytest.mark.parametrize("label", ["帮扶: 车间", "车间 # 一", "是, 否", '"车间"', "no", "2021", "{车间}", "车间" * 99])
def test_any_label_is_written_so_that_dbt_reads_it_back(label: str) -> None:
    files = dbt_files(with_datasets(lambda d: replace(d, label=label)))
    models = yaml.safe_load(files["models/staging/health/_health__models.yml"])["models"]
    tables = yaml.safe_load(files["models/staging/health/_health__sources.yml"])["sources"][0]["tables"]
    assert {m["description"] for m in models} == {f"{label}:全部月份的已接收行"}
    assert {t["description"] for t in tables} == {label}
    assert {r["label_zh"] for r in csv.DictReader(files[CATALOGUE].splitlines())} == {label}


def test_what_nothing_generates_any_more_is_deleted_and_other_files_stay(tmp_path: Path) -> None:
    for part in ("models/staging", "macros", "seeds"):
        shutil.copytree(DBT_PROJECT_DIR / part, tmp_path / part)
    before = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    health = CONTRACTS["health"]
    export(tmp_path, Contracts({**CONTRACTS, "health": replace(health, datasets=health.datasets[1:])}))
    after = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert before - after == {"models/staging/health/stg_health__medical_settlements.sql"}
    assert after <= before
