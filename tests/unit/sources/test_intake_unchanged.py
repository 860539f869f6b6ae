"""An unchanged table is not taken in again, and whatever its outcome depends on takes it in again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sources.acceptance.outcome import DatasetOutcome
from sources.contracts.model import Contracts, Department
from sources.home import Home
from sources.intake import Intake
from sources.privacy.erased import ErasedList
from sources.profiling.profile import DeliveryProfile, Verdict
from tests.district import DIVISIONS
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk, csv_file, landed, lenient, row, table
from tests.unit.sources.ledger import BAD, INCOME, NAME, income_file

PROGRAM = "one"
REGISTER = CONTRACTS.dataset("household_register")


class Run:
    """Takes in a table as a run of the month does, and counts the deliveries that the gate judged."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.judged = 0

    def gate(self, profile: DeliveryProfile) -> Verdict:
        self.judged += 1
        return lenient(profile)

    def take(self, **about: Any) -> DatasetOutcome:
        self.judged = 0
        return self.desk.intake(gate=self.gate, **{"program": PROGRAM, **about}).take(INCOME)


@pytest.fixture
def run(desk: Desk) -> Run:
    desk.put(INCOME, NAME, income_file(1, 2, 3, wage_income="1.5"))
    desk.put(INCOME, "收入监测2.csv", BAD, folder="r2")
    run = Run(desk)
    run.take()
    assert run.judged == 2
    return run


def written(home: Home) -> dict[Path, tuple[int, bytes]]:
    files = [p for zone in (home.warehouse, home.restricted) for p in zone.rglob("*") if p.is_file()]
    return {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in files if "taken_in" not in p.parts}


def test_the_outcome_of_an_unchanged_table_is_handed_back(run: Run) -> None:
    taken = run.desk.intake().take(INCOME)
    files = written(run.desk.home)
    handed_back = run.take()
    assert run.judged == 0
    assert written(run.desk.home) == files
    assert handed_back.ledger.equals(taken.ledger)
    assert replace(handed_back, ledger=taken.ledger, seconds=taken.seconds) == taken
    assert [d.is_admissible for d in handed_back.deliveries] == [True, False]
    assert (handed_back.status, handed_back.is_in_force, handed_back.rows_read) == ("rejected", True, 13)
    assert handed_back.error_counts == {"number_invalid": 10}


def test_a_table_taken_in_by_another_run_is_outstanding_no_more(run: Run) -> None:
    intake = run.desk.intake(gate=run.gate, program=PROGRAM)
    assert INCOME not in intake.outstanding()
    intake.take(INCOME)
    assert INCOME not in intake.outstanding()


def _deliver(run: Run) -> None:
    run.desk.put(INCOME, NAME, income_file(1, 2, 3, 4), folder="r3")


def _take_register(run: Run) -> None:
    run.desk.put(REGISTER, "户籍名册.csv", csv_file(table(REGISTER, [row(REGISTER, n) for n in range(3)])))
    run.desk.intake().take(REGISTER)


def _take_month_before(run: Run) -> None:
    earlier = MONTH.shift(-1)
    run.desk.put(INCOME, NAME, income_file(1, 2), month=earlier)
    run.desk.intake(earlier).take(INCOME)


def _erase(run: Run) -> None:
    ErasedList(run.desk.home).add(["F00000009"], date(2021, 7, 1))


def _file(run: Run, folder: Callable[..., Path], name: str = "rows.parquet") -> Path:
    return folder(INCOME, MONTH) / name


def _lose_rows(run: Run) -> None:
    _file(run, run.desk.home.accepted).unlink()


def _cut_quarantine(run: Run) -> None:
    path = _file(run, run.desk.home.quarantine)
    pl.read_parquet(path).head(0).write_parquet(path)


def _damage_identities(run: Run) -> None:
    _file(run, run.desk.home.identities).write_bytes(b"PAR1")


def _damage_record(run: Run) -> None:
    (run.desk.home.restricted / "taken_in" / INCOME.department / str(MONTH) / f"{INCOME.name}.json").write_text("{")


@pytest.mark.parametrize(
    "change",
    [
        _deliver, _take_register, _take_month_before, _erase, _lose_rows, _cut_quarantine, _damage_identities,
        _damage_record,
    ],
)  # fmt: skip
def test_a_change_takes_the_table_in_again(run: Run, change: Callable[[Run], None]) -> None:
    change(run)
    run.take()
    assert run.judged == (3 if change is _deliver else 2)
    run.take()
    assert run.judged == 0


def test_what_the_run_was_given_takes_the_table_in_again(run: Run) -> None:
    column = replace(INCOME.columns[0], synonyms=("别名",))
    dataset = replace(INCOME, columns=(column, *INCOME.columns[1:]))
    department: Department = CONTRACTS[INCOME.department]
    others = {d.name: d for d in CONTRACTS.values()} | {
        department.name: replace(
            department, datasets=tuple(dataset if d.name == INCOME.name else d for d in department.datasets)
        )
    }
    given: list[dict[str, Any]] = [
        {"program": "another"}, {"row_count_change_warn_pct": 9.0}, {"contracts": Contracts(others)},
    ]  # fmt: skip
    for about in given:
        run.take(**about)
        assert run.judged == 2, about
        run.take(**about)
        assert run.judged == 0, about


def test_other_divisions_take_the_table_in_again(run: Run) -> None:
    fewer = DIVISIONS.head(DIVISIONS.height - 1)
    run.judged = 0
    landed(Intake(run.desk.home, MONTH, run.gate, fewer, program=PROGRAM)).take(INCOME)
    assert run.judged == 2


def test_the_register_keeps_its_own_outcome(desk: Desk) -> None:
    desk.put(REGISTER, "户籍名册.csv", csv_file(table(REGISTER, [row(REGISTER, n) for n in range(3)])))
    judged: list[str] = []

    def gate(profile: DeliveryProfile) -> Verdict:
        judged.append(profile.dataset.name)
        return lenient(profile)

    for _ in range(2):
        desk.intake(gate=gate, program=PROGRAM).take(REGISTER)
    assert judged == [REGISTER.name]
