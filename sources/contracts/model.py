"""The departments' contracts (ODCS v3.1 YAML) as plain, frozen Python objects.

Belongs here: what a table is made of, read from ``sources/contracts/*.odcs.yaml``.
Does not belong here: how a cell is read (``conform``), what an accepted row looks like (``accepted``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject, SchemaProperty

from sources.months import Month

CONTRACTS_DIR = Path(__file__).parent

Kind = Literal[
    "resident_id",
    "certificate",
    "date",
    "month",
    "number",
    "integer",
    "yes_or_no",
    "list",
    "town",
    "village",
    "text",
]

_KIND_OF_SEMANTIC: dict[str, Kind] = {
    "resident_id": "resident_id",
    "disability_certificate_no": "certificate",
    "month": "month",
    "town_name": "town",
    "village_name": "village",
}
_KIND_OF_TYPE: dict[str, Kind] = {"date": "date", "number": "number", "integer": "integer", "boolean": "yes_or_no"}
_DUE_MONTHS = {"monthly": range(1, 13), "quarterly": (3, 6, 9, 12), "annual": (12,)}


@dataclass(frozen=True)
class Column:
    """One column of a table as a department hands it over."""

    name: str
    label: str
    kind: Kind
    required: bool
    semantic: str | None = None
    classification: str = "internal"
    synonyms: tuple[str, ...] = ()
    key_position: int | None = None
    values: tuple[str, ...] = ()
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    is_published: bool = False
    """A text that marts show as it is; any other text stays in the restricted zone, for people write anything there."""
    is_prefilled: bool = False
    """The office prints this cell on the form before it is filled in; a row that holds nothing else is not answered."""

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header text that stands for this column, the label first."""
        return (self.label, *self.synonyms)

    @property
    def is_identity(self) -> bool:
        """True where the cell names or locates a person and must not leave the restricted zone."""
        return self.classification == "restricted"

    @property
    def stays_restricted(self) -> bool:
        """True where the cell does not leave the restricted zone as it is: an identity, or text that no mart shows."""
        return self.is_identity or (self.kind == "text" and not self.is_published)


@dataclass(frozen=True)
class Dataset:
    """One table of one department, with how often it is due and how it is read."""

    department: str
    name: str
    label: str
    keywords: tuple[str, ...]
    cadence: Literal["monthly", "quarterly", "annual"]
    is_core: bool
    extract_mode: Literal["snapshot", "increment"]
    may_be_empty: bool
    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    @property
    def key(self) -> tuple[str, ...]:
        """Primary-key column names in contract order."""
        keyed = [c for c in self.columns if c.key_position is not None]
        return tuple(c.name for c in sorted(keyed, key=lambda c: c.key_position or 0))

    def is_due(self, month: Month) -> bool:
        """Whether the table is expected for the month (semantics §9, scorecard)."""
        return month.number in _DUE_MONTHS[self.cadence]

    @property
    def required(self) -> tuple[Column, ...]:
        """Columns that a row cannot do without."""
        return tuple(c for c in self.columns if c.required)

    @property
    def event_date(self) -> str | None:
        """The date that places a row of an increment in time: its first required date column."""
        if self.extract_mode != "increment":
            return None
        return next((c.name for c in self.columns if c.kind == "date" and c.required), None)

    @property
    def id_columns(self) -> tuple[Column, ...]:
        """Columns that hold a resident id."""
        return tuple(c for c in self.columns if c.kind == "resident_id")

    @property
    def numeric_columns(self) -> tuple[Column, ...]:
        """Columns that can be summed."""
        return tuple(c for c in self.columns if c.kind in ("number", "integer"))


@dataclass(frozen=True)
class Department:
    """One department and the tables it hands over."""

    name: str
    label: str
    due_day: int
    datasets: tuple[Dataset, ...]

    def __getitem__(self, name: str) -> Dataset:
        return next(d for d in self.datasets if d.name == name)


class Contracts(dict[str, Department]):
    """All departments by name, in a fixed order."""

    @property
    def datasets(self) -> Iterator[Dataset]:
        """Every dataset of every department."""
        for department in self.values():
            yield from department.datasets

    def dataset(self, name: str) -> Dataset:
        """The dataset of that name; dataset names are unique over all departments.

        Raises KeyError for an unknown name.
        """
        for dataset in self.datasets:
            if dataset.name == name:
                return dataset
        raise KeyError(name)


def _properties(holder: SchemaObject | SchemaProperty) -> dict[str, Any]:
    return {str(p.property): p.value for p in holder.customProperties or []}


def _kind(prop: SchemaProperty, semantic: str | None) -> Kind:
    if semantic in _KIND_OF_SEMANTIC:
        return _KIND_OF_SEMANTIC[semantic]
    logical = str(prop.logicalType)
    if logical in _KIND_OF_TYPE:
        return _KIND_OF_TYPE[logical]
    return "list" if _extra(prop).get("enum") else "text"


def _extra(prop: SchemaProperty) -> dict[str, Any]:
    """Fields of ODCS 3.1 that the library's model keeps as extras or as fields, whichever version."""
    return {"enum": getattr(prop, "enum", None), "synonyms": getattr(prop, "synonyms", None)}


def _texts(items: Any, field: str) -> tuple[str, ...]:
    return tuple(str(i[field] if isinstance(i, dict) else getattr(i, field)) for i in items or [])


def _column(prop: SchemaProperty) -> Column:
    custom = _properties(prop)
    semantic = custom.get("semantic")
    options = prop.logicalTypeOptions or {}
    kind = _kind(prop, semantic)
    return Column(
        name=str(prop.name),
        label=str(prop.businessName),
        kind=kind,
        required=bool(prop.required),
        semantic=semantic,
        classification=str(prop.classification or "internal"),
        synonyms=_texts(_extra(prop)["synonyms"], "synonym"),
        key_position=prop.primaryKeyPosition if prop.primaryKey else None,
        values=_texts(_extra(prop)["enum"], "value") if kind == "list" else (),
        unit=custom.get("unit"),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        is_published=bool(custom.get("published")),
        is_prefilled=bool(custom.get("prefilled")),
    )


def _dataset(department: str, schema: SchemaObject) -> Dataset:
    custom = _properties(schema)
    return Dataset(
        department=department,
        name=str(schema.name),
        label=str(schema.businessName),
        keywords=tuple(custom["fileKeywords"]),
        cadence=custom["cadence"],
        is_core=bool(custom["core"]),
        extract_mode=custom["extractMode"],
        may_be_empty=bool(custom["mayBeEmpty"]),
        columns=tuple(_column(p) for p in schema.properties or []),
    )


def _department(path: Path) -> Department:
    contract = OpenDataContractStandard.from_file(str(path))
    name = str(contract.domain)
    sla = {p.property: p.value for p in contract.slaProperties or []}
    purpose = str(contract.description.purpose if contract.description else name)
    return Department(
        name=name,
        label=purpose.removeprefix("What ").split(" hands over")[0],
        due_day=int(str(sla["dueDay"])),
        datasets=tuple(_dataset(name, s) for s in contract.schema_ or []),
    )


@cache
def load_contracts(directory: Path = CONTRACTS_DIR) -> Contracts:
    """Every department's contract under ``directory``, by department name.

    Raises FileNotFoundError when there is none.
    """
    paths = sorted(directory.glob("*.odcs.yaml"))
    if not paths:
        raise FileNotFoundError(f"no *.odcs.yaml in {directory}")
    departments = [_department(p) for p in paths]
    return Contracts({d.name: d for d in departments})
