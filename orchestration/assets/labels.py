"""Name the metadata of assets as people read it: Chinese keys, rounded figures, words instead of codes.

Belongs here: the one list of names, and the way back for code that reads metadata.
Does not belong here: the figures (the modules of the assets), tables of files (``tables``).

An asset hands its figures to ``shown`` under the names of the code. A name without a label is an error, so that no
English name reaches the UI; names with a slash are Dagster's own and stay. Dagster plots numbers over the months by
their key: a label that changes begins a new line, so labels are never changed lightly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sources.contracts.model import load_contracts
from workbooks.messages import PROBLEMS

LABELS = {
    # The tables and their files.
    "status": "接收情况",
    "message": "说明",
    "rows_in_file": "文件行数",
    "rows_accepted": "接收行数",
    "rows_quarantined": "隔离行数",
    "rows_duplicate": "重复行数",
    "rows_superseded": "被替换行数",
    "seconds": "用时(秒)",
    "fingerprint": "接收内容指纹",
    "files": "文件",
    "notices": "提示",
    "label": "名称",
    "file": "文件位置",
    # Landing.
    "deliveries": "批次数",
    "landed_files": "收到文件数",
    "new_states": "新批次数",
    "tables": "识别出的数据表数",
    "not_landed": "未收取文件数",
    "recognised": "识别结果",
    # Pulls.
    "pulled_from": "取数位置",
    "pull_offered": "对方文件数",
    "pull_fetched": "取回文件数",
    "pull_rows": "取回行数",
    "pull_bytes": "取回字节数",
    "pull_seconds": "取数用时(秒)",
    "pull_bytes_per_second": "每秒字节数",
    "pull_new_deliveries": "取回的新批次数",
    "pull_left_out": "未取文件数",
    "pull_problems": "没有取到的位置数",
    # The month's ledger and calendar.
    "ledger_files": "台账文件数",
    "files_not_recognised": "未识别文件数",
    "ledger": "交付台账",
    "days": "日历天数",
    "dispatched_on": "派发日期",
    "calendar": "报送日历",
    # The county.
    "county": "区县代码",
    "districts": "区县数",
    "division_vintages": "历次名单行数",
    "policy_parameters": "政策参数行数",
    "due_days": "报送日行数",
    "indicator_targets": "指标目标行数",
    "own_indicators": "自有指标个数",
    "own_rules": "自有规则条数",
    # The published version.
    "is_new": "是否新版本",
    "version": "版本号",
    "months": "月份",
    "rows": "行数",
    "open_marts": "公开数据集市数",
    "tables_copied": "复制的表数",
    "rows_copied": "复制的行数",
    "marts": "数据集市",
    "restated_rows": "更正行数",
    "restated": "更正",
    # The counties of a city.
    "published_at": "版本时间",
    "checksum": "校验值(SHA-256)",
    "counties": "汇总的区县数",
    "versions": "汇总的版本",
    "union_copy": "对象存储中的汇总",
    "union_files_sent": "送出的文件数",
    "union_files_copied": "由对象存储自行复制的文件数",
    # The documents of the month.
    "report": "月报",
    "page": "网页版月报",
    "agenda": "联席会议议程",
    "agenda_page": "网页版议程",
    # Nodes of dbt.
    "unique_id": "dbt 节点",
    # Every table and mart.
    "dictionary": "数据字典",
    "Execution Duration": "dbt 用时(秒)",
}
"""Label by the name of the code."""
_ERROR, _MISSING = "error_", "missing_"
WORDS: dict[str, dict[Any, str]] = {
    "status": {"accepted": "已接收", "rejected": "已退回", "not_delivered": "未报送", "failed": "处理出错"},
    "is_new": {True: "是", False: "否"},
}
"""Word by the value of the code, for names whose values are codes."""


def label(name: str) -> str:
    """Return the label of a name. Raises KeyError if it has none."""
    if "/" in name:
        return name
    if name.startswith(_ERROR):
        return f"问题单元格:{PROBLEMS[name.removeprefix(_ERROR)].partition(',')[0]}"
    if name.startswith(_MISSING):
        return f"逾期未报表数:{load_contracts()[name.removeprefix(_MISSING)].label}"
    return LABELS[name]


def shown(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Label metadata for the UI, with figures rounded and codes in words. Raises KeyError for a name without label."""
    return {label(name): _word(name, value) for name, value in metadata.items()}


def read(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata that was shown under the names and codes of the code; other names stay as they are."""
    names = {text: name for name, text in LABELS.items()}
    found = {names.get(text, text): value for text, value in metadata.items()}
    codes = {name: {word: code for code, word in words.items()} for name, words in WORDS.items()}
    return {name: codes[name].get(value, value) if name in codes else value for name, value in found.items()}


def rounded(value: float) -> float:
    """Round to three significant digits, and never before the decimal point: 98.333 is 98.3, 1234.5 is 1234."""
    if not value or not math.isfinite(value):
        return value
    return round(value, max(0, 2 - math.floor(math.log10(abs(value)))))


def _word(name: str, value: Any) -> Any:
    if name in WORDS:
        return WORDS[name].get(value, value)
    return rounded(value) if isinstance(value, float) else value
