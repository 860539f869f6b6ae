"""Fill the inbox of a sample, department by department and month by month.

Belongs here: folders, deliveries and re-deliveries, faults of whole files, times of arrival.
Does not belong here: writing a file (``clerks``).

The last month has all tables that are due and these faults:

- a register whose first delivery is wrong for one town, and a second delivery that replaces that town;
- a list that the gate must reject;
- a re-delivery that the gate must reject, while the first delivery stays in force;
- a file that is recognised by delivery.yaml only, a file of another department, and a file that is no table.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, timezone
from pathlib import Path

import numpy as np
import polars as pl

from sample.answers import FiledPaper, RejectedDelivery
from sample.clerks.cells import TEXT
from sample.clerks.desk import Bundle, Desk
from sample.clerks.plan import BROKEN, CORRECTION, PLAN
from sample.clerks.sheets import Grid
from sample.clerks.style import Style
from sample.clerks.writers import file_bytes
from sample.departments import agriculture, human_resources
from sample.departments.tables import BUILDERS, is_handed_over
from sample.district import District
from sample.names import full_names
from sources.contracts.model import Contracts, Dataset
from sources.months import Month

BROKEN_LIST = "employment_incentives"
"""The list that the gate must reject in the last month; no risk rule and no conflict rule reads it."""
BROKEN_AGAIN = "unemployment_registration"
"""The list whose second delivery the gate must reject in the last month; the first one stays in force."""
STRAYED, STRAYED_TO, STRAYED_NAME = "serious_illness", "civil_affairs", "大病专项救治名单.xlsx"
UNKNOWN_NAME = "值班安排表.xlsx"
_SHANGHAI = timezone(timedelta(hours=8))
_LATE_SHARE, _AGAIN_AFTER = 0.07, timedelta(days=6)


@dataclass
class Inbox:
    """The inbox being filled, with the ground truth about its files."""

    out: Path
    filed: list[FiledPaper] = field(default_factory=list)
    rejected: list[RejectedDelivery] = field(default_factory=list)
    unrecognised: list[str] = field(default_factory=list)
    identities: list[pl.Series] = field(default_factory=list)
    names: list[pl.Series] = field(default_factory=list)

    def folder(self, department: str, month: Month, delivery_no: int = 1) -> Path:
        """Return the folder of a delivery."""
        base = self.out / department / str(month)
        return base if delivery_no == 1 else base / f"r{delivery_no}"

    def put(self, path: Path, content: bytes, arrived: datetime) -> None:
        """Write a file and set its time of arrival."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (arrived.timestamp(), arrived.timestamp()))

    def take(self, bundle: Bundle, dataset: Dataset, month: Month, arrived: datetime, delivery_no: int = 1) -> None:
        """Write the files of a delivery and record their papers."""
        for name, content in bundle.files.items():
            self.put(self.folder(dataset.department, month, delivery_no) / name, content, arrived)
        self.filed += [FiledPaper(dataset.department, month, delivery_no, paper) for paper in bundle.papers]
        self.identities += bundle.identities
        self.names += bundle.names


@dataclass(frozen=True)
class Round:
    """The hand-over of one month."""

    district: District
    contracts: Contracts
    inbox: Inbox
    position: int

    @property
    def month(self) -> Month:
        """The month handed over."""
        return self.district.calendar.months[self.position]

    @property
    def is_last(self) -> bool:
        """True if the month is the sample's last."""
        return self.position == len(self.district.calendar) - 1

    def desk(self, dataset: Dataset) -> Desk:
        """Create the desk that writes a table."""
        places = self.district.places.names(self.month)
        department = self.contracts[dataset.department].label
        return Desk(dataset, self.month, self.is_last, self.district.chance, places, department)

    def arrival(self, dataset: Dataset) -> datetime:
        """Draw the time of arrival: the first to the fifth of the next month, sometimes a few days late."""
        rng = self.district.chance.of("arrival", dataset.name, self.month)
        day = int(rng.integers(6, 10) if rng.random() < _LATE_SHARE else rng.integers(1, 6))
        clock = time(int(rng.integers(8, 18)), int(rng.integers(0, 60)))
        return datetime.combine(self.month.shift(1).first_day.replace(day=day), clock, _SHANGHAI)

    def hand_over(self, dataset: Dataset) -> int:
        """Write one table and return its number of rows."""
        is_draft = self.is_last and dataset.name == "household_register"
        build = agriculture.draft_register if is_draft else BUILDERS[dataset.name]
        is_broken = self.is_last and dataset.name == BROKEN_LIST
        bundle = self.desk(dataset).draw_up(build(self.district, self.position), PLAN[dataset.name], is_broken)
        self.inbox.take(bundle, dataset, self.month, self.arrival(dataset))
        if is_broken:
            self.inbox.rejected.append(RejectedDelivery(dataset.department, dataset.name, self.month, 1))
        return sum(paper.rows for paper in bundle.papers)

    def hand_over_again(self, dataset: Dataset, frame: pl.DataFrame, style: Style, is_broken: bool, note: str) -> None:
        """Write a second delivery with its delivery.yaml."""
        arrived = self.arrival(dataset) + _AGAIN_AFTER
        bundle = self.desk(dataset).draw_up(frame, (style,), is_broken)
        self.inbox.take(bundle, dataset, self.month, arrived, delivery_no=2)
        self.inbox.put(self.inbox.folder(dataset.department, self.month, 2) / "delivery.yaml", note.encode(), arrived)

    def add_faults(self) -> None:
        """Add the faults of the last month."""
        register, jobless = self.contracts.dataset("household_register"), self.contracts.dataset(BROKEN_AGAIN)
        corrected = agriculture.corrected_register(self.district, self.position)
        self.hand_over_again(register, corrected, CORRECTION, False, "mode: replace_towns\n")
        again = human_resources.unemployment_registration(self.district, self.position)
        self.hand_over_again(jobless, again, BROKEN, True, "mode: replace_all\n")
        self.inbox.rejected.append(RejectedDelivery(jobless.department, jobless.name, self.month, 2))
        self._explain_renamed()
        self._add_stray()
        self._add_unknown()

    def _explain_renamed(self) -> None:
        for name, styles in PLAN.items():
            for style in styles:
                if style.last_file:
                    dataset = self.contracts.dataset(name)
                    note = f"files:\n  {style.last_file}: {name}\n"
                    folder = self.inbox.folder(dataset.department, self.month)
                    self.inbox.put(folder / "delivery.yaml", note.encode(), self.arrival(dataset))

    def _add_stray(self) -> None:
        dataset = self.contracts.dataset(STRAYED)
        styles = (Style(STRAYED_NAME, spoiled=False),)
        bundle = self.desk(dataset).draw_up(BUILDERS[STRAYED](self.district, self.position), styles)
        path = self.inbox.folder(STRAYED_TO, self.month) / STRAYED_NAME
        self.inbox.put(path, bundle.files[STRAYED_NAME], self.arrival(dataset))
        self.inbox.unrecognised.append(str(path.relative_to(self.inbox.out)))

    def _add_unknown(self) -> None:
        people = full_names(self.district.chance.of("duty"), np.array([True, False, True])).to_list()
        texts = pl.DataFrame({"c0": ["日期", "7月1日", "7月2日", "7月3日"], "c1": ["值班人员", *people]})
        forms = texts.with_columns(pl.lit(TEXT, dtype=pl.UInt8).alias(name) for name in texts.columns)
        path = self.inbox.folder("agriculture", self.month) / UNKNOWN_NAME
        arrived = self.arrival(self.contracts.dataset("household_register"))
        self.inbox.put(path, file_bytes(path.name, [Grid("值班", texts, forms)]), arrived)
        self.inbox.unrecognised.append(str(path.relative_to(self.inbox.out)))


def fill(inbox: Inbox, district: District, contracts: Contracts, progress: Callable[[str], None]) -> None:
    """Hand over every table that is due in every month.

    Raises FileExistsError where a folder to be filled holds something already.
    """
    for month in district.calendar.months:
        for department in contracts:
            folder = inbox.folder(department, month)
            if folder.exists() and any(folder.iterdir()):
                raise FileExistsError(f"{folder} 不是空目录;请另选目录,或先清空它。")
    for position, month in enumerate(district.calendar.months):
        turn = Round(district, contracts, inbox, position)
        for dataset in contracts.datasets:
            if dataset.name in BUILDERS and is_handed_over(dataset, district.calendar, position):
                rows = turn.hand_over(dataset)
                progress(f"{month} {dataset.label}:{rows}行")
        if turn.is_last:
            turn.add_faults()
            progress(f"{month} 更正与异常文件")
