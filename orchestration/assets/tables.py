"""Format small Markdown tables for people: files with their row counts, messages about files.

Belongs here: the layout and the Chinese words. Does not belong here: the figures (``sources``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

import polars as pl

from sources.contracts.model import Contracts, Department
from sources.notice import Notice
from sources.text import one_line

ROW_COUNTS = ("rows_in_file", "rows_accepted", "rows_quarantined", "rows_duplicate", "rows_superseded")
_SEVERITY = {"error": "错误", "warning": "警告", "info": "说明"}
_YES_NO = {True: "是", False: "否"}
_PRINTED_TOTALS = {"passed": "相符", "failed": "不符", "none": "无"}
_LABELS = {
    "department": "部门",
    "dataset": "数据表",
    "file_name": "文件",
    "delivery_no": "批次",
    "is_in_force": "生效",
    "rows_in_file": "行数",
    "rows_accepted": "接收",
    "rows_quarantined": "隔离",
    "rows_duplicate": "重复",
    "rows_superseded": "被替换",
    "printed_total_rows": "合计行",
}


_SYNTAX = re.compile(r"[\\`*~\[\]<>|]|&(?=[#\w])|(?<!\w)_|_(?!\w)")
_LINK = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\`*~\[\]<>|&_])")
JOINER = "\u2060"
"""An invisible sign, at which no line breaks.

In an address, because the UI makes links of addresses even if their signs are escaped.
"""


def literal(text: str) -> str:
    """Escape a text of others, so that Markdown shows it as it is: on one line, without styles, links or HTML."""
    return _LINK.sub(JOINER, _SYNTAX.sub(r"\\\g<0>", one_line(text)))


def unescaped(text: str) -> str:
    """Return a text of ``literal`` for places that know no Markdown; addresses in it stay no links."""
    return _ESCAPED.sub(r"\1", text)


class Markdown(str):
    """A cell of a table that is Markdown already; any other cell is shown as it is."""


def whole(text: str) -> str:
    """Keep a short word on one line: Chinese breaks at any sign, and narrow columns would show it vertically."""
    return JOINER.join(text)


def link(text: str, path: str) -> Markdown:
    """Link a page of the web interface by its path; it works under any host name."""
    return Markdown(f"[{literal(text)}]({quote(path, safe='/?&=#')})")


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Format a Markdown table; the cells are shown as they are, unless they are Markdown, the heads on one line."""

    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |"

    shown = (line(c if isinstance(c, Markdown) else literal(str(c)) for c in row) for row in rows)
    return "\n".join([line(map(whole, header)), line(["---"] * len(header)), *shown])


def file_table(balance: pl.DataFrame, contracts: Contracts | None = None) -> str:
    """Format files with their row counts (``FILE_LEDGER``): those of one dataset or, with ``contracts``, of all."""
    if balance.is_empty():
        return "没有文件。"
    shown = [name for name in _LABELS if contracts or name not in ("department", "dataset")]
    words = balance.select(shown).with_columns(
        pl.col(name).replace(names) for name, names in (_names(contracts) if contracts else {}).items()
    )
    words = words.with_columns(
        pl.col("is_in_force").replace_strict(_YES_NO, return_dtype=pl.String),
        pl.col("printed_total_rows").replace_strict(_PRINTED_TOTALS, return_dtype=pl.String),
    )
    return markdown([_LABELS[name] for name in shown], words.rows())


def _names(contracts: Contracts) -> dict[str, dict[str, str]]:
    """Return the names of departments and datasets by code."""
    return {
        "department": {name: department.label for name, department in contracts.items()},
        "dataset": {dataset.name: dataset.label for dataset in contracts.datasets},
    }


def notice_table(notices: Sequence[Notice], departments: Mapping[str, Department]) -> str:
    """Format messages about files of these departments."""
    labels = {name: department.label for name, department in departments.items()}
    rows = [(_SEVERITY[n.severity], labels.get(n.department, n.department), n.file_name, n.message) for n in notices]
    return markdown(("级别", "部门", "文件", "说明"), rows) if rows else "无。"


def sums(balance: pl.DataFrame) -> dict[str, int]:
    """Sum the row counts over all files."""
    return {name: int(balance[name].sum()) for name in ROW_COUNTS}
