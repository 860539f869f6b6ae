"""Recognise the workbooks that this system writes for people to read; they are not to be delivered (semantics §1).

Belongs here: their column names, which ``workbooks`` writes. Does not belong here: templates and work lists, which are
to be filled in and delivered.
"""

from __future__ import annotations

from collections.abc import Sequence

from sources.reading.files import Sheet
from sources.refusal import OwnOutputError

LINEAGE_LABELS = ("处理结果", "问题说明", "文件", "工作表", "行号", "批次")
"""First column names of a sheet of rows with problems."""
SUMMARY_LABELS = ("数据表", "频率", "需要核对的行")
"""First column names of the summary."""


def refuse_own_output(sheets: Sequence[Sheet]) -> None:
    """Refuse a file with a sheet of rows with problems, or a summary: former values would pass for corrected ones.

    Told by column names, because other programs drop the properties of a document. Raises OwnOutputError.
    """
    for sheet in sheets:
        if any(set(names) <= set(row) for row in sheet.top_texts for names in (LINEAGE_LABELS, SUMMARY_LABELS)):
            raise OwnOutputError(
                "这是本系统生成的反馈(自查结果),不是报送的表,没有读取;请从报送的文件中移走,只报送更正后的原表。"
            )
