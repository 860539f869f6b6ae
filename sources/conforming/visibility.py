"""Say how many of the rows that were read Excel hides or shows struck through (semantics §2).

Belongs here: the words and the counts. Does not belong here: finding hidden and struck cells (``reading.files``).
"""

from __future__ import annotations

import numpy as np

from sources.reading.files import Sheet
from sources.reading.header import Header
from sources.reading.table import Table, source_rows

_MOST_LISTED = 20
_COLUMNS = 16_384
"""Columns that a spreadsheet can have; row * columns + column numbers a cell."""


def visibility_warnings(sheet: Sheet, header: Header, table: Table) -> list[str]:
    """Warn, in Chinese, about the data rows of a sheet that are hidden, struck through, or have struck cells."""
    if not (len(sheet.hidden_rows) or len(sheet.struck_cells) or len(sheet.partly_struck_cells)):
        return [_BY_RULE] if sheet.has_struck_rule else []
    rows = table.rows.filter(table.rows["role"] == "data")["row_number"].to_numpy().astype(np.int64) - sheet.above - 1
    places = {i: source_rows(sheet, i, header.last_row + 1)[rows] for i in header.columns.values()}
    filled = np.array([sheet.cells[f"c{i}"].is_not_null().to_numpy()[at] for i, at in places.items()])
    struck = filled & _found(sheet.struck_cells, places)
    partly = (filled & _found(sheet.partly_struck_cells, places)).any(axis=0)
    is_hidden = np.isin(rows, sheet.hidden_rows)
    is_struck = (struck == filled).all(axis=0) & filled.any(axis=0)
    has_struck = struck.any(axis=0) & ~is_struck
    counted = [
        f"第{listed(found + sheet.above + 1)}行{state}(共{len(found)}行),{advice}"
        for found, state, advice in (
            (rows[is_hidden], "是隐藏的,即筛选掉、折叠或手工隐藏", _IF_NOT_MEANT),
            (rows[is_struck], "整行带删除线", _IF_NOT_MEANT),
            (rows[has_struck], "有单元格带删除线", _IF_OLD),
            (rows[partly], "有单元格的部分文字带删除线", _IF_OLD),
        )
        if len(found)
    ]
    return [*counted, _BY_RULE] if sheet.has_struck_rule else counted


_BY_RULE = (
    "有条件格式给部分单元格加删除线,程序看不出是哪些行,这些行仍作为数据读取;请在Excel或WPS中查看,不该报送的请删除整行"
)
_IF_NOT_MEANT = "仍作为数据读取;不该报送的,请删除整行后重新报送"
_IF_OLD = "划去的内容也作为数据读取;已作废的,请删除划去的内容、只留正确的内容后重新报送"


def listed(rows: np.ndarray) -> str:
    """List row numbers; of many, the first ones and the count."""
    first = "、".join(map(str, rows[:_MOST_LISTED].tolist()))
    return f"{first}等{len(rows)}" if len(rows) > _MOST_LISTED else first


def _found(cells: np.ndarray, places: dict[int, np.ndarray]) -> np.ndarray:
    """Tell, for each column and row, whether its cell is one of these (row, column)."""
    numbers = cells[:, 0] * _COLUMNS + cells[:, 1]
    return np.array([np.isin(rows * _COLUMNS + column, numbers) for column, rows in places.items()])
