"""The contracts with a county's own words, due days and names of departments; no county weakens a column.

Belongs here: ``synonyms.yaml`` of the folder, sections of ``county.toml``. Does not belong here: the product's words
(``sources/contracts/synonyms.yaml``), what a column accepts.

``synonyms.yaml`` maps ``table.column`` to further headers, and ``table.column.value`` to further words for a value of a
list. ``[words]`` maps a word to the value that it says in every list. ``[due_days]`` and ``[departments]`` map the code
of a department to the day of the following month by which it delivers, and to its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from sources.contracts.model import Column, Contracts, Dataset, Department, load_contracts
from sources.county.folder import SETTINGS, County, CountyError
from sources.text import plain

FILE = "synonyms.yaml"
_MOST_BYTES = 256 * 1024
Words = Mapping[str, tuple[str, ...]]


def contracts_of(county: County) -> Contracts:
    """Return the contracts as they are in the county. Raises CountyError that names every problem."""
    product, problems = load_contracts(), list[str]()
    synonyms = _read(county, problems)
    problems += [*_problems(product, synonyms), *_word_problems(product, county.words)]
    problems += _department_problems(product, county)
    if problems:
        raise CountyError(county.folder, problems)
    if not (synonyms or county.words or county.due_days or county.departments):
        return product
    return Contracts({name: _department(department, synonyms, county) for name, department in product.items()})


def _read(county: County, problems: list[str]) -> Words:
    path = county.folder / FILE
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError
        content = yaml.safe_load(path.read_text("utf-8")) or {}
        return {key: _texts(words) for key, words in content.items()}
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, ValueError, OSError, AttributeError):
        problems.append(f"{FILE}:无法读取,应为 UTF-8 编码,每行写作 数据表.列: [表头, …] 或 数据表.列.值: [说法, …]")
        return {}


def _texts(words: Any) -> tuple[str, ...]:
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise ValueError
    return tuple(words)


def _problems(contracts: Contracts, synonyms: Words) -> Iterator[str]:
    tables = {dataset.name: dataset for dataset in contracts.datasets}
    for key, words in synonyms.items():
        name, _, rest = str(key).partition(".")
        column_name, _, value = rest.partition(".")
        if (dataset := tables.get(name)) is None:
            yield f"{FILE} {key}:没有数据表“{name}”(表的代码见 shouwang expectations)"
        elif (column := _column(dataset, column_name)) is None:
            yield f"{FILE} {key}:{dataset.label}没有列“{column_name}”;可用:{'、'.join(c.name for c in dataset.columns)}"
        elif not value:
            yield from _header_problems(str(key), dataset, column, words)
        elif value not in column.values:
            values = "、".join(column.values) or "没有,这一列不是选项"
            yield f"{FILE} {key}:“{value}”不是{column.label}的值;可用:{values}"
        else:
            yield from (f"{FILE} {key}:“{word}”已是另一个值" for word in words if _says_another(column, word, value))


def _header_problems(key: str, dataset: Dataset, column: Column, words: tuple[str, ...]) -> Iterator[str]:
    taken = {plain(header): other for other in dataset.columns for header in other.headers if other is not column}
    for word in words:
        if other := taken.get(plain(word)):
            yield f"{FILE} {key}:“{word}”已是列“{other.label}”的表头"


def _word_problems(contracts: Contracts, words: Mapping[str, str]) -> Iterator[str]:
    columns = [column for dataset in contracts.datasets for column in dataset.columns]
    for word, value in words.items():
        having = [column for column in columns if value in column.values]
        if not having:
            yield f"{SETTINGS} [words] {word}:没有一列的选项中有“{value}”"
        elif any(_says_another(column, word, value) for column in having):
            yield f"{SETTINGS} [words] {word}:在有的列中已是另一个值"


def _department_problems(contracts: Contracts, county: County) -> Iterator[str]:
    known = "、".join(f"{name}({department.label})" for name, department in contracts.items())
    for section, of_departments in (("due_days", county.due_days), ("departments", county.departments)):
        for name in of_departments:
            if name not in contracts:
                yield f"{SETTINGS} [{section}] {name}:没有部门“{name}”;可用:{known}"
    names: dict[str, str] = {}
    for name, department in contracts.items():
        label = county.departments.get(name, department.label)
        if other := names.get(label):
            yield f"{SETTINGS} [departments] {name}:“{label}”已是 {other} 的名称"
        names[label] = name


def _says_another(column: Column, word: str, value: str) -> bool:
    known = {plain(v): v for v in column.values} | {plain(w): v for w, v in column.value_synonyms}
    return known.get(plain(word), value) != value


def _column(dataset: Dataset, name: str) -> Column | None:
    return next((column for column in dataset.columns if column.name == name), None)


def _department(department: Department, synonyms: Words, county: County) -> Department:
    datasets = (
        replace(d, columns=tuple(_with(d, c, synonyms, county.words) for c in d.columns)) for d in department.datasets
    )
    return replace(
        department,
        datasets=tuple(datasets),
        due_day=county.due_days.get(department.name, department.due_day),
        label=county.departments.get(department.name, department.label),
    )


def _with(dataset: Dataset, column: Column, synonyms: Words, words: Mapping[str, str]) -> Column:
    key = f"{dataset.name}.{column.name}"
    headers = synonyms.get(key, ())
    known = {*map(plain, column.words)}
    said = [(word, value) for value in column.values for word in synonyms.get(f"{key}.{value}", ())]
    said += [(word, value) for word, value in words.items() if value in column.values]
    more = tuple(dict.fromkeys(pair for pair in said if plain(pair[0]) not in known))
    if not headers and not more:
        return column
    return replace(column, synonyms=(*column.synonyms, *headers), value_synonyms=(*column.value_synonyms, *more))
