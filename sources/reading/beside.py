"""Find another list beside a table, and tell it from extra columns of the table's own rows (semantics §2).

Belongs here: columns that the table does not read. Does not belong here: rows above or below it (``unread``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sources.contracts.model import Dataset
from sources.reading.codes import NO_IDS, NUMERIC, rows_with_words
from sources.reading.files import Sheet
from sources.reading.files.package import column_letters
from sources.reading.files.sheet import SEARCHED_ROWS
from sources.reading.header import Header, best_header
from sources.reading.labels import label_of
from sources.reading.remarks import is_about_somebody
from sources.reading.unread import FEWEST, rows_with_codes, rows_with_ids

_ROLE = re.compile(
    "核[对实查验]|审[核批]|调查|帮扶|结对|包[保联户片]|责任|干部|网格|采集|录入|登记|填[报写表]|操作|管护|看护|照[料看护]|护理"
    "|[赡扶抚]养|见证|证明|推荐|签约|医[生师]|紧急|夫|妻|[儿孙媳婿亲]|兄弟|姐妹|同住|房东|承租|书记|驻村|原|更正|卡号"
)
"""Words for those whose ids are in extra columns of a table, and for other numbers."""
_OF_NOBODY = re.compile("(?:时间|日期|原因|结果|情况|金额|状态|类别)$")


@dataclass(frozen=True)
class Beside:
    """The rows of another list beside a table."""

    ids: pl.DataFrame
    """As of ``rows_with_ids``, without the ids of the table."""
    codes: pl.DataFrame
    """As of ``rows_with_codes``; two filled cells are enough."""
    rows: tuple[int, ...] = ()
    """Its rows, if the dataset has no ids."""
    cell: str = ""
    """The first cell of its header; empty if it has none."""

    def __bool__(self) -> bool:
        return bool(self.rows) or not self.ids.is_empty()


def beside(sheet: Sheet, header: Header, dataset: Dataset) -> Beside:
    """Find another list beside a table.

    Columns without a header text count, those behind an empty column unless they are extra columns, and all others if
    they have a header of their own; other columns with a header are extra columns of the table. All columns of a typed
    original belong to its rows.
    """
    if sheet.is_typed:
        return Beside(NO_IDS, NO_IDS)
    own = set(header.columns.values())
    others = [i for i in range(sheet.cells.width) if i not in own]
    content = [i for i in others if sheet.plain[f"c{i}"].null_count() < sheet.cells.height]
    if len(content) < 2:
        return Beside(NO_IDS, NO_IDS)
    second = best_header(sheet.rows(0, SEARCHED_ROWS).without(own), dataset)
    below = sheet.rows(header.last_row + 1, sheet.cells.height)
    has_key = second is not None and not second.columns.keys().isdisjoint(dataset.key)
    if second is None or second.last_row < header.first_row or not has_key:
        # Columns of the same names without a key are more columns of the same rows, such as those of another year.
        empty = [i for i in others if i not in content]
        named = [bool(label) and not re.match(NUMERIC, label) for label in header.labels]
        cut = [i for i in content if named[i] and any(max(own) < e < i or i < e < min(own) for e in empty)]
        if _are_extra(below, cut, _other_ids(below, cut, header, dataset, 2), header, dataset):
            cut = []
        apart = [i for i in content if not named[i] or i in cut]
        ids = _other_ids(below, apart, header, dataset, 2 if cut else FEWEST)
        return Beside(ids, rows_with_codes(below, dataset, apart, 2))
    cell = f"{column_letters(min(second.columns.values()) + 1)}{second.last_row + sheet.above + 1}"
    rows = _rows_under(sheet, second, header) if second.suffices(dataset) and not dataset.id_columns else ()
    return Beside(_other_ids(below, content, header, dataset), rows_with_codes(below, dataset, content, 2), rows, cell)


def _other_ids(
    sheet: Sheet, columns: Sequence[int], header: Header, dataset: Dataset, fewest: int = FEWEST
) -> pl.DataFrame:
    ids = pl.concat([rows_with_ids(sheet, columns, fewest), rows_with_words(sheet, dataset, columns)])
    own = [sheet.plain[f"c{header.columns[c.name]}"] for c in dataset.id_columns if c.name in header.columns]
    if ids.is_empty() or not own:
        return ids
    read = pl.concat([series.rename("") for series in own]).str.to_uppercase().drop_nulls()
    return ids.filter(~pl.col("id").is_in(read.implode()))


def _rows_under(sheet: Sheet, second: Header, header: Header) -> tuple[int, ...]:
    """List the rows with half of the columns under a second header, unless they repeat the table."""
    lower = sheet.rows(second.last_row + 1, sheet.cells.height)
    both = [(f"c{i}", f"c{header.columns[name]}") for name, i in second.columns.items() if name in header.columns]
    if lower.plain.select(pl.all_horizontal(pl.col(a).eq_missing(pl.col(b)).all() for a, b in both)).item():
        return ()
    filled = pl.sum_horizontal(pl.col(f"c{i}").is_not_null() for i in second.columns.values())
    full = lower.plain.select(full=2 * filled >= len(second.columns))["full"]
    return tuple((full.arg_true().cast(pl.Int64) + lower.above + 1).to_list())


def _are_extra(sheet: Sheet, columns: Sequence[int], ids: pl.DataFrame, header: Header, dataset: Dataset) -> bool:
    """Check whether ``columns`` belong to the rows of the table, ``sheet`` being the rows below its header.

    ``ids`` are the ids in those columns, with the ``row`` of each. Another list has ids in rows without the table's
    data, names a key column, or does not say whose they are (监护人, 账号). In a table without ids, codes tell.
    """
    names = {i: header.labels[i] for i in columns}
    labels = [label for text in names.values() if (label := label_of(text, dataset))]
    if not dataset.id_columns or any(label.column.name in dataset.key for label in labels):
        return False
    holders = [i for i in columns if sheet.plain[f"c{i}"].is_in(ids["id"].implode()).any()]
    before = [max((h for h in holders if h < i), default=-1) for i in holders]
    people = {i: "" if _OF_NOBODY.search(name) else name for i, name in names.items()}
    whose = ["".join(people[c] for c in columns if last < c <= i) for i, last in zip(holders, before, strict=True)]
    if not all(is_about_somebody(name) or _ROLE.search(name) for name in whose):
        return False
    filled = pl.sum_horizontal(pl.col(f"c{i}").is_not_null() for i in header.columns.values())
    rows = ids["row"].unique() - sheet.above - 1
    return bool(sheet.plain[rows].select((2 * filled >= len(header.columns)).all()).item())
