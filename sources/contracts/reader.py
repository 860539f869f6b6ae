"""From contract files to the objects of ``model``.

Belongs here: which field of a contract becomes which attribute; refusing all contracts if one is wrong.
Does not belong here: what a contract may hold (``odcs``, ``rules``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from sources.contracts import odcs, rules
from sources.contracts.model import Column, Contracts, Dataset, Department, IgnoredHeader, Kind, RowRule
from sources.contracts.problem import Problem, error_of
from sources.contracts.row_schema import accepted_columns
from sources.contracts.schemes import load_scheme
from sources.contracts.synonyms import Synonyms, read_synonyms, with_synonyms
from sources.units import period_of

SUFFIX = ".odcs.yaml"

_KIND_OF_SEMANTIC: dict[str | None, Kind] = {
    "resident_id": "resident_id",
    "disability_certificate_no": "certificate",
    "month": "month",
    "town_name": "town",
    "village_name": "village",
}
_PERIODS = {"month": "月", "year": "年"}
_KIND_OF_TYPE: dict[str, Kind] = {"date": "date", "number": "number", "integer": "integer", "boolean": "yes_or_no"}


def read_contracts(directory: Path) -> Contracts:
    """Read every contract of a directory.

    Raises FileNotFoundError if there is none, ContractError if one of them is wrong.
    """
    paths = sorted(directory.glob(f"*{SUFFIX}"))
    if not paths:
        raise FileNotFoundError(f"no *{SUFFIX} in {directory}")
    synonyms = read_synonyms(directory)
    departments = Contracts()
    for path in paths:
        contract = odcs.read_contract(path)
        taken = {d.name: d.department for d in departments.datasets}
        department = _department(contract, synonyms)
        problems = [*rules.contradictions(contract, path.name.removesuffix(SUFFIX), taken)]
        problems += [problem for dataset in department.datasets for problem in _collisions(dataset)]
        if problems:
            raise error_of(path.name, problems)
        departments[department.name] = department
    return departments


def _department(contract: odcs.Contract, synonyms: Synonyms) -> Department:
    declared = contract.custom_properties.ignored_headers if contract.custom_properties else []
    ignored = tuple(IgnoredHeader(entry.header, entry.pattern) for entry in declared)
    return Department(
        name=contract.domain,
        label=contract.team.name,
        description=contract.team.description,
        due_day=contract.sla_properties.due_day.value,
        datasets=tuple(_dataset(contract.domain, table, ignored, synonyms) for table in contract.tables),
    )


def _dataset(department: str, table: odcs.Table, ignored: tuple[IgnoredHeader, ...], synonyms: Synonyms) -> Dataset:
    custom = table.custom_properties
    labels = {column.name: column.business_name for column in table.properties}
    return Dataset(
        department=department,
        name=table.name,
        label=table.business_name,
        keywords=tuple(custom.file_keywords),
        cadence=custom.cadence,
        is_core=custom.core,
        extract_mode=custom.extract_mode,
        may_be_empty=custom.may_be_empty,
        is_matched_to_register=bool(custom.matched_to_register),
        columns=with_synonyms(tuple(_column(column, labels) for column in table.properties), synonyms),
        ignored_headers=ignored,
        is_expected_once_received=custom.expected_from is not None,
        may_have_late_rows_only=custom.late_rows_only,
    )


def _column(column: odcs.Column, labels: Mapping[str, str]) -> Column:
    custom, bounds, kind = column.custom_properties, column.logical_type_options or odcs.Bounds(), _kind(column)
    return Column(
        name=column.name,
        label=column.business_name,
        kind=kind,
        required=column.required,
        classification=column.classification,
        semantic=custom.semantic,
        synonyms=tuple(s.synonym for s in column.synonyms),
        key_position=column.primary_key_position,
        values=tuple(e.value for e in column.enum) if kind == "list" else (),
        scheme=load_scheme() if custom.dated_values else None,
        unit=custom.unit,
        period=_PERIODS[custom.period] if custom.period else period_of(column.business_name),
        minimum=bounds.minimum,
        maximum=bounds.maximum,
        published=custom.published,
        is_prefilled=custom.prefilled,
        may_be_future=custom.future,
        row_rules=tuple(
            RowRule(r.rule, r.column, labels.get(r.column, r.column), r.value) for r in custom.row_rules or ()
        ),
    )


def _kind(column: odcs.Column) -> Kind:
    known = _KIND_OF_SEMANTIC.get(column.custom_properties.semantic) or _KIND_OF_TYPE.get(column.logical_type)
    return known or ("list" if column.enum else "text")


def _collisions(dataset: Dataset) -> Iterator[Problem]:
    """Find columns that would have the same name in accepted rows, where codes take the place of identities."""
    accepted = accepted_columns(dataset)
    twice = {name for name, times in Counter(c.name for c in accepted).items() if times > 1}
    for column in accepted:
        if column.name in twice and column.source:
            expected = f"Another column, or the lineage, has the name {column.name} in accepted rows"
            yield Problem("name", repr(column.source), expected, dataset.name, column.source)
