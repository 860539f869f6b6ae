"""Take in one month: from the files in the departments' locations to accepted rows.

Belongs here: the order of the steps (land, recognise, conform, candidate, gate, accept), and their outcomes.
Does not belong here: how a step works, its callers (Dagster, the command line, tests).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from sources.acceptance import kept_outcome, ledger, provenance, store
from sources.acceptance.expected import awaits_first_delivery
from sources.acceptance.in_force import InForce
from sources.acceptance.judge import Judge
from sources.acceptance.outcome import DatasetOutcome, DeliveryOutcome, outcome_of
from sources.conforming.context import Context
from sources.conforming.delivery import ConformedDelivery, conform_delivery
from sources.contracts.model import Contracts, Dataset, load_contracts
from sources.divisions import vintage_of
from sources.home import Home
from sources.landing.archive import DeliveryLog, is_intact, restore_original
from sources.landing.deliveries import Content, DatasetDelivery, RecognisedMonth, recognise_month
from sources.landing.land import Landing, land
from sources.landing.locations import stray_folders
from sources.landing.places import folders, places_of
from sources.landing.removed import kept_as, removed_by_rule
from sources.landing.settling import Waiting
from sources.landing.taken_in import TakenIn, digest_of
from sources.landing.transport.location import Location
from sources.months import Month
from sources.notice import Notice
from sources.privacy.erased import ErasedList
from sources.privacy.people import PeopleOfMonth
from sources.privacy.pseudonyms import Keyring
from sources.privacy.rekeying import current_lead_ids
from sources.privacy.secret import read_secret
from sources.profiling import profiler
from sources.profiling.profile import Gate, MonthProfile
from sources.reading.files import Read, ReadAhead, Readers, read_here
from sources.reading.header import fitting_datasets
from sources.refusal import DamagedOriginalError


class RegisterNotTakenInError(Exception):
    """A table cannot be taken in before the register, because masking needs it; the message is Chinese."""


class Intake:
    """Take in the datasets of one month, one at a time, from their landed files."""

    def __init__(
        self,
        home: Home,
        month: Month,
        gate: Gate,
        divisions: pl.DataFrame,
        row_count_change_warn_pct: float = 15.0,
        locations: Mapping[str, Location | Path] | None = None,
        secret_file: Path | None = None,
        contracts: Contracts | None = None,
        readers: Readers | None = None,
        settle_seconds: float = 0.0,
        program: str = "",
        prepare_gate: Callable[[], object] = lambda: None,
    ) -> None:
        """Prepare a month without reading its files.

        ``divisions`` are all vintages of the county. ``readers`` read files ahead in other processes; without them,
        files are read in this one. Files land once they have been unchanged for ``settle_seconds``. ``program`` is the
        digest of the program that reads and judges: with it, a table is not taken in again while nothing that its
        outcome depends on has changed. ``prepare_gate`` is called before a table is taken in. Raises PermissionError if
        the home cannot be written, SecretError if the secret is not that of the home's keys, ErasedListError if the
        list of erased persons is damaged.
        """
        self.home, self.month = home, month
        self.contracts = contracts or load_contracts()
        self._places = places_of(home, self.contracts, locations or {})
        home.prepare()
        store.write_schema_files(home, self.contracts)
        secret = read_secret(home, self.contracts, secret_file)
        keys = Keyring(secret)
        self._readers = readers
        self._prepare_gate = prepare_gate
        self._settle_seconds = settle_seconds
        self._ahead = ReadAhead(readers) if readers else None
        self._erased = ErasedList(home)
        self._people = PeopleOfMonth(home, month, self.contracts)
        vintage = vintage_of(divisions, month)
        self._judge = Judge(month, keys, gate, row_count_change_warn_pct, vintage.real_towns)
        lead_ids = current_lead_ids(home)
        self._context = Context(month, vintage, lead_ids)
        self._made_with = program and _digest(
            program, secret, month, self.contracts, divisions.write_csv(), row_count_change_warn_pct,
            sorted(lead_ids.items()), self._erased.digest,
        )  # fmt: skip
        self._landings: dict[str, Landing] = {}
        self._recognised: dict[str, RecognisedMonth] = {}
        self._attempted: set[str] = set()
        self._is_intact: dict[str, bool] = {}

    def land(self, department: str, waiting: Waiting | None = None) -> Landing:
        """Archive and log the files in the department's location for the month.

        Calls ``waiting`` before it waits for files that have just changed. Raises OSError if the archive cannot be
        written.
        """
        landing = land(self.home, department, self._places, self.month, self._settle_seconds, waiting)
        self._landings[department] = landing
        self._recognised.pop(department, None)
        self._record(department)
        return landing

    def has_landed(self, department: str) -> bool:
        """Return True if this intake has landed the department's files."""
        return department in self._landings

    def recognised(self, department: str) -> RecognisedMonth:
        """Recognise the dataset of each landed file of the department; the result is cached until the next landing."""
        if department not in self._recognised:
            log = DeliveryLog(self.home, department, self.month)
            found = recognise_month(self.home, self.contracts[department], self.contracts, log, self._fitting)
            self._recognised[department] = found
            if self._ahead:
                self._ahead.expect(f.content for of in found.deliveries.values() for d in of for f in d.files)
        return self._recognised[department]

    def notices(self) -> tuple[Notice, ...]:
        """Report files that were not landed or match no dataset, with the month's people masked.

        People are known only after their tables are taken in, so call this when no dataset is outstanding.
        """
        found = stray_folders(self.home.inbox, self.contracts, folders(self._places))
        for department in self.contracts:
            landing = self._landings.get(department)
            found += [*(landing.notices if landing else ()), *self.recognised(department).notices]
        if not found:
            return ()
        masked = self._people.everybody().hidden(text for n in found for text in (n.file_name, n.message))
        return tuple(
            replace(n, file_name=masked.get(n.file_name, n.file_name), message=masked.get(n.message, n.message))
            for n in found
        )

    def outstanding(self) -> list[Dataset]:
        """List the datasets whose accepted rows differ from the result of a whole run.

        These are the datasets with landed deliveries that were not taken in, unless this run tried and failed, and the
        datasets whose texts were masked by another register than the one in force.
        """
        return [d for d in self.contracts.datasets if self._is_outstanding(d)]

    def refusal(self, datasets: Sequence[Dataset]) -> str:
        """Explain why these datasets cannot be taken in together, and what to select; empty if they can.

        If this run tried to take in the register, each dataset is reported on its own.
        """
        registers = {d.name for d in self.contracts.datasets if d.is_core}
        if registers & ({d.name for d in datasets} | self._attempted):
            return ""
        try:
            for dataset in datasets:
                self._require_register(dataset)
        except RegisterNotTakenInError as error:
            return str(error)
        return ""

    def take(self, dataset: Dataset) -> DatasetOutcome:
        """Conform, judge and accept every landed delivery of one dataset in order.

        A delivery that the gate rejects changes nothing. The states of one folder replace each other: each is applied
        to the rows in force before the folder. Raises RegisterNotTakenInError if people cannot be masked,
        DamagedOriginalError if an original is missing or damaged, OSError if the disk is full or not writable; the rows
        accepted before stay.
        """
        self._attempted.add(dataset.name)
        self._require_register(dataset)
        self._require_originals(dataset)
        started = time.perf_counter()
        previous = profiler.previous_profile(self.home, dataset, self.month)
        made_from = self._made_from(dataset, previous)
        outcome = kept_outcome.kept(self.home, dataset, self.month, made_from) if made_from else None
        if outcome is None:
            outcome = self._taken(dataset, previous)
            if made_from:
                kept_outcome.keep(self.home, outcome, made_from)
        self._record(dataset.department, dataset)
        return replace(
            outcome,
            seconds=time.perf_counter() - started,
            awaits_first_delivery=awaits_first_delivery(self.home, dataset, self.month),
        )

    def _made_from(self, dataset: Dataset, previous: MonthProfile | None) -> str:
        """Digest all that the outcome of a table with deliveries depends on; empty without deliveries or program."""
        if not self._made_with or not (deliveries := self._landed(dataset)):
            return ""
        received = [f.received_at for d in deliveries for f in d.files]
        register = "" if dataset.is_core else self._people.register_digest()
        figures = previous and (previous.rows, sorted(previous.towns), sorted(previous.totals.items()))
        return _digest(self._made_with, dataset.name, digest_of(deliveries), received, register, figures)

    def _taken(self, dataset: Dataset, previous: MonthProfile | None) -> DatasetOutcome:
        """Conform, judge and accept the landed deliveries of a dataset."""
        self._prepare_gate()
        before: InForce | None = None
        state: InForce | None = None
        taken: list[tuple[ConformedDelivery, bool]] = []
        outcomes: list[DeliveryOutcome] = []
        number = 0
        former_towns: frozenset[str] | None = None
        for delivery in self._landed(dataset):
            if delivery.delivery_no != number:
                before, number = state, delivery.delivery_no
            if state and state.is_same_again(number, delivery.mode, {f.sha256 for f in delivery.files}):
                continue
            conformed = conform_delivery(
                number, delivery.mode, list(delivery.files), dataset, self._context, self._ahead or read_here
            )
            conformed = self._erased.without(conformed, dataset)
            people = self._people.of_delivery(dataset, conformed.rows)
            candidate, verdict = self._judge.judged(dataset, conformed, people, before, previous, former_towns)
            taken.append((conformed, verdict.is_admissible))
            names = tuple(f.shown for f in conformed.files)
            outcomes.append(DeliveryOutcome(number, verdict, names))
            state = candidate if verdict.is_admissible else state
            rejected = frozenset() if verdict.is_admissible else former_towns or frozenset()
            former_towns = rejected | profiler.towns_of(conformed.rows, dataset)
            former_towns |= profiler.towns_of(state.rows, dataset) if state else frozenset()
        return self._written(dataset, state, taken, outcomes)

    def _fitting(self, content: Content) -> list[Dataset]:
        read: Read = self._readers or read_here
        return fitting_datasets(read(content), self.contracts.datasets)

    def _landed(self, dataset: Dataset) -> list[DatasetDelivery]:
        return self.recognised(dataset.department).deliveries.get(dataset.name, [])

    def _taken_in(self, department: str) -> TakenIn:
        return TakenIn(self.home, department, self.month)

    def _is_current(self, dataset: Dataset) -> bool:
        """Return True if the dataset was taken in from its newest landed deliveries."""
        return self._taken_in(dataset.department).holds(dataset.name, digest_of(self._landed(dataset)))

    def _is_outstanding(self, dataset: Dataset) -> bool:
        log = DeliveryLog(self.home, dataset.department, self.month)
        if log.is_sealed:
            return log.digest != self._taken_in(dataset.department).landed
        if not self._is_current(dataset) and dataset.name not in self._attempted:
            return True
        people = self._taken_in(dataset.department).people_of(dataset.name)
        return not dataset.is_core and people not in (None, self._people.register_digest())

    def _require_register(self, dataset: Dataset) -> None:
        if dataset.is_core:
            return
        for register in (d for d in self.contracts.datasets if d.is_core):
            if not self._is_current(register):
                raise RegisterNotTakenInError(
                    f"《{register.label}》{self.month} 有已收到但还没有接收的文件,《{dataset.label}》要按它隐去人名,"
                    f"现在不能接收。请在同一次运行中一并选择 {register.department}/{register.name}。"
                )

    def _require_originals(self, dataset: Dataset) -> None:
        """Check every original of the dataset's deliveries, also of those taken in before.

        A damaged zip does not say any more which datasets it holds; the record of the last intake does.
        """
        former = provenance.kept_input(self.home, dataset, self.month)
        hashes = {f.sha256 for d in self._landed(dataset) for f in d.files}
        hashes |= {kept_as(self.home, sha256) for _, sha256, _ in former.files} if former else set()
        for sha256 in hashes - set(self._is_intact):
            self._is_intact[sha256] = is_intact(self.home, sha256)
        if damaged := sorted(sha256 for sha256 in hashes if not self._is_intact[sha256]):
            if all(removed_by_rule(self.home, sha256) for sha256 in damaged):
                raise DamagedOriginalError(
                    f"《{dataset.label}》{self.month} 的原件已按保留规则删除,不能重新接收;此前接收的行不变。"
                    "确需重新接收时,请先从备份恢复原件。"
                )
            known = ledger.kept_names(self.home, dataset, self.month)
            names = [known.get(sha256, f"指纹 {sha256[:12]} 的文件") for sha256 in damaged]
            todo = restore_original(self.home, dataset.department, self.month, damaged)
            raise DamagedOriginalError(
                f"《{dataset.label}》{self.month} 归档的原件已损坏或丢失:{'、'.join(names)}。"
                f"这张表没有重新接收,此前接收的行不变。{todo}"
            )

    def _record(self, department: str, *taken: Dataset) -> None:
        """Record the datasets taken in, and the state of the log if every dataset is up to date with it."""
        record, datasets = self._taken_in(department), self.contracts[department].datasets
        for dataset in taken:
            record.record(dataset.name, digest_of(self._landed(dataset)), self._people.register_digest())
        if all(record.holds(d.name, digest_of(self._landed(d))) for d in datasets):
            record.landed = DeliveryLog(self.home, department, self.month).digest
        record.save()

    def _written(
        self, dataset: Dataset, state: InForce | None, taken: list[tuple[ConformedDelivery, bool]],
        outcomes: list[DeliveryOutcome],
    ) -> DatasetOutcome:  # fmt: skip
        fingerprint = ""
        files = ledger.ledger_of(taken, state, dataset, self.month)
        problems = ledger.problem_rows(taken)
        if state:
            columns = ledger.sheet_columns(taken)
            fingerprint = store.write_month(self.home, dataset, self.month, state, problems, files, columns)
        elif taken:
            files = store.write_rejected(self.home, dataset, self.month, problems, files)
        if taken:
            fingerprint = provenance.keep_input(self.home, dataset, self.month, fingerprint, files)
        return replace(outcome_of(dataset, self.month, outcomes, taken, files), fingerprint=fingerprint)


def _digest(*parts: object) -> str:
    """Digest values whose ``repr`` is the same in every process."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()
