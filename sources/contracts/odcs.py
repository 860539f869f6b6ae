"""The part of the Open Data Contract Standard v3.2 that contracts use here: every key, and the values of each.

Belongs here: reading a file strictly, field by field.
Does not belong here: how fields depend on one another (``rules``), the objects of the platform (``model``).

A key of the standard that the platform does not read is refused like a misspelt one, because it would have no effect.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import polars as pl
import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from sources.contracts.model import LAST_DUE_DAY
from sources.contracts.problem import ContractError, Problem, error_of, problem_at, shown
from sources.units import UNITS


def _custom(field: str, found: str, expected: str) -> PydanticCustomError:
    """Make an error about a field below the part that is being read."""
    return PydanticCustomError("contract", "{expected}", {"field": field, "found": found, "expected": expected})


def _values(field: FieldInfo) -> str:
    """List the values of a field that has few."""
    is_literal = get_origin(field.annotation) is Literal
    values = (True, False) if field.annotation is bool else get_args(field.annotation) if is_literal else ()
    return f": {', '.join(map(repr, values))}" if values else ""


def _known_unit(unit: str) -> str:
    if unit not in UNITS:
        raise PydanticCustomError("unit", "Input should be one of {units}", {"units": ", ".join(UNITS)})
    return unit


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "Input should be a number")
    return value


def _compiles(pattern: str) -> str:
    """Refuse a pattern that the engine which searches cells does not read, such as one that looks around."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        raise PydanticCustomError("pattern", "Input should be a regular expression without look-around") from None
    return pattern


def _by_property(entries: object) -> object:
    """Turn the standard's list of ``property`` and ``value`` into a mapping, in which each property is a key."""
    if not isinstance(entries, list):
        return entries
    found: dict[str, object] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry or not isinstance(entry.get("property"), str):
            raise _custom("", shown(entry), "Each entry should have a property and a value")
        name = entry["property"]
        if name in found:
            raise _custom(name, "two entries", "A property should have one entry")
        others = {key: value for key, value in entry.items() if key != "property"}
        found[name] = others if len(others) > 1 else entry["value"]
    return found


_BY_PROPERTY = BeforeValidator(_by_property)

Text = Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name of a folder, a table or a column."""
Note = Annotated[str, StringConstraints(min_length=1)]
"""Words for people, which nothing reads."""
Unit = Annotated[str, AfterValidator(_known_unit)]
Pattern = Annotated[Text, AfterValidator(_compiles)]
Position = Annotated[int, Field(ge=1)]
Bound = Annotated[int | float, PlainValidator(_number)]


class _Part(BaseModel):
    """A mapping in a contract: its keys are exactly the fields declared, its values exactly of their types."""

    model_config = ConfigDict(strict=True, frozen=True, alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def _keys(cls, data: Any) -> Any:
        """Refuse keys that are unknown or missing, and name those that are allowed."""
        if not isinstance(data, dict):
            return data
        fields = {str(field.alias): field for field in cls.model_fields.values()}
        for key in data:
            if key not in fields:
                raise _custom(str(key), "an unknown key", f"Allowed keys: {', '.join(fields)}")
        for key, field in fields.items():
            if field.is_required() and key not in data:
                raise _custom(key, "nothing", f"The field is required{_values(field)}")
        return data


class Synonym(_Part):
    """Another header text of a column."""

    synonym: Text


class EnumValue(_Part):
    """A value that a cell may hold."""

    value: Text


class Bounds(_Part):
    """The least and the greatest value of a number."""

    minimum: Bound | None = None
    maximum: Bound | None = None


class RowRule(_Part):
    """What a cell must be beside another cell of its row; semantics §3 names the errors."""

    rule: Literal["notBefore", "notAbove", "filledWhen"]
    column: Name
    value: Text | None = None


class ColumnProperties(_Part):
    """What the platform needs to know of a column beyond the standard."""

    semantic: (
        Literal[
            "disability_certificate_no",
            "household_code",
            "lead_id",
            "month",
            "natural_village_name",
            "person_name",
            "resident_id",
            "town_name",
            "village_name",
        ]
        | None
    ) = None
    unit: Unit | None = None
    period: Literal["month", "year"] | None = None
    dated_values: Literal["category_schemes"] | None = None
    published: Literal["text", "number", "key", "presence"] | None = None
    prefilled: bool = False
    future: bool = False
    row_rules: Annotated[list[RowRule], Field(min_length=1)] | None = None


class Column(_Part):
    """One column of a table."""

    name: Name
    business_name: Text
    description: Note | None = None
    logical_type: Literal["string", "date", "number", "integer", "boolean"]
    required: bool
    classification: Literal["internal", "confidential", "restricted"]
    primary_key: bool = False
    primary_key_position: Position | None = None
    logical_type_options: Bounds | None = None
    synonyms: list[Synonym] = []
    enum: list[EnumValue] = []
    custom_properties: Annotated[ColumnProperties, _BY_PROPERTY] = ColumnProperties()


class TableProperties(_Part):
    """What the platform needs to know of a table beyond the standard."""

    file_keywords: Annotated[list[Text], Field(min_length=1)]
    cadence: Literal["monthly", "quarterly", "annual"]
    core: bool
    extract_mode: Literal["snapshot", "increment"]
    may_be_empty: bool
    matched_to_register: bool | None = None
    expected_from: Literal["first_delivery"] | None = None
    late_rows_only: bool = False


class Table(_Part):
    """One table that a department hands over."""

    name: Name
    business_name: Text
    description: Note | None = None
    logical_type: Literal["object"]
    physical_type: Literal["file"]
    data_granularity_description: Text
    custom_properties: Annotated[TableProperties, _BY_PROPERTY]
    properties: Annotated[list[Column], Field(min_length=1)]


class Team(_Part):
    """The department: its Chinese name, and its name in English sentences."""

    name: Text
    description: Text


class Description(_Part):
    """What the contract is for."""

    purpose: Text
    usage: Text


class Frequency(_Part):
    """How often the department delivers."""

    value: Literal[1]
    unit: Literal["month"]


class DueDay(_Part):
    """The day by which it delivers; every month has it."""

    value: Annotated[int, Field(ge=1, le=LAST_DUE_DAY)]
    unit: Literal["day of the following month"]


class ServiceLevels(_Part):
    """What the department agreed to."""

    frequency: Frequency
    due_day: DueDay


class IgnoredHeader(_Part):
    """A header of columns that clerks add and nothing reads, with the form of their cells and the reason."""

    header: Text
    pattern: Pattern
    reason: Text


class ContractProperties(_Part):
    """What the platform needs to know of a department's files beyond the standard."""

    ignored_headers: Annotated[list[IgnoredHeader], Field(min_length=1)]


class Contract(_Part):
    """One department's file."""

    version: Text
    kind: Literal["DataContract"]
    api_version: Literal["v3.2.0"]
    id: Text
    name: Text
    status: Literal["active"]
    domain: Name
    data_product: Text
    description: Description
    team: Team
    sla_properties: Annotated[ServiceLevels, _BY_PROPERTY]
    custom_properties: Annotated[ContractProperties | None, _BY_PROPERTY] = None
    tables: Annotated[list[Table], Field(min_length=1, alias="schema")]


class _Loader(yaml.CSafeLoader):
    """Safe YAML in which no key is given twice; plain YAML keeps the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for i, (key, _) in enumerate(node.value):
            if key.value in keys[:i]:
                raise yaml.MarkedYAMLError(problem=f"key {key.value!r} is given twice", problem_mark=key.start_mark)
        return super().construct_mapping(node, deep)


def load_yaml(path: Path) -> Any:
    """Read a YAML file. Raises ContractError if it is no YAML or gives a key twice."""
    try:
        return yaml.load(path.read_bytes(), _Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name}: {error}") from error


def read_contract(path: Path) -> Contract:
    """Read one contract. Raises ContractError with every field that holds something else than it may."""
    data = load_yaml(path)
    try:
        return Contract.model_validate(data)
    except ValidationError as error:
        raise error_of(path.name, [_problem(data, e) for e in error.errors(include_url=False)]) from None


def _problem(data: Any, error: ErrorDetails) -> Problem:
    context = error.get("ctx", {})
    way = [*error["loc"], *filter(None, [context.get("field")])]
    return problem_at(data, way, context.get("found", shown(error["input"])), error["msg"])
