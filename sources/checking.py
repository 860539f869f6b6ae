"""Check files as a run of the month would take them in, without a data home: nothing is stored.

Belongs here: the order of the steps for files on a desk, and their results.
Does not belong here: how a step works (the same modules as for ``intake``), how results are shown (``orchestration``).

What needs other data of the office is left out: earlier deliveries, erased persons, the month's register for masking.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path

import polars as pl

from sources.acceptance import ledger
from sources.acceptance.in_force import InForce
from sources.acceptance.judge import Judge
from sources.acceptance.outcome import DatasetOutcome, DeliveryOutcome, outcome_of
from sources.conforming.context import Context
from sources.conforming.delivery import ConformedDelivery, conform_delivery
from sources.contracts.model import Contracts, Dataset, Department, load_contracts
from sources.divisions import vintage_of
from sources.landing.archive import ArchivedFile, FolderState, UnreadableError, sha256_of
from sources.landing.deliveries import Content, DeliveredFile, recognise_folder
from sources.landing.locations import UNREADABLE, content_of, modified_at, unusual
from sources.landing.settings import REPLACE_ALL, SETTINGS_FILE, read_settings
from sources.months import Month
from sources.notice import Notice
from sources.privacy.people import PersonIndex, index_people, vocabulary_of
from sources.privacy.pseudonyms import Keyring
from sources.profiling.profile import Gate, MonthProfile
from sources.profiling.profiler import month_profile
from sources.reading.files import Read, read_here
from sources.reading.header import fitting_datasets
from sources.text import file_name_text, masked

_REJECTED_BEFORE = "上期文件本身通不过检查,没有与它比较;请改用上期实际报送并接收的文件。"
_UNKNOWN_BEFORE = "这次没有检查同一张表的文件,上期文件没有用到。"


@dataclass(frozen=True)
class CheckedTable:
    """The files of one table, checked as one delivery."""

    conformed: ConformedDelivery
    candidate: InForce
    """The rows that would be in force, with the identities."""
    outcome: DatasetOutcome
    compared_with: Month | None = None
    """The earlier month that the gate compared with; None without a comparison."""

    @property
    def dataset(self) -> Dataset:
        """The table."""
        return self.outcome.dataset

    @property
    def would_be_accepted(self) -> bool:
        """True if the gate accepts the table and every file of it was read."""
        return self.outcome.status == "accepted" and not any(f.refusal for f in self.conformed.files)

    @property
    def problems(self) -> pl.DataFrame:
        """Rows with problems in the shape of the quarantine, with the original text."""
        return ledger.problem_rows([(self.conformed, self.outcome.status == "accepted")])


@dataclass(frozen=True)
class CheckedFiles:
    """The result of a check."""

    department: Department
    month: Month
    tables: tuple[CheckedTable, ...]
    unread: tuple[Notice, ...]
    """Files that belong to no table, or cannot be opened."""
    uncompared: tuple[Notice, ...] = ()
    """Files of the time before with which nothing could be compared."""

    @property
    def would_be_accepted(self) -> bool:
        """True if a run would read and accept everything, and every comparison of these tables was made."""
        failed = any(notice.severity == "error" for notice in (*self.unread, *self.uncompared))
        return bool(self.tables) and not failed and all(t.would_be_accepted for t in self.tables)


@dataclass(frozen=True)
class _Before:
    """The files of the period before."""

    tables: Sequence[CheckedTable] = ()
    unread: Sequence[Notice] = ()

    def profiles(self) -> dict[str, tuple[Month, MonthProfile]]:
        """Give the figures to compare with, by table, each with its month; a table that the gate rejects has none."""
        return {
            t.dataset.name: (t.outcome.month, month_profile(t.candidate.rows, t.dataset))
            for t in self.tables
            if t.would_be_accepted
        }

    def uncompared(self, checked: Set[str]) -> Iterator[Notice]:
        """Yield notices about files with which nothing was compared; only those of the checked tables are errors."""
        yield from self.unread
        for table in self.tables:
            for file in table.conformed.files:
                about = table.dataset.department, table.dataset.name, file.shown
                if table.dataset.name not in checked:
                    yield Notice(*about, "info", _UNKNOWN_BEFORE)
                elif not table.would_be_accepted:
                    yield Notice(*about, "error", file.refusal or _REJECTED_BEFORE)


class Desk:
    """Checks the files of one department, with a key that is thrown away."""

    def __init__(
        self,
        department: Department,
        gate: Gate,
        divisions: pl.DataFrame,
        warn_pct: float,
        read: Read = read_here,
        contracts: Contracts | None = None,
    ) -> None:
        """Prepare a check with all vintages of the county, and its contracts, of which ``department`` is one.

        ``warn_pct`` is the change in the row count, in percent, above which the gate warns.
        """
        self._department, self._gate, self._warn_pct, self._read = department, gate, warn_pct, read
        self._contracts = contracts or load_contracts()
        self._vintages = divisions
        self._contexts: dict[Month, Context] = {}
        self._keys = Keyring(secrets.token_bytes(32))

    def check(self, month: Month, files: Sequence[Path], previous: Sequence[Path] = ()) -> CheckedFiles:
        """Check files for a month; ``previous`` are the files of the same tables for the period before.

        A ``delivery.yaml`` among the files names the tables of those beside it; its mode makes no difference here.
        Raises OSError if no process that reads can be started.
        """
        before = _Before(*self._taken(previous, lambda dataset: previous_due(dataset, month), {}))
        tables, unread = self._taken(files, lambda _: month, before.profiles())
        uncompared = tuple(before.uncompared({t.dataset.name for t in tables}))
        return CheckedFiles(self._department, month, tuple(tables), unread, uncompared)

    def _taken(
        self,
        files: Sequence[Path],
        month_of: Callable[[Dataset], Month],
        baselines: Mapping[str, tuple[Month, MonthProfile]],
    ) -> tuple[list[CheckedTable], tuple[Notice, ...]]:
        """Recognise, conform and judge files; return the tables and notices about files that belong to none."""
        state, originals, unreadable = self._opened(files)
        found = recognise_folder(
            lambda sha256: content_of(originals[sha256]), state, self._department, self._contracts, self._fitting
        )
        conformed = {
            dataset: self._conformed(dataset, month_of(dataset), found.deliveries[dataset.name][0].files)
            for dataset in self._department.datasets
            if dataset.name in found.deliveries
        }
        people = reduce(add, (index_people(c.rows, d) for d, c in conformed.items()), vocabulary_of(self._contracts))
        tables = [self._judged(d, c, people, month_of(d), baselines.get(d.name)) for d, c in conformed.items()]
        return tables, tuple(_without(people, (*unreadable, *found.notices)))

    def _opened(self, files: Sequence[Path]) -> tuple[FolderState, dict[str, Path], list[Notice]]:
        """Describe the files as one delivery folder; return it, their paths by hash, and notices about the others."""
        found, originals, notices = [], {}, []
        assigned: dict[str, str] = {}
        for name, path in _named(files).items():
            if path.name == SETTINGS_FILE:
                settings, problem = read_settings(path.parent)
                assigned |= settings.assigned
                notices += [Notice(self._department.name, None, SETTINGS_FILE, "error", problem)] if problem else []
                continue
            try:
                if not (refusal := unusual(path)):
                    sha256 = sha256_of(path.resolve())
                    found.append(ArchivedFile(name, sha256, modified_at(path).isoformat()))
                    originals[sha256] = path.resolve()
            except (UnreadableError, OSError):
                refusal = f"文件{UNREADABLE}"
            if refusal:
                notices.append(Notice(self._department.name, None, masked(name), "error", refusal))
        return FolderState(1, REPLACE_ALL, tuple(found), assigned), originals, notices

    def _fitting(self, content: Content) -> list[Dataset]:
        return fitting_datasets(self._read(content), self._contracts.datasets)

    def _conformed(self, dataset: Dataset, month: Month, files: Sequence[DeliveredFile]) -> ConformedDelivery:
        if month not in self._contexts:
            self._contexts[month] = Context(month, vintage_of(self._vintages, month))
        return conform_delivery(1, REPLACE_ALL, list(files), dataset, self._contexts[month], self._read)

    def _judged(
        self,
        dataset: Dataset,
        conformed: ConformedDelivery,
        people: PersonIndex,
        month: Month,
        baseline: tuple[Month, MonthProfile] | None,
    ) -> CheckedTable:
        compared_with, previous = baseline or (None, None)
        real_towns = self._contexts[month].vintage.real_towns
        judge = Judge(month, self._keys, self._gate, self._warn_pct, real_towns)
        candidate, verdict = judge.judged(dataset, conformed, people, previous=previous)
        taken = [(conformed, verdict.is_admissible)]
        files = ledger.ledger_of(taken, candidate if verdict.is_admissible else None, dataset, month)
        delivery = DeliveryOutcome(1, verdict, tuple(f.shown for f in conformed.files))
        outcome = outcome_of(dataset, month, [delivery], taken, files)
        return CheckedTable(conformed, candidate, outcome, compared_with)


def previous_due(dataset: Dataset, month: Month) -> Month:
    """Return the last month before ``month`` for which a table was due."""
    return next(m for m in (month.shift(-n) for n in range(1, 13)) if dataset.is_due(m))


def _named(files: Sequence[Path]) -> dict[str, Path]:
    """Name files by their path below the folder that they share; a file that is given twice counts once."""
    paths = list(dict.fromkeys(Path(os.path.abspath(file)) for file in files))  # noqa: PTH100 - keeps links
    try:
        shared = Path(os.path.commonpath([path.parent for path in paths]))
        return {file_name_text(path.relative_to(shared).as_posix()): path for path in paths}
    except ValueError:
        # Files on several drives share no folder.
        return {file_name_text(path.as_posix()): path for path in paths}


def _without(people: PersonIndex, notices: Sequence[Notice]) -> list[Notice]:
    masks = people.hidden(text for n in notices for text in (n.file_name, n.message))
    return [
        replace(n, file_name=masks.get(n.file_name, n.file_name), message=masks.get(n.message, n.message))
        for n in notices
    ]
