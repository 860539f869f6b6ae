"""A damaged original is repaired from the inbox, or else stops its table only and changes nothing that was accepted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources import audit
from sources.landing.archive import DeliveryLog, original_path, sha256_of
from sources.refusal import DamagedOriginalError
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk, row, table, xlsx_file, zip_file
from tests.unit.sources.ledger import INCOME, NAME, codes_in_force, income_file

DEATHS = next(d for d in CONTRACTS.datasets if d.department == "civil_affairs" and d.may_be_empty)


def _originals(desk: Desk, department: str) -> list[Path]:
    return [original_path(desk.home, s) for s in sorted(DeliveryLog(desk.home, department, MONTH).hashes)]


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES: list[Callable[[Path], object]] = [_flip, Path.unlink, lambda p: p.write_bytes(p.read_bytes()[:-1])]


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_original_is_repaired_from_the_inbox(desk: Desk, damage: Callable[[Path], object]) -> None:
    desk.put(INCOME, NAME, income_file(1, 2))
    before = desk.intake().take(INCOME)
    (original,) = _originals(desk, INCOME.department)
    content = original.read_bytes()
    damage(original)
    after = desk.intake().take(INCOME)
    assert original.read_bytes() == content
    assert after.fingerprint == before.fingerprint
    (line,) = audit.entries(desk.home)
    assert (line["act"], line["arguments"]) == ("repair", {"original": original.name})


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("wrapped", [False, True])
def test_without_its_file_it_stops_its_table_and_nothing_else(
    desk: Desk, damage: Callable[[Path], object], wrapped: bool
) -> None:
    # A table of its own name, and one that only its header tells, in a zip that cannot be opened any more.
    content, name = income_file(1, 2), "张三丰13812345678收入监测.csv"
    path = desk.put(INCOME, "材料.zip" if wrapped else name, zip_file({name: content}) if wrapped else content)
    more = desk.put(INCOME, "收入监测2.csv", income_file(3))
    desk.put(DEATHS, f"{DEATHS.label}.csv", income_file(7, dataset=DEATHS))
    desk.intake().take(INCOME)
    before = {p: p.read_bytes() for p in desk.home.warehouse.rglob("*.*")}
    path.unlink()
    (original,) = set(_originals(desk, INCOME.department)) - {_archived(desk, more)}
    kept = original.read_bytes()
    damage(original)

    intake = desk.intake()
    with pytest.raises(DamagedOriginalError) as stopped:
        intake.take(INCOME)
    said = str(stopped.value)
    assert f"《{INCOME.label}》{MONTH} 归档的原件已损坏或丢失" in said
    assert f"{INCOME.department}/{MONTH}" in said
    assert str(original) in said
    assert "13812345678" not in said
    assert {p: p.read_bytes() for p in desk.home.warehouse.rglob("*.*")} == before
    assert intake.take(DEATHS).status == "accepted"
    assert INCOME not in intake.outstanding()

    original.write_bytes(kept)
    desk.intake().take(INCOME)
    assert codes_in_force(desk) == ["H00001", "H00002", "H00003"]


def _archived(desk: Desk, file: Path) -> Path:
    return original_path(desk.home, sha256_of(file))


def test_a_file_that_only_its_header_tells_is_not_lost_when_its_original_is_damaged(desk: Desk) -> None:
    path = desk.put(INCOME, "表一.xlsx", xlsx_file({"Sheet1": [list(r) for r in _rows()]}))
    desk.intake().take(INCOME)
    path.unlink()
    (original,) = _originals(desk, INCOME.department)
    _flip(original)
    intake = desk.intake()
    with pytest.raises(DamagedOriginalError):
        intake.take(INCOME)
    assert any("归档的原件已损坏或丢失" in n.message for n in intake.notices())
    assert codes_in_force(desk) == ["H00001"]


def _rows() -> list[list[object]]:
    return table(INCOME, [row(INCOME, 1)])
