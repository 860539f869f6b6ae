"""Taking in one month: from what lies in the departments' locations to accepted rows.

Belongs here: the order of the steps (survey, conform, judge, accept) and what they report.
Does not belong here: how a step works; who calls it (Dagster, the command line, a test).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl

from sources.acceptance import ledger, store
from sources.acceptance.in_force import InForce, replace_rows
from sources.acceptance.provenance import keep_input
from sources.conforming.context import Context
from sources.conforming.delivery import ConformedDelivery, conform_delivery
from sources.contracts.model import Contracts, Dataset, load_contracts
from sources.divisions import load_vintages, vintage_of
from sources.home import Home
from sources.landing.archive import ArchivedFile, DeliveryLog, FolderState, UnreadableError, keep_original
from sources.landing.deliveries import Content, RecognisedMonth, recognise_month
from sources.landing.locations import UNREADABLE, InboxDelivery, locations_of, read_deliveries, stray_folders
from sources.landing.settings import REPLACE_TOWNS
from sources.months import Month
from sources.notice import Notice
from sources.privacy.people import PeopleOfMonth
from sources.privacy.pseudonymise import pseudonymise
from sources.privacy.pseudonyms import Keyring, read_secret
from sources.profiling import profiler
from sources.profiling.profile import Gate, Verdict
from sources.reading.files import Read, ReadAhead, ReaderProcess, read_here
from sources.reading.header import fitting_datasets
from sources.text import masked


@dataclass(frozen=True)
class DeliveryOutcome:
    """The verdict on one delivery."""

    delivery_no: int
    verdict: Verdict
    files: tuple[str, ...]

    @property
    def is_admissible(self) -> bool:
        """True where the delivery was accepted."""
        return self.verdict.is_admissible


@dataclass(frozen=True)
class DatasetOutcome:
    """What became of one dataset in one month."""

    dataset: Dataset
    month: Month
    status: Literal["accepted", "rejected", "not_delivered"]
    """Of the newest delivery of the month."""
    is_in_force: bool
    """Some delivery of the month, maybe an earlier one, is accepted."""
    deliveries: tuple[DeliveryOutcome, ...]
    balance: pl.DataFrame
    notices: tuple[Notice, ...]
    error_counts: dict[str, int] = field(default_factory=dict)
    rows_read: int = 0
    seconds: float = 0.0
    fingerprint: str = ""
    """Hash of the accepted rows; the same content has the same one."""


class Intake:
    """Takes in the datasets of one month, one at a time."""

    def __init__(
        self,
        home: Home,
        month: Month,
        gate: Gate,
        divisions_csv: Path,
        row_count_change_warn_pct: float = 15.0,
        locations: Mapping[str, Path] | None = None,
        secret_file: Path | None = None,
        contracts: Contracts | None = None,
        reader: ReaderProcess | None = None,
    ) -> None:
        """Prepare a month; nothing is read yet. Files are read by ``reader``, ahead; without one here, one by one.

        Raises PermissionError when the home cannot be written, ValueError when the secret file is empty.
        """
        self.home, self.month, self._gate = home, month, gate
        self.contracts = contracts or load_contracts()
        self._warn_pct = row_count_change_warn_pct
        self._locations = locations_of(home, self.contracts, locations or {})
        home.prepare()
        store.write_schema_files(home, self.contracts)
        self._keys = Keyring(read_secret(home, secret_file))
        self._reader = reader
        self._known = PeopleOfMonth(home, month, self.contracts)
        self._context = Context(month, vintage_of(load_vintages(divisions_csv), month))

    def survey(self) -> tuple[Notice, ...]:
        """Archive what lies in the locations and report what no dataset could be found for.

        Asked again after tables were taken in, more people are known whom the names of such files must not show.
        """
        notices = self._found.notices
        if not notices:
            return ()
        hidden = self._known.everybody().hidden(text for n in notices for text in (n.file_name, n.message))
        return tuple(
            replace(n, file_name=hidden.get(n.file_name, n.file_name), message=hidden.get(n.message, n.message))
            for n in notices
        )

    @cached_property
    def _found(self) -> RecognisedMonth:
        notices = stray_folders(self.home.inbox, self._locations)
        logs: dict[str, DeliveryLog] = {}
        for name in self.contracts:
            log = logs[name] = DeliveryLog(self.home, name, self.month)
            deliveries, left_out = read_deliveries(name, self._locations[name], self.month)
            notices += left_out
            for delivery in deliveries:
                state, failed = self._archived(name, delivery, log)
                notices += [*delivery.notices, *failed]
                log.add(state)
        found = recognise_month(self.home, self.contracts, logs, self._fitting)
        return RecognisedMonth(found.deliveries, (*notices, *found.notices))

    def _fitting(self, content: Content) -> list[Dataset]:
        read = self._reader or read_here
        return fitting_datasets(read(content), self.contracts.datasets)

    @cached_property
    def _read(self) -> Read:
        if not self._reader:
            return read_here
        deliveries = [d for dataset in self.contracts.datasets for d in self._found.deliveries.get(dataset.name, ())]
        return ReadAhead(self._reader, [part.content for delivery in deliveries for part in delivery.parts])

    def _archived(self, department: str, delivery: InboxDelivery, log: DeliveryLog) -> tuple[FolderState, list[Notice]]:
        """Store the files of a folder; one that cannot be read now stands as it was seen before."""
        files, notices, unreadable = [], [], set(delivery.unreadable)
        for file in delivery.files:
            try:
                sha256 = keep_original(self.home, file.path)
            except UnreadableError:
                notices.append(Notice(department, None, masked(file.name), "error", f"文件{UNREADABLE}"))
                unreadable.add(file.name)
                continue
            received = log.received_at(delivery.delivery_no, file.name, sha256, file.modified)
            files.append(ArchivedFile(file.name, sha256, received))
        last = log.last(delivery.delivery_no)
        files += [f for f in (last.files if last else ()) if f.name in unreadable]
        return FolderState(delivery.delivery_no, delivery.mode, tuple(files), delivery.assigned), notices

    def take(self, dataset: Dataset) -> DatasetOutcome:
        """Conform, judge and accept every delivery of one dataset in order.

        A delivery that the gate rejects changes nothing. The states of one folder replace each other: each is put on
        what was in force before the folder. Raises OSError when the disk is full or unwritable; what was accepted
        before stays.
        """
        started = time.perf_counter()
        before: InForce | None = None
        state: InForce | None = None
        previous = profiler.previous_profile(self.home, dataset, self.month)
        taken: list[tuple[ConformedDelivery, bool]] = []
        outcomes: list[DeliveryOutcome] = []
        number = 0
        for delivery in self._found.deliveries.get(dataset.name, ()):
            if delivery.delivery_no != number:
                before, number = state, delivery.delivery_no
            if state and state.is_same_again(number, delivery.mode, {p.sha256 for p in delivery.parts}):
                continue
            conformed = conform_delivery(
                number, delivery.mode, list(delivery.parts), dataset, self._context, self._read
            )
            known = self._known.beside(dataset, conformed.rows)
            for part in conformed.parts:
                known.hide_in(part)
            rows = pseudonymise(conformed, dataset, self.month, self._keys, known)
            candidate = replace_rows(before, rows, conformed, dataset)
            profile = profiler.profile_of(conformed, candidate.rows, previous, dataset, self.month, self._warn_pct)
            verdict = self._gate(profile)
            taken.append((conformed, verdict.is_admissible))
            names = tuple(p.shown for p in conformed.parts)
            outcomes.append(DeliveryOutcome(number, verdict, names))
            state = candidate if verdict.is_admissible else state
        return self._written(dataset, state, taken, outcomes, started)

    def _written(
        self, dataset: Dataset, state: InForce | None, taken: list[tuple[ConformedDelivery, bool]],
        outcomes: list[DeliveryOutcome], started: float,
    ) -> DatasetOutcome:  # fmt: skip
        fingerprint = ""
        files = ledger.ledger_of(taken, state, dataset, self.month)
        problems = ledger.problem_rows(taken)
        if state:
            fingerprint = store.write_month(self.home, dataset, self.month, state, problems, files)
        elif taken:
            files = store.write_rejected(self.home, dataset, self.month, problems, files)
        if taken:
            keep_input(self.home, dataset, self.month, fingerprint, files)
        return DatasetOutcome(
            dataset=dataset,
            month=self.month,
            status="not_delivered" if not outcomes else "accepted" if outcomes[-1].is_admissible else "rejected",
            is_in_force=bool(files["is_in_force"].any()),
            deliveries=tuple(outcomes),
            balance=files,
            notices=_notices(dataset, taken),
            error_counts=ledger.error_counts(taken),
            rows_read=int(files["rows_in_file"].sum()),
            seconds=time.perf_counter() - started,
            fingerprint=fingerprint,
        )


def _notices(dataset: Dataset, taken: list[tuple[ConformedDelivery, bool]]) -> tuple[Notice, ...]:
    notices = []
    for conformed, _ in taken:
        if conformed.mode == REPLACE_TOWNS and not any(c.kind == "town" for c in dataset.columns):
            message = "这张表没有镇街列,不能只替换几个镇街,已按整表替换处理。"
            notices.append(Notice(dataset.department, dataset.name, "delivery.yaml", "warning", message))
        for part in conformed.parts:
            name = part.shown
            if part.refusal:
                notices.append(Notice(dataset.department, dataset.name, name, "error", part.refusal))
            if part.unknown_headers:
                message = f"有未登记的表头,这些列没有读取:{'、'.join(part.unknown_headers)}。"
                notices.append(Notice(dataset.department, dataset.name, name, "warning", message))
            notices += [Notice(dataset.department, dataset.name, name, "warning", w) for w in part.unit_warnings]
            notices += [Notice(dataset.department, dataset.name, name, "info", s) for s in part.skipped]
    return tuple(notices)
