"""Write down for dbt what follows from the contracts: staging models, their sources, the catalogue of tables, macros.

    python -m sources.contracts.export

Belongs here: the text of every generated file of ``dbt_project``. Does not belong here: SQL that computes something.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from sources.contracts.model import CONTRACTS_DIR, Column, Contracts, Dataset, Department, load_contracts
from sources.contracts.row_schema import AcceptedColumn, accepted_columns
from sources.contracts.schemes import CATEGORIES_CSV

DBT_PROJECT_DIR = CONTRACTS_DIR.parents[1] / "dbt_project"

_GENERATED = "Generated from the contracts by python -m sources.contracts.export: edit those instead."
_WHO = ("household_code", "person_name", "resident_id")
_SUBJECTS = ("person_key", "head_person_key", "household_key")
"""Keys of a row's subject; the first one that a table has counts."""

_REGISTER = "household_register"
_ON_REGISTER = ("town_name", "village_name", "natural_village_name", "person_name")
"""What the register knows of everybody whom another table names by id or household code."""
_IN_RESIDENT_ID = {("village_committees", "sex"), ("village_committees", "birth_month")}

_MODEL = """\
{{#- {generated} -#}}
with source as (

    select * from {{{{ accepted_rows('{department}', '{dataset}') }}}}

),

renamed as (

    select
{columns}
    from source

)

select * from renamed
"""

_SOURCES = """\
# {generated}
sources:
  - name: {department}
    description: {description}
    config:
      meta:
        external_location: >-
          read_parquet('@home/warehouse/accepted/{department}/{{identifier}}/month=*/*.parquet',
          union_by_name = true, hive_partitioning = true, hive_types_autocast = false)
    tables:
"""

_MATCHED = """\
Datasets whose rows are matched to the household register, with the key of the row's subject: the person, else the
head of household, else the household. A contract leaves out tables whose people need not be farmers (semantics,
reconciliation).
"""

_NAMED = """\
Where departments name people: every table with a name and a resident id, the prefix of the two columns ('head_' for
a head of household), and whether its rows have a place.
"""

_OFFERED = """\
The departments' tables, which the SQL of a county's own indicators and rules reads by name: department, dataset, and
of a ledger of dated events its key and their date (cumulative_rows), else nothing (snapshot_rows).
"""


def dbt_files(contracts: Contracts) -> dict[str, str]:
    """Give the text of every generated file by its path within the dbt project."""
    files = {
        "seeds/datasets.csv": _catalogue(contracts),
        "seeds/category_schemes.csv": CATEGORIES_CSV.read_text(encoding="utf-8"),
        "macros/matched_datasets.sql": _list_macro("matched_datasets", _MATCHED, _matched(contracts)),
        "macros/named_persons.sql": _list_macro("named_persons", _NAMED, _named(contracts)),
        "macros/offered_tables.sql": _list_macro("offered_tables", _OFFERED, _offered(contracts)),
    }
    for department in contracts.values():
        folder = f"models/staging/{department.name}"
        files[f"{folder}/_{department.name}__sources.yml"] = _sources(department)
        files[f"{folder}/_{department.name}__models.yml"] = _descriptions(department)
        for dataset in department.datasets:
            files[f"{folder}/{_model_name(dataset)}.sql"] = _model(dataset)
    return files


def _model_name(dataset: Dataset) -> str:
    return f"stg_{dataset.department}__{dataset.name}"


def _grouped(dataset: Dataset) -> dict[str, list[AcceptedColumn]]:
    """Sort the accepted columns into those that say who, where, what, and which row."""
    groups: dict[str, list[AcceptedColumn]] = {"who": [], "where": [], "what": [], "which delivered row": []}
    for column in accepted_columns(dataset):
        groups[_group(dataset, column)].append(column)
    return {group: columns for group, columns in groups.items() if columns}


def _group(dataset: Dataset, column: AcceptedColumn) -> str:
    if column.source is None:
        return "which delivered row"
    source = dataset[column.source]
    if source.semantic in _WHO:
        return "who"
    return "where" if source.kind in ("town", "village") else "what"


def _model(dataset: Dataset) -> str:
    groups = [
        f"        -- {group}\n" + ",\n".join(f"        {column.name}" for column in columns)
        for group, columns in _grouped(dataset).items()
    ]
    names = {"generated": _GENERATED, "department": dataset.department, "dataset": dataset.name}
    return _MODEL.format(**names, columns=",\n\n".join(groups))


def _sources(department: Department) -> str:
    about = _yaml(f"{department.label}的已接收行,每月一个 Parquet 文件")
    head = _SOURCES.format(generated=_GENERATED, department=department.name, description=about)
    return head + "".join(_entry(d.name, d.label) for d in department.datasets)


def _descriptions(department: Department) -> str:
    lines = [f"# {_GENERATED}\nmodels:\n"]
    for dataset in department.datasets:
        about = _yaml(f"{dataset.label}:全部月份的已接收行")
        lines.append(f"  - name: {_model_name(dataset)}\n    description: {about}\n    columns:\n")
        lines += [_entry(column.name, column.label) for group in _grouped(dataset).values() for column in group]
    return "".join(lines)


def _entry(name: str, description: str) -> str:
    return f"      - {_yaml({'name': name, 'description': description})}\n"


def _yaml(value: str | dict[str, str]) -> str:
    """Write a value on one line, quoted if it has to be."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=math.inf)
    return text.removesuffix("\n...\n").rstrip("\n")


def _catalogue(contracts: Contracts) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    head = ("department", "dataset", "label_zh", "cadence", "extract_mode", "expected_from")
    rows.writerow((*head, "columns_asked", "columns_repeated"))
    for department in contracts.values():
        for d in department.datasets:
            first = "first_delivery" if d.is_expected_once_received else ""
            about = (department.name, d.name, d.label, d.cadence, d.extract_mode, first)
            rows.writerow((*about, len(d.columns), sum(_is_repeated(d, column) for column in d.columns)))
    return out.getvalue()


def _is_repeated(dataset: Dataset, column: Column) -> bool:
    """Return True if the register, or the resident id of the row, tells what the column asks for."""
    if dataset.is_matched_to_register and dataset.name != _REGISTER:
        return column.semantic in _ON_REGISTER
    return (dataset.name, column.name) in _IN_RESIDENT_ID


def _matched(contracts: Contracts) -> Iterator[tuple[str, ...]]:
    for dataset in contracts.datasets:
        if dataset.is_matched_to_register:
            names = {c.name for c in accepted_columns(dataset)}
            yield dataset.department, dataset.name, next(key for key in _SUBJECTS if key in names)


def _named(contracts: Contracts) -> Iterator[tuple[Any, ...]]:
    for dataset in contracts.datasets:
        names = {c.name for c in accepted_columns(dataset)}
        prefixes = sorted(name.removesuffix("name_key") for name in names if name.endswith("name_key"))
        for prefix in prefixes:
            if f"{prefix}person_key" in names:
                yield dataset.department, dataset.name, prefix, "town_code" in names


def _offered(contracts: Contracts) -> Iterator[tuple[str, ...]]:
    for dataset in contracts.datasets:
        first = {column.source: column.name for column in reversed(accepted_columns(dataset))}
        key = ",".join(first[name] for name in dataset.key) if dataset.event_date else ""
        yield dataset.department, dataset.name, key, dataset.event_date or ""


def _list_macro(name: str, about: str, rows: Iterable[tuple[Any, ...]]) -> str:
    listed = "".join(f"        ({', '.join(map(_literal, row))}),\n" for row in rows)
    head = f"{{#- {_GENERATED} -#}}\n{{#-\n{about}-#}}\n"
    return f"{head}{{% macro {name}() -%}}\n    {{{{ return([\n{listed}    ]) }}}}\n{{%- endmacro %}}\n"


def _literal(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else f"'{value}'"


def export(project: Path = DBT_PROJECT_DIR, contracts: Contracts | None = None) -> None:
    """Write the generated files into the dbt project and delete those that nothing generates any more."""
    files = dbt_files(contracts or load_contracts())
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    for path in set(generated_files(project)) - set(files):
        (project / path).unlink()


def generated_files(project: Path = DBT_PROJECT_DIR) -> list[str]:
    """List the files of the dbt project whose first line says that they are generated."""
    paths = (p for pattern in ("models/staging/**/*", "macros/*") for p in project.glob(pattern) if p.is_file())
    marked = [p for p in paths if _GENERATED in p.read_text(encoding="utf-8").partition("\n")[0]]
    return sorted(p.relative_to(project).as_posix() for p in marked)


if __name__ == "__main__":
    export()
