"""The views for analysts, as their YAML describes them.

Belongs here: which database has a view, its key, its columns. Does not belong here: the descriptions
(``publishing/bi/views``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.dbt import manifest
from orchestration.dictionary.chapter import Chapter, Entry
from orchestration.dictionary.codes import codes
from orchestration.dictionary.marts import BOTH, FULL, OPEN, open_marts
from orchestration.publishing.bi.view import BI, View, views
from orchestration.publishing.content import MARTS
from sources.contracts.model import Contracts

TITLE = "分析视图"
_ABOUT = (
    f"架构 {BI} 中的视图,做报表先看这里:中文表名、列名和值,名称、目标、上月和上年同月的值都在一行里,不用连接。"
    "每月要问的二十个问题各有一条 SQL,见 docs/questions.md。"
)
_FACTS = ("所在数据库", "每行由什么区分")
_HEADS = ("列名", "说明")


def chapter(contracts: Contracts, parsed: Mapping[str, Any]) -> Chapter:
    """Describe every view, those of the open database first."""
    full = {table for _, table in manifest.relations(dict(parsed), MARTS).values()}
    opened = open_marts(parsed)
    entries = [_entry(view, view.marts <= full, view.marts <= opened) for view in views(codes(contracts))]
    return Chapter(TITLE, _ABOUT, _FACTS, _HEADS, tuple(sorted(entries, key=lambda e: (e.facts[0] == FULL, e.name))))


def _entry(view: View, is_full: bool, is_open: bool) -> Entry:
    database = BOTH if is_full and is_open else FULL if is_full else OPEN
    rows = tuple((column.name, column.about) for column in view.columns)
    return Entry(f"{BI}.{view.name}", view.name, view.about, (database, "、".join(view.key)), rows)
