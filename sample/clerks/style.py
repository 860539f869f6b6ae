"""Describe a clerk's style of writing one table, as data.

Belongs here: the differences between the files of two clerks. Does not belong here: the style of each table (``plan``).
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
    """The style of one file of a delivery.

    The suffix of ``file`` is the format; placeholders: ``{label}``, ``{month}`` (2021年6月), ``{number}`` (6).
    """

    file: str
    archive: str | None = None
    """The zip that contains the file; member names are GB18030 without the UTF-8 flag, as Windows writes them."""
    encoding: Literal["utf-8", "utf-8-sig", "gb18030"] = "utf-8"
    rows: pl.Expr | None = None
    """Filter for the rows of the tidy frame that are in this file; None for all rows."""
    by_town: bool = False
    """One sheet per town."""
    title: bool = False
    unit_line: str | None = None
    """The unit in a line under the title."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Group heads of a two-row header, with the columns under each."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Units in the header, by column; figures are converted to them."""
    own_units: bool = False
    """The header has the contract's units."""
    label_only: bool = False
    """The header has the contract's labels, never synonyms."""
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
    """Text columns of digits that are stored as Excel numbers."""
    total: Literal["合计", "总计"] | None = None
    total_on_top: bool = False
    subtotal_by: str | None = None
    wrong_total: bool = False
    """The printed total of the last month is wrong."""
    footer: bool = False
    repeated_header: bool = False
    blank_rows: bool = False
    notes_sheet: bool = False
    hidden_sheet: bool = False
    last_file: str | None = None
    """File name in the last month that matches no dataset, so that delivery.yaml has to name it."""
    spoiled: bool = True
    """Some rows are wrong; false if the figures are those of the district report."""

    @property
    def format(self) -> str:
        """xlsx, xls or csv."""
        return self.file.rsplit(".", 1)[-1]
