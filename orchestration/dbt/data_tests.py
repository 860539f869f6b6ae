"""Describe dbt's data tests in Chinese, for the people who see them as checks.

Belongs here: a sentence per kind of test. Does not belong here: the tests (``dbt_project``), their results.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_SENTENCES = {
    "unique_key": "按 {columns} 没有重复的行",
    "composite_relationships": "{columns} 都能在 {to} 中找到",
    "accepted_values": "{column_name} 只有这些取值:{values}",
    "relationships": "{column_name} 都能在 {to} 中找到",
    "not_null": "{column_name} 没有空值",
    "covers_every_division": "每项指标在每个应有的区划恰好一行,不多不少,不含虚拟区划",
    "jumps": "本县区数值与上月相比没有异常跳变(百分比 {points} 个百分点,其他 {factor} 倍);有跳变请核对交付数据",
    "columns_of_catalogue": "宽表的列与指标目录一致",
    "measured": "指标目录中的每项指标都有计算",
}
_REF = re.compile(r"ref\('(\w+)'\)")


def sentence(node: Mapping[str, Any]) -> str | None:
    """Describe the test of a manifest node in Chinese; None for a kind without words."""
    if node.get("description"):
        return str(node["description"])
    about = node.get("test_metadata") or {}
    template = _SENTENCES.get(about.get("name", ""))
    return template and template.format_map({name: _shown(value) for name, value in about["kwargs"].items()})


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return _REF.sub(r"\1", str(value))
