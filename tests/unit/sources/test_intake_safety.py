"""Nothing is lost: cleaned inboxes, runs repeated, full disks, a gate that changes its mind."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sources.profiling.profile import DeliveryProfile, ExpectationResult, Verdict
from tests.unit.sources.builder import CONTRACTS, Desk
from tests.unit.sources.ledger import INCOME, NAME, accepted_rows, codes_in_force, income_file

REGISTER = CONTRACTS.dataset("household_register")


def test_a_cleaned_inbox_loses_nothing(desk: Desk) -> None:
    path = desk.put(INCOME, NAME, income_file(1, 2))
    before = desk.intake().take(INCOME)
    path.unlink()
    after = desk.intake().take(INCOME)
    assert after.ledger.equals(before.ledger)
    assert after.fingerprint == before.fingerprint


def test_running_again_changes_nothing(desk: Desk) -> None:
    desk.put(REGISTER, "户籍名册.csv", income_file(*range(1, 40), dataset=REGISTER))
    files = []
    for _ in range(2):
        assert desk.intake().take(REGISTER).status == "accepted"
        files.append({p: p.read_bytes() for p in sorted(desk.home.root.rglob("*")) if p.is_file()})
    assert files[0] == files[1]


def test_an_unfinished_or_unreadable_rewrite_stands_as_it_was_seen_before(desk: Desk) -> None:
    first = desk.put(INCOME, NAME, income_file(1, 2))
    desk.put(INCOME, "收入监测2.csv", income_file(3))
    desk.intake().take(INCOME)
    first.unlink()
    first.symlink_to("/nowhere")
    desk.put(INCOME, "收入监测3.csv", income_file(4))
    intake = desk.intake()
    assert [n.file_name for n in intake.notices()] == [NAME]
    intake.take(INCOME)
    assert codes_in_force(desk) == ["H00001", "H00002", "H00003", "H00004"]


def test_a_full_archive_disk_is_a_clear_error_and_leaves_everything(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    desk.intake().take(INCOME)
    before = {p: p.read_bytes() for p in desk.home.root.rglob("*") if p.is_file()}
    added = desk.put(INCOME, NAME, income_file(3), folder="r2")

    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("sources.home.sync", full)
    with pytest.raises(OSError, match="No space left on device"):
        desk.intake()
    after = {p: p.read_bytes() for p in desk.home.root.rglob("*") if p.is_file() and p != added}
    assert after == before


@pytest.mark.parametrize("at", range(4))
def test_a_disk_that_fills_up_while_rows_are_written_leaves_the_former_ones(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    desk.intake().take(INCOME)
    former = {p: p.read_bytes() for p in desk.home.warehouse.rglob("*") if p.is_file()}
    desk.put(INCOME, NAME, income_file(3), folder="r2")
    intake = desk.intake()
    write, calls = pl.DataFrame.write_parquet, []

    def full(frame: pl.DataFrame, path: Path, **options: Any) -> None:
        calls.append(path)
        if len(calls) == at + 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(frame, path, **options)

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OSError, match="No space left"):
        intake.take(INCOME)
    assert {p: p.read_bytes() for p in desk.home.warehouse.rglob("*") if p.is_file()} == former
    monkeypatch.undo()
    desk.intake().take(INCOME)
    assert codes_in_force(desk) == ["H00003"]


def test_what_an_earlier_run_accepted_stays_when_the_gate_changes_its_mind(desk: Desk) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    before = desk.intake().take(INCOME)

    def never(_: DeliveryProfile) -> Verdict:
        return Verdict((ExpectationResult("x", "x", "critical", False, "", "", ""),))

    outcome = desk.intake(gate=never).take(INCOME)
    assert (outcome.status, outcome.is_in_force) == ("rejected", True)
    assert outcome.ledger.equals(before.ledger)
    assert accepted_rows(desk.home).height == 2


def test_schema_files_follow_the_contract(desk: Desk) -> None:
    desk.intake()
    path = desk.home.accepted(INCOME, None) / "schema.parquet"
    before = path.read_bytes()
    pl.DataFrame({"old": [1]}).write_parquet(path)
    desk.intake()
    assert path.read_bytes() == before
    schemas = sorted(desk.home.warehouse.glob("*/*/*/month=0000-00/schema.parquet"))
    assert len(schemas) == 2 * len(list(CONTRACTS.datasets))
    assert all(pl.read_parquet(p).height == 0 for p in schemas)
