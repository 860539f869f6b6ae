"""The steps of an erasure over what the intake keeps: nothing is left, all balances, and a kill loses nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from orchestration.commands import verify
from orchestration.runtime.settings import Settings
from sources.erasure.archive import Replaced, replace_originals
from sources.erasure.mentions import file_mentions
from sources.erasure.person import Person, find_person
from sources.erasure.rows import Removed, remove_rows
from sources.landing.archive import DeliveryLog, keep_original, original_path
from sources.landing.changes import changed
from sources.landing.places import places_of
from sources.landing.removed import removed
from sources.reading.files import read_here
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk, csv_file, resident_id, row, table
from tests.unit.sources.ledger import accepted_rows

REGISTER = CONTRACTS.dataset("household_register")
TODAY = date(2021, 7, 20)
NAME = "上官云锦"
OWN, OTHER = resident_id(1), resident_id(2)


def _file(*ids: str) -> bytes:
    names = {OWN: NAME}
    rows = [row(REGISTER, int(i[14:17]), resident_id=i, person_name=names.get(i, "张三丰")) for i in ids]
    return csv_file(table(REGISTER, rows))


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A delivery with the person twice, and one before it that the gate rejected for a bad row of the person's."""
    bad = [row(REGISTER, 1, resident_id=OWN, person_name=NAME, town_name="x")]
    desk.put(REGISTER, f"名册_{NAME}.csv", csv_file(table(REGISTER, bad)))
    desk.put(REGISTER, "名册.csv", _file(OWN, OWN, OTHER, resident_id(3)), folder="r2")
    assert desk.intake().take(REGISTER).status == "accepted"
    assert accepted_rows(desk.home, REGISTER).height == 3
    return desk


def _erase(desk: Desk, dry_run: bool = False) -> tuple[Person, Replaced, list[Removed]]:
    person = find_person(desk.home, CONTRACTS, OWN)
    replaced = replace_originals(desk.home, CONTRACTS, person, read_here, TODAY, dry_run)
    return person, replaced, remove_rows(desk.home, CONTRACTS, person, dry_run)


def _left(desk: Desk) -> list[Path]:
    files = [path for path in desk.home.restricted.rglob("*") if path.is_file()]
    return [path for path in files if file_mentions(path, (OWN, NAME))]


def _problems(desk: Desk) -> list[str]:
    areas = verify.examine(Settings(home=desk.home.root), deep=True)
    return [p for area in areas if area.subject != "数据仓库" for p in area.problems]


def test_nothing_is_left_and_everybody_else_is(desk: Desk) -> None:
    before = {path: path.read_bytes() for path in desk.home.root.rglob("*") if path.is_file()}
    _, replaced, rows = _erase(desk, dry_run=True)
    assert {path: path.read_bytes() for path in desk.home.root.rglob("*") if path.is_file()} == before
    assert (len(replaced.hashes), replaced.months, replaced.not_rewritten) == (2, {MONTH}, [])
    assert rows == [Removed("household_register", MONTH, 1, 2)]
    assert _left(desk)

    person, again, _ = _erase(desk)
    assert (person.names, again.hashes) == ((NAME,), replaced.hashes)
    assert _left(desk) == []
    assert _problems(desk) == []
    kept = accepted_rows(desk.home, REGISTER)
    assert kept.height == 2
    assert {n.replaced_by for n in removed(desk.home).values()} == set(replaced.hashes.values())
    # The new originals say the same.
    assert desk.intake().take(REGISTER).status == "accepted"
    assert_frame_equal(accepted_rows(desk.home, REGISTER).drop("row_order"), kept.drop("row_order"))
    assert _left(desk) == [], "the name of the file in the inbox is not logged again"
    assert _problems(desk) == []


def test_a_file_that_is_delivered_again_counts_as_the_original_that_replaced_it(desk: Desk) -> None:
    _, replaced, _ = _erase(desk)
    file = desk.home.inbox / REGISTER.department / str(MONTH) / "r2" / "名册.csv"
    new = keep_original(desk.home, file)
    assert new in replaced.hashes.values()
    assert not any(original_path(desk.home, old).exists() for old in replaced.hashes)
    assert desk.intake().take(REGISTER).status == "accepted"
    assert changed(desk.home, places_of(desk.home, CONTRACTS, {}), MONTH) is None


@pytest.mark.parametrize(
    "step",
    [
        "sources.erasure.archive.record_removed",
        "sources.landing.archive.DeliveryLog.rewrite",
        "sources.erasure.archive._remove_strays",
        "sources.erasure.rows.write_frames",
        "sources.erasure.rows.keep_input",
    ],
)
def test_a_killed_erasure_is_repeated(desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        killing.setattr(step, killed)
        with pytest.raises(KeyboardInterrupt):
            _erase(desk)
    logged = DeliveryLog(desk.home, REGISTER.department, MONTH).hashes
    assert all(original_path(desk.home, sha256).exists() for sha256 in logged)
    _erase(desk)
    assert _left(desk) == []
    assert _problems(desk) == []
    assert accepted_rows(desk.home, REGISTER).height == 2
