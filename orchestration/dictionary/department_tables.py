"""The departments' tables, as the contracts describe them.

Belongs here: wording a contract for readers. Does not belong here: the contracts (``sources.contracts``), the wording
of what a cell must hold (``workbooks.messages``).
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.dictionary.chapter import Chapter, Entry, yes
from sources.contracts.model import Column, Contracts, Dataset, Department
from sources.contracts.row_schema import accepted_columns
from workbooks.messages import expectation
from workbooks.template import CADENCE, KINDS

TITLE = "部门数据表"
_CLASSES = {"internal": "内部", "confidential": "敏感", "restricted": "身份信息"}
_ABOUT = (
    "各部门每月报送的数据表,依据数据契约生成。"
    "列名和其他可用列名都能识别;身份信息只保存在受限区,接收时换成代码,“接收后的列”就是换成代码以后的列名。"
)
_CORE = "核心数据:缺少它,当月不能运行。"
_FROM_FIRST = "首次报送之后才按周期应报;此前不催报,也不计逾期。"
_FACTS = ("部门", "报送周期", "截止日", "内容范围", "文件名关键词", "主键", "可以为空表")
_HEADS = ("列名", "其他可用列名", "代码", "类型", "单位", "必填", "取值", "填写要求", "分级", "接收后的列")


def chapter(contracts: Contracts) -> Chapter:
    """Describe every table of every department, with its columns in the order of the contract."""
    return Chapter(TITLE, _ABOUT, _FACTS, _HEADS, tuple(_entries(contracts)))


def _entries(contracts: Contracts) -> Iterator[Entry]:
    for department in contracts.values():
        for dataset in department.datasets:
            about = _CORE if dataset.is_core else _FROM_FIRST if dataset.is_expected_once_received else ""
            rows = tuple(_row(dataset, column) for column in dataset.columns)
            yield Entry(f"{dataset.department}/{dataset.name}", dataset.label, about, _facts(department, dataset), rows)


def _facts(department: Department, dataset: Dataset) -> tuple[str, ...]:
    return (
        department.label,
        CADENCE[dataset.cadence],
        f"次月 {department.due_day} 日",
        "月末全部数据" if dataset.extract_mode == "snapshot" else "当月新增的记录",
        "、".join(dataset.keywords),
        "、".join(dataset[name].label for name in dataset.key),
        "可以" if dataset.may_be_empty else "不可以",
    )


def _row(dataset: Dataset, column: Column) -> tuple[str, ...]:
    accepted = [a.name for a in accepted_columns(dataset) if a.source == column.name]
    values = "是、否" if column.kind == "yes_or_no" else column.shown_values(None)
    return (
        column.label,
        "、".join(column.headers[1:]),
        column.name,
        KINDS[column.kind],
        f"{column.unit or ''}{f'/{column.period}' if column.unit and column.period else ''}",
        yes(column.required),
        values,
        expectation(column),
        _CLASSES[column.classification],
        "、".join(accepted) or "不出受限区",
    )
