"""How the fields of a contract depend on one another.

Belongs here: contradictions between fields, columns and tables.
Does not belong here: which keys and values a field may hold (``odcs``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sources.contracts.odcs import Column, Contract, RowRule, Table
from sources.contracts.problem import Problem
from sources.contracts.schemes import load_scheme
from sources.text import plain

_IDENTITIES = ("disability_certificate_no", "household_code", "person_name", "resident_id")
_SUBJECTS = ("resident_id", "head_resident_id")
"""The persons that a row may be about."""
_NUMBERS = ("integer", "number")
_YES_OR_NO = ["是", "否"]


def contradictions(contract: Contract, department: str, taken: Mapping[str, str]) -> Iterator[Problem]:
    """Find what contradicts itself in the contract of a department, or contradicts the contracts read before.

    ``department`` is the name that the file has; ``taken`` names the department of each table read before.
    """
    if contract.domain != department:
        yield Problem("domain", repr(contract.domain), f"It should be the name of the file, {department!r}")
    for table in contract.tables:
        if table.name in taken:
            yield Problem("name", repr(table.name), f"The table belongs to {taken[table.name]} already", table.name)
        yield from (replace(problem, table=table.name) for problem in _of_table(table))
    for name in _repeated(t.name for t in contract.tables):
        yield Problem("name", f"{name!r} twice", "Names of tables should differ", name)
    yield from _of_ignored(contract)
    words = [(t.name, plain(w)) for t in contract.tables for w in {*t.custom_properties.file_keywords, t.business_name}]
    for word in _repeated(word for _, word in words):
        tables = " and ".join(name for name, own in words if own == word)
        expected = "A keyword, and the businessName, should name one table of the department"
        yield Problem("customProperties.fileKeywords", repr(word), expected, tables)


def _of_ignored(contract: Contract) -> Iterator[Problem]:
    """Find ignored headers that a column reads, or that are given twice."""
    ignored = [e.header for e in contract.custom_properties.ignored_headers] if contract.custom_properties else []
    field = "customProperties.ignoredHeaders"
    for header in _repeated(map(plain, ignored)):
        yield Problem(field, f"{header!r} twice", "Ignored headers should differ")
    for table in contract.tables:
        headers = {
            plain(h): c.name for c in table.properties for h in (c.business_name, *(s.synonym for s in c.synonyms))
        }
        for header in filter(headers.get, map(plain, ignored)):
            expected = f"Column {headers[header]} has this header, so it is read"
            yield Problem(field, repr(header), expected, table.name)


def _of_table(table: Table) -> Iterator[Problem]:
    for column in table.properties:
        found = (*_of_type(column), *_of_secrecy(column), *_of_key(column))
        yield from (Problem(*problem, column=column.name) for problem in found)
    for name in _repeated(c.name for c in table.properties):
        yield Problem("name", f"{name!r} twice", "Names of columns should differ", column=name)
    yield from _of_headers(table)
    yield from _of_row_rules(table)
    positions = sorted(c.primary_key_position for c in table.properties if c.primary_key_position)
    if not positions or positions != list(range(1, len(positions) + 1)):
        expected = "The table should have a primary key, whose columns are numbered from 1"
        yield Problem("primaryKeyPosition", repr(positions), expected)
    has_event = any(c.logical_type == "date" and c.required for c in table.properties)
    if table.custom_properties.late_rows_only and not (
        table.custom_properties.extract_mode == "increment" and has_event
    ):
        yield Problem("customProperties.lateRowsOnly", "True", "It is allowed for an increment with a required date")
    has_subject = any(c.name in _SUBJECTS or c.custom_properties.semantic == "household_code" for c in table.properties)
    if has_subject != ((is_matched := table.custom_properties.matched_to_register) is not None):
        expected = "True or False is required beside a (head's) resident id or a household code, and allowed there only"
        yield Problem("customProperties.matchedToRegister", repr(is_matched), expected)


def _of_headers(table: Table) -> Iterator[Problem]:
    """Find the headers of more than one column, or given twice; they are compared as they are read."""
    owners: dict[str, str] = {}
    for column in table.properties:
        headers = [("businessName", column.business_name), *(("synonyms", s.synonym) for s in column.synonyms)]
        for field, header in headers:
            if owner := owners.get(plain(header)):
                yield Problem(field, repr(header), f"Column {owner} has this header already", column=column.name)
            owners[plain(header)] = column.name


def _headers(column: Column) -> list[str]:
    return [column.business_name, *(s.synonym for s in column.synonyms)]


def _of_type(column: Column) -> Iterator[tuple[str, str, str]]:
    """Find fields that a column of its type would not obey."""
    values = [e.value for e in column.enum]
    custom, bounds, is_number = column.custom_properties, column.logical_type_options, column.logical_type in _NUMBERS
    if custom.semantic and column.logical_type != "string":
        yield "logicalType", repr(column.logical_type), f"It should be 'string' with the semantic {custom.semantic}"
    if custom.unit and not is_number:
        yield "customProperties.unit", repr(custom.unit), "A unit is allowed for numbers only"
    if custom.period and not custom.unit:
        yield "customProperties.period", repr(custom.period), "A period is allowed beside a unit only"
    if custom.future and column.logical_type != "date":
        yield "customProperties.future", "True", "It is allowed for dates only"
    if bounds and not is_number:
        yield "logicalTypeOptions", repr(column.logical_type), "Bounds are allowed for numbers only"
    if bounds and bounds.minimum is not None and bounds.maximum is not None and bounds.minimum > bounds.maximum:
        yield "logicalTypeOptions.minimum", repr(bounds.minimum), f"It should not exceed the maximum, {bounds.maximum}"
    if values and (column.logical_type not in ("string", "boolean") or custom.semantic):
        yield "enum", repr(values), "Values are allowed for a string without a semantic, and for a boolean"
    if values and column.logical_type == "boolean" and values != _YES_OR_NO:
        yield "enum", repr(values), f"The values of a boolean should be {_YES_OR_NO}"
    if custom.dated_values and (expected := load_scheme().words) != tuple(values):
        yield "enum", repr(values), f"It should list every word of {custom.dated_values}.csv: {', '.join(expected)}"
    for value in _repeated(plain(v) for v in values):
        yield "enum", f"{value!r} twice", "Values should differ"


def _of_row_rules(table: Table) -> Iterator[Problem]:
    """Find rules about other cells that no cell could obey, or that ask nothing of an optional one."""
    columns = {c.name: n for n, c in enumerate(table.properties)}
    field = "customProperties.rowRules"
    for n, column in enumerate(table.properties):
        for rule in column.custom_properties.row_rules or ():
            is_later = columns.get(rule.column, n) >= n
            if rule.column not in columns or (is_later and rule.rule != "filledWhen"):
                yield Problem(field, repr(rule.column), "It should be an earlier column", column=column.name)
                continue
            other = table.properties[columns[rule.column]]
            if problem := _of_row_rule(column, other, rule):
                yield Problem(field, repr(rule.rule), problem, column=column.name)


def _of_row_rule(column: Column, other: Column, rule: RowRule) -> str:
    """Say what is wrong with a rule about two columns of a table; empty if nothing is."""
    types = {column.logical_type, other.logical_type}
    if (rule.value is not None) != (rule.rule == "filledWhen"):
        return "A value is required with filledWhen, and allowed there only"
    if rule.rule == "notBefore":
        return "" if types == {"date"} else "Both columns should be dates"
    if rule.rule == "notAbove":
        return "" if types <= set(_NUMBERS) else "Both columns should be numbers"
    if column.required:
        return "The column is required in any row"
    values = [e.value for e in other.enum] if other.logical_type == "string" else []
    return "" if rule.value in values else f"{rule.column} has no value {rule.value!r}"


def _of_secrecy(column: Column) -> Iterator[tuple[str, str, str]]:
    """Find identities that are not restricted or not declared, and texts that would be published in spite of it."""
    custom = column.custom_properties
    if custom.semantic in _IDENTITIES and column.classification != "restricted":
        yield "classification", repr(column.classification), f"It should be 'restricted' with {custom.semantic}"
    is_free_text = column.logical_type == "string" and not column.enum and custom.semantic in (None, "lead_id")
    if custom.published and (column.classification == "restricted" or not is_free_text):
        yield (
            "customProperties.published",
            repr(custom.published),
            "It is allowed for a free text that is not restricted",
        )
    if column.primary_key and custom.published not in (None, "number"):
        expected = "It should be 'number' in the primary key, where masked texts stay distinct"
        yield "customProperties.published", repr(custom.published), expected
    if column.name in _SUBJECTS and custom.semantic != "resident_id":
        yield "customProperties.semantic", repr(custom.semantic), f"It should be 'resident_id' in {column.name}"


def _of_key(column: Column) -> Iterator[tuple[str, str, str]]:
    """Find half-declared columns of the primary key, and rows that could do without one."""
    if column.primary_key != (column.primary_key_position is not None):
        position = repr(column.primary_key_position)
        yield "primaryKeyPosition", position, "A primaryKey should have a position, any other column none"
    if column.primary_key and not column.required:
        yield "required", "False", "It should be True for a column of the primary key"


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
