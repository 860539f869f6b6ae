"""Write the lists that a village posts: households about to be taken on as monitored.

Belongs here: which households are listed, how a list shows them. Does not belong here: marts (``leads``), names
(``identities``).

A list shows the columns of ``COLUMNS`` and no others: neither an id nor a reason, and of a name the first character.
It stays in the outbox until an officer posts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from sources import audit, parquet
from sources.contracts.model import Contracts, Dataset, load_contracts
from sources.contracts.row_schema import ROWS_FILE
from sources.home import Home
from sources.months import Month
from workbooks.identities import heads
from workbooks.leads import households_of_leads
from workbooks.returns import RETURNS
from workbooks.style import Book, columns, file_name, neutral

DAYS = "publicity_days"
"""Parameter: days of notice in the village, the first one included."""
KIND = "拟纳入"
COLUMNS = {
    "序号": ("number", 6.0, "number"),
    "镇(街道)": ("town", 18.0, "center"),
    "村(社区)": ("village", 22.0, "center"),
    "户主姓名": ("head", 14.0, "center"),
    "家庭人口": ("living_members", 10.0, "number"),
    "公示类型": ("kind", 12.0, "center"),
    "公示起始日": ("begins_on", 13.0, "day"),
    "公示截止日": ("ends_on", 13.0, "day"),
}
"""Column of the frame, width and format by header: everything that a list may show of a household."""
_LISTED = "monitored_households"
_ADULT = 18
_TITLE_ROW, _PERIOD_ROW, _HEADER_ROW = 0, 1, 2


class PublicityError(RuntimeError):
    """The lists cannot be written; the message is in Chinese and names nobody."""


@dataclass(frozen=True)
class PublicityLists:
    """The lists of a month, the households on them, and how many have no living member on the month's register."""

    paths: list[Path]
    households: int
    left_out: int


def publicity_folder(home: Home, month: Month) -> Path:
    """Return the folder of a month's lists."""
    return home.outbox / "publicity" / str(month)


def write_publicity(
    home: Home, marts: Path, month: Month, phone: str = "", contracts: Contracts | None = None
) -> PublicityLists:
    """Write a list for every village with households to announce, and remove the lists of other villages.

    A household is announced if a return of the month's delivery says 属实 and 是 of one of its leads and it was not
    listed in the month before. Rows are in the order of household keys. The same input gives the same bytes. A line of
    the audit log is written first. Raises NotPublishedError if the month is not published, PublicityError if a town has
    no valid ``publicity_days``, OSError if the outbox cannot be written.
    """
    contracts = contracts or load_contracts()
    enrolled = households_of_leads(marts, month, _confirmed(home, contracts.dataset(RETURNS), month), DAYS)
    before = _listed(home, contracts.dataset(_LISTED), month.shift(-1))
    announced = enrolled.filter(~pl.col("household_key").is_in(before.implode()))
    placed = announced.drop_nulls("division_code")
    named = placed.join(heads(home, contracts, month, placed["household_key"]), on="household_key")
    shown = _shown(named, month)
    if shown.height:
        audit.record(home, "export", what="publicity", month=str(month), households=shown.height)
    villages = {str(code): rows for (code,), rows in shown.group_by("division_code", maintain_order=True)}
    folder = publicity_folder(home, month)
    paths = [folder / name for name in _files(villages).values()]
    for path, village in zip(paths, villages.values(), strict=True):
        _write(home, month, path, village, phone)
    _remove_others(folder, paths)
    return PublicityLists(paths, shown.height, announced.height - shown.height)


def _confirmed(home: Home, dataset: Dataset, month: Month) -> list[str]:
    """List the leads that the month's returns confirm and enrol; a return of the month is the newest one then."""
    path = home.accepted(dataset, month) / ROWS_FILE
    if not path.exists():
        return []
    rows = parquet.read(path, columns=["lead_id", "result", "is_enrolled"])
    return rows.filter((pl.col("result") == "属实") & pl.col("is_enrolled"))["lead_id"].to_list()


def _listed(home: Home, dataset: Dataset, month: Month) -> pl.Series:
    """Read the keys of the households on the list of monitored households; none if it was not accepted."""
    path = home.accepted(dataset, month) / ROWS_FILE
    if not path.exists():
        return pl.Series("household_key", [], dtype=pl.String)
    return parquet.read(path, columns=["household_key"])["household_key"].drop_nulls().unique()


def masked_name(name: pl.Expr, age: pl.Expr) -> pl.Expr:
    """Show the first character of an adult's name and a star for each other, ``·`` kept; of a minor three stars."""
    rest = name.str.slice(1).str.replace_all("[^·]", "*")
    return pl.when(age >= _ADULT).then(name.str.head(1) + rest).otherwise(pl.lit("***"))


def _shown(named: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Add what a list shows. Raises PublicityError if a town has no number of days."""
    if lacking := named.filter(pl.col("days").is_null())["town"].unique().sort().to_list():
        raise PublicityError(
            f"{month} 的公示名单没有写:{'、'.join(lacking)}在 {month.last_day} 没有生效的参数 {DAYS}(公示天数);"
            "请在政策参数表里补上一行再写。"
        )
    begins, days = pl.col("dispatched_on").cast(pl.Date), pl.col("days").cast(pl.Int64)
    return (
        named.sort("household_key")
        .with_columns(
            number=pl.int_range(1, pl.len() + 1).over("division_code"),
            head=masked_name(pl.col("head_name"), pl.col("head_age")),
            kind=pl.lit(KIND),
            begins_on=begins,
            ends_on=begins + pl.duration(days=days - 1),
        )
        .sort("town_code", "division_code", "number")
    )


def _files(villages: dict[str, pl.DataFrame]) -> dict[str, str]:
    """Name each village's file below the month's folder; villages whose names give one path are told apart by code."""
    names = {c: f"{file_name(v['town'][0])}/{file_name(v['village'][0])}" for c, v in villages.items()}
    times = Counter(names.values())
    return {code: f"{name}_{code}.xlsx" if times[name] > 1 else f"{name}.xlsx" for code, name in names.items()}


def _write(home: Home, month: Month, path: Path, village: pl.DataFrame, phone: str) -> None:
    name, begins = str(village["village"][0]), village["begins_on"][0]
    # The date of the file is the month's, so that the same input gives the same bytes.
    created = datetime.combine(begins, time())
    with home.replacing(path) as temporary, Book(temporary, f"{name}公示", str(month), created) as book:
        _write_sheet(book, name, village, phone)


def _write_sheet(book: Book, name: str, village: pl.DataFrame, phone: str) -> None:
    period = f"公示期:{village['begins_on'][0]} 至 {village['ends_on'][0]}"
    contact = f"联系电话:{phone}" if phone else ""
    sheet = book.sheet("公示", footer="　".join(filter(None, (name, period, contact))))
    columns(sheet, [width for _, width, _ in COLUMNS.values()])
    sheet.set_row(_TITLE_ROW, 30)
    sheet.write_string(_TITLE_ROW, 0, f"{name}拟纳入防止返贫致贫监测对象公示", book["title"])
    below = "　".join(filter(None, (period, contact)))
    sheet.merge_range(_PERIOD_ROW, 0, _PERIOD_ROW, len(COLUMNS) - 1, below, book["subtitle"])
    _write_rows(book, sheet, village)
    sheet.freeze_panes(_HEADER_ROW + 1, 0)
    sheet.repeat_rows(_HEADER_ROW)


def _write_rows(book: Book, sheet: Any, village: pl.DataFrame) -> None:
    for index, (header, (column, _, style)) in enumerate(COLUMNS.items()):
        values = village[column]
        cells: Sequence[Any] = (neutral(values) if values.dtype == pl.String else values).to_list()
        sheet.write_string(_HEADER_ROW, index, header, book["head"])
        sheet.write_column(_HEADER_ROW + 1, index, cells, book[style])


def _remove_others(folder: Path, paths: Sequence[Path]) -> None:
    """Remove the lists of villages that have nobody to announce any more, and folders that are empty."""
    for path in set(folder.glob("*/*.xlsx")) - set(paths):
        path.unlink()
    for town in folder.glob("*"):
        if town.is_dir() and not any(town.iterdir()):
            town.rmdir()
