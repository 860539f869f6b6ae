"""Find sheets that show how to fill in the others (semantics §2).

Belongs here: the words that say so. Does not belong here: example rows below a header (``about_columns``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from sources.contracts.model import Dataset
from sources.reading.files import Sheet
from sources.reading.header import find_header
from sources.refusal import RefusedError
from sources.text import plain

_SAMPLE = re.compile("示例|样例|样表|范例|示范表")
"""Not 模板: offices fill it in."""
_WORD = "(?:示例|样例|样表|范例)"
_TITLE = re.compile(rf"(?:.*[(\[【—-])?(?:填[写报表])?{_WORD}[)\]】]?|.*(?:册|表|台账|名单){_WORD}")
_MOST_ROWS = 10


def sample_sheets(sheets: Sequence[Sheet], dataset: Dataset) -> list[int]:
    """List the numbers of sheets that are samples by their name or title, if another sheet has a header and rows.

    Raises RefusedError if one has too many rows to be an example.
    """
    visible = [sheet for sheet in sheets if not sheet.is_hidden]
    named = {sheet.number for sheet in visible if _SAMPLE.search(plain(sheet.name or ""))}
    titled = {sheet.number for sheet in visible if _is_titled(sheet)}
    if len(visible) < 2 or not (named or titled):
        return []
    rows = {sheet.number: _rows(sheet, dataset) for sheet in visible}
    for samples in (named | titled, named):
        if any(count for number, count in rows.items() if number not in samples):
            for number in sorted(samples):
                if rows[number] > _MOST_ROWS:
                    raise RefusedError(
                        f"第{number}个工作表写明是示例(样表),却有{rows[number]}行,无法确定是不是要报送的;"
                        "是数据的,请改工作表的名称和标题,否则请删除,再重新报送。"
                    )
            return sorted(samples)
    return []


def _is_titled(sheet: Sheet) -> bool:
    alone = [texts.pop() for row in sheet.top_texts[:3] if len(texts := {text for text in row if text}) == 1]
    return any(_TITLE.fullmatch(text) for text in alone)


def _rows(sheet: Sheet, dataset: Dataset) -> int:
    """Count the rows with three cells or more below the header; none without a header."""
    header = find_header(sheet, dataset)
    if header is None:
        return 0
    full = sheet.plain[header.last_row + 1 :].select(n=pl.sum_horizontal(pl.all().is_not_null()) >= 3)
    return int(full["n"].sum())
