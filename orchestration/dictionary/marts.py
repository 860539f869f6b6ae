"""The marts, as dbt's manifest describes them.

Belongs here: which database has a mart, its grain, its columns. Does not belong here: the descriptions (the YAML of
``dbt_project/models/marts``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.dbt import manifest
from orchestration.dictionary import catalogues
from orchestration.dictionary.chapter import Chapter, Entry, yes
from orchestration.publishing import version
from orchestration.publishing.content import LABELLED, MARTS, MARTS_OPEN, Column

TITLE = "数据集市"
FULL, OPEN = version.FULL.database, version.OPEN.database
BOTH = f"{OPEN}、{FULL}"
_ABOUT = (
    f"发布的数据集市。{OPEN} 供所有看板读取,不含农户,小计数已隐去;{FULL} 含逐户数据,只供办公室内部使用。"
    f"两个库里,{MARTS} 用英文列名,{LABELLED} 用中文列名。"
)
_FACTS = ("所在数据库", "数据级别", "每行是什么", "按月保留")
_HEADS = ("中文列名", "代码", "类型", "不为空", "说明")
WIDE = "rural_construction"
"""The mart with a column per indicator of the catalogue."""
_KEYS = {"household_key", "person_key", "head_person_key", "lead_id", "ref"}
"""Columns by which a row is about one household, person or delivered row."""
_SEPARATOR = re.compile(r"^[::;;。\s-]+")
"""What is between a label and its explanation."""
_TYPES = {
    "varchar": "文本", "date": "日期", "timestamp": "时间", "boolean": "是/否", "integer": "整数", "bigint": "整数",
    "double": "数值",
}  # fmt: skip
_DATABASES = {(MARTS, False): FULL, (MARTS, True): BOTH, (MARTS_OPEN, True): OPEN}


def chapter(parsed: Mapping[str, Any]) -> Chapter:
    """Describe every mart of the manifest, those of the open database first."""
    entries = sorted(_entries(parsed), key=lambda entry: (not entry.facts[0].startswith(OPEN), entry.name))
    return Chapter(TITLE, _ABOUT, _FACTS, _HEADS, tuple(entries))


def open_marts(parsed: Mapping[str, Any]) -> set[str]:
    """List the marts of the open database."""
    nodes, marts = parsed["nodes"], manifest.relations(dict(parsed), MARTS)
    shared = {table for unique_id, (_, table) in marts.items() if nodes[unique_id]["config"]["meta"].get("open")}
    return shared | {table for _, table in manifest.relations(dict(parsed), MARTS_OPEN).values()}


def _entries(parsed: Mapping[str, Any]) -> Iterator[Entry]:
    for schema in (MARTS, MARTS_OPEN):
        grains = manifest.grains(dict(parsed), schema)
        for unique_id, (_, table) in manifest.relations(dict(parsed), schema).items():
            yield _entry(parsed["nodes"][unique_id], schema, table, grains[table])


def _entry(node: Mapping[str, Any], schema: str, table: str, grain: tuple[str, ...]) -> Entry:
    columns = {name: _column(about) for name, about in node["columns"].items()}
    label, about = _split(node["description"])
    facts = (
        _DATABASES[schema, bool(node["config"]["meta"].get("open"))],
        "逐户(只用代码)" if _KEYS & set(columns) else "汇总",
        "、".join(columns[name].label for name in grain),
        "是" if "month" in columns else "否",
    )
    rows = tuple(_row(column, node["columns"][column.name]) for column in columns.values())
    rows += tuple(_wide_columns()) if table == WIDE else ()
    return Entry(f"{schema}.{table}", label, about, facts, rows)


def _wide_columns() -> Iterator[tuple[str, ...]]:
    """Describe the columns of the wide mart, which no YAML lists: one per indicator of rural construction."""
    for row in sorted(catalogues.seed("indicators"), key=lambda row: row["code"]):
        if row["domain"] == "construction":
            yield row["name_zh"], row["code"].replace(".", "__"), "数值", "", f"指标 {row['code']},单位 {row['unit']}"


def _column(about: Mapping[str, Any]) -> Column:
    return Column(about["name"], about["data_type"], about["description"])


def _split(description: str) -> tuple[str, str]:
    """Split a description into its label and the explanation behind it."""
    label = Column("", "", description).label
    return label, _SEPARATOR.sub("", description.strip().removeprefix(label))


def _row(column: Column, about: Mapping[str, Any]) -> tuple[str, ...]:
    label, explained = _split(column.comment)
    is_filled = any(constraint["type"] == "not_null" for constraint in about["constraints"])
    return label, column.name, _TYPES[column.dtype], yes(is_filled), explained or f"{label}。"
