"""The checks in words: expectations of deliveries, and data tests of what was computed.

Belongs here: putting them in one form. Does not belong here: their wording (``expectations``, ``dbt.data_tests``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from expectations import gate
from orchestration.dbt import data_tests
from orchestration.dictionary.chapter import Chapter, Entry
from sources.contracts.model import Contracts

TITLE = "检查"
_ABOUT = "部门报送的数据先经检查再使用;计算结果发布前再经检验。退回的报送不改变任何数字,以前接收的继续有效。"
_SEVERITY = {"critical": "退回", "warning": "提醒", "ERROR": "不发布", "warn": "提醒"}
_TYPES = {"model": "计算结果", "seed": "目录", "source": "来源"}


def chapter(contracts: Contracts, parsed: Mapping[str, Any]) -> Chapter:
    """Describe the expectations of every table, then the data tests of dbt by what they are about."""
    entries = (*_expectations(contracts), *_data_tests(parsed))
    return Chapter(TITLE, _ABOUT, ("检查对象",), ("类别", "代码", "内容", "不符合时"), entries)


def _expectations(contracts: Contracts) -> Iterator[Entry]:
    for dataset in contracts.datasets:
        titles = {group.name: group.title for group in gate.groups(dataset)}
        rows = sorted(
            ((list(titles).index(e.group), titles[e.group], e.name, e.sentence(), _SEVERITY[e.severity])
             for e in gate.expectations_of(dataset)),
            key=lambda row: row[0],
        )  # fmt: skip
        shown = tuple(row[1:] for row in rows)
        yield Entry(f"{dataset.department}/{dataset.name}", dataset.label, "", ("部门报送",), shown)


def _data_tests(parsed: Mapping[str, Any]) -> Iterator[Entry]:
    nodes = {**parsed["nodes"], **parsed["sources"]}
    tests: dict[str, list[tuple[str, ...]]] = {}
    for unique_id, node in sorted(parsed["nodes"].items()):
        if node["resource_type"] == "test":
            about = node.get("attached_node") or node["depends_on"]["nodes"][0]
            text = data_tests.sentence(node) or node["name"]
            row = ("数据检验", unique_id.split(".")[2], text, _SEVERITY[node["config"]["severity"]])
            tests.setdefault(about, []).append(row)
    order = sorted(tests, key=lambda about: (nodes[about]["resource_type"], nodes[about]["name"]))
    for about in order:
        node = nodes[about]
        label = node["description"].partition(":")[0]
        rows = tuple(chain(tests[about]))
        yield Entry(f"{node['schema']}.{node['name']}", label, "", (_TYPES[node["resource_type"]],), rows)
