"""An office's way of writing one table, as data.

Belongs here: what can differ between two offices' files. Does not belong here: which table is written how (``plan``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

DateForm = Literal["iso", "slash", "dot", "chinese", "compact", "midnight", "cell", "serial", "serial_text"]
NumberForm = Literal["cell", "plain", "thousands", "wide", "unit"]
PlaceForm = Literal["name", "short", "code"]
MonthForm = Literal["dash", "dot", "compact", "chinese", "day"]


@dataclass(frozen=True)
class Style:
    """One part of a delivery: a file.

    The suffix of ``file`` decides the format. ``{label}``, ``{month}`` (2021年6月) and ``{number}`` (6) are filled in.
    """

    file: str
    archive: str | None = None
    """The zip that holds the file; members' names are GB18030 without the UTF-8 flag, as Windows writes them."""
    encoding: Literal["utf-8", "utf-8-sig", "gb18030"] = "utf-8"
    rows: pl.Expr | None = None
    """Which rows of the tidy frame belong to this part; all of them where None."""
    by_town: bool = False
    """One sheet per town."""
    title: bool = False
    unit_line: str | None = None
    """The unit that a line under the title names."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Heads of a two-row header and the columns under each."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Units written in the header, by column; figures are converted to them."""
    own_units: bool = False
    """The contract's units are written in the header."""
    label_only: bool = False
    """Headers are the contract's labels, never synonyms."""
    shuffled: bool = False
    extras: tuple[str, ...] = ()
    """Columns beyond the contract's: see ``extras.EXTRAS``."""
    merged: tuple[str, ...] = ()
    """Columns whose cells are merged over a household's rows."""
    dates: tuple[DateForm, ...] = ("iso",)
    months: tuple[MonthForm, ...] = ("dash",)
    yes_no: tuple[tuple[str, str], ...] = (("是", "否"),)
    places: tuple[PlaceForm, ...] = ("name",)
    numbers: tuple[NumberForm, ...] = ("cell",)
    """The first form is the rule, the others are exceptions."""
    numeric: tuple[str, ...] = ()
    """Text columns of digits that are kept as Excel numbers."""
    total: Literal["合计", "总计"] | None = None
    total_on_top: bool = False
    subtotal_by: str | None = None
    wrong_total: bool = False
    """In the last month the printed total is wrong."""
    footer: bool = False
    repeated_header: bool = False
    blank_rows: bool = False
    notes_sheet: bool = False
    hidden_sheet: bool = False
    last_file: str | None = None
    """The file name in the last month: one that says nothing, so that a delivery.yaml must."""
    spoiled: bool = True
    """Some rows are wrong; never where the figures are those of the district report."""

    @property
    def format(self) -> str:
        """xlsx, xls or csv."""
        return self.file.rsplit(".", 1)[-1]
