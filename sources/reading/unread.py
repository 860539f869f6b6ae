"""Find the rows that look like data but belong to no table that is read (semantics §2).

Belongs here: rows of sheets without a header, rows beside a table, above it or under another header.
Does not belong here: whether somebody is lost, which only the rows that were read can tell (``conforming.file``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from sources.contracts.model import Dataset, load_contracts
from sources.reading.codes import (
    NO_IDS,
    NUMERIC,
    PHONE,
    Codes,
    code_columns,
    count_numbers,
    has_villages,
    is_village,
    may_be_code,
    rows_with_words,
)
from sources.reading.files import Sheet
from sources.reading.files.package import column_letters
from sources.reading.header import Header, find_header, fitting_datasets, missing_message
from sources.reading.labels import usual_texts
from sources.reading.table import extract_table
from sources.reading.totals import is_total

FEWEST = 3
"""Fewest filled cells of a row that looks like data."""
_MONTH_AND_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID = rf"^(?:\d{{6}}(?:18|19|20)\d{{2}}{_MONTH_AND_DAY}\d{{3}}[\dXx](?:[1-7][1-4])?|\d{{8}}{_MONTH_AND_DAY}\d{{3}})$"
"""A text that looks like a resident id: the birth date is one, whatever the check digit.

A certificate of disability is the id of its holder and two more digits."""
_ID_LENGTH = 18
_LABEL = "[号码证例件]$|[::]|身份证|证件"
"""The words beside an id that is an example, or that of who filled the table in."""
_OF_A_HOUSEHOLD = "^[\u4e00-\u9fff]{2,3}$|^[\u4e00-\u9fff]+·[\u4e00-\u9fff·]+$"
_NO_PERSON = "[号码证例省市县区镇乡村组]$|街道$|社区$|合计|小计|总计"
"""Ends of words in a list of codes of something else: of places."""
_HIDDEN = "工作表是隐藏的。要报送的,请取消隐藏;不报送的,请删除该工作表。这些行计入未接收的行。"
_ABOVE = "这些行在表头的上面。请把表头移到第一行数据的上面,再重新报送。"
_APART = "一个文件只放一张表;请另存为单独的文件后重新报送。"
_MEND = "属于本表的,请补上与本表相同的表头;不属于本表的,请删除或另存为单独的文件,再重新报送。"


@dataclass(frozen=True)
class Unread:
    """Rows that look like data and are not read."""

    place: str
    """Name, in Chinese, of the sheet and the part of it."""
    reason: str
    """Sentences, in Chinese, that say what is wrong and what to do."""
    ids: pl.DataFrame = field(default_factory=lambda: NO_IDS)
    """Column ``row`` (number in the spreadsheet) and ``id`` (plain text): rows with an id and two more cells.

    For a table without ids, the key takes the place of the id.
    """
    rows: tuple[int, ...] = ()
    """Numbers of other rows that are data for certain."""
    codes: pl.DataFrame = field(default_factory=lambda: NO_IDS)
    """Like ``ids``, for a table without them: the cells that may be codes of its key."""
    listed: tuple[int, ...] = ()
    """Numbers of rows that look like a list; they count if codes do not tell the rows of the table."""
    loose: tuple[int, ...] = ()
    """Numbers of rows with an id or a code that are not like those of the table: shorter, or with a column name."""
    is_shown: bool = True
    """False for a hidden sheet, which people do not see either."""
    part: Sheet | None = None
    """The rows, if their columns may be those of a table without ids whatever their header says."""

    def __bool__(self) -> bool:
        return bool(self.rows or self.listed or self.part) or not (self.ids.is_empty() and self.codes.is_empty())

    def lost(self, read: pl.Series, codes: Codes) -> list[int]:
        """List the rows of which an id is not among the ones that were ``read``, or no code among the ``codes``."""
        by_id = self.ids.filter(~pl.col("id").is_in(read.implode()))["row"].to_list()
        return sorted({*self.rows, *by_id, *codes.lost(self.codes), *(() if codes.tell_most else self.listed)})

    def is_lone(self, rows: Sequence[int], codes: Codes) -> bool:
        """Check whether one row is lost, alone with an id or a code in its part, and unlike those of the table."""
        found = pl.concat([self.ids["row"], codes.alike(self.codes)["row"]]).n_unique()
        return len(rows) == found == 1 and rows[0] in self.loose

    def message(self, rows: Sequence[int]) -> str:
        """Say, in Chinese, which rows are not read and what to do."""
        return f"{self.place}第{rows[0]}行起有{len(rows)}行像是数据,没有读取:{self.reason}"


def rows_with_ids(sheet: Sheet, columns: Sequence[int] | None = None, fewest: int = 2) -> pl.DataFrame:
    """Give the ``row`` and ``id`` of the cells that look like an id, in rows of three filled cells.

    Fewer are enough, down to ``fewest``, if the other one is no label of the id. Only these ``columns`` count; all of
    them by default.
    """
    found = _rows_with(sheet, pl.all().str.contains(_ID), columns, fewest, ~pl.all().str.contains(_LABEL))
    return found.with_columns(pl.col("id").str.head(_ID_LENGTH))


def rows_with_codes(
    sheet: Sheet, dataset: Dataset, columns: Sequence[int] | None = None, fewest: int = FEWEST
) -> pl.DataFrame:
    """Give the ``row`` and ``id`` of the cells that may be codes, as ``rows_with_ids``.

    On a whole sheet two filled cells are enough if the other one is a number, a code, a name or a word of the table. A
    row with a village needs two numbers, for many other lists name villages. Persons are told by their ids alone, but
    their households by codes too.
    """
    if dataset.id_columns and not any(dataset[name].semantic == "household_code" for name in dataset.key):
        return NO_IDS
    if not has_villages(dataset):
        if columns is None:
            return _rows_with(sheet, may_be_code(pl.all()), columns, 2, _is_beside_code(dataset))
        return _rows_with(sheet, may_be_code(pl.all()), columns, fewest, pl.all().is_not_null())
    found = _rows_with(sheet, is_village(pl.all()), columns, FEWEST, pl.all().is_not_null())
    if found.is_empty():
        return found
    cells = sheet.plain if columns is None else sheet.plain.select(f"c{i}" for i in columns)
    numbers = cells.select(n=count_numbers())["n"]
    return found.filter(pl.col("row").is_in(((numbers >= 2).arg_true() + sheet.above + 1).implode()))


def _is_beside_code(dataset: Dataset) -> pl.Expr:
    """Match the cells of a list of two columns: codes, numbers but telephones, names, words of the table."""
    cell = pl.all()
    words = ["是", "否", *(word for column in dataset.columns for word in column.words)]
    is_person = cell.str.contains(_OF_A_HOUSEHOLD) & ~cell.str.contains(_NO_PERSON)
    is_number = (cell.str.contains(NUMERIC) | may_be_code(cell)) & ~cell.str.contains(PHONE)
    return is_number | is_person | cell.is_in(words)


def _rows_with(
    sheet: Sheet, found: pl.Expr, columns: Sequence[int] | None, fewest: int, beside: pl.Expr
) -> pl.DataFrame:
    """Find cells in rows of ``fewest`` filled cells; below ``FEWEST``, two cells of the row must match ``beside``."""
    cells = sheet.plain if columns is None else sheet.plain.select(f"c{i}" for i in columns)
    cells = cells.select(name for name in cells.columns if cells[name].null_count() < cells.height)
    if cells.width < fewest:
        return NO_IDS
    row = pl.int_range(pl.len(), dtype=pl.Int64) + sheet.above + 1
    marks = cells.select(found)
    if not marks.select(pl.any_horizontal(pl.all().any())).item():
        return NO_IDS
    filled = pl.sum_horizontal(pl.all().is_not_null())
    is_full = cells.select(full=(filled >= FEWEST) | ((filled >= fewest) & (pl.sum_horizontal(beside) >= 2)))["full"]
    return pl.concat(
        cells.select(row=row, id=pl.col(name).str.to_uppercase()).filter(marks[name] & is_full)
        for name in cells.columns
    )


def _ids(sheet: Sheet, dataset: Dataset) -> pl.DataFrame:
    return pl.concat([rows_with_ids(sheet), rows_with_words(sheet, dataset)])


def hidden_rows(sheet: Sheet, place: str, dataset: Dataset) -> Unread:
    """Find the rows of a hidden sheet: those with ids, or of a table without ids those under its header, by key."""
    seen = Sheet(sheet.name, sheet.number, sheet.concealed)
    header = None if dataset.id_columns else find_header(seen, dataset)
    if header is None or any(name not in header.columns for name in dataset.key):
        return Unread(place, _HIDDEN, _ids(seen, dataset), codes=rows_with_codes(seen, dataset), is_shown=False)
    rows = extract_table(seen, header, dataset).rows.filter(pl.col("role") == "data")
    keys = rows.select(row=pl.col("row_number").cast(pl.Int64), id=key_text(dataset, "__text"))
    return Unread(place, _HIDDEN, keys.drop_nulls(), is_shown=False)


def key_text(dataset: Dataset, suffix: str) -> pl.Expr:
    """Join the plain texts of a row's key, from columns with this suffix."""
    return pl.concat_str([pl.col(f"{name}{suffix}") for name in dataset.key], separator="|").str.to_uppercase()


def list_rows(sheet: Sheet, columns: int) -> tuple[int, ...]:
    """List the rows of a list without a header, which has half of ``columns`` filled and numbers from the first row."""
    cells = sheet.plain
    if cells.width < FEWEST:
        return ()
    full = cells.select(full=pl.sum_horizontal(pl.all().is_not_null()) >= max(FEWEST, (columns + 1) // 2))["full"]
    rows = full.arg_true()
    if rows.is_empty() or not cells[int(rows[0])].select(pl.any_horizontal(pl.all().str.contains(NUMERIC))).item():
        return ()
    return tuple((rows.cast(pl.Int64) + sheet.above + 1).to_list())


def unlabelled(sheet: Sheet, header: Header, rows: pl.Series) -> tuple[str, int] | None:
    """Give the first cell, and the number of cells, of data in columns without a header text; None if there are none.

    ``rows`` are the numbers of the data rows. A column left of the table that only numbers the rows is no data.
    """
    left = min(header.columns.values(), default=0)
    places = (rows - sheet.above - 1).cast(pl.UInt32)
    count, first, named = 0, None, _named_above(sheet, header)
    for i, name in enumerate(sheet.plain.columns):
        column = sheet.plain[name]
        if (i < len(header.labels) and header.labels[i]) or i in named or column.null_count() == len(column):
            continue
        filled = column.gather(places).is_not_null()
        if not filled.any() or (i < left and column.drop_nulls().str.contains(NUMERIC).all()):
            continue
        first = first or f"{column_letters(i + 1)}{rows[int(filled.arg_true()[0])]}"
        count += int(filled.sum())
    return (first, count) if first else None


def _named_above(sheet: Sheet, header: Header) -> set[int]:
    """Return the columns with a name in a merged cell that reaches down to the header."""
    tops, lefts, bottoms, _ = sheet.merges.T
    width = sheet.plain.width
    reach = sheet.merges[(tops <= header.last_row) & (bottoms >= header.first_row) & (lefts < width)].tolist()
    named = [(left, min(right, width - 1)) for top, left, _, right in reach if sheet.plain[top, left]]
    return {i for left, right in named for i in range(left, right + 1)}


def other_table(sheet: Sheet, place: str, header: Header | None, dataset: Dataset) -> Unread:
    """Judge the rows of a sheet, or of a part of it, whose ``header`` does not name the columns of the dataset."""
    ids = _ids(sheet, dataset)
    for other in fitting_datasets([sheet], load_contracts().datasets):
        found = find_header(sheet, other)
        if found and other != dataset:
            data = extract_table(sheet, found, other).rows.filter(pl.col("role") == "data")
            numbers = tuple(data["row_number"].to_list())
            return Unread(place, f"这是另一张表“{other.label}”。{_APART}", ids, numbers)
    listed = () if dataset.id_columns else list_rows(sheet, len(header.columns) if header else len(dataset.required))
    missing = f"表头对不上:{missing_message(header, dataset)}" if header else "没有可识别的表头。"
    codes = rows_with_codes(sheet, dataset)
    loose = _loose_rows(sheet, ids, codes, dataset)
    part = None if dataset.id_columns else sheet
    return Unread(place, f"{missing}{_MEND}", ids, codes=codes, listed=listed, loose=loose, part=part)


def _loose_rows(sheet: Sheet, ids: pl.DataFrame, codes: pl.DataFrame, dataset: Dataset) -> tuple[int, ...]:
    """List the rows of these cells that fill fewer than half of the required columns, or that name a column."""
    names = [text for text in usual_texts(dataset) if not any(text in c.words for c in dataset.columns)]
    fewest = max(FEWEST, (len(dataset.required) + 1) // 2)
    is_loose = (pl.sum_horizontal(pl.all().is_not_null()) < fewest) | pl.any_horizontal(pl.all().is_in(names))
    rows = pl.concat([ids["row"], codes["row"]]).unique().sort()
    if rows.is_empty():
        return ()
    marks = sheet.plain[rows - sheet.above - 1].select(found=is_loose)["found"].fill_null(False)
    return tuple(rows.filter(marks).to_list())


def above_table(sheet: Sheet, place: str, header: Header, dataset: Dataset) -> Unread:
    """Find the rows above the header of a table; those of a table without ids need half of its columns and a number."""
    if header.first_row == 0:
        return Unread(place, _ABOVE)
    above = sheet.rows(0, header.first_row)
    most = max((sum(cell is not None for cell in row) for row in above.plain.rows()), default=0)
    if most < 2 and 2 * most < len(header.columns):
        # Titles, each in one cell.
        return Unread(place, _ABOVE)
    codes = rows_with_codes(above, dataset)
    listed = [] if dataset.id_columns else _full_rows(above, header, dataset)
    ids = rows_with_ids(above)
    loose = _loose_rows(above, ids, codes, dataset)
    return Unread(place, _ABOVE, ids, codes=codes, listed=tuple(listed), loose=loose)


def _full_rows(sheet: Sheet, header: Header, dataset: Dataset) -> list[int]:
    """List the rows with half of the columns filled, a number among them and in each code, which are no totals."""
    columns = pl.col([f"c{i}" for i in header.columns.values()])
    codes = [pl.col(f"c{header.columns[name]}") for name in code_columns(dataset) if name in header.columns]
    is_full = 2 * pl.sum_horizontal(columns.is_not_null()) >= len(header.columns)
    is_full &= pl.all_horizontal(code.str.contains("[0-9]") for code in codes) if codes else pl.lit(True)
    marks = sheet.plain.select(
        found=is_full & pl.any_horizontal(columns.str.contains(NUMERIC)), first=pl.coalesce(pl.all())
    ).with_row_index("row", offset=sheet.above + 1)
    found = marks.filter(pl.col("found").fill_null(False)).select("row", "first").rows()
    return [row for row, first in found if not is_total(first)]
